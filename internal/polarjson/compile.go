package polarjson

import (
	"cmp"
	"fmt"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	unmodelledName = "unmodelled_json"
	timestampName  = "google.protobuf.Timestamp"
)

// compiler turns descriptors into tables and refuses what breaks the conventions. A message type that occurs in
// several places has one table.
type compiler struct {
	sent bool
	// known are the tables of earlier codecs, tables those of this one.
	known, tables map[protoreflect.MessageDescriptor]*table
}

// compiled has the tables of all codecs so far, since answers share most of their messages; first those of answers, then
// those of requests.
var compiled struct {
	sync.Mutex
	tables [2]map[protoreflect.MessageDescriptor]*table
}

func (c *compiler) object(md protoreflect.MessageDescriptor) (*table, error) {
	if t := cmp.Or(c.known[md], c.tables[md]); t != nil {
		return t, nil
	}
	if isTransparent(md) || md.FullName().Parent() == "google.protobuf" {
		return nil, fmt.Errorf("%s: is no message that maps to a JSON object", md.FullName())
	}
	t := &table{desc: md, sent: c.sent}
	c.tables[md] = t
	t.unmodelled = md.Fields().ByName(unmodelledName)
	if !isUnmodelledMap(t.unmodelled) {
		return nil, fmt.Errorf("%s: needs a field map<string, string> %s", md.FullName(), unmodelledName)
	}
	t.keepTag = tagOf(t.unmodelled.Number(), protowire.BytesType)
	return t, c.members(t)
}

func isUnmodelledMap(fd protoreflect.FieldDescriptor) bool {
	return fd != nil && fd.IsMap() && fd.MapKey().Kind() == protoreflect.StringKind && fd.MapValue().Kind() == protoreflect.StringKind
}

// members fills in the fields of a table; the discriminator takes the place of the first variant.
func (c *compiler) members(t *table) error {
	t.fields = make([]field, 0, t.desc.Fields().Len())
	for i := range t.desc.Fields().Len() {
		fd := t.desc.Fields().Get(i)
		if fd == t.unmodelled {
			continue
		}
		f, err := c.member(t, fd)
		if err != nil {
			return err
		}
		if f != nil {
			t.fields = append(t.fields, *f)
		}
	}
	return t.indexNames()
}

func (t *table) indexNames() error {
	if len(t.fields) > maxFields {
		return fmt.Errorf("%s: more than %d fields", t.desc.FullName(), maxFields)
	}
	t.index = make(map[string]int, len(t.fields))
	for i := range t.fields {
		t.index[t.fields[i].name] = i
	}
	if t.union == nil {
		return nil
	}
	for _, v := range t.union.variants {
		for i := range v.table.fields {
			if name := v.table.fields[i].name; t.has(name) {
				return fmt.Errorf("%s: has %s outside of the union, too", v.table.desc.FullName(), name)
			}
		}
	}
	return nil
}

func (t *table) has(name string) bool { _, ok := t.index[name]; return ok }

// member compiles a field of an object; nil for a variant but the first, which stands for all.
func (c *compiler) member(t *table, fd protoreflect.FieldDescriptor) (*field, error) {
	if oneof := fd.ContainingOneof(); oneof != nil && !oneof.IsSynthetic() {
		return c.discriminator(t, oneof)
	}
	f, err := c.field(fd)
	if err != nil {
		return nil, err
	}
	singular := f.op != opList && f.op != opMap
	f.omitUnset = omitsUnset(fd)
	f.implicit = singular && !fd.HasPresence()
	written := !c.sent && !f.omitUnset
	f.nullable = written && singular && (!f.implicit || f.op == opEnum)
	f.emptyOK = written && !singular
	switch {
	case c.sent && f.implicit:
		return nil, fmt.Errorf("%s: a singular field that is sent must be optional", fd.FullName())
	case f.omitUnset && (c.sent || f.implicit):
		return nil, fmt.Errorf("%s: omit_unset is for answered fields that can be unset", fd.FullName())
	}
	return f, nil
}

// discriminator compiles a union at its first variant.
func (c *compiler) discriminator(t *table, oneof protoreflect.OneofDescriptor) (*field, error) {
	if t.unmodelled == nil {
		return nil, fmt.Errorf("%s: a union inside a variant", oneof.FullName())
	}
	if t.union != nil {
		if t.union.oneof != oneof {
			return nil, fmt.Errorf("%s: has two unions", t.desc.FullName())
		}
		return nil, nil
	}
	t.union = &union{oneof: oneof}
	for i := range oneof.Fields().Len() {
		v, err := c.variant(oneof.Fields().Get(i))
		if err != nil {
			return nil, err
		}
		t.union.variants = append(t.union.variants, v)
	}
	return &field{name: string(oneof.Name()), literal: literal(oneof.Name()), op: opVariant, nullable: !c.sent}, nil
}

