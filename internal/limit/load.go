package limit

import "time"

// Load is what an identity has used and who waits, for metrics.
type Load struct {
	Identity string
	// Waiting counts the calls that are held back.
	Waiting int
	// Blocked is how long the identity still rests after a 429 of Polar's; 0 is not at all.
	Blocked time.Duration
	// API and Confirms are how many more calls and confirms could be sent at once, as far as this process knows; -1 is no
	// limit of that kind.
	API, Confirms int
}

// Loads describes the identities that calls were sent for, in no order.
func (l *Limiter) Loads() []Load {
	l.mu.RLock()
	defer l.mu.RUnlock()
	loads := make([]Load, 0, len(l.buckets))
	for identity, b := range l.buckets {
		loads = append(loads, b.load(identity, l.now()))
	}
	return loads
}

func (b *bucket) load(identity string, now instant) Load {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &b.state
	found := Load{Identity: identity, Waiting: b.waiting(), Blocked: max(0, s.blocked.sub(now)), API: -1, Confirms: -1}
	r := b.active(now)
	if r == nil {
		return found
	}
	found.API = s.calls.room(&r.api, s.since, now)
	if s.confirmZone(r, now) {
		found.Confirms = min(s.confirms.room(&r.confirms[0], s.since, now), s.confirms.room(&r.confirms[1], s.since, now))
	}
	return found
}

// room is how many calls r admits at once.
func (g *log) room(r *rule, since, now instant) int {
	limit := r.limit
	if now < since.add(r.length) {
		limit = min(limit, r.fresh)
	}
	return max(0, limit-g.within(r.length, now))
}
