package emulator

import (
	"container/heap"
	"sync"
	"time"
)

// Clock is the emulator's time. It runs with the machine's clock until a test moves or freezes it. Everything that
// happens later (a charge that succeeds, a session that expires) is a job on it, so moving the clock over a job runs it.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
	frozen time.Time // zero while the clock runs
	jobs   jobQueue
	serial int
	timer  *time.Timer
	closed bool
	done   chan struct{}
	busy   sync.WaitGroup
}

// job is something to do at a moment; serial keeps jobs of the same moment in the order in which they were added.
type job struct {
	at     time.Time
	serial int
	run    func()
}

// NewClock answers a clock that shows the machine's time and runs with it.
func NewClock() *Clock {
	return &Clock{done: make(chan struct{})}
}

// Now is the clock's time in UTC, to the microsecond: Polar's database keeps no more.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if !c.frozen.IsZero() {
		return c.frozen
	}
	return time.Now().Add(c.offset).UTC().Truncate(time.Microsecond)
}

// Move advances the clock by d, running every job that falls due on the way at its own moment, in order.
// A negative d sets the clock back and runs nothing.
func (c *Clock) Move(d time.Duration) {
	c.Set(c.Now().Add(d))
}

// Set moves the clock to t as Move does.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	wasFrozen := !c.frozen.IsZero()
	for len(c.jobs) > 0 && !c.jobs[0].at.After(t) && !c.closed {
		next := heap.Pop(&c.jobs).(job)
		c.frozen = latest(c.now(), next.at)
		c.mu.Unlock()
		next.run()
		c.mu.Lock()
	}
	c.frozen = t.UTC().Truncate(time.Microsecond)
	if !wasFrozen {
		c.run()
	}
	c.arm()
	c.mu.Unlock()
}

// Freeze stops the clock; only Move and Set change it until Resume.
func (c *Clock) Freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = c.now()
	c.arm()
}

// Resume lets a frozen clock run again from the time it shows.
func (c *Clock) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.frozen.IsZero() {
		c.run()
	}
	c.arm()
}

// Reset shows the machine's time again, forgets every job and wakes whoever waits in sleep.
func (c *Clock) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.offset, c.frozen, c.jobs = 0, time.Time{}, nil
	close(c.done)
	c.done = make(chan struct{})
	c.arm()
}

// Close forgets every job, wakes whoever waits in sleep, and returns when no job runs any more.
func (c *Clock) Close() {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		c.jobs = nil
		close(c.done)
		c.arm()
	}
	c.mu.Unlock()
	c.busy.Wait()
}

// after runs f once the clock has advanced by d.
func (c *Clock) after(d time.Duration, f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(c.now().Add(d), f)
}

// at runs f once the clock shows t.
func (c *Clock) at(t time.Time, f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(t, f)
}

// sleep waits until the clock has advanced by d, or is reset or closed.
func (c *Clock) sleep(d time.Duration) {
	awake := make(chan struct{})
	c.mu.Lock()
	done := c.done
	c.add(c.now().Add(d), func() { close(awake) })
	c.mu.Unlock()
	select {
	case <-awake:
	case <-done:
	}
}

func (c *Clock) add(t time.Time, f func()) {
	if c.closed {
		return
	}
	c.serial++
	heap.Push(&c.jobs, job{at: t, serial: c.serial, run: f})
	c.arm()
}

func (c *Clock) run() {
	c.offset = time.Until(c.frozen)
	c.frozen = time.Time{}
}

// arm sets the one real timer to the next job, or stops it where nothing is due by itself. Every timer that was set is
// either stopped here, the one in c.timer, or has fired: only so does busy count down to zero.
func (c *Clock) arm() {
	if c.timer != nil && c.timer.Stop() {
		c.busy.Done()
	}
	c.timer = nil
	if c.closed || len(c.jobs) == 0 || !c.frozen.IsZero() {
		return
	}
	c.busy.Add(1)
	c.timer = time.AfterFunc(c.jobs[0].at.Sub(c.now()), c.fire)
}

// fire runs what is due. c.timer may be a later timer than the one that fired, so it is arm's alone to change.
func (c *Clock) fire() {
	defer c.busy.Done()
	c.mu.Lock()
	var due []func()
	for c.frozen.IsZero() && len(c.jobs) > 0 && !c.jobs[0].at.After(c.now()) {
		due = append(due, heap.Pop(&c.jobs).(job).run)
	}
	c.mu.Unlock()
	for _, run := range due {
		run()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arm()
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

type jobQueue []job

func (q jobQueue) Len() int { return len(q) }
func (q jobQueue) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].serial < q[j].serial
	}
	return q[i].at.Before(q[j].at)
}
func (q jobQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *jobQueue) Push(x any)   { *q = append(*q, x.(job)) }
func (q *jobQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
