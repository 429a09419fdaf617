// Package limit keeps every request within Polar's rate limits (B 6), so that Polar never answers 429.
//
// Polar counts in fixed windows that start at a first request and admit exactly N. Here each identity has an exact
// sliding log: at most N requests in any stretch as long as the window and a margin, which is how much later than
// admitted a request may arrive. So whenever Polar's window started, it meets at most N.
package limit

import (
	"context"
	"sync"
	"time"
)

// Environment is whose limits are kept.
type Environment string

// The environments that Polar limits; elsewhere nothing is limited but by its own 429.
const (
	None       Environment = ""
	Sandbox    Environment = "sandbox"
	Production Environment = "production"
)

// Group is what Polar has made of an organization (B 6.1). It concerns tokens, never the address.
type Group string

// The groups. Confirms of restricted and elevated organizations fall under ZoneAPI.
const (
	Default    Group = "default"
	Restricted Group = "restricted"
	Elevated   Group = "elevated"
)

// Store keeps the logs outside of the process: a store.Store is one. Values are at most some kilobytes.
type Store interface {
	// Get answers nil, nil for an absent or expired key.
	Get(ctx context.Context, key string) ([]byte, error)
	// CompareAndSwap writes value if the key still holds old; nil stands for absent.
	CompareAndSwap(ctx context.Context, key string, old, value []byte, ttl time.Duration) (bool, error)
}

// Config says which limits are kept, and where their logs are.
type Config struct {
	Environment Environment
	// Group is that of all tokens; empty is Default.
	Group Group
	// Share is the part of ZoneAPI that is used, above 0 and up to 1; 0 is DefaultShare. Confirms have fixed numbers.
	Share float64
	// ReserveForWrites is the part of that share which reads leave alone, from 0 to below 1; 0 is DefaultReserve.
	ReserveForWrites float64
	// MaxWait bounds how long a call is held back rather than refused; 0 is DefaultMaxWait. A call never waits for more
	// than half of the time that its deadline leaves.
	MaxWait time.Duration
	// Store remembers what was sent; nil keeps the logs in memory, and a start counts as if the minute were spent.
	Store Store
	// Shared says that other processes write to Store too: every call is then recorded there before it is sent.
	// Otherwise the store has one user, confirms are recorded one by one and other calls in advance, many at a time.
	Shared bool
	// Scope tells the logs of services apart that share a store but neither token nor address. It must be no secret.
	Scope string
	// StoreFailed hears of each failure of the store; nil ignores them. Calls go on meanwhile, see Limiter.
	StoreFailed func(error)
	// Refused hears of each call that is refused, by which limit; nil ignores them.
	Refused func(Zone)
}

// What an unset field of Config means.
const (
	DefaultShare   = 0.8
	DefaultReserve = 0.2
	DefaultMaxWait = 10 * time.Second
)

const (
	// sweepAbove is how many identities may gather before those are forgotten of whom nothing is left to know.
	sweepAbove = 1024
	// storeTimeout bounds one look into the store, in case it has no bound of its own.
	storeTimeout = 2 * time.Second
)

// Limiter admits calls. It is safe for use by many goroutines.
//
// While a shared store cannot be reached each process goes by what it knows, with a quarter of every number: up to four
// processes stay within Polar's limits then. What was sent meanwhile is recorded afterwards. A store of one process is
// missed only at the next start.
type Limiter struct {
	config Config
	start  time.Time

	mu      sync.RWMutex
	buckets map[string]*bucket
	sweepAt int

	origin origin
}

// New makes a limiter. It touches no store yet.
func New(config Config) *Limiter {
	if config.Group == "" {
		config.Group = Default
	}
	if config.Share <= 0 {
		config.Share = DefaultShare
	}
	config.Share = min(config.Share, 1)
	if config.ReserveForWrites <= 0 {
		config.ReserveForWrites = DefaultReserve
	}
	if config.MaxWait <= 0 {
		config.MaxWait = DefaultMaxWait
	}
	if config.StoreFailed == nil {
		config.StoreFailed = func(error) {}
	}
	if config.Refused == nil {
		config.Refused = func(Zone) {}
	}
	return &Limiter{config: config, start: time.Now(), buckets: map[string]*bucket{}, sweepAt: sweepAbove}
}

// Admit returns nil when call may be sent, now and once. It waits for that if the wait is short, in turn with other
// callers; else it answers an *Exceeded, or the cause of ctx's cancellation.
func (l *Limiter) Admit(ctx context.Context, call Call) error {
	c := classify(&call)
	b := l.acquire(call.Identity)
	for c != unlimited && b.ledger != nil && !b.ledger.ready(l.now()) {
		learned := b.ledger.learn()
		b.mu.Unlock()
		select {
		case <-learned:
			b = l.acquire(call.Identity)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	err := b.admit(ctx, &call, c)
	if refused, ok := err.(*Exceeded); ok { //nolint:errorlint // admit wraps nothing
		l.config.Refused(refused.Zone)
	}
	return err
}

// Blocked says that Polar answered 429: nothing of identity is sent for retryAfter, or a minute where that is unknown (0).
// After a block for a confirm too many, confirms rest until the hour that they overran is certainly over.
func (l *Limiter) Blocked(identity string, retryAfter time.Duration) {
	if retryAfter <= 0 {
		retryAfter = unknownBlock
	}
	retryAfter = min(retryAfter, longestBlock)
	b := l.acquire(identity)
	defer b.mu.Unlock()
	b.block(retryAfter)
}

// Close writes down what a restart must know, and waits for that or for ctx. Calls are still admitted, but each of them
// is then recorded by itself. The store is the caller's to close.
func (l *Limiter) Close(ctx context.Context) error {
	l.mu.RLock()
	var written []<-chan struct{}
	for _, b := range l.buckets {
		written = append(written, b.close())
	}
	l.mu.RUnlock()
	for _, done := range written {
		select {
		case <-done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

func (l *Limiter) now() instant { return instant(l.start.UnixNano()) + instant(time.Since(l.start)) }

// patience is how long a call may be held back: it needs time to be made, too.
func (l *Limiter) patience(ctx context.Context) time.Duration {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return l.config.MaxWait
	}
	return min(l.config.MaxWait, time.Until(deadline)/2)
}

// acquire finds the bucket of identity and locks it.
func (l *Limiter) acquire(identity string) *bucket {
	for {
		b := l.bucket(identity)
		b.mu.Lock()
		if !b.gone {
			return b
		}
		b.mu.Unlock() // it was swept out just now
	}
}

func (l *Limiter) bucket(identity string) *bucket {
	l.mu.RLock()
	b := l.buckets[identity]
	l.mu.RUnlock()
	if b != nil {
		return b
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.buckets[identity]; b != nil {
		return b
	}
	if len(l.buckets) >= l.sweepAt {
		l.sweep()
	}
	b = newBucket(l, identity)
	l.buckets[identity] = b
	return b
}

// sweep forgets identities that have been quiet for long enough, so that invented tokens do not fill the memory.
func (l *Limiter) sweep() {
	now := l.now()
	for identity, b := range l.buckets {
		if b.retire(now) {
			delete(l.buckets, identity)
		}
	}
	l.sweepAt = max(sweepAbove, 2*len(l.buckets))
}
