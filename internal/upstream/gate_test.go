package upstream

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// full is a gate whose only place is taken.
func full(t *testing.T, maxQueued int) *gate {
	t.Helper()
	g := newGate(1, maxQueued)
	if err := g.enter(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	return g
}

// served queues the calls in this order and gives the order in which they are let through.
func served(t *testing.T, g *gate, calls ...string) (order []string) {
	t.Helper()
	for _, caller := range calls {
		go func() {
			if g.enter(t.Context(), caller) == nil {
				order = append(order, caller)
				g.leave()
			}
		}()
		synctest.Wait()
	}
	g.leave()
	synctest.Wait()
	return order
}

func TestCallersAreServedInTurn(t *testing.T) {
	for name, tc := range map[string]struct{ calls, want []string }{
		"one caller":           {[]string{"a", "a", "a"}, []string{"a", "a", "a"}},
		"a crowd and two more": {[]string{"a", "a", "a", "a", "b", "c", "b"}, []string{"a", "b", "c", "a", "b", "a", "a"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := served(t, full(t, 10), tc.calls...); !slices.Equal(got, tc.want) {
					t.Errorf("served %v, want %v", got, tc.want)
				}
			})
		})
	}
}

func TestOneCallersCallsKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := full(t, 10)
		var order []int
		for i := range 5 {
			go func() {
				if g.enter(t.Context(), "a") == nil {
					order = append(order, i)
					g.leave()
				}
			}()
			synctest.Wait()
		}
		g.leave()
		synctest.Wait()
		if !slices.Equal(order, []int{0, 1, 2, 3, 4}) {
			t.Errorf("served in the order %v", order)
		}
	})
}

func TestAFullQueueMakesRoomForWhoHasLess(t *testing.T) {
	for name, tc := range map[string]struct{ calls, want []string }{
		"nobody has less":        {[]string{"a", "a", "a", "a", "a"}, []string{"a", "a", "a", "a"}},
		"a newcomer":             {[]string{"a", "a", "a", "a", "b"}, []string{"a", "b", "a", "a"}},
		"up to an equal share":   {[]string{"a", "a", "a", "a", "b", "b", "b"}, []string{"a", "b", "a", "b"}},
		"no room for a fifth":    {[]string{"a", "b", "c", "d", "e"}, []string{"a", "b", "c", "d"}},
		"the longest gives way":  {[]string{"a", "b", "b", "b", "c"}, []string{"a", "b", "c", "b"}},
		"an own queue is no aid": {[]string{"a", "a", "b", "b", "a"}, []string{"a", "b", "a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := served(t, full(t, 4), tc.calls...); !slices.Equal(got, tc.want) {
					t.Errorf("served %v, want %v", got, tc.want)
				}
			})
		})
	}
}

func TestNobodyWaitsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, start := full(t, 4), time.Now()
		var overloaded *Overloaded
		if err := g.enter(t.Context(), "a"); !errors.As(err, &overloaded) || time.Since(start) != maxWait {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), maxWait/2)
		defer cancel()
		start = time.Now()
		if err := g.enter(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != maxWait/2 {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
		if inFlight, queued := g.load(); inFlight != 1 || queued != 0 {
			t.Errorf("%d in flight, %d queued", inFlight, queued)
		}
	})
}

func TestWithoutAQueueNobodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, start := full(t, -1), time.Now()
		var overloaded *Overloaded
		if err := g.enter(t.Context(), "a"); !errors.As(err, &overloaded) || time.Since(start) != 0 {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
	})
}

// Whatever happens in the same moment: never too many, and no place is lost.
func TestNoPlaceIsLostOrGivenTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const places = 5
		g := newGate(places, 20)
		var inside, most, let atomic.Int64
		random := rand.New(rand.NewPCG(1, 2))
		for range 5000 {
			caller := string(rune('a' + random.IntN(4)))
			stay := time.Duration(random.IntN(4)) * 10 * time.Millisecond
			patience := time.Duration(1+random.IntN(4)) * 10 * time.Millisecond
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				if g.enter(ctx, caller) != nil {
					return
				}
				let.Add(1)
				if now := inside.Add(1); now > most.Load() {
					most.Store(now)
				}
				<-time.After(stay)
				inside.Add(-1)
				g.leave()
			}()
			<-time.After(time.Duration(random.IntN(4)) * time.Millisecond)
		}
		<-time.After(time.Minute)
		synctest.Wait()
		if inFlight, queued := g.load(); inFlight != 0 || queued != 0 {
			t.Errorf("%d in flight, %d queued when all had left", inFlight, queued)
		}
		if most.Load() != places || let.Load() < 1000 {
			t.Errorf("at most %d inside, %d let through", most.Load(), let.Load())
		}
	})
}
