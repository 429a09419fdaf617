package idempotency

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	// shortestPause and longestPause bound how often a record is read while another process works on it.
	shortestPause = 50 * time.Millisecond
	longestPause  = time.Second
	// answerMargin is what is left of a deadline for telling the caller, at most.
	answerMargin = 100 * time.Millisecond
)

// withMargin gives a context that ends a little before ctx, so that its caller still gets a typed answer.
func withMargin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, deadline.Add(-min(answerMargin, time.Until(deadline)/10)))
}

// wait pauses until end, or for about as long as pause says, which it doubles; false means that ctx ended.
func wait(ctx context.Context, end <-chan struct{}, pause *time.Duration) bool {
	// Waiters are spread out, so that they don't read all at once.
	timer := time.NewTimer(*pause/2 + rand.N(*pause)) //nolint:gosec // a guess of it gains nothing
	defer timer.Stop()
	*pause = min(2**pause, longestPause)
	select {
	case <-ctx.Done():
		return false
	case <-end:
	case <-timer.C:
	}
	return true
}
