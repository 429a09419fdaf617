package limit

import (
	"context"
	"slices"
	"sync"
	"time"
)

// bucket is one identity: what it has sent, and who waits to send more.
type bucket struct {
	limiter *Limiter
	rules   *rules
	ledger  *ledger // nil keeps the state in memory alone

	mu     sync.Mutex
	state  state
	queues [classes]queue
	turn   class // whose queue is looked at first
	timer  *time.Timer
	gone   bool // swept out: whoever has found it looks again
}

func newBucket(l *Limiter, identity string) *bucket {
	b := &bucket{limiter: l, rules: rulesFor(&l.config, identity)}
	b.state.since = instant(l.start.UnixNano())
	if l.config.Store != nil && b.rules != nil {
		b.ledger = newLedger(b, identity)
	}
	return b
}

// admit is Limiter.Admit for one identity, and unlocks it.
func (b *bucket) admit(ctx context.Context, call *Call, c class) error {
	tag := uint32(tagRead)
	if c == confirm {
		tag = secretTag(call.ClientSecret)
	}
	now := b.limiter.now()
	if b.waiting() > 0 && b.ledger == nil {
		b.serve(now)
	}
	if b.atOnce(c) && b.mayGo(c, tag, now) {
		b.charge(c, tag, now)
		b.mu.Unlock()
		return nil
	}
	w, patience, err := b.enqueue(ctx, call, c, tag, now)
	b.mu.Unlock()
	if err != nil {
		return err
	}
	return b.wait(ctx, w, patience)
}

// atOnce says whether a call can be admitted without the store and before nobody.
func (b *bucket) atOnce(c class) bool {
	return c == unlimited || b.queues[c].size == 0 && (b.ledger == nil || b.ledger.covers(c))
}

func (b *bucket) mayGo(c class, tag uint32, now instant) bool {
	if c == confirm && b.state.ownBudget(b.rules, tag, now).until > now {
		return false
	}
	return b.state.when(b.rules, c, 0, 0, now).until <= now
}

func (b *bucket) charge(c class, tag uint32, now instant) {
	b.state.charge(b.rules, c, tag, now)
	if b.ledger != nil && c != unlimited {
		b.ledger.spend()
	}
}

// enqueue lets a call wait, unless that would be for too long.
func (b *bucket) enqueue(ctx context.Context, call *Call, c class, tag uint32, now instant) (*waiter, time.Duration, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, 0, err
	}
	if refused := b.overBudget(c, tag, now); refused != nil {
		return nil, 0, refused
	}
	patience := b.limiter.patience(ctx)
	w := b.estimate(c, call.Caller, now)
	if w.until.sub(now) > patience {
		return nil, 0, exceeded(w, now)
	}
	held := &waiter{class: c, tag: tag, caller: call.Caller, done: make(chan error, 1)}
	b.queues[c].push(held)
	b.stir(now)
	return held, patience, nil
}

// overBudget refuses a confirm whose secret has had its share; nobody waits for that.
func (b *bucket) overBudget(c class, tag uint32, now instant) error {
	if c != confirm {
		return nil
	}
	if w := b.state.ownBudget(b.rules, tag, now); w.until > now {
		return exceeded(w, now)
	}
	return nil
}

// wait returns when w is admitted, refused, or out of time.
func (b *bucket) wait(ctx context.Context, w *waiter, patience time.Duration) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		b.leave(w)
		return context.Cause(ctx)
	case <-timer.C:
	}
	if refused := b.giveUp(w); refused != nil {
		return refused
	}
	// It is admitted and being recorded.
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave takes w out of its queue. If it is admitted already its place is lost.
func (b *bucket) leave(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w.left = !b.queues[w.class].remove(w)
}

// giveUp takes w out of its queue and answers when to try again; nil if it is admitted after all.
func (b *bucket) giveUp(w *waiter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.limiter.now()
	if b.ledger == nil {
		b.serve(now) // its time may have come at this very moment
	}
	if !b.queues[w.class].remove(w) {
		w.late = true
		return nil
	}
	return exceeded(b.estimate(w.class, w.caller, now), now)
}

