package guard_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/guard"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

// faulty is a store of which a test says how it fails.
type faulty struct {
	*storetest.Flaky
	fault atomic.Int32
}

func newFaulty(s store.Store) *faulty {
	f := new(faulty)
	f.Flaky = &storetest.Flaky{Store: s, Next: func() storetest.Fault { return storetest.Fault(f.fault.Load()) }}
	return f
}

func (f *faulty) set(fault storetest.Fault) { f.fault.Store(int32(fault)) }

func wantUnavailable(t *testing.T, g *guard.Guard[string], token [32]byte) {
	t.Helper()
	_, err := g.Enter(t.Context(), secret, token, true)
	if _, ok := errors.AsType[*store.Unavailable](err); !ok {
		t.Errorf("want *store.Unavailable, got %v", err)
	}
}

func TestStoreAwayRefuses(t *testing.T) {
	s := newFaulty(store.NewMemory())
	g := newGuard(t, s)
	s.set(storetest.Lost)
	wantUnavailable(t, g, card)
	s.set(storetest.None)
	enter(t, g, secret, otherCard, false, guard.Send).Unknown()
	s.set(storetest.Lost)
	wantUnavailable(t, g, card)
}

// TestStoreAwayAtTheAnswer: the guard lifts here as soon as the store is back, and for others soon after.
func TestStoreAwayAtTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := store.NewMemory()
		s := newFaulty(shared)
		here, there := newGuard(t, s), newGuard(t, shared)
		ticket := enter(t, here, secret, card, false, guard.Send)
		s.set(storetest.Lost)
		ticket.Definite(t.Context(), "declined")
		sleep(5 * time.Minute)
		wantStanding(t, there, secret, otherCard)

		s.set(storetest.None)
		enter(t, here, secret, otherCard, false, guard.Send).Definite(t.Context(), "declined")

		ticket = enter(t, here, secret, card, false, guard.Send)
		s.set(storetest.Lost)
		ticket.Definite(t.Context(), "declined")
		s.set(storetest.None)
		sleep(time.Minute)
		enter(t, there, secret, otherCard, false, guard.Send).Unknown()
	})
}

// TestUnacknowledgedRecord: a confirm that was refused because the store didn't answer bars nobody, though it was recorded.
func TestUnacknowledgedRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := store.NewMemory()
		s := newFaulty(shared)
		here, there := newGuard(t, s), newGuard(t, shared)
		enter(t, here, "other", card, false, guard.Send).Unknown() // reads the hasher's secret

		swaps := &unacknowledgedSwaps{Store: s}
		cut := newGuard(t, swaps)
		enter(t, cut, "other", card, false, guard.Resolve).Unknown()
		swaps.on.Store(true)
		wantUnavailable(t, cut, card)
		wantStanding(t, there, secret, otherCard)
		swaps.on.Store(false)
		enter(t, cut, secret, card, false, guard.Send).Definite(t.Context(), "declined")
		enter(t, there, secret, otherCard, false, guard.Send).Unknown()
		wantStanding(t, cut, secret, card)
		sleep(time.Minute)
		wantStanding(t, cut, secret, card) // which no removal in the background lifts
	})
}

// unacknowledgedSwaps carries swaps out without saying so, and reads well.
type unacknowledgedSwaps struct {
	store.Store
	on atomic.Bool
}

func (s *unacknowledgedSwaps) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	swapped, err := s.Store.CompareAndSwap(ctx, key, old, next, ttl)
	if s.on.Load() {
		return false, &store.Unavailable{Store: "test", Err: errors.New("no answer")}
	}
	return swapped, err
}

func TestCloseEndsTheWorkInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFaulty(store.NewMemory())
		g := guard.New[string](guard.Config{Store: s})
		ticket := enter(t, g, secret, card, false, guard.Send)
		s.set(storetest.Lost)
		ticket.Definite(t.Context(), "declined")
		g.Close() // the bubble waits for what is left
		ticket.Definite(t.Context(), "declined")
	})
}

func TestDamagedRecord(t *testing.T) {
	s := &spy{Store: store.NewMemory()}
	g := newGuard(t, s)
	enter(t, g, secret, card, false, guard.Send).Unknown()
	key := s.written[2]
	whole, _ := s.Get(t.Context(), key)
	if _, err := s.CompareAndSwap(t.Context(), key, whole, []byte("{"), 0); err != nil {
		t.Fatal(err)
	}
	_, err := g.Enter(t.Context(), secret, otherCard, true)
	if err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
}
