package validate

import "github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"

// Field is one member of a Model. Build it with Required, Optional or Default.
type Field struct {
	name     string
	aliases  []string
	rule     Schema
	required bool
	fallback func() ordered.Value // nil: a member that was not sent is left out
	within   func(v ordered.Value, before *ordered.Object) *Item
}

// Required is a member that must be sent.
func Required(name string, rule Schema) Field { return Field{name: name, rule: rule, required: true} }

// Optional is a member that may be left out, and then is missing in the cleaned object too. Null is sent, not left out:
// whether it is taken is up to rule.
func Optional(name string, rule Schema) Field { return Field{name: name, rule: rule} }

// Default is a member that gets value when it is left out.
func Default(name string, rule Schema, value ordered.Value) Field {
	return Field{name: name, rule: rule, fallback: value.Clone}
}

// Alias lets the member also be sent as alias; name wins if both are there.
func (f Field) Alias(alias string) Field {
	f.aliases = append(f.aliases, alias)
	return f
}

// Within adds a check that also sees the cleaned members before this one; those that were refused are missing there.
func (f Field) Within(check func(v ordered.Value, before *ordered.Object) *Item) Field {
	f.within = check
	return f
}

// Model takes objects with fields; unknown members are dropped. The cleaned object has the order of fields. As with
// every input model of Polar's but the address, no string in it may hold U+0000 (B 1.1).
func Model(name string, fields ...Field) Schema {
	return model(name, true, fields)
}

// PlainModel is Model without the look at U+0000.
func PlainModel(name string, fields ...Field) Schema {
	return model(name, false, fields)
}

func model(name string, refuseNUL bool, fields []Field) Schema {
	return Schema{name, func(in ordered.Value) result {
		if in.Kind() != ordered.KindObject {
			return notModel(in)
		}
		cleaned := ordered.NewObject()
		var items []Item
		for _, f := range fields {
			items = append(items, f.apply(in, cleaned, refuseNUL)...)
		}
		if items != nil {
			return refused(items...)
		}
		return valid(cleaned.Value(), lax)
	}}
}

// apply puts the member f of in into cleaned, or answers why not.
func (f Field) apply(in ordered.Value, cleaned *ordered.Object, refuseNUL bool) []Item {
	sent, as, ok := f.find(in.Object())
	if !ok {
		if f.required {
			return Prefix([]Item{missing(in)}, f.name)
		}
		if f.fallback != nil {
			cleaned.Set(f.name, f.fallback())
		}
		return nil
	}
	r := f.rule.run(sent)
	if r.items == nil && f.within != nil {
		if item := f.within(r.value, cleaned); item != nil {
			item.Input = sent
			r = refused(*item)
		}
	}
	if r.items == nil && r.nul && refuseNUL {
		r = refused(ValueError(sent, "This value contains invalid characters"))
	}
	if r.items == nil {
		cleaned.Set(f.name, r.value)
	}
	return Prefix(r.items, as)
}

// find is the member that was sent for f, and under which name.
func (f Field) find(in *ordered.Object) (sent ordered.Value, as string, ok bool) {
	if sent, ok = in.Lookup(f.name); ok {
		return sent, f.name, true
	}
	for _, alias := range f.aliases {
		if sent, ok = in.Lookup(alias); ok {
			return sent, alias, true
		}
	}
	return ordered.Null, "", false
}

// After is a model followed by checks of the whole object; names are those of the checks in Polar's program, innermost
// first, which the loc of a union shows.
func After(model Schema, names []string, checks ...Check) Schema {
	label := model.label
	for _, name := range names {
		label = "function-after[" + name + "(), " + label + "]"
	}
	return Labelled(label, Checked(model, checks...))
}
