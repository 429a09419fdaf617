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
		if !t.has(path) && path != unmodelledName {
			return &FieldError{path, "is no top-level field"}
		}
	}
	kept := m.Get(t.unmodelled).Map()
	e.dst = append(e.dst, '{')
	for i := range t.fields {
		f := &t.fields[i]
		if !slices.Contains(mask, f.name) {
			continue
		}
		if err := e.maskedMember(t, f, m, kept); err != nil {
			return err
		}
	}
	if err := e.unmodelled(kept); err != nil {
		return err
	}
	e.dst = append(e.dst, '}')
	return nil
}

func (e *encoder) maskedMember(t *table, f *field, m protoreflect.Message, kept protoreflect.Map) error {
	if f.op == opVariant {
		return e.union(t, m, kept)
	}
	set := f.isSet(m)
	if isKept(kept, f.name) {
		if set {
			return conflict(f.name)
		}
		return nil
	}
	return e.member(f, m, set)
}