// estimate is when a new call of caller would be admitted, after those who wait already.
func (b *bucket) estimate(c class, caller string, now instant) wait {
	ahead, others := b.queues[c].ahead(caller), 0
	for other := range b.queues {
		if class(other) != c {
			others += min(b.queues[other].size, ahead+1)
		}
	}
	return b.state.when(b.active(now), c, ahead, others, now)
}

// serve admits whoever may go now, and sets the timer for the next.
func (b *bucket) serve(now instant) {
	for _, w := range b.take(&b.state, b.rules, now) {
		w.done <- nil
	}
	b.arm(now)
}

// take pops the waiters that may go by s, and charges them to it.
func (b *bucket) take(s *state, r *rules, now instant) []*waiter {
	var taken []*waiter
	for {
		w := b.nextWaiter(s, r, now)
		if w == nil {
			return taken
		}
		b.queues[w.class].pop()
		if w.class == confirm {
			if over := s.ownBudget(r, w.tag, now); over.until > now {
				w.done <- exceeded(over, now)
				continue
			}
		}
		s.charge(r, w.class, w.tag, now)
		taken = append(taken, w)
	}
}

// putBack undoes take, for those who still wait.
func (b *bucket) putBack(taken []*waiter, now instant) {
	for _, w := range slices.Backward(taken) {
		switch {
		case w.left:
		case w.late:
			w.done <- exceeded(b.estimate(w.class, w.caller, now), now)
		default:
			b.queues[w.class].putBack(w)
		}
	}
}

// nextWaiter finds the first waiter that may go now; classes take turns.
func (b *bucket) nextWaiter(s *state, r *rules, now instant) *waiter {
	for range classes {
		b.turn = (b.turn + 1) % classes
		w := b.queues[b.turn].first()
		if w != nil && s.when(r, w.class, 0, 0, now).until <= now {
			return w
		}
	}
	return nil
}

// arm sets the timer for the first waiter that may go later.
func (b *bucket) arm(now instant) {
	soonest, r := never, b.active(now)
	for c := range b.queues {
		if b.queues[c].size > 0 {
			soonest = min(soonest, b.state.when(r, class(c), 0, 0, now).until)
		}
	}
	if b.ledger != nil && b.ledger.blind(now) && (soonest < never || b.ledger.dirty || len(b.ledger.unsaved) > 0) {
		soonest = min(soonest, b.ledger.blindTill)
	}
	if soonest == never {
		return
	}
	if wait := soonest.sub(now); b.timer == nil {
		b.timer = time.AfterFunc(wait, b.ring)
	} else {
		b.timer.Reset(wait)
	}
}

func (b *bucket) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stir(b.limiter.now())
}

// stir lets those go that may, or sets about it.
func (b *bucket) stir(now instant) {
	if b.ledger == nil {
		b.serve(now)
		return
	}
	b.ledger.wake()
}

// active is the rules to go by: fewer calls while the store cannot be reached.
func (b *bucket) active(now instant) *rules {
	if b.ledger != nil && b.rules != nil && b.ledger.alone(now) {
		return b.rules.quarter()
	}
	return b.rules
}

func (b *bucket) waiting() int {
	n := 0
	for c := range b.queues {
		n += b.queues[c].size
	}
	return n
}

// block is Limiter.Blocked.
func (b *bucket) block(retryAfter time.Duration) {
	b.state.block(b.limiter.now(), retryAfter)
	if b.ledger != nil {
		b.ledger.dirty = true
		b.ledger.wake()
	}
}

// retire marks b as swept out if nothing is left to know of it.
func (b *bucket) retire(now instant) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	busy := b.waiting() > 0 || b.ledger != nil && (b.ledger.running || b.ledger.dirty || len(b.ledger.unsaved) > 0)
	b.gone = !busy && b.state.idle(b.rules, now)
	return b.gone
}

// close writes down what there is, and answers a channel that is closed when that is done.
func (b *bucket) close() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ledger == nil {
		return closed
	}
	return b.ledger.close()
}

func exceeded(w wait, now instant) error {
	return &Exceeded{RetryAfter: max(0, w.until.sub(now)), Zone: w.zone}
}
