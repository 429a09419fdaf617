package limit

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

var _ Store = store.Store(nil)

// aged is a store that has been in use for long, so that what it lacks was not sent.
func aged(t *testing.T, config Config, m *memory) Config {
	t.Helper()
	config.Store = m
	l := New(config)
	if err := within(t, l, time.Minute, clientGet); err != nil && m.down {
		t.Fatal(err)
	}
	sleep(2 * time.Hour)
	return config
}

// Each way to keep the log in a store lets a new process know what the one before has sent.
func TestARestartForgetsNothing(t *testing.T) {
	for name, shared := range map[string]bool{"file": false, "shared": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				config := aged(t, Config{Environment: Production, Shared: shared}, newMemory(0))
				first := New(config)
				for n := range 3 {
					if err := within(t, first, time.Minute, confirmOf(secretNumber(n))); err != nil {
						t.Fatal(err)
					}
				}
				for range 100 {
					if err := within(t, first, time.Minute, clientUpdate); err != nil {
						t.Fatal(err)
					}
				}
				first.Blocked(Address, 40*time.Second)
				synctest.Wait()

				second := New(config)
				wantExceeded(t, within(t, second, time.Second, clientGet), ZoneBlocked, 40*time.Second)
				sleep(40 * time.Second)
				confirms := 0
				for n := range 5 {
					if within(t, second, time.Second, confirmOf(secretNumber(10+n))) == nil {
						confirms++
					}
				}
				if confirms != 2 {
					t.Errorf("%d confirms are admitted after three in the same minute", confirms)
				}
				calls := 0
				for within(t, second, time.Second, clientUpdate) == nil {
					calls++
				}
				// A file may have lent up to 50 calls that were not made.
				if most := 300; calls > most || calls < most-50 || shared && calls != most {
					t.Errorf("%d calls are admitted after a hundred in the same minute", calls)
				}
			})
		})
	}
}

func TestCloseGivesBackWhatIsLent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := aged(t, Config{Environment: Production}, newMemory(10*time.Millisecond))
		first := New(config)
		for range 10 {
			if err := within(t, first, time.Minute, clientUpdate); err != nil {
				t.Fatal(err)
			}
		}
		if err := first.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		calls, second := 0, New(config)
		for within(t, second, time.Minute, clientUpdate) == nil {
			calls++
		}
		if calls < 390 {
			t.Errorf("%d calls are admitted after ten, want the other 390", calls)
		}
		if err := second.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// Calls are lent many at a time, so that a file is written seldom.
func TestAFileIsWrittenSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(0)
		l := New(aged(t, Config{Environment: Production}, m))
		before := m.writes
		for range 200 {
			if err := within(t, l, time.Minute, clientUpdate); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if got := m.writes - before; got > 10 {
			t.Errorf("200 calls made %d writes", got)
		}
	})
}

// What a new store lacks may have been sent before it was there.
func TestANewStoreIsAStart(t *testing.T) {
	for _, shared := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			config := Config{Environment: Production, Store: newMemory(0), Shared: shared}
			settled(Config{})
			wantExceeded(t, within(t, New(config), time.Second, confirmOf(secretNumber(1))), ZoneConfirm, 65*time.Second)
			sleep(30 * time.Second)
			wantExceeded(t, within(t, New(config), time.Second, confirmOf(secretNumber(1))), ZoneConfirm, 35*time.Second)
		})
	}
}

// A Redis that lost its data gets it back from whoever still knows.
func TestALostRecordIsWrittenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(0)
		config := aged(t, Config{Environment: Production, Shared: true}, m)
		l := New(config)
		for n := range 4 {
			if err := within(t, l, time.Minute, confirmOf(secretNumber(n))); err != nil {
				t.Fatal(err)
			}
		}
		m.set(func(m *memory) { clear(m.values); clear(m.ends) })
		if err := within(t, l, time.Minute, confirmOf(secretNumber(8))); err != nil {
			t.Fatal(err)
		}
		wantExceeded(t, within(t, l, time.Second, confirmOf(secretNumber(9))), ZoneConfirm, 65*time.Second)
		wantExceeded(t, within(t, New(config), time.Second, confirmOf(secretNumber(9))), ZoneConfirm, 65*time.Second)
	})
}

// Without the shared store each of up to four processes takes a quarter, and tells afterwards.
func TestASharedStoreThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, failures := newMemory(0), atomic.Int64{}
		config := aged(t, Config{Environment: Production, Shared: true, StoreFailed: func(error) { failures.Add(1) }}, m)
		replicas := []*Limiter{New(config), New(config), New(config), New(config)}
		for _, l := range replicas {
			if err := within(t, l, time.Minute, clientUpdate); err != nil {
				t.Fatal(err)
			}
		}
		sleep(2 * time.Minute)
		m.set(func(m *memory) { m.down = true })
		total := 0
		for _, l := range replicas {
			calls := 0
			for within(t, l, time.Second, clientUpdate) == nil {
				calls++
			}
			total += calls
			if calls != 100 {
				t.Errorf("a process that is alone takes %d calls, want a quarter of 400", calls)
			}
			if err := within(t, l, time.Second, confirmOf(secretNumber(calls))); err != nil {
				t.Errorf("its one confirm: %v", err)
			}
		}
		if failures.Load() == 0 {
			t.Error("nobody heard of the failure")
		}
		m.set(func(m *memory) { m.down = false })
		sleep(2 * time.Second)
		late := New(config) // each process has told by itself what it has sent
		if err := within(t, late, time.Second, confirmOf(secretNumber(0))); err != nil {
			t.Errorf("the fifth confirm: %v", err)
		}
		wantExceeded(t, within(t, late, time.Second, confirmOf(secretNumber(1))), ZoneConfirm, 63*time.Second)
		for within(t, late, time.Second, clientUpdate) == nil {
			total++
		}
		if total > 400 {
			t.Errorf("%d calls in a window of 400", total)
		}
	})
}

