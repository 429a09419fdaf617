package service

import (
	"net/http"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/protoadapt"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// What callers are refused for before anything is done. Over REST the statuses and shapes are Polar's own for the same
// (B 3.6), so that every SDK raises what it would raise at Polar.

// Unauthorized says that a call brings no credential.
func Unauthorized() *Failure {
	f := own("Unauthorized", codes.Unauthenticated, http.StatusUnauthorized,
		"this server wants to know who calls: send authorization: Bearer with a token of its own, not Polar's, or a client certificate")
	f.Details = []protoadapt.MessageV1{&pb.Unauthorized{Detail: f.Message}}
	f.Challenge = `Bearer realm="checkoutsvc"`
	return f
}

// InvalidToken says that a credential is no caller's. The reason must not quote it.
func InvalidToken(reason string) *Failure {
	f := own("InvalidToken", codes.Unauthenticated, http.StatusUnauthorized, "this server does not know the caller: "+reason)
	f.Details = []protoadapt.MessageV1{&pb.TokenError{Error: "invalid_token", ErrorDescription: f.Message}}
	f.Challenge = `Bearer realm="checkoutsvc", error="invalid_token"`
	return f
}

// InsufficientScope says that a caller may not do this; scope is what it lacks.
func InsufficientScope(scope string) *Failure {
	return forbidden("InsufficientScope", "this server lets the caller do no such thing: it lacks "+scope, scope)
}

// OrganizationNotPermitted says that a caller may not act for the organization that it selected, whether or not it is
// served here, or that nobody knows whose organization it would act for.
func OrganizationNotPermitted(why string) *Failure {
	return forbidden("OrganizationNotPermitted", why, "")
}

func forbidden(name, message, scope string) *Failure {
	f := own(name, codes.PermissionDenied, http.StatusForbidden, message)
	f.Details = []protoadapt.MessageV1{&pb.TokenError{Error: "insufficient_scope", ErrorDescription: message}}
	f.Challenge = `Bearer realm="checkoutsvc", error="insufficient_scope"`
	if scope != "" {
		f.Challenge += `, scope="` + scope + `"`
	}
	return f
}

// OrganizationRequired says that several organizations are served and the call names none.
func OrganizationRequired() *Failure {
	const field, reason = "polar-organization", "must name the organization, as metadata or header: this server serves several"
	f := own("OrganizationRequired", codes.InvalidArgument, http.StatusConflict, field+" "+reason)
	f.Metadata = map[string]string{"field": field}
	f.Details = []protoadapt.MessageV1{&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
		{Field: field, Description: reason, Reason: "REQUIRED"},
	}}}
	return f
}

// CallerRateLimited says that the caller, or the buyer's address, makes more calls than this server lets it.
func CallerRateLimited(retryAfter time.Duration) *Failure {
	return own(callerRateLimitedName, codes.ResourceExhausted, http.StatusTooManyRequests,
		"this server lets one caller make no more calls now; nothing was sent").limited(retryAfter)
}

// CallersUnverifiable says that nobody can tell now whether the caller's token is good.
func CallersUnverifiable() *Failure {
	f := own("CallersUnverifiable", codes.Unavailable, http.StatusServiceUnavailable, "the keys that sign callers' tokens cannot be had now; nothing was sent")
	f.RetryAfter, f.alarm = time.Second, true
	return f
}

// RefusesCaller reports whether the failure is this service's own about who calls, and not about the call or Polar.
func (f *Failure) RefusesCaller() bool {
	return f.Domain == OwnDomain && (f.Challenge != "" || f.Name == callerRateLimitedName)
}

const callerRateLimitedName = "CallerRateLimited"

// TokenError is what the failure says of a token, in Polar's words; nil where it is about something else.
func (f *Failure) TokenError() *pb.TokenError {
	if len(f.Details) > 0 && f.Challenge != "" {
		detail, _ := f.Details[0].(*pb.TokenError)
		return detail
	}
	return nil
}
