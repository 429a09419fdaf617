package idempotency_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/idempotency"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

// process is one of several that share a store. Killed, it loses the store, and nobody hears of its calls any more.
type process struct {
	*idempotency.Keys
	dead atomic.Bool
	// fault is the fate of its calls to the store while it lives; nil: none.
	fault func() storetest.Fault
}

func newProcess(s store.Store) *process {
	p := new(process)
	p.Keys = idempotency.New(idempotency.Config{Store: &storetest.Flaky{Store: s, Next: p.next}})
	return p
}

func (p *process) next() storetest.Fault {
	switch {
	case p.dead.Load():
		return storetest.Lost
	case p.fault != nil:
		return p.fault()
	default:
		return storetest.None
	}
}

// TestKilledProcess: the key of a process that was killed in its call is free once the lease is over, and not before.
func TestKilledProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := store.NewMemory(), &polar{takes: 20 * time.Second}
		killed, other := newProcess(s), newProcess(s)
		inBackground(t, killed, p.create)
		sleep(10 * time.Second)
		killed.dead.Store(true)

		start := time.Now()
		got, err := other.Do(t.Context(), scope, request, new(polar).create)
		if err != nil || string(got.Body) == "" || got.Replayed {
			t.Errorf("%q, replayed %t, %v", got.Body, got.Replayed, err)
		}
		if took := time.Since(start); took < 64*time.Second || took > 67*time.Second {
			t.Errorf("the key was free after %v, its lease was for 65 s more", took)
		}
	})
}

// TestLongCallKeepsItsKey: the lease is renewed for as long as the call takes.
func TestLongCallKeepsItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := store.NewMemory(), &polar{takes: 10 * time.Minute}
		inBackground(t, newProcess(s), p.create)
		synctest.Wait()
		got, err := newProcess(s).Do(t.Context(), scope, request, neverCalled(t))
		wantAnswer(t, got, err, "checkout 1", true)
	})
}

// TestLostLease: two calls under one key may happen when the store is away for longer than a lease, two answers may not.
func TestLostLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := store.NewMemory(), &polar{takes: 100 * time.Second}
		cut, other := newProcess(s), newProcess(s)
		answers := make(chan idempotency.Result, 2)
		do := func(in *process) {
			got, err := in.Do(t.Context(), scope, request, p.create)
			if err != nil {
				t.Error(err)
			}
			answers <- got
		}
		go do(cut)
		sleep(time.Second)
		cut.dead.Store(true)
		go do(other) // takes over at 75 s and is under way until 175 s
		sleep(90 * time.Second)
		cut.dead.Store(false)
		first, second := <-answers, <-answers
		if string(first.Body) != string(second.Body) || p.made.Load() != 2 {
			t.Errorf("answered %q and %q, of %d checkouts", first.Body, second.Body, p.made.Load())
		}
	})
}

func TestStoreAway(t *testing.T) {
	t.Run("before the call: nothing is sent", func(t *testing.T) {
		p := newProcess(store.NewMemory())
		p.dead.Store(true)
		_, err := p.Do(t.Context(), scope, request, neverCalled(t))
		wantError[*store.Unavailable](t, err)
	})
	t.Run("in the middle: the answer waits for it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			process, p := newProcess(store.NewMemory()), new(polar)
			got, err := process.Do(t.Context(), scope, request, func(ctx context.Context) (idempotency.Outcome, error) {
				process.dead.Store(true)
				time.AfterFunc(3*time.Second, func() { process.dead.Store(false) })
				return p.create(ctx)
			})
			wantAnswer(t, got, err, "checkout 1", false)
		})
	})
	t.Run("for long: the answer is withheld, and a repeat gets another", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			process, p := newProcess(store.NewMemory()), new(polar)
			_, err := process.Do(t.Context(), scope, request, func(ctx context.Context) (idempotency.Outcome, error) {
				process.dead.Store(true)
				return p.create(ctx)
			})
			wantError[*idempotency.Unrecorded](t, err)
			wantError[*store.Unavailable](t, err)
			process.dead.Store(false)
			got, err := process.Do(within(t, time.Second), scope, request, p.create)
			wantAnswer(t, got, err, "checkout 2", false)
		})
	})
}

