package service

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/protoadapt"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// own is a failure of this service's own, with the status that it has over REST: one that no operation of Polar
// declares, so that no SDK takes it for an answer of Polar's.
func own(name string, code codes.Code, httpStatus int, message string) *Failure {
	return &Failure{Domain: OwnDomain, Name: name, Code: code, HTTPStatus: httpStatus, Message: message}
}

// Internal is the failure that stands for everything unforeseen. The cause goes to the log under the request id, and
// never to the caller.
func Internal(requestID string) *Failure {
	f := own("InternalError", codes.Internal, http.StatusBadGateway, "internal error; the service's log has the cause under request id "+requestID)
	f.Metadata = map[string]string{"request_id": requestID}
	return f
}

// UnknownMethod says that the service has no such RPC.
func UnknownMethod(method string) *Failure {
	return own("UnknownMethod", codes.Unimplemented, http.StatusNotImplemented,
		"there is no method "+truncate(method, 128)+"; this server has polar.checkouts.v1.CheckoutService").
		with(map[string]string{"method": truncate(method, 128)})
}

// InvalidArgument refuses a request at our own edge. The reason is a clause that follows the field's name and says
// the way out; it must not quote the value.
func InvalidArgument(field, reason string) *Failure {
	field = truncate(field, 256)
	f := own("InvalidArgument", codes.InvalidArgument, http.StatusNotImplemented, field+" "+reason)
	f.Metadata = map[string]string{"field": field}
	f.Details = []protoadapt.MessageV1{&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
		{Field: field, Description: reason, Reason: "INVALID_ARGUMENT"},
	}}}
	return f
}

// unanswered is what a caller is told when no answer of Polar's came.
func unanswered(op *polarhttp.Operation, err error) *Failure {
	if held := heldBack(err); held != nil {
		return held.with(map[string]string{"operation": op.Name})
	}
	var failed *polarhttp.Error
	if !errors.As(err, &failed) {
		failed = &polarhttp.Error{Reason: polarhttp.Cut, Written: true}
	}
	if failed.Written && op.Consequence != polarhttp.Reads {
		return outcomeUnknown(op, string(failed.Reason))
	}
	metadata := map[string]string{"operation": op.Name}
	switch failed.Reason {
	case polarhttp.Timeout:
		return own("DeadlineExceeded", codes.DeadlineExceeded, http.StatusGatewayTimeout, "the deadline passed before Polar answered; nothing was changed").with(metadata)
	case polarhttp.Canceled:
		return own("Canceled", codes.Canceled, http.StatusServiceUnavailable, "the caller went away; nothing was changed").with(metadata)
	case polarhttp.TooLarge:
		return own("UnexpectedAnswer", codes.Internal, http.StatusBadGateway, "Polar's answer is too large").with(metadata)
	}
	f := own("PolarUnreachable", codes.Unavailable, http.StatusServiceUnavailable, "Polar cannot be reached; nothing was changed").with(metadata)
	f.RetryAfter = time.Second
	return f
}

// heldBack is for calls that were not sent at all; nil if err is none of them.
func heldBack(err error) *Failure {
	var open *upstream.Open
	var overloaded *upstream.Overloaded
	var exceeded *limit.Exceeded
	switch {
	case errors.As(err, &open):
		f := own("PolarUnavailable", codes.Unavailable, http.StatusServiceUnavailable, "Polar has been failing and is left alone for a moment; nothing was sent")
		f.RetryAfter = open.RetryAfter
		return f
	case errors.As(err, &overloaded):
		f := own("Overloaded", codes.Unavailable, http.StatusServiceUnavailable, "too many calls are in flight; nothing was sent")
		f.RetryAfter = overloaded.RetryAfter
		return f
	case errors.As(err, &exceeded):
		return RateLimited(exceeded)
	}
	return nil
}

// RateLimited says that a call was not sent because Polar's limits leave no room for it now.
func RateLimited(exceeded *limit.Exceeded) *Failure {
	f := own("RateLimited", codes.ResourceExhausted, http.StatusTooManyRequests,
		"Polar's limit "+string(exceeded.Zone)+" leaves no room; nothing was sent")
	f.Metadata = map[string]string{"zone": string(exceeded.Zone)}
	return f.limited(exceeded.RetryAfter)
}

// limited says when the next call can go.
func (f *Failure) limited(retryAfter time.Duration) *Failure {
	seconds := int32(min(math.Ceil(retryAfter.Seconds()), math.MaxInt32))
	f.RetryAfter, f.Details = retryAfter, []protoadapt.MessageV1{&pb.RateLimited{RetryAfter: &seconds}}
	return f
}

// Names that other parts of this package look for.
const (
	outcomeUnknownName        = "OutcomeUnknown"
	confirmOutcomeUnknownName = "ConfirmOutcomeUnknown"
	unexpectedAnswerName      = "UnexpectedAnswer"

	credentialRejectedName = "UpstreamCredentialRejected"
	versionRejectedName    = "PolarVersionRejected"
)

// outcomeUnknown says that a write was sent and its effect is not known. Its code and status are on no client's list
// of what to send again.
func outcomeUnknown(op *polarhttp.Operation, what string) *Failure {
	safe := op.Consequence != polarhttp.Confirms
	advice := "read the checkout before you confirm again"
	if safe {
		advice = "sending it again does no harm"
	}
	f := own(outcomeUnknownName, codes.Unknown, http.StatusConflict,
		fmt.Sprintf("%s was sent to Polar and may have been carried out (%s); %s", op.Name, what, advice))
	f.Metadata = map[string]string{"operation": op.Name, "retry_safe": strconv.FormatBool(safe)}
	f.Details = []protoadapt.MessageV1{&pb.OutcomeUnknown{Operation: op.Name, RetrySafe: safe, Detail: what}}
	return f
}

// unexpectedAnswer is for a 2xx that is not what the operation answers.
func unexpectedAnswer(op *polarhttp.Operation, res *polarhttp.Response) *Failure {
	f := own(unexpectedAnswerName, codes.Internal, http.StatusBadGateway,
		fmt.Sprintf("Polar answered %s with status %d and a body that is no checkout", op.Name, res.Status))
	f.Metadata = map[string]string{"operation": op.Name, "http_status": strconv.Itoa(res.Status)}
	f.alarm = true
	return f
}
