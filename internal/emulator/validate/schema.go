package validate

import "github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"

// Schema is one rule for an input value. Rules are built from the functions of this package and may be shared and used
// by several goroutines. The zero Schema takes anything.
type Schema struct {
	label string // how the loc of a union names this rule
	check func(in ordered.Value) result
}

// result is a cleaned value, or the items that say why there is none.
type result struct {
	value ordered.Value
	match match
	nul   bool // a string in value, but not in a nested model, holds U+0000
	items []Item
}

// match is how well an input fits a rule: a union takes the branch that fits best.
type match int

const (
	exact  match = iota // the value is of the rule's own type
	strict              // of a type that stands for it: an integer for a float
	lax                 // turned into it: "5" for 5
)

// Validate applies s to in. It answers the cleaned value (of the members of an object those that were sent and those
// with a default) or, if any, the items; their loc is relative to in.
func (s Schema) Validate(in ordered.Value) (ordered.Value, []Item) {
	r := s.run(in)
	return r.value, r.items
}

// Label is how the loc of a union names s.
func (s Schema) Label() string { return s.label }

func (s Schema) run(in ordered.Value) result {
	if s.check == nil {
		return valid(in, exact)
	}
	return s.check(in)
}

func valid(v ordered.Value, m match) result { return result{value: v, match: m} }

func refused(items ...Item) result { return result{items: items} }

// refuse refuses in with one item; ctx is key, value, ... and may be empty.
func refuse(in ordered.Value, kind, msg string, ctx ...any) result {
	return refused(problem(in, kind, msg, ctx...))
}

func problem(in ordered.Value, kind, msg string, ctx ...any) Item {
	item := Item{Type: kind, Msg: msg, Input: in}
	if len(ctx) > 0 {
		item.Ctx = ordered.NewObject(ctx...)
	}
	return item
}

// ValueError is the item of a check of Polar's own that refused in with text.
func ValueError(in ordered.Value, text string) Item {
	return problem(in, "value_error", "Value error, "+text, "error", ordered.NewObject())
}

// Check looks at a value that passed a rule and answers the item that refuses it, or nil. The item's Input is
// filled in with what was sent.
type Check func(v ordered.Value) *Item

// Refuse makes the item of a Check; ctx is key, value, ... and may be empty.
func Refuse(kind, msg string, ctx ...any) *Item {
	item := problem(ordered.Null, kind, msg, ctx...)
	return &item
}

// RefuseValue makes the item of a Check with a plain text, as Python's ValueError.
func RefuseValue(text string) *Item {
	item := ValueError(ordered.Null, text)
	return &item
}

// Checked is s followed by checks, of which the first that refuses ends it.
func Checked(s Schema, checks ...Check) Schema {
	return Schema{s.label, func(in ordered.Value) result {
		r := s.run(in)
		for _, check := range checks {
			if r.items != nil {
				return r
			}
			if item := check(r.value); item != nil {
				item.Input = in
				return refused(*item)
			}
		}
		return r
	}}
}

// Guarded is s for the inputs that check lets through.
func Guarded(check Check, s Schema) Schema {
	return Schema{s.label, func(in ordered.Value) result {
		if item := check(in); item != nil {
			item.Input = in
			return refused(*item)
		}
		return s.run(in)
	}}
}

// Then is s followed by a change of the cleaned value that cannot fail.
func Then(s Schema, change func(ordered.Value) ordered.Value) Schema {
	return Schema{s.label, func(in ordered.Value) result {
		r := s.run(in)
		if r.items == nil {
			r.value = change(r.value)
		}
		return r
	}}
}

// Unchanged is s, but the value stays as it was sent.
func Unchanged(s Schema) Schema {
	return Schema{s.label, func(in ordered.Value) result {
		r := s.run(in)
		if r.items == nil {
			r.value = in
		}
		return r
	}}
}

// First is s preceded by a change of the input; items then show the changed input.
func First(change func(ordered.Value) ordered.Value, s Schema) Schema {
	return Schema{s.label, func(in ordered.Value) result { return s.run(change(in)) }}
}

// Labelled is s under another label.
func Labelled(label string, s Schema) Schema {
	return Schema{label, s.check}
}

// Nullable is s or null.
func Nullable(s Schema) Schema {
	return Schema{"nullable[" + s.label + "]", func(in ordered.Value) result {
		if in.IsNull() {
			return valid(in, exact)
		}
		return s.run(in)
	}}
}