// TestUnacknowledgedSwaps: what the store did without saying so is found out.
func TestUnacknowledgedSwaps(t *testing.T) {
	unacknowledged := func(in *process) { // the next call to the store
		var once sync.Once
		in.fault = func() (fault storetest.Fault) {
			once.Do(func() { fault = storetest.Unacknowledged })
			return fault
		}
	}
	t.Run("of the reservation", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			process, p := newProcess(store.NewMemory()), new(polar)
			calls := 0
			process.fault = func() storetest.Fault {
				if calls++; calls == 4 { // after the secret's swap and reading, and the record's reading
					return storetest.Unacknowledged
				}
				return storetest.None
			}
			_, err := process.Do(t.Context(), scope, request, neverCalled(t))
			wantError[*store.Unavailable](t, err)
			process.fault = nil
			got, err := process.Do(within(t, time.Second), scope, request, p.create)
			wantAnswer(t, got, err, "checkout 1", false)
		})
	})
	t.Run("of the answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			process, p := newProcess(store.NewMemory()), new(polar)
			got, err := process.Do(t.Context(), scope, request, func(ctx context.Context) (idempotency.Outcome, error) {
				unacknowledged(process)
				return p.create(ctx)
			})
			wantAnswer(t, got, err, "checkout 1", false)
			got, err = process.Do(t.Context(), scope, request, neverCalled(t))
			wantAnswer(t, got, err, "checkout 1", true)
		})
	})
	t.Run("of a release", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			process, p := newProcess(store.NewMemory()), new(polar)
			_, err := process.Do(t.Context(), scope, request, func(ctx context.Context) (idempotency.Outcome, error) {
				unacknowledged(process)
				return refuse(ctx)
			})
			if !errors.Is(err, errRefused) {
				t.Error(err)
			}
			got, err := process.Do(t.Context(), scope, another, p.create)
			wantAnswer(t, got, err, "checkout 1", false)
		})
	})
}

// TestKeyTakenByAnotherRequest: a lease that was lost to another request leaves no answer to give.
func TestKeyTakenByAnotherRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := store.NewMemory(), &polar{takes: 100 * time.Second}
		cut := newProcess(s)
		done := make(chan error)
		go func() {
			_, err := cut.Do(t.Context(), scope, request, p.create)
			done <- err
		}()
		sleep(time.Second)
		cut.dead.Store(true)
		sleep(80 * time.Second)
		got, err := newProcess(s).Do(t.Context(), scope, another, new(polar).create)
		wantAnswer(t, got, err, "checkout 1", false)
		cut.dead.Store(false)
		wantError[*idempotency.Unrecorded](t, <-done)
	})
}

// spy writes down the keys that are written.
type spy struct {
	store.Store
	keys []string
}

func (s *spy) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	s.keys = append(s.keys, key)
	return s.Store.CompareAndSwap(ctx, key, old, next, ttl)
}

func TestRecordKeysTellNothing(t *testing.T) {
	seen := &spy{Store: store.NewMemory()}
	if _, err := idempotency.New(idempotency.Config{Store: seen}).Do(t.Context(), scope, request, new(polar).create); err != nil {
		t.Fatal(err)
	}
	for _, key := range seen.keys {
		for _, part := range []string{scope.BaseURL, scope.Caller, scope.Key} {
			if strings.Contains(key, part) {
				t.Errorf("%q is in %q", part, key)
			}
		}
	}
	if len(seen.keys) != 3 {
		t.Errorf("wrote %q: want the secret, the reservation and the answer", seen.keys)
	}
}

func TestDamagedRecord(t *testing.T) {
	s := &spy{Store: store.NewMemory()}
	if _, err := idempotency.New(idempotency.Config{Store: s}).Do(t.Context(), scope, request, new(polar).create); err != nil {
		t.Fatal(err)
	}
	record := s.keys[len(s.keys)-1]
	for _, damaged := range []string{"}", `{"state":"answered"}`} {
		whole, _ := s.Get(t.Context(), record)
		if _, err := s.Store.CompareAndSwap(t.Context(), record, whole, []byte(damaged), 0); err != nil {
			t.Fatal(err)
		}
		_, err := idempotency.New(idempotency.Config{Store: s}).Do(t.Context(), scope, request, neverCalled(t))
		if err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", damaged, err)
		}
	}
}
