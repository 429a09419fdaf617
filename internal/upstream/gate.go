package upstream

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// maxWait is how long a call waits for its turn.
const maxWait = time.Second

// gate bounds the attempts in flight. Those that find it full wait: callers are served in turn, and the calls of one
// caller in their order. A full queue has room for a caller at the expense of one that holds more of it.
type gate struct {
	mu        sync.Mutex
	free      int
	size      int
	waiting   int
	maxQueued int
	lines     []*line // of the callers that wait; the first is served next
}

// line is the calls of one caller that wait.
type line struct {
	caller string
	calls  []chan error
}

func newGate(size, maxQueued int) *gate {
	return &gate{free: size, size: size, maxQueued: maxQueued}
}

func (g *gate) load() (inFlight, queued int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.size - g.free, g.waiting
}

// enter takes a place, which leave gives back. It fails with an *Overloaded, or with the context's error.
func (g *gate) enter(ctx context.Context, caller string) error {
	g.mu.Lock()
	if g.free > 0 { // then nobody waits
		g.free--
		g.mu.Unlock()
		return nil
	}
	turn, ok := g.queue(caller)
	g.mu.Unlock()
	if !ok {
		return &Overloaded{RetryAfter: maxWait}
	}
	return g.wait(ctx, caller, turn)
}

// leave hands the place to the next in turn.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lines) == 0 {
		g.free++
		return
	}
	first := g.lines[0]
	g.lines = g.lines[1:]
	turn := first.calls[0]
	first.calls = first.calls[1:]
	if len(first.calls) > 0 {
		g.lines = append(g.lines, first)
	}
	g.waiting--
	turn <- nil
}

// leaveWhenSettled gives the place back once Polar works on the call no more, which may be after its caller has gone.
func (g *gate) leaveWhenSettled(err error) {
	var failed *polarhttp.Error
	if err == nil || !errors.As(err, &failed) || failed.Pending == nil {
		g.leave()
		return
	}
	go func() {
		<-failed.Pending
		g.leave()
	}()
}

// queue joins the line of the caller, if there is room or another line gives way.
func (g *gate) queue(caller string) (turn chan error, ok bool) {
	own := g.line(caller)
	if g.waiting >= g.maxQueued && !g.giveWay(own) {
		return nil, false
	}
	if own == nil {
		own = &line{caller: caller}
		g.lines = append(g.lines, own)
	}
	turn = make(chan error, 1)
	own.calls = append(own.calls, turn)
	g.waiting++
	return turn, true
}

func (g *gate) line(caller string) *line {
	i := slices.IndexFunc(g.lines, func(l *line) bool { return l.caller == caller })
	if i < 0 {
		return nil
	}
	return g.lines[i]
}

// giveWay sends the last call of the longest line away, if that line stays no shorter than own becomes.
func (g *gate) giveWay(own *line) bool {
	if len(g.lines) == 0 {
		return false
	}
	longest := slices.MaxFunc(g.lines, func(a, b *line) int { return len(a.calls) - len(b.calls) })
	joined := 1
	if own != nil {
		joined += len(own.calls)
	}
	if len(longest.calls) <= joined {
		return false
	}
	last := longest.calls[len(longest.calls)-1]
	g.remove(longest, last)
	last <- &Overloaded{RetryAfter: maxWait}
	return true
}

// remove takes a call out of its line.
func (g *gate) remove(l *line, turn chan error) bool {
	i := slices.Index(l.calls, turn)
	if i < 0 {
		return false
	}
	l.calls = slices.Delete(l.calls, i, i+1)
	if len(l.calls) == 0 {
		g.lines = slices.DeleteFunc(g.lines, func(other *line) bool { return other == l })
	}
	g.waiting--
	return true
}

// wait waits for the turn.
func (g *gate) wait(ctx context.Context, caller string, turn chan error) error {
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	var why error
	select {
	case err := <-turn:
		return err
	case <-timer.C:
		why = &Overloaded{RetryAfter: maxWait}
	case <-ctx.Done():
		why = ctx.Err()
	}
	if !g.giveUp(caller, turn) {
		// The turn came in the same moment.
		if err := <-turn; err != nil {
			return err
		}
		g.leave()
	}
	return why
}

// giveUp leaves the queue and reports whether the call was still in it.
func (g *gate) giveUp(caller string, turn chan error) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	own := g.line(caller)
	return own != nil && g.remove(own, turn)
}
