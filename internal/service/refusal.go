package service

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/protoadapt"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// errorBody is what Polar's error bodies have in common (B 3.1). Detail is a text or a list of items.
type errorBody struct {
	Error            string          `json:"error"`
	Detail           json.RawMessage `json:"detail"`
	ErrorDescription string          `json:"error_description"`
}

func parseErrorBody(body []byte) (parsed errorBody) {
	if json.Unmarshal(body, &parsed) != nil {
		return errorBody{}
	}
	return parsed
}

// tokenRefused reports whether Polar refused the service's own token before acting.
func (s *Service) tokenRefused(res *polarhttp.Response) bool {
	return !s.options.CallersCredential && res.Status == http.StatusUnauthorized
}

// refusal is what a caller is told of an answer that is not the operation's success.
func refusal(req *polarhttp.Request, res *polarhttp.Response, callersCredential bool) *Failure {
	op := req.Operation
	if res.Status < 400 {
		return unexpectedAnswer(op, res)
	}
	body := parseErrorBody(res.Body)
	f := refused(op, res, body)
	f.Domain, f.HTTPStatus = PolarDomain, res.Status
	if pause := res.RetryAfter(); pause > 0 {
		f.RetryAfter = pause
	}
	f = f.with(map[string]string{"operation": op.Name, "http_status": strconv.Itoa(res.Status)})
	switch {
	case res.Status == http.StatusUnauthorized || f.Name == "InsufficientScope":
		return credential(f, callersCredential)
	case res.Status == http.StatusNotFound && body.Error == "" && req.PolarVersion == "" && !callersCredential:
		return versionRejected(f)
	case lost(op, res.Status, body):
		unknown := outcomeUnknown(op, "Polar answered "+strconv.Itoa(res.Status))
		unknown.Details = append(unknown.Details, f.Details...)
		unknown.shrink = f.shrinkBehind(unknown.Details[:1])
		return unknown.with(map[string]string{"http_status": strconv.Itoa(res.Status)})
	}
	return f
}

// refused finds the error's row, by name first and by status where it has none.
func refused(op *polarhttp.Operation, res *polarhttp.Response, body errorBody) *Failure {
	var text string
	if row, ok := catalogue[body.Error]; ok && json.Unmarshal(body.Detail, &text) == nil {
		return &Failure{Name: body.Error, Code: row.code, Message: text, RetryAfter: row.retry, Details: []protoadapt.MessageV1{row.detail(text)}}
	}
	switch {
	case res.Status == http.StatusUnprocessableEntity:
		if f := validationFailure(op, body); f != nil {
			return f
		}
	case body.ErrorDescription != "":
		return tokenFailure(res, body)
	case res.Status == http.StatusTooManyRequests:
		return rateLimited(res)
	}
	return foreign(res, body)
}

// foreign is for a status or body that stands for none of the known errors.
func foreign(res *polarhttp.Response, body errorBody) *Failure {
	f := &Failure{Name: "SDKError", Code: codes.Internal, Message: "Polar answered " + strconv.Itoa(res.Status)}
	var text string
	if body.Error != "" && json.Unmarshal(body.Detail, &text) == nil {
		f.Metadata = map[string]string{"polar_error": truncate(body.Error, 64)}
		f.Message += " " + truncate(body.Error+": "+text, 256)
	}
	switch res.Status {
	case http.StatusForbidden:
		f.Code = codes.PermissionDenied
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		// Only reads keep this code: a write with such an answer is OutcomeUnknown.
		f.Code, f.RetryAfter = codes.Unavailable, time.Second
	}
	f.Details = []protoadapt.MessageV1{sdkError(res, 2<<10)}
	f.shrink = func(step int) []protoadapt.MessageV1 { return []protoadapt.MessageV1{sdkError(res, 1<<10>>step)} }
	return f
}

// shownHeaders are those that tell something about a foreign answer, and no secret.
var shownHeaders = []string{"Allow", "Cache-Control", "Content-Type", "Location", "Polar-Version", "Retry-After", "Server", "Www-Authenticate"}

func sdkError(res *polarhttp.Response, limit int) *pb.SDKError {
	m := &pb.SDKError{StatusCode: int32(res.Status), Body: truncate(string(res.Body), limit), Headers: map[string]string{}}
	m.BodyTruncated = len(m.Body) != len(res.Body)
	for _, name := range shownHeaders {
		// The place of a redirect repeats the path and with it the client secret.
		if value := res.Header.Get(name); value != "" && name != "Location" {
			m.Headers[strings.ToLower(name)] = truncate(value, 128)
		}
	}
	return m
}

// shrinkBehind keeps the first details as they are and shrinks those of f behind them.
func (f *Failure) shrinkBehind(first []protoadapt.MessageV1) func(int) []protoadapt.MessageV1 {
	if f.shrink == nil {
		return nil
	}
	return func(step int) []protoadapt.MessageV1 {
		return append(slices.Clip(first), f.shrink(step)...)
	}
}

func tokenFailure(res *polarhttp.Response, body errorBody) *Failure {
	code := codes.Unauthenticated
	if res.Status == http.StatusForbidden {
		code = codes.PermissionDenied
	}
	return &Failure{
		Name: camel(body.Error), Code: code, Message: truncate(body.ErrorDescription, 256),
		Details: []protoadapt.MessageV1{&pb.TokenError{Error: truncate(body.Error, 64), ErrorDescription: truncate(body.ErrorDescription, 1<<10)}},
	}
}

// camel turns insufficient_scope into InsufficientScope.
func camel(snake string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(truncate(snake, 64), "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

func rateLimited(res *polarhttp.Response) *Failure {
	m := &pb.RateLimited{}
	pause := res.RetryAfter()
	if pause > 0 {
		seconds := int32(pause / time.Second)
		m.RetryAfter = &seconds
	}
	return &Failure{
		Name: "RateLimited", Code: codes.ResourceExhausted, Message: "Polar's rate limit is reached",
		RetryAfter: pause, Details: []protoadapt.MessageV1{m},
	}
}

// credential: Polar refused the credential. The caller's own is the caller's to mend, the service's the operator's.
func credential(f *Failure, callers bool) *Failure {
	if callers {
		return f
	}
	// What Polar says goes to the caller in the details, but into no message: that is logged, and an answer may repeat all
	// that was sent.
	mine := own(credentialRejectedName, codes.Internal, http.StatusBadGateway,
		"Polar refuses this service's own credential; the service's operator must act")
	mine.Metadata, mine.Details, mine.shrink, mine.alarm = maps.Clone(f.Metadata), f.Details, f.shrink, true
	mine.replaces = true
	return mine
}

// versionRejected: a 404 without a name under the version that we pinned is no missing checkout (B 3.7).
func versionRejected(f *Failure) *Failure {
	mine := own(versionRejectedName, codes.Internal, http.StatusBadGateway,
		"Polar does not know this path under the pinned Polar-Version; the service's operator must act")
	mine.Metadata, mine.Details, mine.shrink, mine.alarm = maps.Clone(f.Metadata), f.Details, f.shrink, true
	mine.replaces = true
	return mine
}

// lost reports whether an answer leaves open whether a write was carried out: a server error without Polar's name.
func lost(op *polarhttp.Operation, status int, body errorBody) bool {
	return op.Consequence != polarhttp.Reads && status >= 500 && body.Error == ""
}
