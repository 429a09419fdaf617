package polarjson

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// op says how a value is read and written.
type op uint8

const (
	opString op = iota + 1
	opBool
	opInt32
	opInt64
	opDouble
	opEnum
	opTime    // google.protobuf.Timestamp
	opObject  // a message that is a JSON object
	opScalar  // a transparent message whose JSON is one scalar
	opWrapper // a transparent message whose JSON is its only field, a list or a map
	opList
	opMap
	opVariant // no field of its own: the discriminator of a union
)

// table is what the codec knows of one message that is a JSON object, or of one variant of a union.
type table struct {
	desc       protoreflect.MessageDescriptor
	fields     []field        // in the order of the .proto, which is Polar's order on the wire
	index      map[string]int // into fields, by name
	sent       bool           // part of a request: unset fields are not written
	unmodelled protoreflect.FieldDescriptor
	keepTag    string // the tag of unmodelled
	union      *union // nil without one
}

// field is one member of an object, or the elements of a list, or the values of a map.
type field struct {
	name    string
	literal string // `"name":`
	tag     string // what precedes the value in the wire; "" inside a packed list
	desc    protoreflect.FieldDescriptor
	op      op

	implicit  bool // zero stands for unset and is not in the wire
	nullable  bool // null is what an unset field is written as
	emptyOK   bool // [] or {} is what an unset field is written as
	omitUnset bool // an unset field is not written
	packed    bool // a list of numbers, in one record

	enum   *enum
	table  *table  // opObject
	scalar *scalar // opScalar
	elem   *field  // opList, opMap, and the inner field of opWrapper
}

// union is the oneof of a message, flattened into the message's own object.
type union struct {
	oneof    protoreflect.OneofDescriptor
	variants []variant
}

// variant is one value of the discriminator and the members that come with it.
type variant struct {
	name  string
	tag   string
	desc  protoreflect.FieldDescriptor
	table *table
}

// named returns the variant for a value of the discriminator, or nil.
func (u *union) named(name []byte) *variant {
	for i := range u.variants {
		if string(name) == u.variants[i].name {
			return &u.variants[i]
		}
	}
	return nil
}

// enum maps JSON strings and numbers, without UNSPECIFIED.
type enum struct {
	values []enumValue
}

type enumValue struct {
	name   string
	number protoreflect.EnumNumber
}

func (e *enum) number(name []byte) (protoreflect.EnumNumber, bool) {
	for i := range e.values {
		if string(name) == e.values[i].name {
			return e.values[i].number, true
		}
	}
	return 0, false
}

func (e *enum) name(n protoreflect.EnumNumber) (string, bool) {
	for i := range e.values {
		if e.values[i].number == n {
			return e.values[i].name, true
		}
	}
	return "", false
}

// scalar is a transparent message with one oneof of scalars.
type scalar struct {
	oneof                                      protoreflect.OneofDescriptor
	text, integer, double, boolean, unmodelled slot
}

// slot is the field of a scalar for one kind of value; it has no tag where the message has no such field.
type slot struct {
	desc protoreflect.FieldDescriptor
	tag  string
}

// maxFields bounds the fields of one message; fieldSet has a bit for each.
const maxFields = 128

type fieldSet [maxFields / 64]uint64

// add reports whether i was in the set already.
func (s *fieldSet) add(i int) bool {
	word, bit := &s[i/64%len(s)], uint64(1)<<(i%64)
	was := *word&bit != 0
	*word |= bit
	return was
}

func tagOf(n protoreflect.FieldNumber, t protowire.Type) string {
	return string(protowire.AppendTag(nil, n, t))
}
