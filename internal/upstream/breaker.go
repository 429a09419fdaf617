package upstream

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

const (
	// The breaker opens when at least half of at least tripAfter attempts within tripWindow failed.
	tripWindow = 10 * time.Second
	tripAfter  = 20
	// openFor is how long it stays open before it lets probes through.
	openFor = 5 * time.Second
	// probes is how many of them must succeed, and how many may be on their way at once.
	probes = 3
	// readsFirst is how long writes wait for reads to try whether Polar is back. Where there are no reads, writes probe.
	readsFirst = 2 * time.Second
)

// breaker stops calls to a Polar that cannot be reached.
type breaker struct {
	circuit *gobreaker.TwoStepCircuitBreaker[struct{}]
	// changed is when the state last changed, in nanoseconds since start. The circuit notices the end of its rest at the
	// next call only; what counts is when it was over.
	changed atomic.Int64
	start   time.Time
}

func newBreaker() *breaker {
	b := &breaker{start: time.Now()}
	b.circuit = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		MaxRequests: probes, Interval: tripWindow, BucketPeriod: tripWindow / 10, Timeout: openFor,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			return c.TotalSuccesses+c.TotalFailures >= tripAfter && c.TotalFailures >= c.TotalSuccesses
		},
		OnStateChange: func(_ string, _, to gobreaker.State) {
			if to == gobreaker.StateHalfOpen {
				b.changed.Add(int64(openFor))
				return
			}
			b.changed.Store(int64(time.Since(b.start)))
		},
		IsExcluded: func(err error) bool { return errors.Is(err, errNoVerdict) },
	})
	return b
}

func (b *breaker) state() string { return b.circuit.State().String() }

// allow lets an attempt through, whose verdict must be reported, or refuses it with an *Open.
func (b *breaker) allow(op *polarhttp.Operation) (report func(verdict error), err error) {
	if op.Consequence != polarhttp.Reads && b.circuit.State() == gobreaker.StateHalfOpen && b.sinceChange() < readsFirst {
		return nil, &Open{RetryAfter: readsFirst - b.sinceChange()}
	}
	report, err = b.circuit.Allow()
	switch {
	case err == nil:
		return report, nil
	case errors.Is(err, gobreaker.ErrOpenState):
		return nil, &Open{RetryAfter: max(0, openFor-b.sinceChange())}
	default: // the probes are on their way
		return nil, &Open{RetryAfter: time.Second}
	}
}

func (b *breaker) sinceChange() time.Duration {
	return time.Since(b.start) - time.Duration(b.changed.Load())
}

var (
	// errPolarDown is the verdict on an attempt that shows Polar to be out of reach.
	errPolarDown = errors.New("polar is out of reach")
	// errNoVerdict is the verdict on one that shows nothing about Polar.
	errNoVerdict = errors.New("nothing shown")
)

// judge says what an attempt shows of Polar: nil that it works. A 500 is an answer, and one that any buyer can provoke
// (B 1.6). Nor may a caller stop others by leaving early: giving up shows something only after a patient wait.
func judge(ctx context.Context, op *polarhttp.Operation, res *polarhttp.Response, err error, took time.Duration) error {
	if err == nil {
		if unavailable(res.Status) {
			return errPolarDown
		}
		return nil
	}
	var failed *polarhttp.Error
	switch {
	case errors.As(err, &failed) && failed.Reason == polarhttp.TooLarge:
		return nil
	case ctx.Err() == nil, errors.Is(ctx.Err(), context.DeadlineExceeded) && took >= patience(op.Consequence):
		return errPolarDown
	default:
		return errNoVerdict
	}
}

// unavailable tells the statuses with which a proxy says that Polar did not answer.
func unavailable(status int) bool {
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// patience is how long Polar may well take; a write may wait for a payment or for taxes.
func patience(consequence polarhttp.Consequence) time.Duration {
	if consequence == polarhttp.Reads {
		return 2 * time.Second
	}
	return 10 * time.Second
}
