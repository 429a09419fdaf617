package service

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/inproc"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// exchange is one call on either road, from the request that Polar gets to the answer that its caller gets.
type exchange struct {
	request  *polarhttp.Request
	response *polarhttp.Response
	origin   *inproc.Origin
	retries  upstream.Retries
	// requestID makes a create idempotent; "" does not.
	requestID string
	// acceptRisk lets a confirm past the guard.
	acceptRisk bool
	// raw is set on the opaque road, where the answer's bytes are what the caller gets.
	raw bool

	attempts int
	marks    []mark
}

// mark tells the caller something that is in no body: a trailer over gRPC, a header over REST.
type mark struct{ name, value string }

// What is marked.
var (
	replayed   = mark{"Idempotency-Replayed", "true"}
	reconciled = mark{"Checkoutsvc-Reconciled", "true"}
	// inMemory warns that a restart forgets which creates were made.
	inMemory = mark{"Checkoutsvc-Idempotency-Store", "memory"}
)

// attemptsTrailer says how often a call was sent to Polar; one that was sent once has none.
const attemptsTrailer = "checkoutsvc-attempts"

// mark sends the marks of a gRPC call as trailers.
func (x *exchange) mark(ctx context.Context) {
	if x.attempts <= 1 && len(x.marks) == 0 {
		return
	}
	trailer := metadata.MD{}
	if x.attempts > 1 {
		trailer.Set(attemptsTrailer, strconv.Itoa(x.attempts))
	}
	for _, m := range x.marks {
		trailer.Set(m.name, m.value)
	}
	_ = grpc.SetTrailer(ctx, trailer) // fails only outside of a gRPC call
}

// markHeader writes the marks of a REST call into its answer's header.
func (x *exchange) markHeader() {
	if len(x.marks) == 0 {
		return
	}
	if x.response.Header == nil {
		x.response.Header = http.Header{}
	}
	for _, m := range x.marks {
		x.response.Header.Set(m.name, m.value)
	}
}

// setOptions takes what a typed request says about the call itself.
func (x *exchange) setOptions(request proto.Message) (err error) {
	if r, ok := request.(interface{ GetRetries() *pb.RetryConfig }); ok && r.GetRetries() != nil {
		if x.retries, err = retriesOf(r.GetRetries()); err != nil {
			return err
		}
	}
	switch r := request.(type) {
	case *pb.CreateCheckoutRequest:
		x.requestID = r.GetRequestId()
		return checkRequestID("request_id", x.requestID)
	case *pb.ListCheckoutsRequest:
		return checkStatuses(r.GetStatus())
	case *pb.ConfirmClientCheckoutRequest:
		x.acceptRisk = r.GetAcceptSecondChargeRisk()
	}
	return nil
}

// perform carries the exchange out in the way that its consequence demands.
func (s *Service) perform(ctx context.Context, x *exchange) *Failure {
	switch {
	case x.request.Operation.Consequence == polarhttp.Creates && x.requestID != "":
		return s.createOnce(ctx, x)
	case x.request.Operation.Consequence == polarhttp.Creates:
		x.request.Body = withBuyer(x.request.Body, x.origin.Buyer)
		return s.send(ctx, x, upstream.Options{})
	case x.request.Operation.Consequence == polarhttp.Confirms:
		return s.confirm(ctx, x)
	default:
		return s.send(ctx, x, upstream.Options{})
	}
}

// bounded gives a call without a deadline its default one, and what comes after Polar's call besides. It is for calls that
// may wait for another caller's before they make their own, which only has a bound of its own.
func bounded(ctx context.Context, op *polarhttp.Operation, after time.Duration) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, upstream.DefaultDeadline(op.Consequence)+after)
}

// send calls Polar and gives a failure for whatever is not the operation's success.
func (s *Service) send(ctx context.Context, x *exchange, options upstream.Options) *Failure {
	options.Retries, options.Caller = x.retries, x.origin.Caller
	attempts, err := s.options.Polar.Call(ctx, x.request, x.response, options)
	x.attempts += attempts
	if err == nil && s.tokenRefused(x.response) && s.options.RefreshToken(x.request.Organization, x.request.Sent) {
		// Polar refuses a token before it looks at the call, so sending it again with a newer one is no second call.
		attempts, err = s.options.Polar.Call(ctx, x.request, x.response, options)
		x.attempts += attempts
	}
	if err != nil {
		x.response.Status = 0 // half an answer is none, nor is the one to an earlier try
		return unanswered(x.request.Operation, err).attempted(x.attempts)
	}
	if x.response.Status == x.request.Operation.Success {
		return nil
	}
	return refusal(x.request, x.response, s.options.CallersCredential).attempted(x.attempts)
}
