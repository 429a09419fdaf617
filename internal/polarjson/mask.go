package polarjson

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// top writes a whole message, or only what mask lists.
func (e *encoder) top(t *table, m protoreflect.Message, mask []string) error {
	if len(mask) == 0 {
		return e.object(t, m)
	}
	return e.masked(t, m, mask)
}

// masked writes the fields that mask lists, and unmodelled_json.
func (e *encoder) masked(t *table, m protoreflect.Message, mask []string) error {
	for _, path := range mask {
		if path != unmodelledName && !t.hasField(path) {
			return &FieldError{path, "is no top-level field"}
		}
	}
	kept := m.Get(t.unmodelled).Map()
	e.dst = append(e.dst, '{')
	for i := range t.fields {
		f := &t.fields[i]
		if err := e.maskedMember(f, m, kept, slices.Contains(mask, f.name)); err != nil {
			return err
		}
	}
	if err := e.unmodelled(kept); err != nil {
		return err
	}
	e.dst = append(e.dst, '}')
	return nil
}

// hasField reports whether there is a field of this name; the discriminator of a union is none.
func (t *table) hasField(name string) bool {
	i, ok := t.index[name]
	return ok && t.fields[i].op != opVariant
}

func (e *encoder) maskedMember(f *field, m protoreflect.Message, kept protoreflect.Map, listed bool) error {
	if f.op == opVariant {
		return nil
	}
	set := f.isSet(m)
	switch {
	case isKept(kept, f.name):
		if set {
			return conflict(f.name)
		}
		return nil
	case listed:
		return e.member(f, m, set)
	}
	return nil
}
