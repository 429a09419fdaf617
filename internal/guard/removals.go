package guard

import (
	"context"
	"sync"
	"time"
)

const (
	// shortestPause and longestPause bound how often a store that is away is tried.
	shortestPause = 500 * time.Millisecond
	longestPause  = 15 * time.Second
)

// removals are the confirms that may stand in the store and shouldn't: it was away when they were to be removed. In this
// process they count as removed at once; for the others they are removed as soon as the store is back.
type removals struct {
	remove func(ctx context.Context, key, id string) error
	// keep is for how long a confirm may stand.
	keep time.Duration

	ctx    context.Context //nolint:containedctx // it ends the work in the background
	cancel context.CancelFunc

	mu   sync.Mutex
	byID map[string]removal
	work sync.WaitGroup
	busy bool // the work is under way
}

type removal struct {
	key   string
	until time.Time // afterwards it has expired anyway
	done  bool
}

func newRemovals(remove func(ctx context.Context, key, id string) error, keep time.Duration) *removals {
	r := &removals{remove: remove, keep: keep, byID: map[string]removal{}}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	return r
}

// later removes a confirm in the background.
func (r *removals) later(key, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byID[id] = removal{key: key, until: time.Now().Add(r.keep)}
	if !r.busy && r.ctx.Err() == nil {
		r.busy = true
		r.work.Go(r.run)
	}
}

// has reports whether a confirm counts as removed. It does so after its removal too: a write that was given up may still
// reach the store.
func (r *removals) has(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.byID[id]
	return ok
}

// close stops the work; what is left then stands until it expires.
func (r *removals) close() {
	r.cancel()
	r.work.Wait()
}

// run works until nothing is left to remove.
func (r *removals) run() {
	for pause := shortestPause; ; pause = min(2*pause, longestPause) {
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-r.ctx.Done():
			timer.Stop()
			return
		}
		for id, key := range r.left() {
			if r.remove(r.ctx, key, id) == nil {
				r.finish(id)
			}
		}
		if r.idle() {
			return
		}
	}
}

// left gives the keys of what is to be removed, by id, and forgets what has expired.
func (r *removals) left() map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	left := map[string]string{}
	for id, it := range r.byID {
		switch {
		case !time.Now().Before(it.until):
			delete(r.byID, id)
		case !it.done:
			left[id] = it.key
		}
	}
	return left
}

func (r *removals) finish(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	it := r.byID[id]
	it.done = true
	r.byID[id] = it
}

// idle ends the work, if none is left.
func (r *removals) idle() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, it := range r.byID {
		if !it.done {
			return false
		}
	}
	r.busy = false
	return true
}