// A 429 that one replica sees while the store is away stops the others as soon as it is back.
func TestABlockIsToldAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(0)
		config := aged(t, Config{Environment: Production, Shared: true}, m)
		l, other := New(config), New(config)
		for _, each := range []*Limiter{l, other} {
			if err := within(t, each, time.Minute, clientGet); err != nil {
				t.Fatal(err)
			}
		}
		m.set(func(m *memory) { m.down = true })
		l.Blocked(Address, time.Minute)
		sleep(10 * time.Second)
		m.set(func(m *memory) { m.down = false })
		sleep(2 * time.Second)
		wantExceeded(t, within(t, other, time.Second, clientGet), ZoneBlocked, 47500*time.Millisecond) // it waited half a second
	})
}

// contended is a store in which somebody else is always faster.
type contended struct{ *memory }

func (c contended) CompareAndSwap(_ context.Context, key string, _, _ []byte, _ time.Duration) (bool, error) {
	c.set(func(m *memory) { m.writes++ })
	return strings.HasSuffix(key, "since"), nil
}

func TestAContendedStoreIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := make(chan error, 1)
		store := contended{newMemory(0)}
		l := New(Config{Environment: Production, Store: store, Shared: true, StoreFailed: func(err error) {
			select {
			case failed <- err:
			default:
			}
		}})
		if err := within(t, l, time.Minute, clientUpdate); err != nil {
			t.Errorf("a call is stuck behind a contended store: %v", err)
		}
		if err := <-failed; !errors.Is(err, errContended) {
			t.Errorf("heard of %v", err)
		}
		if tries := store.writes; tries > 2*maxConflicts {
			t.Errorf("it was tried %d times", tries)
		}
		store.set(func(m *memory) { m.down = true }) // so that it stops trying
	})
}

// An answer that is lost leaves open whether the call is recorded; it counts then.
func TestALostAcknowledgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(0)
		config := aged(t, Config{Environment: Production, Shared: true}, m)
		l := New(config)
		m.set(func(m *memory) { m.lost = true })
		sent := 0
		for n := range 5 {
			if within(t, l, time.Second, confirmOf(secretNumber(n))) == nil {
				sent++
			}
		}
		m.set(func(m *memory) { m.lost = false })
		sleep(2 * time.Second)
		for n := range 5 {
			if within(t, l, time.Second, confirmOf(secretNumber(10+n))) == nil {
				sent++
			}
		}
		if sent > 5 || sent == 0 {
			t.Errorf("%d confirms were sent in one minute", sent)
		}
	})
}

// A file that can't be written is missed by the next start only.
func TestAFileThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, failures := newMemory(0), atomic.Int64{}
		l := New(aged(t, Config{Environment: Production, StoreFailed: func(error) { failures.Add(1) }}, m))
		if err := within(t, l, time.Minute, clientUpdate); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		m.set(func(m *memory) { m.down = true })
		calls := 0
		for within(t, l, time.Second, clientUpdate) == nil {
			calls++
			synctest.Wait()
		}
		if calls != 399 || failures.Load() == 0 {
			t.Errorf("%d calls are admitted, %d failures told; want all and some", calls, failures.Load())
		}
		if err := within(t, l, time.Second, confirmOf(secretNumber(1))); err != nil {
			t.Error(err)
		}
	})
}

func TestADamagedRecordIsAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(0)
		failed := make(chan error, 1)
		config := aged(t, Config{Environment: Production, StoreFailed: func(err error) { failed <- err }}, m)
		m.set(func(m *memory) { m.values[config.key("identity/"+Address)] = []byte("garbage"); clear(m.ends) })
		l := New(config)
		wantExceeded(t, within(t, l, time.Second, confirmOf(secretNumber(1))), ZoneConfirm, 65*time.Second)
		if err := <-failed; !errors.Is(err, errRecord) {
			t.Errorf("heard of %v", err)
		}
		sleep(65 * time.Second)
		if err := within(t, l, time.Second, confirmOf(secretNumber(1))); err != nil {
			t.Error(err)
		}
	})
}

// The real file and the real memory store, in real time.
func TestRealStores(t *testing.T) {
	file, err := store.OpenBolt(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	memory := store.NewMemory()
	defer memory.Close()
	for name, c := range map[string]Config{
		"file":   {Environment: Production, Store: file},
		"shared": {Environment: Production, Store: memory, Shared: true},
	} {
		t.Run(name, func(t *testing.T) {
			l, sent := New(c), 0
			for range 2 {
				for within(t, l, 2*time.Second, clientUpdate) == nil {
					sent++
				}
				if err := l.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				l = New(c)
			}
			if sent != 50 {
				t.Errorf("%d calls are admitted by a new store over a restart, want 50", sent)
			}
		})
	}
}
