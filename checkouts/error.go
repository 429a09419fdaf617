package checkouts

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// Error is a failed call. errors.As and errors.AsType find it in the error of every method, and beside it the type with
// the name that Polar gives the error:
//
//	var notOpen *checkouts.NotOpenCheckout
//	if errors.As(err, &notOpen) && notOpen.Status == checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_SUCCEEDED { ... }
//
// An error that only a newer service knows is an Error too, with code, reason and message. status.Code and
// status.FromError work as on any gRPC error, and errors.Is finds context.DeadlineExceeded and context.Canceled by the
// code.
type Error struct {
	// Method is the RPC that failed, such as "ConfirmClientCheckout".
	Method string
	// Code is the status code, which tells what to do where nothing more is known.
	Code codes.Code
	// Message is the service's text, for logs; it begins with the error's name.
	Message string
	// Domain is where the error arose: "polar.sh", or "checkoutsvc" for the service itself. Empty if the service did
	// not answer: then the connection, the context or something between made the error.
	Domain string
	// Reason is the error's name within the domain, in upper snake case, such as "NOT_OPEN_CHECKOUT". Empty without a
	// domain.
	Reason string
	// HTTPStatus is the status that Polar answered; 0 if it did not.
	HTTPStatus int
	// RetryDelay is how long to wait before the call is worth repeating; 0 if the service names no time.
	RetryDelay time.Duration
	// Violations are the fields that were refused, by Polar or by the service.
	Violations []FieldViolation
	// Metadata is what else the service tells, such as "http_status"; by name.
	Metadata map[string]string

	status *status.Status
	named  []error // what is certain or uncertain first, Polar's answer as it came last
}

// FieldViolation is one thing wrong with a request.
type FieldViolation struct {
	// Field is the path of the field in the body or parameters, such as "customer_billing_address.country". Empty if
	// the body as a whole is meant.
	Field string
	// Description says what is wrong, for developers.
	Description string
}

// Error says which call failed, how, in the service's words why, and what may help.
func (e *Error) Error() string {
	text := e.Method + ": " + e.Code.String() + ": " + e.Message
	if advice := e.advice(); advice != "" {
		text += " (" + advice + ")"
	}
	return text
}

// advice helps with what is wrong between this program and the service, and that no service can explain.
func (e *Error) advice() string {
	switch {
	case e.Domain == polarDomain:
		return ""
	case e.Code == codes.Unauthenticated:
		return "does the service know the token? see checkouts.WithToken"
	case e.Domain != "":
		return ""
	case e.Code == codes.Unavailable:
		return "is this the service's address, is it running, and do both sides speak TLS, or neither?"
	case e.Code == codes.DeadlineExceeded:
		return "the time is that of the context, or of checkouts.WithTimeout"
	case e.Code == codes.Unimplemented:
		return "is it checkoutsvc that listens there?"
	default:
		return ""
	}
}

// Unwrap gives the error by Polar's name, if it has one. A second one is the answer behind it: an OutcomeUnknown that
// began with a 502 of Polar's holds an SDKError too.
func (e *Error) Unwrap() []error { return e.named }

// RetrySafe tells whether sending the very same call again does no harm. It says nothing about whether that helps: a
// refusal is repeated without harm and mostly without use. It is false for a confirm that may have been carried out, or
// that was held back because an earlier one may have been: read the checkout first.
func (e *Error) RetrySafe() bool {
	for _, named := range e.named {
		switch known := named.(type) { //nolint:errorlint // none of them is wrapped
		case *OutcomeUnknown:
			return known.RetrySafe
		case *ConfirmOutcomeUnknown:
			return false
		}
	}
	// The service failed at a confirm in a way that this version has no name for.
	unclear := e.Method == confirm && e.Domain != "" && len(e.named) == 0 && (e.Code == codes.Internal || e.Code == codes.Unknown)
	return !unclear
}

// GRPCStatus gives the status as it came, with all its details.
func (e *Error) GRPCStatus() *status.Status { return e.status }

// Is makes errors.Is find a deadline or a cancellation, whichever side noticed it.
func (e *Error) Is(target error) bool {
	switch e.Code {
	case codes.DeadlineExceeded:
		return target == context.DeadlineExceeded
	case codes.Canceled:
		return target == context.Canceled
	default:
		return false
	}
}

// polarDomain is the Domain of what Polar said.
const polarDomain = "polar.sh"

// typed makes an *Error of the error of a call. Sent tells whether the call may have left this machine.
func typed(err error, fullMethod string, sent bool) error {
	if known := (*Error)(nil); errors.As(err, &known) {
		return err
	}
	st, ok := status.FromError(err)
	if !ok {
		return err
	}
	e := &Error{Method: path.Base(fullMethod), Code: st.Code(), Message: st.Message(), status: st}
	for _, detail := range st.Details() {
		e.take(detail)
	}
	if unknown := unanswered(fullMethod, e.Code); sent && unknown != nil && e.Domain == "" && len(e.named) == 0 {
		e.named = []error{unknown}
	}
	return e
}

// take notes one detail of the status. One that this version does not know stays in the status only.
func (e *Error) take(detail any) {
	switch d := detail.(type) {
	case *errdetails.ErrorInfo:
		e.Domain, e.Reason, e.Metadata = d.GetDomain(), d.GetReason(), d.GetMetadata()
		e.HTTPStatus, _ = strconv.Atoi(d.GetMetadata()["http_status"]) // absent: Polar did not answer
	case *errdetails.RetryInfo:
		e.RetryDelay = d.GetRetryDelay().AsDuration()
	case *errdetails.BadRequest:
		for _, v := range d.GetFieldViolations() {
			e.Violations = append(e.Violations, FieldViolation{Field: v.GetField(), Description: v.GetDescription()})
		}
	default:
		e.name(named(detail))
	}
}

// name notes an error by Polar's name. An SDKError stands behind the others: it only shows what they are made of.
func (e *Error) name(named error) {
	if named == nil {
		return
	}
	if _, isAnswer := named.(*SDKError); isAnswer { //nolint:errorlint // not wrapped
		e.named = append(e.named, named)
		return
	}
	e.named = append([]error{named}, e.named...)
}

// writes holds the methods that change something, and whether sending them again does no harm (B 8).
var writes = map[string]bool{
	checkoutsv1.CheckoutService_CreateCheckout_FullMethodName:        true,
	checkoutsv1.CheckoutService_UpdateCheckout_FullMethodName:        true,
	checkoutsv1.CheckoutService_UpdateClientCheckout_FullMethodName:  true,
	checkoutsv1.CheckoutService_ConfirmClientCheckout_FullMethodName: false,
}

var confirm = path.Base(checkoutsv1.CheckoutService_ConfirmClientCheckout_FullMethodName)

// unanswered is the error of a write that was sent to the service and got no answer of its: the same uncertainty as
// between the service and Polar, so the same type. Nil if the code says that the call was refused.
func unanswered(fullMethod string, code codes.Code) *OutcomeUnknown {
	retrySafe, isWrite := writes[fullMethod]
	if !isWrite {
		return nil
	}
	switch code {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.Internal, codes.Unknown:
		return &OutcomeUnknown{
			Operation: path.Base(fullMethod),
			RetrySafe: retrySafe,
			Detail:    fmt.Sprintf("sent to the service, which did not answer (%v)", code),
		}
	default:
		return nil
	}
}
