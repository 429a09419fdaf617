package polarjson

import (
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// encoder appends JSON. It reads messages by reflection: requests are small, and answers are encoded only where
// somebody asks for their text.
type encoder struct {
	dst []byte
}

// object writes a message that is a JSON object.
func (e *encoder) object(t *table, m protoreflect.Message) error {
	kept := m.Get(t.unmodelled).Map()
	e.dst = append(e.dst, '{')
	if err := e.members(t, m, kept); err != nil {
		return err
	}
	if err := e.unmodelled(kept); err != nil {
		return err
	}
	e.dst = append(e.dst, '}')
	return nil
}

// members writes the fields of t; kept is the unmodelled_json of the object they belong to.
func (e *encoder) members(t *table, m protoreflect.Message, kept protoreflect.Map) error {
	for i := range t.fields {
		f := &t.fields[i]
		if f.op == opVariant {
			if err := e.union(t, m, kept); err != nil {
				return err
			}
			continue
		}
		set := f.isSet(m)
		if isKept(kept, f.name) {
			if set {
				return conflict(f.name)
			}
			continue
		}
		if !set && (t.sent || f.omitUnset) {
			continue
		}
		if err := e.member(f, m, set); err != nil {
			return err
		}
	}
	return nil
}

func isKept(kept protoreflect.Map, name string) bool {
	return kept.Len() > 0 && kept.Has(protoreflect.ValueOfString(name).MapKey())
}

func conflict(name string) error {
	return &FieldError{name, "is set both in its field and in " + unmodelledName}
}

// isSet reports whether the field holds something to write; UNSPECIFIED is nothing.
func (f *field) isSet(m protoreflect.Message) bool {
	return m.Has(f.desc) && (f.op != opEnum || m.Get(f.desc).Enum() != 0)
}

func (e *encoder) member(f *field, m protoreflect.Message, set bool) error {
	e.name(f.literal)
	if !set {
		e.unset(f)
		return nil
	}
	return within(f.name, e.value(f, m.Get(f.desc)))
}

// name writes a member's name behind a comma, unless it is the first; no value ends with an opening brace.
func (e *encoder) name(literal string) {
	e.comma('{')
	e.dst = append(e.dst, literal...)
}

func (e *encoder) comma(opening byte) {
	if e.dst[len(e.dst)-1] != opening {
		e.dst = append(e.dst, ',')
	}
}

// unset writes what stands for an unset field.
func (e *encoder) unset(f *field) {
	word := "null"
	switch {
	case f.op == opList:
		word = "[]"
	case f.op == opMap:
		word = "{}"
	case !f.implicit || f.op == opEnum:
	case f.op == opString:
		word = `""`
	case f.op == opBool:
		word = "false"
	case f.op == opDouble:
		word = "0.0"
	default:
		word = "0"
	}
	e.dst = append(e.dst, word...)
}

// union writes the discriminator and the members of the variant.
func (e *encoder) union(t *table, m protoreflect.Message, kept protoreflect.Map) error {
	name := string(t.union.oneof.Name())
	set := m.WhichOneof(t.union.oneof)
	switch {
	case isKept(kept, name):
		if set != nil {
			return conflict(name)
		}
		return nil
	case set == nil:
		if !t.sent {
			e.name(literal(t.union.oneof.Name()))
			e.dst = append(e.dst, "null"...)
		}
		return nil
	}
	v := t.union.named([]byte(set.Name()))
	e.name(literal(t.union.oneof.Name()))
	e.dst = appendQuoted(e.dst, v.name)
	return e.members(v.table, m.Get(set).Message(), kept)
}

// unmodelled writes the members of unmodelled_json, in the order of their names.
func (e *encoder) unmodelled(kept protoreflect.Map) error {
	if kept.Len() == 0 {
		return nil
	}
	names := make([]string, 0, kept.Len())
	for k := range kept.Range {
		names = append(names, k.String())
	}
	slices.Sort(names)
	for _, name := range names {
		e.comma('{')
		e.dst = append(appendQuoted(e.dst, name), ':')
		json := kept.Get(protoreflect.ValueOfString(name).MapKey()).String()
		if err := e.json(json); err != nil {
			return within(unmodelledName, within(name, err))
		}
	}
	return nil
}

// json writes text that must be one JSON value.
func (e *encoder) json(text string) error {
	s := scanner{src: []byte(text)}
	ok := s.skip()
	if s.peek(); !ok || s.pos < len(s.src) || !utf8.ValidString(text) {
		return &FieldError{"", "is not the text of one JSON value"}
	}
	e.dst = append(e.dst, text...)
	return nil
}

// within puts a name before the path of a FieldError.
func within(name string, err error) error {
	var fe *FieldError
	if !errors.As(err, &fe) {
		return err
	}
	switch {
	case fe.Field == "":
		fe.Field = name
	case fe.Field[0] == '[':
		fe.Field = name + fe.Field
	default:
		fe.Field = name + "." + fe.Field
	}
	return fe
}

func atIndex(i int, err error) error {
	if err == nil {
		return nil
	}
	return within("["+strconv.Itoa(i)+"]", err)
}
