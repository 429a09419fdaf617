package upstream

import (
	"context"
	"sync"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

const (
	// tick is how often the callers of calls in flight and their deadlines are looked at.
	tick = 50 * time.Millisecond
	// margin is what is kept of a caller's deadline so that it still hears a typed answer; of a short one, a tenth is.
	margin = 2 * tick
	// exactBelow is the time left below which a deadline gets a timer of its own, since a tick would be much of it.
	exactBelow = 2 * time.Second
)

// DefaultDeadline is how long a call of a caller without a deadline may take. Polar's own clients give up at 5 s; a
// confirm waits for a payment.
func DefaultDeadline(consequence polarhttp.Consequence) time.Duration {
	switch consequence {
	case polarhttp.Reads:
		return 4 * time.Second
	case polarhttp.Converges:
		return 30 * time.Second
	default:
		return 60 * time.Second
	}
}

// within bounds a call by its caller's deadline less what is reserved, a third of it at most, or by its operation's default. The call is over
// when end is called.
func (w *watch) within(ctx context.Context, now time.Time, consequence polarhttp.Consequence, reserve time.Duration) (call context.Context, end func()) {
	deadline, has := ctx.Deadline()
	if !has {
		return w.add(ctx, now.Add(DefaultDeadline(consequence)-tick))
	}
	left := deadline.Sub(now)
	// What is reserved must leave enough to be of use for: Polar's answer itself is worth most.
	deadline = deadline.Add(-max(min(reserve, left/3), min(margin, left/10)))
	if left < exactBelow {
		return context.WithDeadline(ctx, deadline)
	}
	return w.add(ctx, deadline)
}

// watch ends calls whose deadline has passed or whose caller has gone, at most one tick late. It replaces a timer and
// two registrations a call, a tenth of the CPU of a small read; it runs while there are calls.
type watch struct {
	mu      sync.Mutex
	calls   bounded // the head of a ring
	running bool
}

func newWatch() *watch {
	w := new(watch)
	w.calls.next, w.calls.prev = &w.calls, &w.calls
	return w
}

// bounded is the context of one call in flight. It is done when the watch says so or the call ends.
type bounded struct {
	context.Context // the caller's

	deadline   time.Time
	watch      *watch
	next, prev *bounded

	mu    sync.Mutex
	done  chan struct{}
	err   error
	hooks []func()
	room  [1]func()
}

func (w *watch) add(ctx context.Context, deadline time.Time) (context.Context, func()) {
	b := &bounded{Context: ctx, deadline: deadline, watch: w, done: make(chan struct{})}
	b.hooks = b.room[:0]
	w.mu.Lock()
	defer w.mu.Unlock()
	b.prev, b.next = w.calls.prev, &w.calls
	b.prev.next, b.next.prev = b, b
	if !w.running {
		w.running = true
		time.AfterFunc(tick, w.look)
	}
	return b, b.end
}

// look ends what is over and comes back while there is something to look at.
func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for b := w.calls.next; b != &w.calls; b = b.next {
		if err := b.Context.Err(); err != nil {
			b.finish(err)
		} else if !now.Before(b.deadline) {
			b.finish(context.DeadlineExceeded)
		}
	}
	if w.running = w.calls.next != &w.calls; w.running {
		time.AfterFunc(tick, w.look)
	}
}

// end takes the call off the watch.
func (b *bounded) end() {
	b.watch.mu.Lock()
	if b.next != nil {
		b.prev.next, b.next.prev = b.next, b.prev
		b.next, b.prev = nil, nil
	}
	b.watch.mu.Unlock()
	b.finish(context.Canceled)
}

// finish makes the context done, once.
func (b *bounded) finish(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return
	}
	b.err = err
	close(b.done)
	for _, hook := range b.hooks {
		if hook != nil {
			go hook()
		}
	}
	b.hooks = nil
}

// Deadline is when the call has to be over.
func (b *bounded) Deadline() (time.Time, bool) { return b.deadline, true }

// Done is closed when the call is over.
func (b *bounded) Done() <-chan struct{} { return b.done }

// Err says why the call is over.
func (b *bounded) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// AfterFunc runs hook when the call is over. Package context looks for this method: with it, a context made from
// this one costs no goroutine.
func (b *bounded) AfterFunc(hook func()) (stop func() bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		go hook()
		return func() bool { return false }
	}
	place := len(b.hooks)
	b.hooks = append(b.hooks, hook)
	return func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		stopped := place < len(b.hooks) && b.hooks[place] != nil
		if stopped {
			b.hooks[place] = nil
		}
		return stopped
	}
}
