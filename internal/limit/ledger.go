package limit

import (
	"context"
	"errors"
	"slices"
	"time"
)

const (
	// recordTTL is longer than everything that is counted.
	recordTTL = 2 * time.Hour
	// blindFor is how long a shared store that failed is left alone.
	blindFor = time.Second
	// cautionFor is how long a process keeps to its quarter after the store is back: by then each has told what it sent.
	cautionFor = 5 * time.Second
	// maxConflicts is how often other processes may be faster before the store counts as failed.
	maxConflicts = 100
)

var (
	errContended = errors.New("rate-limit record is written by others all the time")
	errForeign   = errors.New("rate-limit record was written by another process, though the store is not shared")
)

// ledger keeps a bucket's record in the store. One goroutine at a time does so, and only while there is something to do.
//
// A shared record is the truth: calls are admitted on a copy of it, which then replaces it unless another process was
// faster. A record of one process only serves the next start: it holds each confirm before that is sent, and lends other
// calls in advance.
type ledger struct {
	bucket *bucket
	key    string
	shared bool
	lends  int // calls lent with each record; 0 after close

	// What follows is guarded by the bucket.
	running   bool
	resting   chan struct{} // closed when running ends; nil while nobody asks
	learned   chan struct{} // closed when loaded, or when that failed; nil while nobody asks
	loaded    bool          // the state is that of the store, but for what is unsaved
	current   bool          // record is what the store holds
	record    []byte        // nil for none
	dirty     bool          // there is something to record though nobody waits
	lease     int           // calls that may still be sent before the next record
	spent     int           // calls since the record that is being written was made
	conflicts int
	blindTill instant
	// cautionTill ends the quarter; it is not before blindTill.
	cautionTill instant
	unsaved     []unsaved
}

// unsaved is a call that was admitted while the store could not be reached.
type unsaved struct {
	at    instant
	class class
	tag   uint32
}

func newLedger(b *bucket, identity string) *ledger {
	config := &b.limiter.config
	g := &ledger{bucket: b, shared: config.Shared, key: config.key("identity/" + identity)}
	if !g.shared {
		g.lends = max(1, b.rules.api.limit/8)
	}
	return g
}

func (c *Config) key(name string) string {
	return "limit/" + string(c.Environment) + "/" + c.Scope + "/" + name
}

// covers says whether a call may be sent by what is recorded already.
func (g *ledger) covers(c class) bool { return g.loaded && c != confirm && g.lease > 0 }

// spend takes one lent call, and borrows more in time.
func (g *ledger) spend() {
	g.lease--
	g.spent++
	if g.short() {
		g.wake()
	}
}

func (g *ledger) short() bool { return g.lends > 0 && g.lease <= g.lends/2 }

func (g *ledger) blind(now instant) bool { return now < g.blindTill }

// alone says whether others may have sent what is not known here.
func (g *ledger) alone(now instant) bool { return now < g.cautionTill }

// closed is a channel for nothing to wait for.
var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// close gives back what is lent.
func (g *ledger) close() <-chan struct{} {
	if g.loaded && !g.shared {
		g.lends, g.lease, g.dirty = 0, 0, true
		g.wake()
	}
	if !g.running {
		return closed
	}
	return expect(&g.resting)
}

// ready says whether calls can be judged by what is known.
func (g *ledger) ready(now instant) bool { return g.loaded || g.blind(now) }

// learn sets about being ready, and answers a channel that is closed then.
func (g *ledger) learn() <-chan struct{} {
	g.wake()
	return expect(&g.learned)
}

// expect makes a channel for whoever waits for something, and release closes it when that has come.
func expect(waiting *chan struct{}) <-chan struct{} {
	if *waiting == nil {
		*waiting = make(chan struct{})
	}
	return *waiting
}

func release(waiting *chan struct{}) {
	if *waiting != nil {
		close(*waiting)
		*waiting = nil
	}
}

// wake makes sure that somebody looks after what there is to do.
func (g *ledger) wake() {
	if !g.running {
		g.running = true
		go g.run()
	}
}

// rest is the end of run, until the next wake.
func (g *ledger) rest(now instant) {
	g.running = false
	release(&g.resting)
	g.bucket.arm(now)
}

func (g *ledger) run() {
	for {
		more, err := g.step()
		if err != nil {
			g.bucket.limiter.config.StoreFailed(err)
		}
		if !more {
			return
		}
	}
}

