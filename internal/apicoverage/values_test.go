package apicoverage

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// field compares a field with what its property can be.
func (w *walker) field(field protoreflect.FieldDescriptor, schemas []*schema, s side) {
	w.seen[field] = true
	leaves := w.leavesOf(schemas...)
	switch {
	case field.IsMap():
		w.value(field, field.MapValue(), w.membersOf(field, leaves), s)
	case field.IsList():
		w.value(field, field, w.itemsOf(field, leaves, s), s)
	default:
		w.value(field, field, leaves, s)
	}
}

func (w *walker) leavesOf(schemas ...*schema) []*schema {
	var leaves []*schema
	for _, s := range schemas {
		more, _ := w.doc.leaves(s)
		leaves = append(leaves, more...)
	}
	return leaves
}

func (w *walker) membersOf(field protoreflect.FieldDescriptor, leaves []*schema) []*schema {
	var members []*schema
	for _, leaf := range leaves {
		if leaf.AdditionalProperties == nil || leaf.AdditionalProperties.Schema == nil {
			w.note("kind", nameOf(field))
			continue
		}
		members = append(members, w.leavesOf(leaf.AdditionalProperties.Schema)...)
	}
	return members
}

// itemsOf are the items of a list. A list in the query can be written as a single value too.
func (w *walker) itemsOf(field protoreflect.FieldDescriptor, leaves []*schema, s side) []*schema {
	var items []*schema
	for _, leaf := range leaves {
		switch {
		case leaf.Items != nil:
			items = append(items, w.leavesOf(leaf.Items)...)
		case s == param:
			items = append(items, leaf)
		default:
			w.note("kind", nameOf(field))
		}
	}
	return items
}

// value compares one value, a list's item or a map's member, with what it can be; field is where it stands.
func (w *walker) value(field, value protoreflect.FieldDescriptor, leaves []*schema, s side) {
	switch {
	case value.Enum() != nil:
		w.enum(field, value.Enum(), leaves)
	case value.Message() == nil:
		w.scalar(field, value.Kind(), leaves)
	case value.Message().FullName() == "google.protobuf.Timestamp":
		w.expect(field, leaves, func(leaf *schema) bool { return leaf.Type == "string" && leaf.Format == "date-time" })
	case proto.GetExtension(value.Message().Options(), checkoutsv1.E_Transparent).(bool):
		w.transparent(field, value.Message(), leaves, s)
	default:
		w.expect(field, leaves, func(leaf *schema) bool { return leaf.Properties != nil })
		w.object(value.Message(), leaves, s)
	}
}

func (w *walker) expect(field protoreflect.FieldDescriptor, leaves []*schema, fits func(*schema) bool) {
	if !slices.ContainsFunc(leaves, func(leaf *schema) bool { return !fits(leaf) }) {
		return
	}
	w.note("kind", nameOf(field))
}

func (w *walker) scalar(field protoreflect.FieldDescriptor, kind protoreflect.Kind, leaves []*schema) {
	types := map[protoreflect.Kind]string{
		protoreflect.StringKind: "string", protoreflect.BoolKind: "boolean", protoreflect.DoubleKind: "number",
		protoreflect.Int32Kind: "integer", protoreflect.Int64Kind: "integer",
	}
	w.expect(field, leaves, func(leaf *schema) bool { return leaf.Type == types[kind] })
	for _, leaf := range leaves {
		if kind == protoreflect.StringKind && leaf.values() != nil {
			w.note("string", nameOf(field))
		}
	}
}

func (w *walker) enum(field protoreflect.FieldDescriptor, enum protoreflect.EnumDescriptor, leaves []*schema) {
	w.expect(field, leaves, func(leaf *schema) bool { return leaf.values() != nil })
	for _, leaf := range leaves {
		for _, value := range leaf.values() {
			name := enumPrefix(enum) + strings.ToUpper(fmt.Sprint(value))
			known := enum.Values().ByName(protoreflect.Name(name))
			if known == nil {
				w.note("enum", enum.Name(), " ", value)
				continue
			}
			w.seen[known] = true
		}
	}
}

// enumPrefix is what stands before the JSON value in the names of an enum's values: that of its zero value.
func enumPrefix(enum protoreflect.EnumDescriptor) string {
	return strings.TrimSuffix(string(enum.Values().Get(0).Name()), "UNSPECIFIED")
}

// transparent compares what stands in place of a transparent message: its only field, or a field per type.
func (w *walker) transparent(
	at protoreflect.FieldDescriptor, message protoreflect.MessageDescriptor, leaves []*schema, s side,
) {
	if unionOf(message) == nil {
		w.field(message.Fields().Get(0), leaves, s)
		return
	}
	kinds := map[string]protoreflect.Name{
		"string": "string_value", "integer": "integer_value", "number": "double_value", "boolean": "bool_value",
	}
	for _, leaf := range leaves {
		field := message.Fields().ByName(kinds[leaf.Type])
		if field == nil {
			w.note("kind", nameOf(at))
			continue
		}
		w.seen[field] = true
	}
}
