package limit

import (
	"sync"
	"time"
)

// polar is B 6.2 and 6.3 written down once more: fixed windows that start at the first request and admit exactly N, a
// block for a confirm too many, and tokens that are known for a while. It shares nothing with the limiter but a clock.
type polar struct {
	mu       sync.Mutex
	limit    int           // of zone api, for the group in use
	window   time.Duration // of zone api
	elevated bool          // the token's group: without a confirm zone
	windows  map[string]*fixed
	blocked  map[string]time.Time
	known    map[string]period

	inAPI, confirmed, refused int
	refusals                  []string
}

// learning is how long it takes to see whose a token is, and remembering how long that is known.
const (
	learning    = time.Second
	remembering = 300 * time.Second
)

type period struct{ from, to time.Time }

func (p period) has(t time.Time) bool { return !t.Before(p.from) && t.Before(p.to) }

type fixed struct {
	ends  time.Time
	count int
}

func newPolar(limit int, window time.Duration, elevated bool) *polar {
	return &polar{
		limit: limit, window: window, elevated: elevated,
		windows: map[string]*fixed{}, blocked: map[string]time.Time{}, known: map[string]period{},
	}
}

// receive answers whether a request of identity is admitted, and the Retry-After if not.
func (p *polar) receive(identity string, confirms bool) (ok bool, retryAfter time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	who, limit, window, zoned := identity, p.limit, p.window, !p.elevated
	if identity != Address && !p.known[identity].has(now) {
		who, limit, window, zoned = "token of "+identity, 60, time.Minute, true
	}
	if left := p.blocked[who].Sub(now); left > 0 {
		return p.refuse("blocked "+who, left)
	}
	if confirms && zoned {
		if !p.count("minute "+who, 6, time.Minute, now) || !p.count("hour "+who, 20, time.Hour, now) {
			p.blocked[who] = now.Add(1800 * time.Second)
			return p.refuse("confirm "+who, 1800*time.Second)
		}
	} else if !p.count("api "+who, limit, window, now) {
		return p.refuse("api "+who, window)
	} else {
		p.inAPI++
	}
	if identity != Address {
		p.learn(identity, now)
	}
	if confirms {
		p.confirmed++
	}
	return true, 0
}

// learn prolongs what is known, or begins to know.
func (p *polar) learn(identity string, now time.Time) {
	known := p.known[identity]
	if !known.to.After(now) {
		known.from = now.Add(learning)
	}
	known.to = now.Add(remembering)
	p.known[identity] = known
}

func (p *polar) refuse(why string, retryAfter time.Duration) (bool, time.Duration) {
	p.refused++
	p.refusals = append(p.refusals, time.Now().Format("15:04:05.000 ")+why)
	return false, retryAfter
}

func (p *polar) count(key string, limit int, window time.Duration, now time.Time) bool {
	w := p.windows[key]
	if w == nil || !now.Before(w.ends) {
		w = &fixed{ends: now.Add(window)}
		p.windows[key] = w
	}
	w.count++
	return w.count <= limit
}
