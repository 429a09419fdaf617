package service

import (
	"maps"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	// PolarDomain is the ErrorInfo domain of what Polar refused.
	PolarDomain = "polar.sh"
	// OwnDomain is that of this service's own failures.
	OwnDomain = "checkoutsvc"

	// maxStatus bounds a whole status, in bytes: it travels as a trailer, and at 8 KiB clients of other languages lose the
	// code as well.
	maxStatus = 6 << 10
	// maxMessage bounds the status message, which travels a second time as text.
	maxMessage = 512
)

// Failure is every error that leaves this service: an RPC status with its details, and what a REST caller is told.
type Failure struct {
	// Domain is PolarDomain or OwnDomain.
	Domain string
	// Name is the error's name in Polar's style, such as NotOpenCheckout; Reason derives from it.
	Name string
	Code codes.Code
	// HTTPStatus is Polar's status, or the one with which an own failure leaves over REST.
	HTTPStatus int
	// Message is one sentence for a person. It holds no secret and nothing internal.
	Message string
	// Metadata of the ErrorInfo; variable parts of Message stand there too.
	Metadata map[string]string
	// RetryAfter becomes a RetryInfo; 0 gives none.
	RetryAfter time.Duration
	// Challenge is the WWW-Authenticate of a REST answer; "" is none.
	Challenge string
	// Details are the typed messages beside the ErrorInfo. shrink, if set, makes them smaller step by step.
	Details []protoadapt.MessageV1
	shrink  func(step int) []protoadapt.MessageV1
	// alarm marks what an operator must look into.
	alarm bool
	// subject is the checkout that an operator must look for.
	subject Subject
	// replaces marks an own failure that a REST caller gets in the place of Polar's answer.
	replaces bool
}

// Error is the message with the name in front.
func (f *Failure) Error() string { return f.Name + ": " + f.Message }

// Reason is the ErrorInfo's reason: the name in upper snake case.
func (f *Failure) Reason() string { return upperSnake(f.Name) }

// GRPCStatus makes the status, small enough for every client.
func (f *Failure) GRPCStatus() *status.Status {
	details := f.Details
	for step := 0; ; step++ {
		st := f.status(details)
		if proto.Size(st.Proto()) <= maxStatus || f.shrink == nil {
			return st
		}
		details = f.shrink(step)
	}
}

func (f *Failure) status(details []protoadapt.MessageV1) *status.Status {
	info := &errdetails.ErrorInfo{Reason: f.Reason(), Domain: f.Domain, Metadata: f.Metadata}
	all := append([]protoadapt.MessageV1{info}, details...)
	if f.RetryAfter > 0 {
		all = append(all, &errdetails.RetryInfo{RetryDelay: durationpb.New(f.RetryAfter)})
	}
	st, err := status.New(f.Code, truncate(f.Error(), maxMessage)).WithDetails(all...)
	if err != nil {
		// Only a code of OK or an unregistered message could get here; the caller still gets code and message.
		return status.FromProto(&spb.Status{Code: int32(f.Code), Message: truncate(f.Error(), maxMessage)})
	}
	return st
}

// with gives a copy whose ErrorInfo says more.
func (f *Failure) with(metadata map[string]string) *Failure {
	changed := *f
	changed.Metadata = maps.Clone(f.Metadata)
	if changed.Metadata == nil {
		changed.Metadata = map[string]string{}
	}
	maps.Copy(changed.Metadata, metadata)
	return &changed
}

// attempted says in the ErrorInfo how often the call was sent to Polar.
func (f *Failure) attempted(attempts int) *Failure {
	return f.with(map[string]string{"attempts": strconv.Itoa(attempts)})
}

// replacing says that a REST caller gets this failure in the place of any answer.
func (f *Failure) replacing() *Failure {
	f.replaces = true
	return f
}

// upperSnake turns NotOpenCheckout into NOT_OPEN_CHECKOUT and HTTPValidationError into HTTP_VALIDATION_ERROR.
func upperSnake(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return strings.ReplaceAll(b.String(), "__", "_")
}

// truncate cuts text to at most n bytes between two characters and marks the cut.
func truncate(text string, n int) string {
	const mark = "…"
	text = strings.ToValidUTF8(text, "�")
	if len(text) <= n {
		return text
	}
	if n < len(mark) {
		return ""
	}
	cut := n - len(mark)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + mark
}
