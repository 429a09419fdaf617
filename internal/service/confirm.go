package service

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/guard"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// Guard stands between two confirms of one checkout while the outcome of the first is unknown; *guard.Guard is it.
type Guard interface {
	Enter(ctx context.Context, secret string, token [sha256.Size]byte, acceptRisk bool) (*guard.Ticket[*Settled], error)
}

// Settled is what a confirm certainly came to, for those who sent the same one meanwhile.
type Settled struct {
	response polarhttp.Response
	failure  *Failure
}

// confirm sends a confirm once. What it came to is found out by reading where Polar did not say; while nobody knows, the
// guard stands.
func (s *Service) confirm(ctx context.Context, x *exchange) *Failure {
	secret, err := url.PathUnescape(x.request.Segment)
	if err != nil {
		secret = x.request.Segment
	}
	ctx, cancel := bounded(ctx, x.request.Operation, s.options.ResolveFor)
	defer cancel()
	ticket, err := s.options.Guard.Enter(ctx, secret, confirmationToken(x.request.Body), x.acceptRisk)
	if err != nil {
		return heldByGuard(err)
	}
	defer ticket.Unknown()
	var failure *Failure
	switch ticket.Duty {
	case guard.Answer:
		return x.take(ticket.Answer)
	case guard.Resolve:
		failure = outcomeUnknown(x.request.Operation, "an earlier call with this confirmation token has no known outcome")
	default:
		x.request.Late = s.lateConfirm(x.request, ticket)
		failure = believed(x.request.Operation, x.response, s.send(ctx, x, upstream.Options{Reserve: s.options.ResolveFor}))
	}
	if failure != nil && failure.Name == outcomeUnknownName {
		failure = s.resolve(ctx, x, failure)
	}
	if !waiting(ticket) && (failure == nil || failure.Name != outcomeUnknownName) {
		ticket.Definite(ctx, &Settled{response: copyOf(x.response), failure: failure})
	}
	return failure
}

// sentWithin is for how long an admitted confirm may wait to be sent, with a margin: for the rate limits, its turn and a
// connection.
const sentWithin = time.Minute

// waiting reports whether the confirm that was to be resolved may not be sent yet, in another process. What the checkout
// looks like is then no outcome of it, and the guard stays for what it may do.
func waiting(ticket *guard.Ticket[*Settled]) bool {
	return ticket.Duty == guard.Resolve && time.Since(ticket.Since) < sentWithin
}

// believed turns what cannot be Polar's word on a confirm into an unknown outcome: a success without a checkout, as a
// proxy may give it, says nothing about the payment.
func believed(op *polarhttp.Operation, answer *polarhttp.Response, failure *Failure) *Failure {
	var checkout struct {
		Status string `json:"status"`
	}
	switch {
	case failure == nil && json.Unmarshal(answer.Body, &checkout) == nil && checkout.Status != "":
		return nil
	case failure != nil && (failure.Name != unexpectedAnswerName || answer.Status >= 300):
		return failure
	}
	return outcomeUnknown(op, fmt.Sprintf("Polar answered %d and no checkout", answer.Status))
}

// lateConfirm settles a confirm whose answer comes when its caller has gone.
func (s *Service) lateConfirm(req *polarhttp.Request, ticket *guard.Ticket[*Settled]) func(*polarhttp.Response, error) {
	return func(answer *polarhttp.Response, err error) {
		if err != nil {
			return
		}
		settled := &Settled{response: *answer}
		if answer.Status != req.Operation.Success {
			settled.failure = refusal(req, answer, s.options.CallersCredential)
		}
		settled.failure = believed(req.Operation, answer, settled.failure)
		if settled.failure == nil || settled.failure.Name != outcomeUnknownName {
			ticket.Definite(context.Background(), settled)
		}
	}
}

// take answers with what another call with the same confirmation token came to.
func (x *exchange) take(settled *Settled) *Failure {
	*x.response = copyOf(&settled.response)
	return settled.failure
}

func copyOf(res *polarhttp.Response) polarhttp.Response {
	return polarhttp.Response{Status: res.Status, Header: res.Header.Clone(), Body: bytes.Clone(res.Body)}
}

