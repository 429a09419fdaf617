package upstream

import (
	"context"
	"errors"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// Polar sends a request once. *polarhttp.Client is one.
type Polar interface {
	Do(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response) error
}

// Limiter keeps calls within Polar's rate limits. *limit.Limiter is one.
type Limiter interface {
	// Admit lets an attempt pass, after a short wait if need be, or refuses it with an error of its own.
	Admit(ctx context.Context, call limit.Call) error
	// Blocked is told that Polar answered 429 and for how long nothing of that identity may be sent; 0 where Polar did
	// not say.
	Blocked(identity string, retryAfter time.Duration)
}

// Config is what a client is made of. What is zero takes its default.
type Config struct {
	// Polar must be set.
	Polar Polar
	// Limiter admits every attempt; nil admits all.
	Limiter Limiter
	// ForwardAuthorization and ClientToken say whom Polar counts a call for; they must be those of polarhttp.Config.
	ForwardAuthorization, ClientToken bool
	// MaxInFlight bounds the reads that Polar is working on, and apart from them the writes; 0 is 1024. A create or
	// confirm counts until its answer is there, even if its caller has gone. MaxQueued bounds those that wait for their
	// turn, each for at most a second; 0 is as many as MaxInFlight, a negative one lets nobody wait.
	MaxInFlight, MaxQueued int
	// Observe is told of every attempt, in the goroutine of its call; nil ignores it.
	Observe func(context.Context, Attempt)
	// Trace is told of every attempt before it is sent with the context that it gives, and done of what came of it; nil
	// traces nothing.
	Trace func(ctx context.Context, op *polarhttp.Operation, number int) (sending context.Context, done func(Attempt))
}

// Attempt is one request that was sent to Polar, for metrics.
type Attempt struct {
	Operation *polarhttp.Operation
	// Number counts the attempts of one call from 1.
	Number int
	// Status is Polar's, 0 where no answer came; Err then says why.
	Status int
	Err    error
	Took   time.Duration
}

// Options are what one call may ask for.
type Options struct {
	// Retries are the caller's wishes; their zero value leaves it to the service.
	Retries Retries
	// Repeatable allows to repeat a create that got no answer: its caller has named it by a key, so whichever answer
	// comes is the only one that counts (B 8.3). It changes nothing for other operations.
	Repeatable bool
	// Caller is who asked. Where calls have to wait, callers are served in turn.
	Caller string
	// Reserve is what is kept of the caller's deadline for work after the call, such as reading what became of a confirm;
	// at most a third is.
	Reserve time.Duration
}

// Client calls Polar. It is safe for use by many goroutines and must be made by New.
type Client struct {
	config  Config
	watch   *watch
	breaker *breaker
	budget  *budget
	// Slow writes must not lock out reads, nor the other way round.
	reads, writes *gate
}

// New makes a client. It starts nothing.
func New(config Config) *Client {
	if config.MaxInFlight == 0 {
		config.MaxInFlight = 1024
	}
	if config.MaxQueued == 0 {
		config.MaxQueued = config.MaxInFlight
	}
	return &Client{
		config: config, watch: newWatch(), breaker: newBreaker(), budget: newBudget(),
		reads: newGate(config.MaxInFlight, config.MaxQueued), writes: newGate(config.MaxInFlight, config.MaxQueued),
	}
}

// State is what readiness and metrics are told.
type State struct {
	// Breaker is "closed", "half-open" or "open".
	Breaker string
	// InFlight and Queued count attempts.
	InFlight, Queued int
	// RetryBudget is how many retries could be made at once.
	RetryBudget int
}

// State describes the client at this moment.
func (c *Client) State() State {
	reads, readsQueued := c.reads.load()
	writes, writesQueued := c.writes.load()
	return State{
		Breaker: c.breaker.state(), InFlight: reads + writes, Queued: readsQueued + writesQueued,
		RetryBudget: c.budget.left(),
	}
}

// Do is Call with no options.
func (c *Client) Do(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response) error {
	_, err := c.Call(ctx, req, res, Options{})
	return err
}

// Call sends req until an answer stands, and leaves the last attempt's in res, whatever its status. It says how many
// attempts were sent; 0 is certain too.
//
// The error is a *polarhttp.Error of the last attempt, after which res holds no answer; or, where nothing was sent, an
// *Open, an *Overloaded or the limiter's own.
func (c *Client) Call(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response, options Options) (attempts int, err error) {
	if ctx.Err() != nil {
		return 0, unsentError(ctx, req.Operation)
	}
	started := time.Now()
	ctx, end := c.watch.within(ctx, started, req.Operation.Consequence, options.Reserve)
	defer end()
	c.budget.earn()
	sent, err := c.attempt(ctx, req, res, 1, options.Caller)
	if !sent {
		return 0, err
	}
	if err == nil && res.Status < 400 {
		return 1, nil
	}
	return c.repeat(ctx, req, res, options, started, err)
}

// attempt sends the request once, if the breaker, the limits and the bound on calls in flight let it. Where they do
// not, res stays as it is.
func (c *Client) attempt(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response, number int, caller string) (sent bool, err error) {
	report, err := c.breaker.allow(req.Operation)
	if err != nil {
		return false, err
	}
	verdict := errNoVerdict
	defer func() { report(verdict) }()
	identity, err := c.admit(ctx, req, caller)
	if err != nil {
		return false, err
	}
	gate := c.gate(req.Operation)
	if err := gate.enter(ctx, caller); err != nil {
		return false, notSent(ctx, req.Operation, err)
	}
	defer func() { gate.leaveWhenSettled(err) }()
	sending, traced := ctx, func(Attempt) {}
	if c.config.Trace != nil {
		sending, traced = c.config.Trace(ctx, req.Operation, number)
	}
	start := time.Now()
	err = c.send(sending, req, res)
	took := time.Since(start)
	verdict = judge(ctx, req.Operation, res, err, took)
	if number > 1 && errors.Is(verdict, errPolarDown) {
		// A call that is repeated often shows no more than its first attempt did: its caller may not stop others.
		verdict = errNoVerdict
	}
	c.heed(identity, res)
	came := Attempt{Operation: req.Operation, Number: number, Status: res.Status, Err: err, Took: took}
	traced(came)
	if c.config.Observe != nil {
		c.config.Observe(sending, came)
	}
	return true, err
}

// send leaves in res the whole answer or none: not half of it, nor that of an earlier attempt.
func (c *Client) send(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response) error {
	res.Status, res.Header, res.Body = 0, nil, res.Body[:0]
	err := c.config.Polar.Do(ctx, req, res)
	if err != nil {
		res.Status, res.Header, res.Body = 0, nil, res.Body[:0]
	}
	return err
}

func (c *Client) gate(op *polarhttp.Operation) *gate {
	if op.Consequence == polarhttp.Reads {
		return c.reads
	}
	return c.writes
}

// notSent gives the end of a call while it waited its type, and leaves every other refusal as it is.
func notSent(ctx context.Context, op *polarhttp.Operation, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return unsentError(ctx, op)
	}
	return err
}

// unsentError is what polarhttp says of a call that was over before it was written.
func unsentError(ctx context.Context, op *polarhttp.Operation) error {
	reason := polarhttp.Canceled
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		reason = polarhttp.Timeout
	}
	return &polarhttp.Error{Operation: op.Name, Reason: reason}
}
