package upstream

import (
	"sync"
	"sync/atomic"
	"time"
)

const (
	// A call earns a tenth of a retry, so that an outage makes a tenth more load and not a multiple.
	callsPerRetry = 10
	// retriesPerSecond are there in any case: where calls are few, retries hurt nobody.
	retriesPerSecond = 10
	// maxRetries is how many can be saved up.
	maxRetries = 100
)

// budget is a token bucket of retries, counted in tenths.
type budget struct {
	saved atomic.Int64

	mu   sync.Mutex
	paid time.Time // until when retriesPerSecond has been paid in
}

func newBudget() *budget {
	b := &budget{paid: time.Now()}
	b.saved.Store(maxRetries * callsPerRetry)
	return b
}

// earn pays in for one call.
func (b *budget) earn() {
	if b.saved.Load() < maxRetries*callsPerRetry {
		b.saved.Add(1)
	}
}

// spend takes one retry, if there is one.
func (b *budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refill()
	if b.saved.Load() < callsPerRetry {
		return false
	}
	b.saved.Add(-callsPerRetry)
	return true
}

// left is how many retries could be made at once.
func (b *budget) left() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refill()
	return int(b.saved.Load() / callsPerRetry)
}

// refill pays in what time has brought.
func (b *budget) refill() {
	const unit = time.Second / (retriesPerSecond * callsPerRetry)
	passed := time.Since(b.paid).Truncate(unit)
	b.paid = b.paid.Add(passed)
	b.saved.Add(min(int64(passed/unit), max(0, maxRetries*callsPerRetry-b.saved.Load())))
}
