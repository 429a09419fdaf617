package idempotency

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"time"
)

const (
	// recordFor is how long an answer is tried to be recorded before it is withheld.
	recordFor = 5 * time.Second
	// releaseFor is how long a key without an answer is tried to be freed; after that, its lease frees it.
	releaseFor = 2 * time.Second
)

// flight is one call under a reserved key.
type flight struct {
	keys *Keys
	key  string
	own  record // the reservation
	done chan struct{}

	// What came of it, once done is closed.
	result   Result
	err      error
	panicked any
}

// errNoOutcome is the error of a call that did not return.
var errNoOutcome = errors.New("the call did not return")

// reserve takes the key, if it still is as it was found; no flight and no error mean that somebody else was faster.
func (k *Keys) reserve(ctx context.Context, key string, found *record, request [sha256.Size]byte) (*flight, error) {
	own := record{state: reserved, request: request, owner: k.owners.enter()}
	own.stored = own.encode()
	swapped, err := k.store.CompareAndSwap(ctx, key, found.stored, own.stored, k.lease)
	if err != nil || !swapped {
		k.owners.leave(own.owner)
		return nil, err
	}
	return &flight{keys: k, key: key, own: own, done: make(chan struct{}), err: errNoOutcome}, nil
}

// fly makes the call and records what came of it. It returns with the result, or when patience ends; the call then goes
// on without its caller.
func (f *flight) fly(ctx, patience context.Context, call Call) (Result, error) {
	f.keys.flights.Go(func() {
		defer close(f.done)
		defer f.keys.owners.leave(f.own.owner)
		defer func() { f.panicked = recover() }()
		outcome, err := f.tended(ctx, call)
		f.settle(context.WithoutCancel(ctx), &outcome, err)
	})
	select {
	case <-f.done:
		if f.panicked != nil {
			panic(f.panicked) // where the caller's recovery finds it
		}
		return f.result, f.err
	case <-patience.Done():
		return Result{}, &InProgress{RetryAfter: retryAfter}
	}
}

// tended makes the call on a context of its own, and keeps the key reserved meanwhile.
func (f *flight) tended(caller context.Context, call Call) (Outcome, error) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(caller))
	if deadline, ok := caller.Deadline(); ok {
		var expire context.CancelFunc
		ctx, expire = context.WithDeadline(ctx, deadline.Add(f.keys.seeThrough))
		defer expire()
	}
	over := make(chan struct{})
	f.keys.flights.Go(func() { f.tend(caller, cancel, over) })
	defer close(over)
	defer cancel(nil)
	return call(ctx)
}

// tend renews the lease until over is closed, and ends the call SeeThrough after its caller left.
func (f *flight) tend(caller context.Context, cancel context.CancelCauseFunc, over <-chan struct{}) {
	renewal := time.NewTicker(f.keys.lease / 3)
	defer renewal.Stop()
	left, ctx := caller.Done(), context.WithoutCancel(caller)
	var budget <-chan time.Time
	for {
		select {
		case <-over:
			return
		case <-left:
			left, budget = nil, time.After(f.keys.seeThrough)
		case <-budget:
			cancel(context.DeadlineExceeded)
		case <-renewal.C:
			// A failed renewal has two more chances. A lost reservation shows when the outcome is settled.
			_, _ = f.keys.store.CompareAndSwap(ctx, f.key, f.own.stored, f.own.stored, f.keys.lease)
		}
	}
}

// settle turns the reservation into what the outcome calls for.
func (f *flight) settle(ctx context.Context, outcome *Outcome, err error) {
	switch {
	case err == nil:
		f.result, f.err = f.record(ctx, outcome)
		return
	case outcome.Refused:
		f.replace(ctx, nil, 0)
	default:
		unknown := record{state: unanswered, request: f.own.request}
		f.replace(ctx, unknown.encode(), boundFor)
	}
	f.err = err
}

// replace puts next in the reservation's place. It need not succeed: the reservation ends with its owner all the same.
func (f *flight) replace(ctx context.Context, next []byte, ttl time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, releaseFor)
	defer cancel()
	for pause := shortestPause; ; {
		_, err := f.keys.store.CompareAndSwap(ctx, f.key, f.own.stored, next, ttl)
		if err == nil || !wait(ctx, nil, &pause) {
			return
		}
	}
}

// record stores the answer, which is given only once it is stored: what would not be given again is not given at all. The
// answer of somebody who was faster, while the lease was lost, takes its place.
func (f *flight) record(ctx context.Context, outcome *Outcome) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, recordFor)
	defer cancel()
	answer := record{state: answered, request: f.own.request, body: outcome.Body}
	answer.stored = answer.encode()
	ttl := max(time.Until(outcome.Expires)-replayMargin, replayAtLeast)
	current := f.own
	for pause := shortestPause; ; {
		result, err := f.tryRecord(ctx, &answer, &current, ttl)
		switch {
		case result != nil:
			return *result, nil
		case errors.Is(err, errTaken), err != nil && !wait(ctx, nil, &pause):
			return Result{}, &Unrecorded{Err: err}
		}
	}
}

var errTaken = errors.New("another request has taken the key meanwhile")

// tryRecord puts the answer in the place of current, and if that is not what stands there, makes it so for the next try.
// No result and no error mean that the next try may be made at once.
func (f *flight) tryRecord(ctx context.Context, answer, current *record, ttl time.Duration) (*Result, error) {
	swapped, err := f.keys.store.CompareAndSwap(ctx, f.key, current.stored, answer.stored, ttl)
	if err != nil {
		return nil, err
	}
	if swapped {
		return &Result{Body: answer.body}, nil
	}
	found, err := f.keys.read(ctx, f.key)
	switch {
	case err != nil:
		return nil, err
	case found.state != absent && found.request != answer.request:
		return nil, errTaken
	case found.state == answered:
		// Ours, if an earlier try came through without being acknowledged.
		return &Result{Body: found.body, Replayed: !bytes.Equal(found.body, answer.body)}, nil
	}
	*current = found
	return nil, nil
}