func (c *compiler) variant(fd protoreflect.FieldDescriptor) (variant, error) {
	md := fd.Message()
	if md == nil || isTransparent(md) || md.FullName().Parent() == "google.protobuf" {
		return variant{}, fmt.Errorf("%s: a variant must be a message", fd.FullName())
	}
	if md.Fields().ByName(unmodelledName) != nil {
		return variant{}, fmt.Errorf("%s: a variant has no %s; its union's message has it", md.FullName(), unmodelledName)
	}
	t := &table{desc: md, sent: c.sent}
	v := variant{name: string(fd.Name()), tag: tagOf(fd.Number(), protowire.BytesType), desc: fd, table: t}
	return v, c.members(t)
}

func isSnakeCase(name protoreflect.Name) bool {
	for i, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (i == 0 || c != '_' && c-'0' > 9) {
			return false
		}
	}
	return true
}

func literal(name protoreflect.Name) string { return `"` + string(name) + `":` }

// field compiles a field without what depends on its place.
func (c *compiler) field(fd protoreflect.FieldDescriptor) (*field, error) {
	if !isSnakeCase(fd.Name()) {
		return nil, fmt.Errorf("%s: the name is not in snake case", fd.FullName())
	}
	f := &field{name: string(fd.Name()), literal: literal(fd.Name()), desc: fd}
	switch {
	case fd.IsMap():
		return f, c.mapField(f)
	case fd.IsList():
		return f, c.listField(f)
	}
	return f, c.value(f, fd)
}

func (c *compiler) listField(f *field) error {
	f.op, f.packed = opList, f.desc.IsPacked()
	f.tag = tagOf(f.desc.Number(), protowire.BytesType)
	f.elem = &field{name: f.name, desc: f.desc}
	if err := c.value(f.elem, f.desc); err != nil {
		return err
	}
	if f.packed {
		f.elem.tag = ""
	}
	return nil
}

func (c *compiler) mapField(f *field) error {
	if f.desc.MapKey().Kind() != protoreflect.StringKind {
		return fmt.Errorf("%s: keys of a map must be strings", f.desc.FullName())
	}
	f.op, f.tag = opMap, tagOf(f.desc.Number(), protowire.BytesType)
	f.elem = &field{name: f.name, desc: f.desc.MapValue()}
	return c.value(f.elem, f.desc.MapValue())
}

// value compiles one value of fd: itself, an element of it, or a value of its map.
func (c *compiler) value(f *field, fd protoreflect.FieldDescriptor) (err error) {
	wire := protowire.VarintType
	switch fd.Kind() {
	case protoreflect.StringKind:
		f.op, wire = opString, protowire.BytesType
	case protoreflect.BoolKind:
		f.op = opBool
	case protoreflect.Int32Kind:
		f.op = opInt32
	case protoreflect.Int64Kind:
		f.op = opInt64
	case protoreflect.DoubleKind:
		f.op, wire = opDouble, protowire.Fixed64Type
	case protoreflect.EnumKind:
		f.op = opEnum
		f.enum, err = newEnum(fd.Enum())
	case protoreflect.MessageKind:
		wire = protowire.BytesType
		err = c.message(f, fd.Message())
	default:
		err = fmt.Errorf("%s: no JSON form for the kind %s", fd.FullName(), fd.Kind())
	}
	f.tag = tagOf(fd.Number(), wire)
	return err
}

func (c *compiler) message(f *field, md protoreflect.MessageDescriptor) (err error) {
	switch {
	case md.FullName() == timestampName:
		f.op = opTime
	case !isTransparent(md):
		f.op = opObject
		f.table, err = c.object(md)
	case md.Oneofs().Len() > 0:
		f.op = opScalar
		f.scalar, err = newScalar(md)
	default:
		f.op = opWrapper
		f.elem, err = c.wrapped(md)
	}
	return err
}

// wrapped compiles the only field of a transparent wrapper.
func (c *compiler) wrapped(md protoreflect.MessageDescriptor) (*field, error) {
	if md.Fields().Len() != 1 || md.Fields().Get(0).Cardinality() != protoreflect.Repeated {
		return nil, fmt.Errorf("%s: a transparent message holds one oneof of scalars, one list or one map", md.FullName())
	}
	f, err := c.field(md.Fields().Get(0))
	if err == nil {
		f.emptyOK = true
	}
	return f, err
}
