// Package guard keeps a checkout from being confirmed a second time while nobody knows what became of the first. A
// confirm charges; with another confirmation token, after a charge that Polar lost track of, it charges twice (B 8.1).
//
// Before a confirm is written, a record of it goes into the store, and a definite answer removes it. While it stands, a
// confirm of the same checkout with another token is refused, by every process that shares the store, also after kill -9.
package guard

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

const (
	// For is how long a confirm without a definite answer stands, unless configured: Polar's worker is long done by then.
	For = 30 * time.Minute
	// Minimum is the shortest time that may be configured: a written confirm is seen through for 60 s.
	Minimum = 2 * time.Minute
	// answerMargin is what is left of a deadline for telling the caller, at most.
	answerMargin = 100 * time.Millisecond
)

// Config is what a Guard is made of.
type Config struct {
	Store store.Store
	// For is how long a confirm without a definite answer stands: 0 for the constant For, never less than Minimum.
	For time.Duration
}

// Guard admits confirms. A is Polar's answer to one. It is safe for use by many goroutines.
type Guard[A any] struct {
	store    store.Store
	hasher   *store.Hasher
	standing time.Duration
	flights  flights[A]
	removals *removals

	unresolved unresolved
}

// New makes a guard on a store.
func New[A any](config Config) *Guard[A] {
	if config.For == 0 {
		config.For = For
	}
	g := &Guard[A]{
		store: config.Store, hasher: store.NewHasher(config.Store, "guard"), standing: max(config.For, Minimum),
		flights: flights[A]{byName: map[flightName]*flight[A]{}}, unresolved: unresolved{admitted: map[string]time.Time{}},
	}
	g.removals = newRemovals(g.remove, g.standing)
	return g
}

// Standing refuses a confirm: one with another token was sent, and its outcome is unknown. Nothing was sent.
type Standing struct {
	// Lifts is when the guard ends, if no answer ends it before.
	Lifts time.Time
}

func (e *Standing) Error() string {
	return "a confirm with another token was sent and its outcome is unknown; the guard lifts at " + e.Lifts.UTC().Format(time.RFC3339)
}

// InFlight says that a confirm with the same token was still under way when ctx ended. Nothing more was sent.
type InFlight struct{}

func (*InFlight) Error() string { return "a confirm with the same token is under way" }

// Enter admits a confirm of the checkout with the client secret. token is the hash of its confirmation token; no token is
// one too. The ticket says what to do. While a confirm with the same token is under way in this process, Enter waits for
// its answer. acceptRisk admits a confirm in spite of one with another token.
//
// Its errors are *Standing, *InFlight and the store's: a store that can't be asked refuses. Nothing may be sent then.
func (g *Guard[A]) Enter(ctx context.Context, secret string, token [sha256.Size]byte, acceptRisk bool) (*Ticket[A], error) {
	key, err := g.hasher.Key(ctx, secret)
	if err != nil {
		return nil, err
	}
	patience, stop := withMargin(ctx)
	defer stop()
	for {
		f, mine := g.flights.join(flightName{key, token})
		if mine {
			return g.admit(ctx, key, f, acceptRisk)
		}
		select {
		case <-f.done:
		case <-patience.Done():
			return nil, &InFlight{}
		}
		if f.definite {
			return &Ticket[A]{Duty: Answer, Answer: f.answer}, nil
		}
	}
}

// admit decides about the first of its token in this process, by what stands in the store.
func (g *Guard[A]) admit(ctx context.Context, key string, f *flight[A], acceptRisk bool) (*Ticket[A], error) {
	t := &Ticket[A]{guard: g, key: key, flight: f, id: rand.Text()}
	err := g.stand(ctx, t, acceptRisk)
	if err != nil || t.Duty == Resolve {
		g.flights.end(f) // those who wait look for themselves
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// stand puts t's confirm into the record, or finds the one that keeps it from being sent.
func (g *Guard[A]) stand(ctx context.Context, t *Ticket[A], acceptRisk bool) error {
	for {
		found, err := g.read(ctx, t.key)
		if err != nil {
			return err
		}
		if same := found.withToken(t.flight.name.token); same != nil {
			t.Duty, t.id, t.Since = Resolve, same.ID, same.Lifts.Add(-g.standing)
			t.admitted = t.Since
			return nil
		}
		if len(found.confirms) > 0 && !acceptRisk {
			return &Standing{Lifts: found.lifts()}
		}
		t.admitted = time.Now()
		next := found.with(confirm{t.id, t.flight.name.token[:], t.admitted.Add(g.standing)})
		swapped, err := g.store.CompareAndSwap(ctx, t.key, found.stored, next.encode(), time.Until(next.lifts()))
		if err != nil {
			// It may stand all the same, for a confirm that is never sent.
			g.removals.later(t.key, t.id)
			return err
		}
		if swapped {
			return nil
		}
	}
}

// remove takes one confirm out of the record.
func (g *Guard[A]) remove(ctx context.Context, key, id string) error {
	for {
		found, err := g.read(ctx, key)
		if err != nil || found.stored == nil {
			return err
		}
		next := found.without(id)
		swapped, err := g.store.CompareAndSwap(ctx, key, found.stored, next.encode(), time.Until(next.lifts()))
		if err != nil || swapped {
			return err
		}
	}
}

// Close stops what removes records in the background. The store stays open.
func (g *Guard[A]) Close() { g.removals.close() }

// withMargin gives a context that ends a little before ctx, so that its caller still gets a typed answer.
func withMargin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, deadline.Add(-min(answerMargin, time.Until(deadline)/10)))
}
