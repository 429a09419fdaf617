// Package validate describes input rules as values and applies them as Polar's server does: the same leniency, and for
// what is refused the same items, in the same order, as its 422 answers (B 1.1, 3.1, 3.3). The answers are those of
// pydantic 2.13 in its lax mode, which this package follows rule by rule.
//
// Known differences, all of them in texts that nobody sends on purpose: digits that are not ASCII are refused; "0-5" is
// no integer; complaints about broken punycode, quoted local parts and bracketed addresses in e-mail are simpler;
// unregistered extensions of Chinese and six other languages in locales are refused; JSON nested deeper than 10,000 is
// unreadable.
package validate

import (
	"strconv"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// Item is one complaint of a 422 answer.
type Item struct {
	Type  string          // "missing", "int_parsing", ...
	Loc   []any           // strings and ints: where the value stands
	Msg   string          // for people
	Input ordered.Value   // the value complained about
	Ctx   *ordered.Object // the facts behind Msg; nil when there are none
}

// RequestValidationError renders items as the body of Polar's schema-level 422 (shape E2 of B 3.1).
func RequestValidationError(items []Item) []byte {
	body := []byte(`{"error":"RequestValidationError","detail":[`)
	for i, item := range items {
		if i > 0 {
			body = append(body, ',')
		}
		body = item.append(body)
	}
	return append(body, `]}`...)
}

// Renderable tells whether Polar can write items into an answer. An input with a lone surrogate, NaN or infinity in it
// cannot be written and ends in the plain 500 of B 3.8.
func Renderable(items []Item) bool {
	for _, item := range items {
		if !item.Input.Encodable() || !item.Input.Finite() || !item.encodableLoc() {
			return false
		}
	}
	return true
}

func (item Item) encodableLoc() bool {
	for _, step := range item.Loc {
		if text, ok := step.(string); ok && !ordered.String(text).Encodable() {
			return false
		}
	}
	return true
}

func (item Item) append(body []byte) []byte {
	body = append(ordered.AppendString(append(body, `{"type":`...), item.Type), `,"loc":[`...)
	for i, step := range item.Loc {
		if i > 0 {
			body = append(body, ',')
		}
		body = appendStep(body, step)
	}
	body = ordered.AppendString(append(body, `],"msg":`...), item.Msg)
	body = item.Input.AppendError(append(body, `,"input":`...))
	if item.Ctx != nil {
		body = item.Ctx.Value().AppendError(append(body, `,"ctx":`...))
	}
	return append(body, '}')
}

func appendStep(body []byte, step any) []byte {
	switch step := step.(type) {
	case int:
		return strconv.AppendInt(body, int64(step), 10)
	case string:
		return ordered.AppendString(body, step)
	}
	panic("validate: a step of a loc is neither string nor int")
}

// Prefix puts steps (strings and ints) before the loc of each item.
func Prefix(items []Item, steps ...any) []Item {
	for i := range items {
		items[i].Loc = append(append(make([]any, 0, len(steps)+len(items[i].Loc)), steps...), items[i].Loc...)
	}
	return items
}
