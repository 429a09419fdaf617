package idempotency_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/internal/idempotency"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	scope   = idempotency.Scope{BaseURL: "https://polar.test", Organization: "org", Caller: "shop", Key: "order-1"}
	request = idempotency.RequestHash([]byte(`{"products":["a"]}`))
	another = idempotency.RequestHash([]byte(`{"products":["b"]}`))

	errRefused    = errors.New("422")
	errUnanswered = errors.New("connection cut")
)

// polar is what the calls are made to. It makes checkouts.
type polar struct {
	made atomic.Int32
	// takes is how long a call takes.
	takes time.Duration
}

// create answers with a checkout that is unlike all others and lives a day.
func (p *polar) create(context.Context) (idempotency.Outcome, error) {
	sleep(p.takes)
	return idempotency.Outcome{Body: fmt.Append(nil, "checkout ", p.made.Add(1)), Expires: time.Now().Add(24 * time.Hour)}, nil
}

func refuse(context.Context) (idempotency.Outcome, error) {
	return idempotency.Outcome{Refused: true}, errRefused
}

func loseAnswer(context.Context) (idempotency.Outcome, error) {
	return idempotency.Outcome{}, errUnanswered
}

// hang takes as long as it may.
func hang(ctx context.Context) (idempotency.Outcome, error) {
	<-ctx.Done()
	return loseAnswer(ctx)
}

// inBackground makes a call whose caller nobody listens to.
func inBackground(t *testing.T, keys interface {
	Do(context.Context, idempotency.Scope, [32]byte, idempotency.Call) (idempotency.Result, error)
}, call idempotency.Call,
) {
	t.Helper()
	go func() { _, _ = keys.Do(t.Context(), scope, request, call) }()
}

// neverCalled fails the test.
func neverCalled(t *testing.T) idempotency.Call {
	t.Helper()
	return func(context.Context) (idempotency.Outcome, error) {
		t.Error("Polar was called")
		return idempotency.Outcome{}, errRefused
	}
}

// sleep lets the time of a bubble pass.
func sleep(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // in a synctest bubble
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func wantAnswer(t *testing.T, got idempotency.Result, err error, body string, replayed bool) {
	t.Helper()
	if err != nil || string(got.Body) != body || got.Replayed != replayed {
		t.Errorf("got %q, replayed %t, %v; want %q, replayed %t", got.Body, got.Replayed, err, body, replayed)
	}
}

func wantError[E error](t *testing.T, err error) {
	t.Helper()
	if _, ok := errors.AsType[E](err); !ok {
		t.Errorf("want a %T, got %v", *new(E), err)
	}
}

// TestRules are the rules as every store keeps them, for two processes that share it.
func TestRules(t *testing.T) {
	storetest.ForEach(t, func(t *testing.T, s store.Store) {
		t.Helper()
		here, there := idempotency.New(idempotency.Config{Store: s}), idempotency.New(idempotency.Config{Store: s})
		p := new(polar)
		at := func(key string) idempotency.Scope { return idempotency.Scope{BaseURL: scope.BaseURL, Key: key} }

		t.Run("the first answer again", func(t *testing.T) {
			got, err := here.Do(t.Context(), at("again"), request, p.create)
			wantAnswer(t, got, err, "checkout 1", false)
			got, err = here.Do(t.Context(), at("again"), request, neverCalled(t))
			wantAnswer(t, got, err, "checkout 1", true)
			got, err = there.Do(t.Context(), at("again"), request, neverCalled(t))
			wantAnswer(t, got, err, "checkout 1", true)
		})
		t.Run("the key for another request", func(t *testing.T) {
			_, err := there.Do(t.Context(), at("again"), another, neverCalled(t))
			wantError[*idempotency.Reused](t, err)
		})
		t.Run("a refusal frees the key, for any request", func(t *testing.T) {
			_, err := here.Do(t.Context(), at("refused"), request, refuse)
			if !errors.Is(err, errRefused) {
				t.Errorf("got %v", err)
			}
			got, err := there.Do(t.Context(), at("refused"), another, p.create)
			wantAnswer(t, got, err, "checkout 2", false)
		})
		t.Run("an unanswered create is repeated, as it was", func(t *testing.T) {
			_, err := here.Do(t.Context(), at("unanswered"), request, loseAnswer)
			if !errors.Is(err, errUnanswered) {
				t.Errorf("got %v", err)
			}
			_, err = there.Do(t.Context(), at("unanswered"), another, neverCalled(t))
			wantError[*idempotency.Reused](t, err)
			got, err := there.Do(t.Context(), at("unanswered"), request, p.create)
			wantAnswer(t, got, err, "checkout 3", false)
		})
		t.Run("many at once, one call", func(t *testing.T) {
			var all sync.WaitGroup
			var first atomic.Int32
			for i := range 20 {
				keys := []*idempotency.Keys{here, there}[i%2]
				all.Go(func() {
					got, err := keys.Do(t.Context(), at("many"), request, p.create)
					if err != nil || string(got.Body) != "checkout 4" {
						t.Errorf("%q, %v", got.Body, err)
					}
					if !got.Replayed {
						first.Add(1)
					}
				})
			}
			all.Wait()
			if first.Load() != 1 {
				t.Errorf("%d got the first answer", first.Load())
			}
		})
	})
}

func TestScopes(t *testing.T) {
	keys, p := idempotency.New(idempotency.Config{Store: store.NewMemory()}), new(polar)
	for i, other := range []idempotency.Scope{
		scope,
		{BaseURL: "https://sandbox.test", Organization: "org", Caller: "shop", Key: "order-1"},
		{BaseURL: "https://polar.test", Organization: "other", Caller: "shop", Key: "order-1"},
		{BaseURL: "https://polar.test", Organization: "org", Caller: "other", Key: "order-1"},
		{BaseURL: "https://polar.test", Organization: "org", Caller: "shop", Key: "order-2"},
		{BaseURL: "https://polar.test", Organization: "orgs", Caller: "hop", Key: "order-1"},
	} {
		got, err := keys.Do(t.Context(), other, request, p.create)
		wantAnswer(t, got, err, fmt.Sprint("checkout ", i+1), false)
	}
}

func TestAnswersAreKeptUntilTheCheckoutIsNearlyExpired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys, p := idempotency.New(idempotency.Config{Store: store.NewMemory()}), new(polar)
		got, err := keys.Do(t.Context(), scope, request, p.create)
		wantAnswer(t, got, err, "checkout 1", false)
		sleep(24*time.Hour - 5*time.Minute - 1)
		got, err = keys.Do(t.Context(), scope, request, neverCalled(t))
		wantAnswer(t, got, err, "checkout 1", true)
		sleep(1)
		got, err = keys.Do(t.Context(), scope, request, p.create)
		wantAnswer(t, got, err, "checkout 2", false)
	})
}

