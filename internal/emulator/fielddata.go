package emulator

import (
	"math"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

// validFieldData holds custom field data to the fields of a product: unknown slugs are dropped, values are cleaned by
// their field's rules, and with required, missing ones are refused (B 1.7).
func validFieldData(p *product, in *ordered.Object, required bool) (*ordered.Object, error) {
	fields := make([]validate.Field, len(p.fields))
	for i, attached := range p.fields {
		if required && attached.required {
			fields[i] = validate.Required(attached.field.slug, attached.field.rule(true))
		} else {
			fields[i] = validate.Optional(attached.field.slug, attached.field.rule(false))
		}
	}
	value, items := validate.PlainModel("CustomFieldDataInput", fields...).Validate(in.Value())
	if len(items) > 0 {
		return nil, fieldProblems(items)
	}
	return object(value), nil
}

// rule is what a field takes. Fields that need not be filled in take null, but for checkboxes.
func (f *customField) rule(required bool) validate.Schema {
	if f.kind == "checkbox" {
		if required {
			return ticked
		}
		return timeless(validate.Bool(), "bool_type", "Input should be a valid boolean")
	}
	rule := f.valueRule()
	if required {
		return rule
	}
	return validate.Nullable(rule)
}

func (f *customField) valueRule() validate.Schema {
	low, high := f.properties.Get("ge"), f.properties.Get("le")
	switch f.kind {
	case "text":
		least, most := f.properties.Get("min_length").Int64Or(0), f.properties.Get("max_length").Int64Or(0)
		return timeless(validate.SizedStr(int(least), int(most)), "string_type", "Input should be a valid string")
	case "number":
		number := validate.Int(validate.Ge(low.Int64Or(math.MinInt32)), validate.Le(high.Int64Or(math.MaxInt32)))
		return timeless(number, "int_type", "Input should be a valid integer")
	case "date":
		var checks []validate.Check
		if seconds := low.Int64Or(0); seconds != 0 {
			checks = append(checks, validate.NotBefore(day(seconds)))
		}
		if seconds := high.Int64Or(0); seconds != 0 {
			checks = append(checks, validate.NotAfter(day(seconds)))
		}
		return validate.Datetime(checks...)
	}
	var values []string
	for _, option := range f.properties.Get("options").Items() {
		values = append(values, option.Get("value").Text())
	}
	return validate.Literal(values...)
}

// timeless refuses a time before rule sees it. A time is a number with a fraction here: the body's schema has turned it
// into one, and whole numbers into integers.
func timeless(rule validate.Schema, kind, msg string) validate.Schema {
	return validate.Guarded(func(v ordered.Value) *validate.Item {
		if v.Kind() == ordered.KindFloat {
			return validate.Refuse(kind, msg)
		}
		return nil
	}, rule)
}

// withTimes is an input as a refusal shows it.
func withTimes(in ordered.Value) ordered.Value {
	switch in.Kind() {
	case ordered.KindFloat:
		return ordered.String(validate.IsoTime(in))
	case ordered.KindObject:
		shown := ordered.NewObject()
		for slug, value := range in.Object().All() {
			shown.Set(slug, withTimes(value))
		}
		return shown.Value()
	}
	return in
}

// day is the beginning of the day in which a unix time lies.
func day(seconds int64) time.Time { return time.Unix(seconds, 0).UTC().Truncate(24 * time.Hour) }

// ticked takes true, and 1 and 1.0 which Python holds for equal.
var ticked = validate.Then(validate.Checked(validate.Schema{}, func(v ordered.Value) *validate.Item {
	if f, isNumber := v.Float64(); v.Truth() || isNumber && f == 1 {
		return nil
	}
	return validate.Refuse("literal_error", "Input should be True", "expected", "True")
}), func(ordered.Value) ordered.Value { return ordered.Bool(true) })

// fieldProblems turns a schema's items into business-level ones, which have no ctx.
func fieldProblems(items []validate.Item) problems {
	found := make(problems, len(items))
	for i, item := range items {
		found[i] = problem{kind: item.Type, loc: append([]any{"custom_field_data"}, item.Loc...), msg: item.Msg, input: withTimes(item.Input)}
	}
	return found
}
