package guard_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/internal/guard"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "polar_c_example"

var card, otherCard, thirdCard = [32]byte{1}, [32]byte{2}, [32]byte{3}

// sleep lets the time of a bubble pass.
func sleep(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // in a synctest bubble
}

func newGuard(t *testing.T, s store.Store) *guard.Guard[string] {
	t.Helper()
	g := guard.New[string](guard.Config{Store: s})
	t.Cleanup(g.Close)
	return g
}

// enter wants to be admitted with a duty.
func enter(t *testing.T, g *guard.Guard[string], secret string, token [32]byte, acceptRisk bool, duty guard.Duty) *guard.Ticket[string] {
	t.Helper()
	ticket, err := g.Enter(t.Context(), secret, token, acceptRisk)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	if ticket.Duty != duty {
		t.Fatalf("the duty is %d, not %d", ticket.Duty, duty)
	}
	return ticket
}

func wantStanding(t *testing.T, g *guard.Guard[string], secret string, token [32]byte) (lifts time.Time) {
	t.Helper()
	ticket, err := g.Enter(t.Context(), secret, token, false)
	standing, ok := errors.AsType[*guard.Standing](err)
	if !ok {
		t.Fatalf("want *Standing, got %v and %v", ticket, err)
	}
	return standing.Lifts
}

// TestRules are the rules as every store keeps them, for two processes that share it.
func TestRules(t *testing.T) {
	storetest.ForEach(t, func(t *testing.T, s store.Store) {
		t.Helper()
		here, there := newGuard(t, s), newGuard(t, s)

		t.Run("a definite answer frees the checkout", func(t *testing.T) {
			enter(t, here, "definite", card, false, guard.Send).Definite(t.Context(), "declined")
			enter(t, there, "definite", otherCard, false, guard.Send).Definite(t.Context(), "declined")
			enter(t, here, "definite", card, false, guard.Send).Definite(t.Context(), "confirmed")
		})
		t.Run("an unknown outcome bars other tokens", func(t *testing.T) {
			enter(t, here, "unknown", card, false, guard.Send).Unknown()
			for _, g := range []*guard.Guard[string]{here, there} {
				lifts := time.Until(wantStanding(t, g, "unknown", otherCard))
				if lifts < 29*time.Minute || lifts > 30*time.Minute {
					t.Errorf("the guard lifts in %v", lifts)
				}
			}
		})
		t.Run("and is to be resolved with the same", func(t *testing.T) {
			enter(t, there, "unknown", card, false, guard.Resolve).Unknown()
			enter(t, here, "unknown", card, true, guard.Resolve).Unknown() // whatever risk is accepted
			wantStanding(t, here, "unknown", otherCard)
			enter(t, there, "unknown", card, false, guard.Resolve).Definite(t.Context(), "confirmed")
			enter(t, here, "unknown", otherCard, false, guard.Send).Definite(t.Context(), "not open")
		})
		t.Run("a confirm under way bars others in other processes", func(t *testing.T) {
			under := enter(t, here, "way", card, false, guard.Send)
			wantStanding(t, there, "way", otherCard)
			enter(t, there, "way", card, false, guard.Resolve).Unknown()
			under.Definite(t.Context(), "declined")
			enter(t, there, "way", otherCard, false, guard.Send).Definite(t.Context(), "confirmed")
		})
		t.Run("an accepted risk", func(t *testing.T) {
			enter(t, here, "risk", card, false, guard.Send).Unknown()
			second := enter(t, there, "risk", otherCard, true, guard.Send)
			wantStanding(t, here, "risk", thirdCard)
			second.Definite(t.Context(), "declined")
			wantStanding(t, here, "risk", otherCard) // the first is still unknown
			enter(t, there, "risk", card, false, guard.Resolve).Definite(t.Context(), "open")
			enter(t, here, "risk", thirdCard, false, guard.Send).Definite(t.Context(), "confirmed")
		})
		t.Run("other checkouts", func(t *testing.T) {
			enter(t, here, "one", card, false, guard.Send).Unknown()
			enter(t, here, "two", otherCard, false, guard.Send).Definite(t.Context(), "confirmed")
		})
		t.Run("many at once, with tokens of their own: one passes", func(t *testing.T) {
			var all sync.WaitGroup
			var passed atomic.Int32
			for i := range 16 {
				g := []*guard.Guard[string]{here, there}[i%2]
				all.Go(func() {
					ticket, err := g.Enter(t.Context(), "many", [32]byte{byte(i)}, false)
					if err == nil && ticket.Duty == guard.Send {
						passed.Add(1)
					} else if _, standing := errors.AsType[*guard.Standing](err); !standing {
						t.Errorf("%v, %v", ticket, err)
					}
				})
			}
			all.Wait()
			if passed.Load() != 1 {
				t.Errorf("%d passed", passed.Load())
			}
		})
		t.Run("many at once, with one token: one sends", func(t *testing.T) {
			var all sync.WaitGroup
			var sent atomic.Int32
			for range 16 {
				all.Go(func() {
					ticket, err := here.Enter(t.Context(), "same", card, false)
					if err != nil {
						t.Error(err)
						return
					}
					if ticket.Duty == guard.Send {
						sent.Add(1)
						ticket.Unknown()
					}
				})
			}
			all.Wait()
			if sent.Load() != 1 {
				t.Errorf("%d sent", sent.Load())
			}
		})
	})
}

