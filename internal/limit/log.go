package limit

import "time"

// instant is nanoseconds since 1970. Inside a process it follows the monotonic clock, whatever is done to the other one.
type instant int64

func (t instant) add(d time.Duration) instant { return t + instant(d) }

func (t instant) sub(u instant) time.Duration { return time.Duration(t - u) }

// entry is one call that was admitted. What tag means is the log's business.
type entry struct {
	at  instant
	tag uint32
}

// log holds the calls of one kind in the order of their time.
type log struct {
	entries []entry
}

// add counts a call. One that seems older than the last, by another machine's clock, counts as of the same time.
func (g *log) add(at instant, tag uint32) {
	if n := len(g.entries); n > 0 {
		at = max(at, g.entries[n-1].at)
	}
	g.entries = append(g.entries, entry{at, tag})
}

// prune forgets what is older than length. It moves entries only when at least half of them go or none are left to append
// to, so that a full log costs little.
func (g *log) prune(length time.Duration, now instant) {
	old := len(g.entries) - g.within(length, now)
	if old == len(g.entries) || old > 16 && old >= len(g.entries)/2 {
		g.entries = g.entries[:copy(g.entries, g.entries[old:])]
	}
}

// within counts the calls of the last length.
func (g *log) within(length time.Duration, now instant) int {
	from, to := 0, len(g.entries)
	for start := now.add(-length); from < to; {
		if middle := (from + to) / 2; g.entries[middle].at > start {
			to = middle
		} else {
			from = middle + 1
		}
	}
	return len(g.entries) - from
}

// only picks the calls with one tag.
func (g *log) only(tag uint32) *log {
	picked := new(log)
	for _, e := range g.entries {
		if e.tag == tag {
			picked.entries = append(picked.entries, e)
		}
	}
	return picked
}

// next is when r admits a call, after ahead others that wait already: now, or later. The log is complete since a time.
func (g *log) next(r *rule, since, now instant, ahead int) instant {
	count := g.within(r.length, now)
	young := now < since.add(r.length)
	if young && count+ahead < r.fresh {
		return now
	}
	at := now
	if count+ahead >= r.limit {
		// Those ahead take the places that become free first, and free them in turn a length later.
		leave := count + ahead%r.limit - r.limit + 1
		if leave > 0 {
			at = g.entries[len(g.entries)-count+leave-1].at.add(r.length)
		}
		at = at.add(time.Duration(ahead/r.limit) * r.length)
	}
	if young {
		at = max(at, since.add(r.length))
	}
	return at
}
