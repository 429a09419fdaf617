package upstream

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v7"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// repeat makes more attempts after a first that did not succeed, and says how many there were in all. An attempt that
// is not let through leaves the last one's outcome.
func (c *Client) repeat(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response, options Options, started time.Time, err error) (int, error) {
	plan, doubt := newPlan(req.Operation, &options, started), false
	for attempts := 1; ; attempts++ {
		pause, again := plan.next(ctx, res, err, attempts)
		if !again || !c.budget.spend() || !sleep(ctx, pause) {
			return attempts, outcome(req.Operation, res, err, doubt)
		}
		doubt = doubt || classify(ctx, res, err)&perhaps != 0
		sent, next := c.attempt(ctx, req, res, attempts+1, options.Caller)
		if !sent {
			return attempts, outcome(req.Operation, res, err, doubt)
		}
		err = next
	}
}

// laterRefused is why the outcome of a write is unknown although its last attempt had an answer.
const laterRefused polarhttp.Reason = "an attempt got no answer, and a later one was refused"

// outcome is that of all attempts of a call: what the last one said, unless it denies what an earlier one may have done.
func outcome(op *polarhttp.Operation, res *polarhttp.Response, err error, doubt bool) error {
	if !doubt || op.Consequence == polarhttp.Reads {
		return err
	}
	if failure, ok := errors.AsType[*polarhttp.Error](err); ok {
		written := *failure
		written.Written = true
		return &written
	}
	switch status := res.Status; {
	case err != nil, status < 400:
		return err
	case status == http.StatusUnprocessableEntity, status == http.StatusNotFound, status == http.StatusUnauthorized:
		return nil // what is wrong with the request itself was wrong at every attempt
	case status >= 500 && errorName(res.Body) == "":
		return nil // it leaves open itself what was done
	}
	res.Status, res.Header, res.Body = 0, nil, res.Body[:0]
	return &polarhttp.Error{Operation: op.Name, Reason: laterRefused, Written: true}
}

// sleep reports whether the call goes on after the pause.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// plan is how one call may be repeated.
type plan struct {
	endings  ending // those that are followed by another attempt
	attempts int    // at most; 0 is any number
	started  time.Time
	within   time.Duration
	longest  time.Duration
	pauses   backoff.ExponentialBackOff
}

func newPlan(op *polarhttp.Operation, options *Options, started time.Time) *plan {
	rules := &policies[op.Consequence]
	if op.Consequence == polarhttp.Creates && options.Repeatable {
		rules = &keyedCreate
	}
	p := &plan{started: started, pauses: backoff.ExponentialBackOff{RandomizationFactor: 0.25}}
	switch wishes := &options.Retries; wishes.Strategy {
	case Unset:
		p.endings, p.attempts, p.within, p.longest = rules.byDefault, rules.attempts, rules.within, rules.longest
		p.pauses.InitialInterval, p.pauses.Multiplier = rules.first, 2
	case Backoff:
		p.endings, p.attempts = wishes.repeated()&rules.safe, rules.most
		p.within, p.longest = wishes.MaxElapsedTime, wishes.MaxInterval
		p.pauses.InitialInterval, p.pauses.Multiplier = wishes.InitialInterval, wishes.Exponent
	default: // None: no ending is followed by another attempt
	}
	p.pauses.MaxInterval = p.longest
	return p
}

// next says whether another attempt is to be made and after what pause. None is where the pause would outlast the
// call.
func (p *plan) next(ctx context.Context, res *polarhttp.Response, err error, attempts int) (pause time.Duration, again bool) {
	how := classify(ctx, res, err)
	if how&p.endings == 0 || p.attempts > 0 && attempts >= p.attempts {
		return 0, false
	}
	pause = p.pause(res, err, attempts)
	deadline, _ := ctx.Deadline() // every call has one
	return pause, time.Since(p.started)+pause <= p.within && pause < time.Until(deadline)
}

// shortest is the least pause, whatever a caller wishes.
const shortest = 10 * time.Millisecond

// pause is Polar's own wish where it has one. A connection that broke at once was most likely an old one that Polar
// had closed; the next one is tried without delay.
func (p *plan) pause(res *polarhttp.Response, err error, attempts int) time.Duration {
	var failure *polarhttp.Error
	if attempts == 1 && errors.As(err, &failure) && failure.Reason == polarhttp.Cut && !failure.Written {
		return 0
	}
	pause := max(shortest, min(p.pauses.NextBackOff(), p.longest))
	if wish := res.RetryAfter(); wish > 0 {
		return wish
	}
	return pause
}
