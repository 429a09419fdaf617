package guard

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// Duty is what the holder of a ticket has to do.
type Duty int

const (
	// Send means: send the confirm, once.
	Send Duty = iota
	// Resolve means: send nothing. This very confirm was sent before and its outcome is unknown here; find it out (B 8.2).
	Resolve
	// Answer means: send nothing. The ticket holds the answer to this very confirm, which was under way.
	Answer
)

// Ticket is an admitted confirm. Whoever has one calls Definite once the outcome is known, and Unknown when leaving; a
// deferred Unknown is right in any case.
type Ticket[A any] struct {
	Duty Duty
	// Answer is Polar's answer, with the duty of that name. Others have it too, so it is only to be read.
	Answer A
	// Since is when the confirm was admitted that is to be resolved, with the duty of that name. It may be under way in
	// another process still, even waiting to be sent.
	Since time.Time

	guard  *Guard[A]
	key    string
	id     string // of the confirm that stands
	flight *flight[A]
	// admitted is when the confirm that stands was admitted; settled is set once its outcome is known.
	admitted time.Time
	settled  bool
}

// Definite says that the outcome is certain: answer is Polar's, or what a resolver found, or Polar got nothing. The
// confirm then stands no longer, and those who wait with the same token get answer. It may come after Unknown, from an
// answer that nobody waited for any more. If the store is away, the record goes as soon as it is back.
func (t *Ticket[A]) Definite(ctx context.Context, answer A) {
	if t.Duty == Answer {
		return
	}
	t.guard.unresolved.settle(t.id, &t.settled)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeFor)
	defer cancel()
	if t.guard.remove(ctx, t.key, t.id) != nil {
		t.guard.removals.later(t.key, t.id)
	}
	t.guard.flights.answer(t.flight, answer)
}

// Unknown says that whoever has the ticket knows no outcome, or has said it already. The confirm stands until the guard
// lifts, and those who wait with the same token are told to resolve it.
func (t *Ticket[A]) Unknown() {
	if t.Duty != Answer {
		t.guard.unresolved.left(t.id, t.admitted, &t.settled)
		t.guard.flights.end(t.flight)
	}
}

// removeFor bounds how long a definite answer waits for its record to be removed.
const removeFor = 2 * time.Second

// flightName says which confirm a flight is.
type flightName struct {
	key   string
	token [sha256.Size]byte
}

// flight is a confirm under way in this process.
type flight[A any] struct {
	name flightName
	done chan struct{}

	// What came of it, once done is closed.
	definite bool
	answer   A
}

// flights are those of this process.
type flights[A any] struct {
	mu     sync.Mutex
	byName map[flightName]*flight[A]
}

// join gives the flight under way, or a new one that is the caller's own.
func (fs *flights[A]) join(name flightName) (f *flight[A], mine bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f = fs.byName[name]; f != nil {
		return f, false
	}
	f = &flight[A]{name: name, done: make(chan struct{})}
	fs.byName[name] = f
	return f, true
}

// end ends a flight without an answer, if it hasn't ended.
func (fs *flights[A]) end(f *flight[A]) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.close(f)
}

// answer ends a flight with its answer, if it hasn't ended.
func (fs *flights[A]) answer(f *flight[A], answer A) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.byName[f.name] == f {
		f.definite, f.answer = true, answer
	}
	fs.close(f)
}

func (fs *flights[A]) close(f *flight[A]) {
	if fs.byName[f.name] == f {
		delete(fs.byName, f.name)
		close(f.done)
	}
}
