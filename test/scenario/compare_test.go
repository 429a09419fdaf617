package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// compareAnswer checks an answer, and what the client's helpers say of it.
func compareAnswer(t *testing.T, want expectation, answer proto.Message) {
	t.Helper()
	compare(t, "answer", want.Answer, asJSON(t, answer))
	if checkout, ok := answer.(interface {
		GetMetadata() map[string]*checkoutsv1.MetadataValue
	}); ok {
		compareValues(t, "metadata", want.Metadata, checkout.GetMetadata())
	}
	if checkout, ok := answer.(interface {
		GetCustomFieldData() map[string]*checkoutsv1.CustomFieldValue
	}); ok {
		compareValues(t, "custom_field_data", want.CustomFieldData, checkout.GetCustomFieldData())
	}
	if checkout, ok := answer.(interface{ GetUnmodelledJson() map[string]string }); ok {
		for name, wanted := range want.Unmodelled {
			var got any
			if found, err := checkouts.Unmodelled(checkout, name, &got); !found || err != nil || !reflect.DeepEqual(got, wanted) {
				t.Errorf("unmodelled %s is %v (%v, %v), not %v", name, got, found, err, wanted)
			}
		}
	}
	if checkout, ok := answer.(interface {
		GetStatus() checkoutsv1.CheckoutStatus
	}); ok {
		if want.Paid != nil && checkouts.IsPaid(checkout.GetStatus()) != *want.Paid {
			t.Errorf("%v counts as paid: %v", checkout.GetStatus(), !*want.Paid)
		}
		if want.Final != nil && checkouts.IsFinal(checkout.GetStatus()) != *want.Final {
			t.Errorf("%v counts as final: %v", checkout.GetStatus(), !*want.Final)
		}
	}
}

// compareValues checks values as Go has them.
func compareValues[V *checkoutsv1.MetadataValue | *checkoutsv1.CustomFieldValue](t *testing.T, what string, want map[string]any, got map[string]V) {
	t.Helper()
	for key, tagged := range want {
		if value := checkouts.Value(got[key]); value != native(tagged) {
			t.Errorf("%s[%s] is %#v, not %#v", what, key, value, native(tagged))
		}
	}
}

// native is the Go value that a tagged one stands for.
func native(tagged any) any {
	for kind, value := range tagged.(map[string]any) {
		if kind == "integer_value" {
			return int64(value.(float64))
		}
		return value
	}
	return nil
}

// compareError checks a failed call.
func compareError(t *testing.T, want *wantedError, err error) {
	t.Helper()
	if want == nil || err == nil {
		if want != nil || err != nil {
			t.Fatalf("the error is %v, not %+v", err, want)
		}
		return
	}
	got, ok := errors.AsType[*checkouts.Error](err)
	if !ok {
		t.Fatalf("%T is no *checkouts.Error", err)
	}
	violations := []any{}
	for _, v := range got.Violations {
		violations = append(violations, map[string]any{"field": v.Field, "description": v.Description})
	}
	class, fields := classOf(t, got)
	compare(t, "class", want.Class, class)
	compare(t, "method", want.Method, got.Method)
	compare(t, "code", want.Code, codeName(got.Code))
	compare(t, "domain", want.Domain, got.Domain)
	compare(t, "reason", want.Reason, got.Reason)
	compare(t, "message", want.Message, got.Message)
	compare(t, "http_status", want.HTTPStatus, float64(got.HTTPStatus))
	compare(t, "retry_delay_ms", want.RetryDelayMS, float64(got.RetryDelay/time.Millisecond))
	compare(t, "violations", want.Violations, violations)
	for name, wanted := range want.Metadata {
		compare(t, "metadata."+name, wanted, got.Metadata[name])
	}
	for name, wanted := range want.Fields {
		compare(t, "fields."+name, wanted, fields[name])
	}
	compare(t, "retry_safe", want.RetrySafe, got.RetrySafe())
	if t.Failed() {
		t.Logf("the error: %v", err)
	}
}

// classOf gives an error's name and its fields in the scenario's words.
func classOf(t *testing.T, err *checkouts.Error) (class string, fields map[string]any) {
	t.Helper()
	named := err.Unwrap()
	if len(named) == 0 {
		return "CheckoutsvcError", nil
	}
	fields = map[string]any{}
	value := reflect.ValueOf(named[0]).Elem()
	for i := range value.NumField() {
		fields[snake(value.Type().Field(i).Name)] = plain(t, value.Field(i).Interface())
	}
	return value.Type().Name(), fields
}