// step does one thing: loads, records, or finds that nothing is left to do.
func (g *ledger) step() (more bool, err error) {
	b := g.bucket
	b.mu.Lock()
	now := b.limiter.now()
	if g.blind(now) {
		g.serveBlind(now)
		g.rest(now)
		b.mu.Unlock()
		return false, nil
	}
	if !g.current {
		b.mu.Unlock()
		return true, g.load()
	}
	next := g.draft()
	batch := b.take(next, b.active(now), now)
	if len(batch) == 0 && !g.dirty && !g.short() {
		g.rest(now)
		b.mu.Unlock()
		return false, nil
	}
	old, record, dirty := g.record, encode(next, b.rules, g.lends, now), g.dirty
	ttl := max(recordTTL, next.confirmsBlocked.sub(now), next.blocked.sub(now))
	g.dirty, g.spent = false, 0
	b.mu.Unlock()

	swapped, err := g.swap(old, record, ttl)

	b.mu.Lock()
	defer b.mu.Unlock()
	if swapped && err == nil {
		g.recorded(next, record)
		admit(batch)
		return true, nil
	}
	g.current = false
	if !g.shared {
		return true, g.unrecorded(batch, err)
	}
	g.dirty = dirty || g.dirty
	b.putBack(batch, b.limiter.now())
	return true, g.conflict(err)
}

// draft is the state to admit calls on: a shared one may turn out to be outdated.
func (g *ledger) draft() *state {
	if g.shared {
		return g.bucket.state.clone()
	}
	return &g.bucket.state
}

func (g *ledger) recorded(next *state, record []byte) {
	g.record, g.conflicts = record, 0
	if !g.shared {
		g.lease = max(0, g.lends-g.spent)
		return
	}
	// A block may have come in meanwhile.
	next.blocked = max(next.blocked, g.bucket.state.blocked)
	next.confirmsBlocked = max(next.confirmsBlocked, g.bucket.state.confirmsBlocked)
	g.bucket.state, g.unsaved = *next, nil
}

// unrecorded goes on without the store, which only a restart would miss.
func (g *ledger) unrecorded(batch []*waiter, err error) error {
	g.lease = g.lends
	admit(batch)
	if err == nil {
		err = errForeign
	}
	return err
}

// conflict lets another process go first, but not for ever.
func (g *ledger) conflict(err error) error {
	if g.conflicts++; err == nil && g.conflicts > maxConflicts {
		err = errContended
	}
	if err != nil {
		g.fail()
	}
	return err
}

func (g *ledger) fail() {
	g.conflicts = 0
	release(&g.learned)
	g.blindTill = g.bucket.limiter.now().add(blindFor)
	g.cautionTill = never
}

func (g *ledger) swap(old, record []byte, ttl time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	return g.bucket.limiter.config.Store.CompareAndSwap(ctx, g.key, old, record, ttl)
}

// load learns what the store holds.
func (g *ledger) load() error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	l := g.bucket.limiter
	since, err := l.origin.since(ctx, l)
	var record []byte
	if err == nil {
		record, err = l.config.Store.Get(ctx, g.key)
	}
	g.bucket.mu.Lock()
	defer g.bucket.mu.Unlock()
	if err != nil && (g.shared || !g.loaded) {
		g.fail()
		return err
	}
	if err == nil && (g.shared || !g.loaded) {
		err = g.adopt(record, since)
	}
	g.record, g.current, g.loaded = record, true, true
	if g.cautionTill == never {
		g.cautionTill = g.bucket.limiter.now().add(cautionFor)
	}
	release(&g.learned)
	return err
}

// adopt makes the record the bucket's state, together with what it lacks. A store that has lost a record which this
// process knows gets it back.
func (g *ledger) adopt(record []byte, since instant) error {
	b := g.bucket
	now := b.limiter.now()
	if len(record) == 0 && g.loaded {
		g.dirty = true
		return nil
	}
	fresh, err := new(state), error(nil)
	if len(record) > 0 {
		fresh, err = decode(record, now)
	}
	if err != nil {
		fresh, since = new(state), now
		b.limiter.origin.known.Store(int64(now))
	}
	fresh.since = since
	if blocked := max(b.state.blocked, b.state.confirmsBlocked); blocked > max(fresh.blocked, fresh.confirmsBlocked) {
		fresh.blocked = max(fresh.blocked, b.state.blocked)
		fresh.confirmsBlocked = max(fresh.confirmsBlocked, b.state.confirmsBlocked)
		g.dirty = true
	}
	for _, u := range g.unsaved {
		fresh.charge(b.rules, u.class, u.tag, u.at)
		g.dirty = true
	}
	b.state = *fresh
	return err
}

// serveBlind admits a little by what is known here, and comes back to the store soon.
func (g *ledger) serveBlind(now instant) {
	b := g.bucket
	batch := b.take(&b.state, b.active(now), now)
	g.unsaved = slices.DeleteFunc(g.unsaved, func(u unsaved) bool { return now.sub(u.at) >= confirmHour.length })
	for _, w := range batch {
		g.unsaved = append(g.unsaved, unsaved{now, w.class, w.tag})
	}
	admit(batch)
}

func admit(batch []*waiter) {
	for _, w := range batch {
		w.done <- nil
	}
}
