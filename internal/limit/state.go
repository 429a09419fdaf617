package limit

import (
	"slices"
	"time"
)

// Tags of the calls in zone api.
const (
	tagRead  = 0
	tagWrite = 1
)

// state is all that is known of what an identity has sent.
type state struct {
	// since is when the logs begin to be complete.
	since instant
	// blocked is when a 429 of Polar's ends, and confirmsBlocked when confirms may be tried after it.
	blocked, confirmsBlocked instant
	// began and last are the first and the last call since Polar may have forgotten whose the token is.
	began, last instant
	// calls are those in zone api, reads the reads among them; confirms carry the tag of their secret.
	calls, reads, pending, confirms log
}

// clone copies s so that the copy can be changed.
func (s *state) clone() *state {
	c := *s
	for _, g := range []*log{&c.calls, &c.reads, &c.pending, &c.confirms} {
		g.entries = slices.Clone(g.entries)
	}
	return &c
}

// wait is when a call may go, and the limit that says so.
type wait struct {
	until instant
	zone  Zone
}

func (w *wait) extend(until instant, zone Zone) {
	if until > w.until {
		w.until, w.zone = until, zone
	}
}

// when finds the earliest time for a call of class c. ahead is how many of its class are served before it, others how many
// of the other classes.
func (s *state) when(r *rules, c class, ahead, others int, now instant) wait {
	w := wait{until: now}
	w.extend(s.blocked, ZoneBlocked)
	if r == nil || c == unlimited {
		return w
	}
	known := s.knownAt(r, now)
	if c == confirm {
		w.extend(s.confirmsBlocked, ZoneBlocked)
		if s.confirmZone(r, now) {
			w.extend(s.nextConfirm(r, ahead, now), ZoneConfirm)
			return w
		}
		w.extend(min(s.nextConfirm(r, ahead, now), known), ZoneConfirm)
	}
	if c == read {
		w.extend(s.reads.next(&r.reads, s.since, now, ahead), ZoneAPI)
	}
	w.extend(s.calls.next(&r.api, s.since, now, ahead+others), ZoneAPI)
	if known > now && c != confirm {
		w.extend(min(s.pending.next(&r.pending, s.since, now, ahead+others), known), ZonePendingAuth)
	}
	return w
}

// confirmZone says whether all confirms are counted by themselves. A block for a confirm too many shows that they are,
// whatever group the organization is said to be in.
func (s *state) confirmZone(r *rules, now instant) bool {
	return r.confirmZone || s.confirmsBlocked > 0 && now < s.confirmsBlocked.add(doubtFor)
}

func (s *state) nextConfirm(r *rules, ahead int, now instant) instant {
	return max(s.confirms.next(&r.confirms[0], s.since, now, ahead), s.confirms.next(&r.confirms[1], s.since, now, ahead))
}

// never is later than everything.
const never = instant(1<<63 - 1)

// knownAt is when Polar knows whose the token is: now, when the first call will have arrived, or never while none is sent.
func (s *state) knownAt(r *rules, now instant) instant {
	switch {
	case !r.token:
		return now
	case s.began == 0 || now.sub(s.last) >= knownFor:
		return never
	default:
		return max(now, s.began.add(learnedAfter))
	}
}

// ownBudget checks the budgets that are never waited for: those of a secret.
func (s *state) ownBudget(r *rules, tag uint32, now instant) wait {
	w := wait{until: now}
	if r == nil || !s.confirmZone(r, now) {
		return w
	}
	budgets := perSecret
	if tag == tagMalformed {
		budgets = malformed
	}
	same := s.confirms.only(tag)
	for i := range budgets {
		w.extend(same.next(&budgets[i], 0, now, 0), budgets[i].zone)
	}
	return w
}

// charge counts a call that is about to be sent.
func (s *state) charge(r *rules, c class, tag uint32, now instant) {
	if r == nil || c == unlimited {
		return
	}
	known := s.knownAt(r, now) <= now
	if s.began == 0 || now.sub(s.last) >= knownFor {
		s.began = now
	}
	s.last = now
	zoned := s.confirmZone(r, now)
	if c == confirm && (zoned || !known) {
		s.confirms.prune(r.confirms[1].length, now)
		s.confirms.add(now, tag)
	}
	if c == confirm && zoned {
		return
	}
	s.chargeAPI(r, c, now)
	if !known {
		s.pending.prune(r.pending.length, now)
		s.pending.add(now, tagRead)
	}
}

func (s *state) chargeAPI(r *rules, c class, now instant) {
	s.calls.prune(r.api.length, now)
	if c != read {
		s.calls.add(now, tagWrite)
		return
	}
	s.calls.add(now, tagRead)
	s.reads.prune(r.reads.length, now)
	s.reads.add(now, tagRead)
}

// block stops everything until then, and confirms for longer if it was a confirm that was one too many.
func (s *state) block(now instant, retryAfter time.Duration) {
	until := now.add(retryAfter)
	s.blocked = max(s.blocked, until)
	if retryAfter > confirmBlock {
		s.confirmsBlocked = max(s.confirmsBlocked, until.add(overrunFor))
	}
}

// idle says whether forgetting s changes nothing.
func (s *state) idle(r *rules, now instant) bool {
	if max(s.blocked, s.confirmsBlocked) > now {
		return false
	}
	return r == nil || s.calls.within(r.api.length, now)+s.pending.within(r.pending.length, now)+
		s.confirms.within(r.confirms[1].length, now) == 0
}
