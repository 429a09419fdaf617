package polarjson

import (
	"math"
	"slices"
	"strconv"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// value writes a set field, or one element.
func (e *encoder) value(f *field, v protoreflect.Value) error {
	switch f.op {
	case opString:
		e.dst = appendQuoted(e.dst, v.String())
	case opBool:
		e.dst = strconv.AppendBool(e.dst, v.Bool())
	case opInt32, opInt64:
		e.dst = strconv.AppendInt(e.dst, v.Int(), 10)
	case opDouble:
		return e.double(v.Float())
	case opEnum:
		return e.enum(f.enum, v.Enum())
	case opTime:
		return e.time(v.Message())
	case opObject:
		return e.object(f.table, v.Message())
	case opScalar:
		return e.scalar(f.scalar, v.Message())
	case opWrapper:
		return e.value(f.elem, v.Message().Get(f.elem.desc))
	case opList:
		return e.list(f, v.List())
	default:
		return e.mapValue(f, v.Map())
	}
	return nil
}

func (e *encoder) double(v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return &FieldError{"", "is not a finite number"}
	}
	e.dst = appendDouble(e.dst, v)
	return nil
}

func (e *encoder) enum(en *enum, n protoreflect.EnumNumber) error {
	name, ok := en.name(n)
	if !ok {
		return &FieldError{"", "has no value with this number"}
	}
	e.dst = appendQuoted(e.dst, name)
	return nil
}

func (e *encoder) time(m protoreflect.Message) (err error) {
	fields := m.Descriptor().Fields()
	quoted, ok := appendTime(append(e.dst, '"'), m.Get(fields.ByNumber(1)).Int(), m.Get(fields.ByNumber(2)).Int())
	if !ok {
		return &FieldError{"", "is not a time in whole microseconds of the years 1 to 9999"}
	}
	e.dst = append(quoted, '"')
	return nil
}

// scalar writes a transparent value; with nothing set it is null.
func (e *encoder) scalar(s *scalar, m protoreflect.Message) error {
	set := m.WhichOneof(s.oneof)
	if set == nil {
		e.dst = append(e.dst, "null"...)
		return nil
	}
	v := m.Get(set)
	switch set.Number() {
	case number(s.integer):
		e.dst = strconv.AppendInt(e.dst, v.Int(), 10)
	case number(s.double):
		return e.double(v.Float())
	case number(s.boolean):
		e.dst = strconv.AppendBool(e.dst, v.Bool())
	case number(s.unmodelled):
		return within(unmodelledName, e.json(v.String()))
	default:
		e.dst = appendQuoted(e.dst, v.String())
	}
	return nil
}

func number(s slot) protoreflect.FieldNumber {
	if s.desc == nil {
		return 0
	}
	return s.desc.Number()
}

func (e *encoder) list(f *field, l protoreflect.List) error {
	e.dst = append(e.dst, '[')
	for i := range l.Len() {
		e.comma('[')
		if err := e.value(f.elem, l.Get(i)); err != nil {
			return atIndex(i, err)
		}
	}
	e.dst = append(e.dst, ']')
	return nil
}

// mapValue writes a map in the order of its keys, so that equal messages give equal text.
func (e *encoder) mapValue(f *field, m protoreflect.Map) error {
	keys := make([]string, 0, m.Len())
	for k := range m.Range {
		keys = append(keys, k.String())
	}
	slices.Sort(keys)
	e.dst = append(e.dst, '{')
	for _, key := range keys {
		e.comma('{')
		e.dst = append(appendQuoted(e.dst, key), ':')
		if err := e.value(f.elem, m.Get(protoreflect.ValueOfString(key).MapKey())); err != nil {
			return within(key, err)
		}
	}
	e.dst = append(e.dst, '}')
	return nil
}
