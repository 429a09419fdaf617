// Package polarhttp is the client of Polar's checkout API: seven operations, one Do, bytes in and bytes out. It decides
// nothing about their meaning and sends each request exactly once.
package polarhttp

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// MaxAnswer is the longest answer that is read, in bytes: a page of 100 checkouts is half a MiB.
	MaxAnswer = 64 << 20
	// SeeThrough is how long a create or confirm that is already written is waited for, whatever its caller's deadline:
	// its outcome is money, and an unread answer is a lost one.
	SeeThrough = 60 * time.Second
)

// Config says where Polar is and whose credential it sees.
type Config struct {
	// BaseURL is Polar's address, with a path if it stands below one.
	BaseURL *url.URL
	// Token gives the service's token for a request's organization at each call, so that it may be rotated; "" sends none.
	// Unused with ForwardAuthorization.
	Token func(organization string) string
	// ClientToken attaches the token to the buyer's operations too, for organizations in Polar's elevated group (B 6.4).
	ClientToken bool
	// ForwardAuthorization sends each caller's own credential as it came, on all operations, and no version of ours.
	ForwardAuthorization bool
	// PolarVersion is sent where the caller names none; empty sends none.
	PolarVersion string
	UserAgent    string
	// Late is told of the answer, or the failure, of a create or confirm whose caller had gone; nil ignores it.
	Late func(op *Operation, answer *Response, err error)
	// Traceparent names the trace that a call belongs to, for Polar, "" for none; nil never names one.
	Traceparent func(context.Context) string
	// Transport carries the calls; nil makes one with NewTransport.
	Transport http.RoundTripper
}

// Client calls Polar. It is safe for use by many goroutines.
type Client struct {
	config   Config
	basePath string
	inFlight sync.WaitGroup
}

// New makes a client. It connects to nothing yet.
func New(config Config) *Client {
	if config.Transport == nil {
		config.Transport = NewTransport()
	}
	if config.Late == nil {
		config.Late = func(*Operation, *Response, error) {}
	}
	return &Client{config: config, basePath: strings.TrimSuffix(config.BaseURL.EscapedPath(), "/")}
}

// Do sends req once and reads the whole answer into res, whatever its status. The error is always an *Error.
//
// A create or confirm that was written when ctx ended is waited for in the background, for up to SeeThrough; Do itself
// returns at once with an error that says so.
func (c *Client) Do(ctx context.Context, req *Request, res *Response) error {
	sent := new(sending)
	switch req.Operation.Consequence {
	case Reads:
		return c.exchange(c.build(ctx, req), req.Operation, sent, res)
	case Converges:
		return c.exchange(c.build(sent.watch(ctx), req), req.Operation, sent, res)
	default:
		return c.seeThrough(c.build(ctx, req), req.Operation, req.Late, sent, res)
	}
}

// Wait returns when no create or confirm is waited for any more, or with ctx.
func (c *Client) Wait(ctx context.Context) error {
	idle := make(chan struct{})
	go func() { c.inFlight.Wait(); close(idle) }()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Warm opens n connections to Polar, or one that carries many calls at a time, so that the first callers need not wait for
// handshakes. It asks for a path that needs no token and counts in no limit (B 6.3); whatever comes of it does not matter.
func (c *Client) Warm(ctx context.Context, n int) {
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			out, err := http.NewRequestWithContext(ctx, http.MethodGet, c.config.BaseURL.JoinPath("healthz").String(), nil)
			if err != nil {
				return
			}
			out.Header.Set("User-Agent", c.config.UserAgent)
			if answer, err := c.config.Transport.RoundTrip(out); err == nil {
				_ = new(Response).read(answer)
			}
		})
	}
	all.Wait()
}

// exchange is the one place that talks to Polar.
func (c *Client) exchange(out *http.Request, op *Operation, sent *sending, res *Response) error {
	answer, err := c.config.Transport.RoundTrip(out)
	if err == nil {
		err = res.read(answer)
	}
	if err != nil {
		return failure(out.Context(), op, sent, err)
	}
	return nil
}

// seeThrough runs the exchange on a budget of its own, which the end of the request's context cuts short only while nothing is written.
func (c *Client) seeThrough(out *http.Request, op *Operation, late func(*Response, error), sent *sending, res *Response) error {
	ctx := out.Context()
	budget, expire := context.WithTimeout(context.WithoutCancel(ctx), SeeThrough)
	own, cancel := context.WithCancelCause(budget)
	done, left, settled := make(chan error), make(chan struct{}), make(chan struct{})
	answer := new(Response)
	c.inFlight.Go(func() {
		defer close(settled)
		defer expire()
		defer cancel(nil)
		err := c.exchange(out.WithContext(sent.watch(own)), op, sent, answer)
		select {
		case done <- err:
		case <-left:
			c.config.Late(op, answer, err)
			if late != nil {
				late(answer, err)
			}
		}
	})
	select {
	case err := <-done:
		*res = *answer
		return err
	case <-ctx.Done():
	}
	if sent.written() {
		close(left)
		unanswered := failure(ctx, op, sent, context.Cause(ctx))
		unanswered.Pending = settled
		return unanswered
	}
	cancel(context.Cause(ctx))
	err := <-done
	*res = *answer
	return err
}

// read takes the answer in and closes it: the one place where a body of Polar's is closed.
func (r *Response) read(answer *http.Response) error {
	defer answer.Body.Close()
	r.Status, r.Header, r.Body = answer.StatusCode, answer.Header, r.Body[:0]
	if answer.ContentLength > MaxAnswer {
		return errTooLarge
	}
	// One byte more than announced is asked for, so that the end is seen and the connection kept.
	if n := int(answer.ContentLength) + 1; n > cap(r.Body) {
		r.Body = make([]byte, 0, n)
	}
	for {
		if len(r.Body) == cap(r.Body) {
			if len(r.Body) > MaxAnswer {
				return errTooLarge
			}
			r.Body = append(r.Body, 0)[:len(r.Body)]
		}
		n, err := answer.Body.Read(r.Body[len(r.Body):cap(r.Body)])
		r.Body = r.Body[:len(r.Body)+n]
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

var errTooLarge = errors.New("answer too large")

// failure classifies what the transport or the reading of the answer said.
func failure(ctx context.Context, op *Operation, sent *sending, err error) *Error {
	e := &Error{Operation: op.Name, Reason: Cut, Written: sent.written(), cause: err}
	var dial *net.OpError
	switch {
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded) || errors.Is(err, context.DeadlineExceeded):
		e.Reason = Timeout
	case ctx.Err() != nil:
		e.Reason = Canceled
	case errors.Is(err, errTooLarge):
		e.Reason = TooLarge
	case errors.As(err, &dial) && dial.Op == "dial":
		e.Reason = Unreachable
	}
	return e
}