// confirmationToken identifies the payment that a confirm would make: the hash of its confirmation_token_id, the member
// that counts being the last (B 3.4). Where the body cannot be read so, all of it stands for the token.
func confirmationToken(body []byte) [sha256.Size]byte {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil && len(body) > 0 {
		return sha256.Sum256(body)
	}
	var token string
	if json.Unmarshal(members["confirmation_token_id"], &token) != nil {
		return sha256.Sum256(members["confirmation_token_id"])
	}
	return sha256.Sum256([]byte(token))
}

// Pauses between two looks at a confirm whose outcome is unknown.
const (
	firstLook = 250 * time.Millisecond
	lastLook  = 2 * time.Second
)

// resolve reads the checkout as its buyer, from Polar's primary database (B 8.2), until it is confirmed or time is up.
// "Open" is never taken for "not charged".
func (s *Service) resolve(ctx context.Context, x *exchange, failure *Failure) *Failure {
	ctx, cancel := context.WithTimeout(ctx, s.lookingFor(ctx))
	defer cancel()
	for pause := firstLook; ; pause = min(2*pause, lastLook) {
		res, final := s.look(ctx, x.request)
		if res != nil {
			return x.reconcile(res)
		}
		if final || !sleep(ctx, pause) {
			return failure.replacing()
		}
	}
}

// answerMargin is what is left of a deadline for telling the caller, at most.
const answerMargin = 100 * time.Millisecond

// lookingFor is how long the outcome of a confirm is looked for: its caller must still be there to hear of it.
func (s *Service) lookingFor(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return s.options.ResolveFor
	}
	left := time.Until(deadline)
	return min(s.options.ResolveFor, left-min(answerMargin, left/10))
}

// look reads the checkout once: its answer if it is confirmed or paid for, else whether looking again makes sense.
func (s *Service) look(ctx context.Context, confirm *polarhttp.Request) (confirmed *polarhttp.Response, final bool) {
	read := &polarhttp.Request{
		Operation: polarhttp.GetClientCheckout, Segment: confirm.Segment, Accept: "application/json",
		PolarVersion: confirm.PolarVersion, Authorization: confirm.Authorization,
	}
	res := new(polarhttp.Response)
	if _, err := s.options.Polar.Call(ctx, read, res, upstream.Options{}); err != nil {
		return nil, false
	}
	var checkout struct {
		Status string `json:"status"`
	}
	switch {
	case res.Status == http.StatusNotFound || res.Status == http.StatusGone:
		return nil, true
	case res.Status != http.StatusOK || json.Unmarshal(res.Body, &checkout) != nil:
		return nil, false
	case checkout.Status == "confirmed" || checkout.Status == "succeeded":
		return res, true
	}
	return nil, false
}

// sleep reports whether ctx outlives the pause.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reconcile answers the confirm with the checkout as it was found. Over REST it has the form that a confirm answers,
// because SDKs take no other; its customer session token is lost (B 8.2).
func (x *exchange) reconcile(found *polarhttp.Response) *Failure {
	*x.response = *found
	if x.raw {
		body, err := asConfirmed(found.Body)
		if err != nil {
			return unexpectedAnswer(x.request.Operation, found).replacing()
		}
		x.response.Body = body
	}
	x.marks = append(x.marks, reconciled)
	return nil
}

// heldByGuard is what a caller is told whose confirm was not sent.
func heldByGuard(err error) *Failure {
	metadata := map[string]string{"operation": polarhttp.ConfirmClientCheckout.Name}
	if standing, ok := errors.AsType[*guard.Standing](err); ok {
		lifts := standing.Lifts.UTC().Truncate(time.Second)
		f := own(confirmOutcomeUnknownName, codes.FailedPrecondition, http.StatusConflict,
			"an earlier confirm of this checkout has no known outcome, and another one could charge the buyer twice; "+
				"read the checkout, and if it is still open confirm again after "+lifts.Format(time.RFC3339))
		metadata["lifts_at"] = lifts.Format(time.RFC3339)
		f.Details = []protoadapt.MessageV1{&pb.ConfirmOutcomeUnknown{LiftsAt: timestamppb.New(lifts), Detail: f.Message}}
		return f.with(metadata).replacing()
	}
	if _, ok := errors.AsType[*guard.InFlight](err); ok {
		return outcomeUnknown(polarhttp.ConfirmClientCheckout, "the same confirm is still under way").replacing()
	}
	f := own("StoreUnavailable", codes.Unavailable, http.StatusServiceUnavailable,
		"the store of the confirm guard cannot be reached; nothing was sent").with(metadata)
	f.RetryAfter, f.alarm = time.Second, true
	return f.replacing()
}
