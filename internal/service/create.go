package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/protoadapt"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/idempotency"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// Keys runs creates under their idempotency keys; *idempotency.Keys is it.
type Keys interface {
	Do(ctx context.Context, scope idempotency.Scope, request [sha256.Size]byte, call idempotency.Call) (idempotency.Result, error)
}

// maxRequestID is the longest name of a create, in bytes.
const maxRequestID = 255

func checkRequestID(field, id string) error {
	if len(id) > maxRequestID {
		return InvalidArgument(field, "must be at most 255 bytes long")
	}
	return nil
}

// createOnce makes at most one answered checkout under the request's name, however often and wherever it is called.
func (s *Service) createOnce(ctx context.Context, x *exchange) *Failure {
	if len(x.requestID) > maxRequestID {
		return own("IdempotencyKeyInvalid", codes.InvalidArgument, http.StatusConflict, "an Idempotency-Key is at most 255 bytes long")
	}
	ctx, cancel := bounded(ctx, x.request.Operation, 0)
	defer cancel()
	scope := idempotency.Scope{
		BaseURL: s.options.BaseURL, Organization: x.origin.Organization, Caller: s.caller(x), Key: x.requestID,
	}
	hash := idempotency.RequestHash([]byte(x.request.ContentType), []byte(x.request.PolarVersion), x.request.Body)
	// The address is none of what makes two requests the same: a buyer's may change before a create is repeated.
	x.request.Body = withBuyer(x.request.Body, x.origin.Buyer)
	// The call goes on when its caller has left, so it writes to an exchange of its own.
	inner := &exchange{request: x.request, response: new(polarhttp.Response), origin: x.origin, retries: x.retries}
	result, err := s.options.Keys.Do(ctx, scope, hash, func(ctx context.Context) (idempotency.Outcome, error) {
		return s.createCall(ctx, inner)
	})
	if s.options.KeysInMemory {
		x.marks = append(x.marks, inMemory)
	}
	if inProgress, ok := errors.AsType[*idempotency.InProgress](err); ok {
		return requestInProgress(inProgress.RetryAfter)
	}
	if result.Replayed {
		x.marks = append(x.marks, replayed)
		x.response.Status, x.response.Body = http.StatusCreated, append(x.response.Body[:0], result.Body...)
		x.response.Header = http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"private, no-store"}}
		return nil
	}
	x.attempts = inner.attempts
	*x.response = *inner.response
	if failure := keyFailure(err); failure != nil {
		return failure.with(map[string]string{"operation": x.request.Operation.Name})
	}
	return nil
}

// createCall is one create under its key.
func (s *Service) createCall(ctx context.Context, x *exchange) (idempotency.Outcome, error) {
	failure := s.send(ctx, x, upstream.Options{Repeatable: true})
	if failure != nil {
		return idempotency.Outcome{Refused: failure.Name != outcomeUnknownName}, failure
	}
	var made struct {
		ExpiresAt time.Time `json:"expires_at"`
	}
	if json.Unmarshal(x.response.Body, &made) != nil || made.ExpiresAt.IsZero() {
		// Over REST too: what cannot be given again is not given at all.
		return idempotency.Outcome{}, unexpectedAnswer(x.request.Operation, x.response).replacing()
	}
	return idempotency.Outcome{Body: x.response.Body, Expires: made.ExpiresAt}, nil
}

// caller names whose key it is: callers that are told apart, be it by the credential that they bring for Polar, have keys
// of their own.
func (s *Service) caller(x *exchange) string {
	if !s.options.CallersCredential {
		return x.origin.Caller
	}
	hash := sha256.Sum256([]byte(x.request.Authorization))
	return hex.EncodeToString(hash[:])
}

// keyFailure is what a caller is told when its keyed create did not end with an answer.
func keyFailure(err error) *Failure {
	var failure *Failure
	var reused *idempotency.Reused
	var unrecorded *idempotency.Unrecorded
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failure):
		return failure
	case errors.As(err, &reused):
		f := own("RequestIdReused", codes.InvalidArgument, http.StatusConflict,
			"this request_id was used for another checkout; use a new one. Nothing was done")
		f.Details = []protoadapt.MessageV1{&pb.RequestIdReused{Detail: f.Message}}
		return f.replacing()
	case errors.As(err, &unrecorded):
		f := outcomeUnknown(polarhttp.CreateCheckout, "the answer could not be recorded under its request_id")
		return f.replacing()
	default:
		f := own("StoreUnavailable", codes.Unavailable, http.StatusServiceUnavailable,
			"the store of request ids cannot be reached; nothing was done")
		f.RetryAfter, f.alarm = time.Second, true
		return f.replacing()
	}
}

func requestInProgress(pause time.Duration) *Failure {
	f := own("RequestInProgress", codes.Aborted, http.StatusConflict,
		"a create with this request_id is under way; repeat the call with it to get its answer")
	f.Details, f.RetryAfter = []protoadapt.MessageV1{&pb.RequestInProgress{Detail: f.Message}}, pause
	return f.replacing()
}
