package validate

import (
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// Body is a request body before any rule of an operation is applied to it.
type Body struct {
	value   ordered.Value
	missing bool
}

// BodyState is what became of a body's bytes.
type BodyState int

// The states of a body. Polar answers the bad ones before it looks at credentials (B 3.9).
const (
	BodyRead       BodyState = iota
	BodyMalformed            // 422 with the items
	BodyUnreadable           // 400 {"detail":"There was an error parsing the body"}
)

// ReadBody reads raw as Polar does (B 3.4): JSON when contentType says so, else one string, which no operation takes.
// The items go with BodyMalformed and are ready to be answered.
func ReadBody(raw []byte, contentType string) (Body, BodyState, []Item) {
	if len(raw) == 0 {
		return Body{missing: true}, BodyRead, nil
	}
	if !isJSON(contentType) {
		return Body{value: ordered.String(string(raw))}, BodyRead, nil
	}
	value, err := ordered.Parse(raw)
	switch {
	case err == nil:
		return Body{value: value, missing: value.IsNull()}, BodyRead, nil
	case err.Unreadable:
		return Body{}, BodyUnreadable, nil
	}
	item := problem(ordered.NewObject().Value(), "json_invalid", "JSON decode error", "error", err.Msg)
	return Body{}, BodyMalformed, Prefix([]Item{item}, "body", err.Offset)
}

// Validate applies s to the body; the loc of items begins with "body". A body that is empty or null is missing.
func (b Body) Validate(s Schema) (ordered.Value, []Item) {
	if b.missing {
		return ordered.Null, Prefix([]Item{missing(ordered.Null)}, "body")
	}
	value, items := s.Validate(b.value)
	return value, Prefix(items, "body")
}

// isJSON takes application/json and application/*+json in any case and with any parameters.
func isJSON(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	subtype, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(kind)), "application/")
	return ok && !strings.Contains(subtype, "/") && (subtype == "json" || strings.HasSuffix(subtype, "+json"))
}

func missing(in ordered.Value) Item { return problem(in, "missing", "Field required") }
