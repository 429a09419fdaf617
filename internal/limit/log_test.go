package limit

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestNext compares when a rule admits the next calls with trying every moment in turn.
func TestNext(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		r := &rule{limit: 1 + rng.IntN(5), length: time.Duration(1 + rng.IntN(20))}
		r.fresh = rng.IntN(r.limit + 1)
		since, g := instant(rng.IntN(40)), new(log)
		now := instant(rng.IntN(40))
		for at := instant(0); at <= now; at++ {
			if rng.IntN(3) == 0 && g.within(r.length, at) < r.limit {
				g.add(at, 0)
			}
		}
		ahead := rng.IntN(8)
		got := g.next(r, since, now, ahead)
		young := now < since.add(r.length)
		if young && g.within(r.length, now)+ahead < r.fresh {
			if got != now {
				t.Fatalf("%+v since %d at %d: a fresh log with %d of %d admits at %d", r, since, now, len(g.entries), r.fresh, got)
			}
			continue
		}
		if want := tryAll(*g, r, since, now, ahead); got != want {
			t.Fatalf("%+v since %d at %d with %v, %d ahead: next is %d, want %d", r, since, now, g.entries, ahead, got, want)
		}
	}
}

// tryAll lets those ahead go as soon as they may, moment by moment, and answers when one more could.
func tryAll(g log, r *rule, since, now instant, ahead int) instant {
	start := now
	if now < since.add(r.length) {
		start = since.add(r.length)
	}
	g.entries = append([]entry(nil), g.entries...)
	for at := now; ; at++ {
		for g.within(r.length, at) < r.limit {
			if ahead == 0 {
				return max(at, start)
			}
			ahead--
			g.add(at, 0)
		}
	}
}

func TestPruneKeepsWhatCounts(t *testing.T) {
	rng, g, all := rand.New(rand.NewPCG(3, 4)), new(log), new(log)
	for now := instant(1); now < 5000; now += instant(1 + rng.IntN(3)) {
		g.add(now, 0)
		all.add(now, 0)
		g.prune(100, now)
		if got, want := g.within(100, now), all.within(100, now); got != want {
			t.Fatalf("%d entries count after pruning, want %d", got, want)
		}
		if len(g.entries) > 250 {
			t.Fatalf("%d entries are kept", len(g.entries))
		}
	}
}
