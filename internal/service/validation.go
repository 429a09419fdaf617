package service

import (
	"encoding/json"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/protoadapt"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// item is one entry of a 422's detail (B 3.1). Loc elements are texts and numbers.
type item struct {
	Type  string          `json:"type"`
	Loc   []any           `json:"loc"`
	Msg   string          `json:"msg"`
	Input json.RawMessage `json:"input"`
	Ctx   json.RawMessage `json:"ctx"`

	field string
}

// validationFailure makes the failure of a 422 with a list of items; nil if the body has none.
func validationFailure(op *polarhttp.Operation, body errorBody) *Failure {
	var items []item
	if json.Unmarshal(body.Detail, &items) != nil || len(items) == 0 {
		return nil //nolint:nilerr // a body of another form is no such 422
	}
	items = usedBranch(items)
	for i := range items {
		items[i].field = fieldPath(op, items[i].Loc)
	}
	message := items[0].Msg
	if items[0].field != "" {
		message = items[0].field + ": " + message
	}
	if n := len(items) - 1; n > 0 {
		message = truncate(message, 256) + " (and " + strconv.Itoa(n) + " more)"
	}
	return &Failure{
		Name: "HTTPValidationError", Code: codes.InvalidArgument, Message: message,
		Metadata: map[string]string{"polar_error": truncate(body.Error, 64)},
		Details:  validationDetails(items, len(items), 1<<10),
		shrink: func(step int) []protoadapt.MessageV1 {
			// First the echoed values shrink, then the items behind the first ones go.
			if limits := []int{256, 64, 16}; step < len(limits) {
				return validationDetails(items, len(items), limits[step])
			}
			return validationDetails(items, len(items)>>(step-2), 16)
		},
	}
}

// validationDetails makes both forms of the first n items, with texts of at most limit bytes.
func validationDetails(items []item, n, limit int) []protoadapt.MessageV1 {
	typed, bad := &pb.HTTPValidationError{OmittedItems: int32(len(items) - n)}, &errdetails.BadRequest{}
	for _, it := range items[:n] {
		loc, _ := json.Marshal(it.Loc)
		msg := truncate(it.Msg, min(limit, 256)+16)
		typed.Detail = append(typed.Detail, &pb.ValidationError{
			Loc: truncate(string(loc), 512), Msg: msg, Type: truncate(it.Type, 64),
			Input: truncate(string(it.Input), limit), Ctx: truncate(string(it.Ctx), limit), Field: it.field,
		})
		bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
			Field: it.field, Description: msg, Reason: strings.ToUpper(truncate(it.Type, 63)),
		})
	}
	return []protoadapt.MessageV1{typed, bad}
}

// usedBranch keeps the items of the one form of create that the caller used. Polar tries three and reports the
// mistakes of each under a label of its own (B 3.3). A form whose own key is missing was not used; if none was, the
// first is meant.
func usedBranch(items []item) []item {
	var labels []string
	branches, unused := map[string][]item{}, map[string]bool{}
	for _, it := range items {
		label, ok := branchLabel(it.Loc)
		if !ok {
			return items
		}
		if _, seen := branches[label]; !seen {
			labels = append(labels, label)
		}
		branches[label] = append(branches[label], it)
		unused[label] = unused[label] || it.Type == "missing" && len(it.Loc) == 3
	}
	for _, label := range labels {
		if !unused[label] {
			return branches[label]
		}
	}
	return branches[labels[0]]
}

// branchLabel is the second element of a loc where that is no field but a label of Polar's validator.
func branchLabel(loc []any) (string, bool) {
	if len(loc) < 2 {
		return "", false
	}
	label, ok := loc[1].(string)
	return label, ok && strings.ContainsAny(label, "[(")
}