func TestGuardLiftsByItself(t *testing.T) {
	for name, test := range map[string]struct{ configured, want time.Duration }{
		"by default":     {0, 30 * time.Minute},
		"as configured":  {time.Hour, time.Hour},
		"never at once":  {time.Second, guard.Minimum},
		"not before now": {-time.Second, guard.Minimum},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guard.New[string](guard.Config{Store: store.NewMemory(), For: test.configured})
				defer g.Close()
				start := time.Now()
				enter(t, g, secret, card, false, guard.Send).Unknown()
				if lifts := wantStanding(t, g, secret, otherCard); !lifts.Equal(start.Add(test.want)) {
					t.Errorf("it says that it lifts after %v", lifts.Sub(start))
				}
				sleep(test.want - 1)
				wantStanding(t, g, secret, otherCard)
				sleep(1)
				enter(t, g, secret, otherCard, false, guard.Send).Unknown()
			})
		})
	}
}

// TestEachRiskStandsForItsOwnTime: a second confirm neither shortens nor prolongs the first.
func TestEachRiskStandsForItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, store.NewMemory())
		enter(t, g, secret, card, false, guard.Send).Unknown()
		sleep(20 * time.Minute)
		enter(t, g, secret, otherCard, true, guard.Send).Unknown()
		sleep(10 * time.Minute)
		wantStanding(t, g, secret, card) // the first has lifted; by the second it is barred
		sleep(20 * time.Minute)
		enter(t, g, secret, card, false, guard.Send).Unknown()
	})
}

func TestSameTokenJoins(t *testing.T) {
	t.Run("and gets the answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, store.NewMemory())
			first := enter(t, g, secret, card, false, guard.Send)
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					ticket, err := g.Enter(t.Context(), secret, card, false)
					if err != nil || ticket.Duty != guard.Answer || ticket.Answer != "declined" {
						t.Errorf("%+v, %v", ticket, err)
						return
					}
					ticket.Definite(t.Context(), "ignored")
					ticket.Unknown()
				})
			}
			sleep(time.Minute)
			first.Definite(t.Context(), "declined")
			first.Unknown() // deferred
			all.Wait()
		})
	})
	t.Run("and resolves what stays unknown", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, store.NewMemory())
			first := enter(t, g, secret, card, false, guard.Send)
			time.AfterFunc(time.Minute, first.Unknown)
			start := time.Now()
			enter(t, g, secret, card, false, guard.Resolve).Unknown()
			if took := time.Since(start); took != time.Minute {
				t.Errorf("told to resolve after %v", took)
			}
		})
	})
	t.Run("for as long as it can", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, store.NewMemory())
			defer enter(t, g, secret, card, false, guard.Send).Unknown()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			start := time.Now()
			_, err := g.Enter(ctx, secret, card, false)
			if _, ok := errors.AsType[*guard.InFlight](err); !ok {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took < 9*time.Second || took >= 10*time.Second {
				t.Errorf("it waited for %v of 10 s", took)
			}
		})
	})
}

// TestLateAnswer: an answer that comes when its caller has left lifts the guard too.
func TestLateAnswer(t *testing.T) {
	s := store.NewMemory()
	here, there := newGuard(t, s), newGuard(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	ticket, err := here.Enter(ctx, secret, card, false)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	ticket.Unknown()
	wantStanding(t, there, secret, otherCard)
	ticket.Definite(ctx, "declined")
	enter(t, there, secret, otherCard, false, guard.Send).Unknown()
}

// TestLateAnswerMeetsANewFlight: it says nothing about a later confirm with the same token.
func TestLateAnswerMeetsANewFlight(t *testing.T) {
	g := newGuard(t, store.NewMemory())
	first := enter(t, g, secret, card, false, guard.Send)
	first.Unknown()
	resolver := enter(t, g, secret, card, false, guard.Resolve)
	first.Definite(t.Context(), "declined")
	second := enter(t, g, secret, card, false, guard.Send)
	resolver.Definite(t.Context(), "open")
	first.Definite(t.Context(), "declined")
	wantStanding(t, g, secret, otherCard)
	second.Definite(t.Context(), "confirmed")
}

// TestFile: what a killed process had under way stands when its file is opened again.
func TestFile(t *testing.T) {
	spec := "file:" + t.TempDir() + "/checkoutsvc.db"
	open := func() store.Store {
		s, err := store.Open(t.Context(), spec, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	killed := open()
	enter(t, newGuard(t, killed), secret, card, false, guard.Send)
	_ = killed.Close()
	s := open()
	defer s.Close()
	g := newGuard(t, s)
	wantStanding(t, g, secret, otherCard)
	enter(t, g, secret, card, false, guard.Resolve).Unknown()
}

// spy sees what is written.
type spy struct {
	store.Store
	written []string
}

func (s *spy) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	s.written = append(s.written, key, string(next))
	return s.Store.CompareAndSwap(ctx, key, old, next, ttl)
}

func TestRecordsHoldNoSecret(t *testing.T) {
	s := &spy{Store: store.NewMemory()}
	enter(t, newGuard(t, s), secret, card, false, guard.Send).Unknown()
	if len(s.written) != 4 || strings.Contains(strings.Join(s.written, " "), secret) {
		t.Errorf("wrote %q", s.written)
	}
}
