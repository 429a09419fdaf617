package polarjson

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Codec holds the tables of one message type. It never changes and may be used by many goroutines.
type Codec struct {
	root *table
}

// NewAnswer makes the codec of a message that Polar answers: every field is written, an unset one as null, [] or {},
// but for fields marked omit_unset. It fails on a descriptor that breaks the conventions in the package comment.
func NewAnswer(md protoreflect.MessageDescriptor) (*Codec, error) { return compile(md, false) }

// NewRequest makes the codec of a message that is sent to Polar: only what is set is written. It fails on a
// descriptor that breaks the conventions in the package comment.
func NewRequest(md protoreflect.MessageDescriptor) (*Codec, error) { return compile(md, true) }

// MustAnswer is NewAnswer for package variables; it panics on an error.
func MustAnswer(md protoreflect.MessageDescriptor) *Codec { return must(NewAnswer(md)) }

// MustRequest is NewRequest for package variables; it panics on an error.
func MustRequest(md protoreflect.MessageDescriptor) *Codec { return must(NewRequest(md)) }

func must(c *Codec, err error) *Codec {
	if err != nil {
		panic(err)
	}
	return c
}

func compile(md protoreflect.MessageDescriptor, sent bool) (*Codec, error) {
	compiled.Lock()
	defer compiled.Unlock()
	known := &compiled.tables[0]
	if sent {
		known = &compiled.tables[1]
	}
	c := compiler{sent: sent, known: *known, tables: map[protoreflect.MessageDescriptor]*table{}}
	t, err := c.object(md)
	if err != nil {
		return nil, fmt.Errorf("polarjson: %w", err)
	}
	if *known == nil {
		*known = map[protoreflect.MessageDescriptor]*table{}
	}
	maps.Copy(*known, c.tables)
	return &Codec{root: t}, nil
}

// AppendWire appends the protobuf wire form of one JSON object to dst. What the message cannot hold exactly goes
// into unmodelled_json; see the package comment for the law. The records stand in the order of the text, with a name
// of a map possibly twice, the last one counting: readers get an equal message. Nothing is allocated while dst has room, unless the
// text has an object with a member twice. The error is a *SyntaxError, and dst then comes back as it was.
//
// How large a text may be is for the caller to bound; objects and lists may be nested 128 deep.
func (c *Codec) AppendWire(dst, json []byte) ([]byte, error) {
	if len(dst) == cap(dst) {
		dst = slices.Grow(dst, len(json)/2)
	}
	d := decoder{scanner: scanner{src: json}, dst: dst}
	ok := d.document(c.root)
	if d.repeated {
		d = decoder{scanner: scanner{src: json}, dst: dst, careful: true}
		ok = d.document(c.root)
	}
	if !ok {
		return dst, &SyntaxError{Pointer: pointer(json, d.failed), Offset: d.failed, Reason: d.fault}
	}
	return d.dst, nil
}

// AppendJSON appends m as Polar's JSON. Members kept in unmodelled_json stand in the place of their fields. The
// error is a *FieldError: a name in unmodelled_json whose field is set as well, text there that is no JSON, an enum
// number without a name, a double that is not finite, a time finer than microseconds. Wire fields unknown to m's
// type are not written.
func (c *Codec) AppendJSON(dst []byte, m proto.Message) ([]byte, error) {
	return c.AppendJSONMask(dst, m, nil)
}

// AppendJSONMask appends the fields of m that mask lists, for a message that changes a resource: a listed field that
// is unset is written as null, an empty list or map as [] or {}. Members of unmodelled_json are always written.
// With an empty mask it is AppendJSON. A path may be listed twice, and may name unmodelled_json; a nested or unknown
// one, and "*", is a *FieldError naming the path, because Polar replaces objects whole (B 1.6).
func (c *Codec) AppendJSONMask(dst []byte, m proto.Message, mask []string) ([]byte, error) {
	r := m.ProtoReflect()
	if name := r.Descriptor().FullName(); name != c.root.desc.FullName() {
		return dst, fmt.Errorf("polarjson: a %s given to the codec of %s", name, c.root.desc.FullName())
	}
	e := encoder{dst: dst}
	if err := e.top(c.root, r, mask); err != nil {
		return dst, err
	}
	return e.dst, nil
}
