package callers

import (
	"sync"

	"golang.org/x/time/rate"
)

// limits keeps each caller's limiter while its caller is unknown: through a reload of the file, or between two JWTs.
type limits struct {
	mu    sync.Mutex
	known map[string]*rate.Limiter
	sweep int // the number of limiters at which idle ones are looked for
}

const sweepFrom = 1024

// get is the limiter for a caller: the one it had if the numbers are the same, nil for no limit.
func (l *limits) get(name string, perSecond float64, burst int) *rate.Limiter {
	if perSecond == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if one := l.known[name]; one != nil && one.Limit() == rate.Limit(perSecond) && one.Burst() == burst {
		return one
	}
	if l.known == nil {
		l.known, l.sweep = map[string]*rate.Limiter{}, sweepFrom
	}
	if len(l.known) >= l.sweep {
		l.forgetIdle()
		l.sweep = max(sweepFrom, 2*len(l.known))
	}
	one := rate.NewLimiter(rate.Limit(perSecond), burst)
	l.known[name] = one
	return one
}

// forgetIdle drops full limiters, which are as good as new ones.
func (l *limits) forgetIdle() {
	for name, one := range l.known {
		if one.Tokens() >= float64(one.Burst()) {
			delete(l.known, name)
		}
	}
}
