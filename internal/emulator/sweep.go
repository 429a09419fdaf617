package emulator

import "time"

// sweepEvery is the interval of Polar's job that expires overdue sessions; it runs on the full quarters of an hour.
const sweepEvery = 15 * time.Minute

// sweeper knows when the next sweep is due; the zero time for none. There is none while no open session can expire, so
// that an idle emulator has no timer.
type sweeper struct{ next time.Time }

// watch makes sure that a session is swept at the first quarter to come after its expiry.
func (s *sweeper) watch(e *Emulator, expiresAt time.Time) {
	due := latest(expiresAt, e.clock.Now()).Truncate(sweepEvery).Add(sweepEvery)
	if !s.next.IsZero() && !due.Before(s.next) {
		return
	}
	s.next = due
	e.clock.at(due, func() { e.expireOverdue(due) })
}

// expireOverdue is the sweep that was planned for due: open sessions past their time become expired (B 2.1).
func (e *Emulator) expireOverdue(due time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.sweep.next.Equal(due) {
		return
	}
	e.sweep.next = time.Time{}
	now := e.clock.Now()
	for _, c := range e.store.openCheckouts() {
		if c.expiresAt.After(now) {
			e.sweep.watch(e, c.expiresAt)
			continue
		}
		draft := c.draft()
		draft.status = statusExpired
		e.store.update(draft, now)
		e.streams.publish(c.secret, streamEvent{key: "checkout.updated", status: statusExpired})
	}
}

func (s *store) openCheckouts() []*checkout {
	var open []*checkout
	for c := range s.checkouts.each {
		if c.status == statusOpen && !c.deleted {
			open = append(open, c)
		}
	}
	return open
}