func TestAnswerOfAnExpiringCheckoutReachesThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys := idempotency.New(idempotency.Config{Store: store.NewMemory()})
		_, err := keys.Do(t.Context(), scope, request, func(context.Context) (idempotency.Outcome, error) {
			return idempotency.Outcome{Body: []byte("short-lived"), Expires: time.Now().Add(time.Second)}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		sleep(time.Minute - 1)
		got, err := keys.Do(t.Context(), scope, request, neverCalled(t))
		wantAnswer(t, got, err, "short-lived", true)
	})
}

func TestWaitingEndsBeforeTheDeadline(t *testing.T) {
	for name, waiter := range map[string]func(*idempotency.Keys, store.Store) *idempotency.Keys{
		"in this process": func(k *idempotency.Keys, _ store.Store) *idempotency.Keys { return k },
		"in another": func(_ *idempotency.Keys, s store.Store) *idempotency.Keys {
			return idempotency.New(idempotency.Config{Store: s})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := store.NewMemory(), &polar{takes: 10 * time.Second}
				keys := idempotency.New(idempotency.Config{Store: s})
				inBackground(t, keys, p.create)
				synctest.Wait()

				start := time.Now()
				_, err := waiter(keys, s).Do(within(t, 3*time.Second), scope, request, neverCalled(t))
				wantError[*idempotency.InProgress](t, err)
				if took := time.Since(start); took < 2*time.Second || took >= 3*time.Second {
					t.Errorf("it waited for %v of 3 s", took)
				}
				_, err = waiter(keys, s).Do(t.Context(), scope, another, neverCalled(t))
				wantError[*idempotency.Reused](t, err)
				got, err := waiter(keys, s).Do(t.Context(), scope, request, neverCalled(t))
				wantAnswer(t, got, err, "checkout 1", true)
				if took := time.Since(start); took > 12*time.Second {
					t.Errorf("the answer was there after 10 s and noticed after %v", took)
				}
			})
		})
	}
}

// TestAnswerAfterItsCallerLeft: a create is seen through and recorded, whoever waits for it.
func TestAnswerAfterItsCallerLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys, p := idempotency.New(idempotency.Config{Store: store.NewMemory()}), &polar{takes: 50 * time.Second}
		_, err := keys.Do(within(t, 2*time.Second), scope, request, p.create)
		wantError[*idempotency.InProgress](t, err)
		if err := keys.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := keys.Do(t.Context(), scope, request, neverCalled(t))
		wantAnswer(t, got, err, "checkout 1", true)
	})
}

func TestCallsEndWhenTheirCallerHasLeftForLong(t *testing.T) {
	t.Run("by deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			keys, start := idempotency.New(idempotency.Config{Store: store.NewMemory()}), time.Now()
			_, err := keys.Do(within(t, 2*time.Second), scope, request, hang)
			wantError[*idempotency.InProgress](t, err)
			_ = keys.Wait(t.Context())
			if took := time.Since(start); took != 62*time.Second {
				t.Errorf("it went on for %v", took)
			}
		})
	})
	t.Run("by cancellation", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			keys, start := idempotency.New(idempotency.Config{Store: store.NewMemory()}), time.Now()
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(3*time.Second, cancel)
			_, err := keys.Do(ctx, scope, request, hang)
			wantError[*idempotency.InProgress](t, err)
			_ = keys.Wait(t.Context())
			if took := time.Since(start); took != 63*time.Second {
				t.Errorf("it went on for %v", took)
			}
		})
	})
}

func TestWaitIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys, p := idempotency.New(idempotency.Config{Store: store.NewMemory()}), &polar{takes: time.Minute}
		inBackground(t, keys, p.create)
		synctest.Wait()
		if err := keys.Wait(within(t, time.Second)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if err := keys.Wait(t.Context()); err != nil || p.made.Load() != 1 {
			t.Errorf("waited for %d checkouts: %v", p.made.Load(), err)
		}
	})
}

func TestPanicReachesTheCaller(t *testing.T) {
	s := store.NewMemory()
	keys, p := idempotency.New(idempotency.Config{Store: s}), new(polar)
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("recovered %v", got)
			}
		}()
		_, err := keys.Do(t.Context(), scope, request, func(context.Context) (idempotency.Outcome, error) { panic("boom") })
		t.Errorf("returned %v", err)
	}()
	got, err := keys.Do(t.Context(), scope, request, p.create)
	wantAnswer(t, got, err, "checkout 1", false)
}