// plain is a Go value as it would come out of JSON.
func plain(t *testing.T, value any) any {
	t.Helper()
	switch v := value.(type) {
	case time.Duration:
		return v.Seconds()
	case checkoutsv1.CheckoutStatus:
		return v.String()
	case []*checkoutsv1.ValidationError:
		items := make([]any, 0, len(v))
		for _, item := range v {
			items = append(items, asJSON(t, item))
		}
		return items
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

var upper = regexp.MustCompile(`([a-z])([A-Z])`)

func snake(name string) string { return strings.ToLower(upper.ReplaceAllString(name, "${1}_$2")) }

// codeName is a code's name as gRPC spells it.
func codeName(code codes.Code) string {
	return map[codes.Code]string{
		codes.Unknown: "UNKNOWN", codes.InvalidArgument: "INVALID_ARGUMENT", codes.DeadlineExceeded: "DEADLINE_EXCEEDED",
		codes.NotFound: "NOT_FOUND", codes.AlreadyExists: "ALREADY_EXISTS", codes.PermissionDenied: "PERMISSION_DENIED",
		codes.ResourceExhausted: "RESOURCE_EXHAUSTED", codes.FailedPrecondition: "FAILED_PRECONDITION", codes.Aborted: "ABORTED",
		codes.Internal: "INTERNAL", codes.Unavailable: "UNAVAILABLE", codes.Unauthenticated: "UNAUTHENTICATED",
	}[code]
}

// compare reports where got is not what is wanted.
func compare(t *testing.T, path string, want, got any) {
	t.Helper()
	if problem := difference(path, want, got); problem != "" {
		t.Error(problem)
	}
}

// difference says where got is not what is wanted; nil as a whole wants nothing in particular.
func difference(path string, want, got any) string {
	switch w := want.(type) {
	case nil:
		return ""
	case map[string]any:
		return differenceOfMembers(path, w, got)
	default:
		return differenceOfValue(path, want, got)
	}
}

func differenceOfMembers(path string, want map[string]any, got any) string {
	object, ok := got.(map[string]any)
	if !ok && got != nil {
		return fmt.Sprintf("%s is %v, not an object", path, got)
	}
	for name, wanted := range want {
		if problem := differenceOfValue(path+"."+name, wanted, object[name]); problem != "" {
			return problem
		}
	}
	return ""
}

func differenceOfValue(path string, want, got any) string {
	switch w := want.(type) {
	case map[string]any:
		return differenceOfMembers(path, w, got)
	case []any:
		return differenceOfElements(path, w, got)
	}
	if !fits(want, got) {
		return fmt.Sprintf("%s is %v, not %v", path, got, want)
	}
	return ""
}

// differenceOfElements wants a list of the same length. Of a code it wants one of several.
func differenceOfElements(path string, want []any, got any) string {
	if text, ok := got.(string); ok {
		for _, alternative := range want {
			if fits(alternative, text) {
				return ""
			}
		}
		return fmt.Sprintf("%s is %s, none of %v", path, text, want)
	}
	list, _ := got.([]any)
	if len(list) != len(want) {
		return fmt.Sprintf("%s has %d elements, not %d: %v", path, len(list), len(want), got)
	}
	for i := range want {
		if problem := differenceOfValue(fmt.Sprintf("%s[%d]", path, i), want[i], list[i]); problem != "" {
			return problem
		}
	}
	return ""
}

// fits tells whether a single value is what is wanted.
func fits(want, got any) bool {
	switch w := want.(type) {
	case nil:
		return isEmpty(got)
	case string:
		text, isText := got.(string)
		switch {
		case w == "<any>":
			return !isEmpty(got)
		case strings.HasPrefix(w, "~ "):
			return isText && strings.Contains(text, w[2:])
		}
		return isText && text == w || w == "" && got == nil
	case float64:
		return got == w || got == fmt.Sprint(w) || w == 0 && isEmpty(got)
	case bool:
		return got == w || !w && got == nil
	default:
		return false
	}
}

// isEmpty tells whether a value is null, or what protobuf's JSON leaves out.
func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case float64:
		return v == 0
	case bool:
		return !v
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	default:
		return false
	}
}
