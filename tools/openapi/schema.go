package main

import (
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// generator makes schemas of messages, following the conventions of proto/README.md.
type generator struct {
	words    *comments
	examples *examples
	limits   *limits
	// schemas are the components made so far; order is that of their first use.
	schemas map[string]object
	order   []string
}

const unmodelled = "unmodelled_json"

// side tells sent messages from answered ones, which have other rules for null and required.
type side int

const (
	answered side = iota
	sent
)

func reference(name string) object { return object{{"$ref", "#/components/schemas/" + name}} }

// component makes the schema of name once.
func (g *generator) component(name string, build func() object) object {
	if _, done := g.schemas[name]; !done {
		g.schemas[name] = nil // recursion ends here
		g.order = append(g.order, name)
		g.schemas[name] = build()
	}
	return reference(name)
}

// message refers to the schema of a message, or is that of a transparent one, which has no object of its own.
func (g *generator) message(md protoreflect.MessageDescriptor, s side) object {
	switch {
	case md.FullName() == "google.protobuf.Timestamp":
		return object{{"type", "string"}, {"format", "date-time"}}
	case isTransparent(md):
		return g.transparent(md, s)
	}
	return g.component(string(md.Name()), func() object {
		if union := unionOf(md); union != nil {
			return g.union(md, union, s)
		}
		return g.object(md, s)
	})
}

func isTransparent(md protoreflect.MessageDescriptor) bool {
	return proto.GetExtension(md.Options(), checkoutsv1.E_Transparent).(bool)
}

func unionOf(md protoreflect.MessageDescriptor) protoreflect.OneofDescriptor {
	for i := range md.Oneofs().Len() {
		if oneof := md.Oneofs().Get(i); !oneof.IsSynthetic() {
			return oneof
		}
	}
	return nil
}

// transparent is the only field of a wrapper, or the kinds of a free value.
func (g *generator) transparent(md protoreflect.MessageDescriptor, s side) object {
	oneof := unionOf(md)
	if oneof == nil {
		return g.value(md.Fields().Get(0), s)
	}
	var kinds list
	for i := range oneof.Fields().Len() {
		if field := oneof.Fields().Get(i); field.Name() != unmodelled {
			kinds = append(kinds, typeName(field.Kind()))
		}
	}
	if strings.Contains(g.words.raw(md), "With none of the kinds set") {
		kinds = append(kinds, "null")
	}
	return object{{"type", kinds}}
}

func typeName(kind protoreflect.Kind) string {
	switch kind {
	case protoreflect.BoolKind:
		return "boolean"
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		return "integer"
	case protoreflect.DoubleKind:
		return "number"
	case protoreflect.StringKind:
		return "string"
	}
	panic(fmt.Sprintf("no convention for kind %s", kind))
}

// object is the schema of a message that is a JSON object.
func (g *generator) object(md protoreflect.MessageDescriptor, s side) object {
	m := &members{}
	g.addFields(m, md, s)
	return m.schema(string(md.Name()), g.words.of(md), g.limits.message(md))
}

// members are the properties of an object as they are gathered.
type members struct {
	properties object
	required   list
}

func (m *members) add(name string, schema object, required bool) {
	m.properties = append(m.properties, member{name, schema})
	if required {
		m.required = append(m.required, name)
	}
}

func (m *members) schema(title, description string, more object) object {
	schema := object{{"type", "object"}, {"title", title}}
	if description != "" {
		schema = append(schema, member{"description", description})
	}
	schema = append(schema, member{"properties", append(object{}, m.properties...)})
	if len(m.required) > 0 {
		schema = append(schema, member{"required", m.required})
	}
	return append(schema, more...)
}

// addFields adds the fields of a message, but for a union's variants and what only gRPC has.
func (g *generator) addFields(m *members, md protoreflect.MessageDescriptor, s side) {
	for i := range md.Fields().Len() {
		field := md.Fields().Get(i)
		oneof := field.ContainingOneof()
		if field.Name() == unmodelled || oneof != nil && !oneof.IsSynthetic() {
			continue
		}
		schema, required := g.field(field, s)
		m.add(string(field.Name()), schema, required)
	}
}

// field is the schema of one member, and whether it is always there.
func (g *generator) field(field protoreflect.FieldDescriptor, s side) (schema object, required bool) {
	limit := g.limits.field(field, s)
	required = limit.required || s == answered && !omitsUnset(field)
	schema = limit.apply(g.value(field, s))
	if g.nullable(field, s, limit) {
		schema = orNull(schema)
	}
	if text := g.words.of(field); text != "" {
		schema = append(schema, member{"description", text})
	}
	if isDeprecated(field) {
		schema = append(schema, member{"deprecated", true})
	}
	return schema, required
}

func omitsUnset(field protoreflect.FieldDescriptor) bool {
	return proto.GetExtension(field.Options(), checkoutsv1.E_OmitUnset).(bool)
}

func isDeprecated(field protoreflect.FieldDescriptor) bool {
	options, ok := field.Options().(interface{ GetDeprecated() bool })
	return ok && options.GetDeprecated()
}

var saysNull = regexp.MustCompile(`\bNull\b`)

// nullable: a sent member may be null unless it must be there, has a default or is a list or map. An answered one may be
// if it is optional or, since messages, lists and maps cannot be marked so, if its comment says what Null means.
func (g *generator) nullable(field protoreflect.FieldDescriptor, s side, l limit) bool {
	switch {
	case l.nullable != nil:
		return *l.nullable
	case s == sent:
		return !l.required && l.schema.get("default") == nil && !field.IsList() && !field.IsMap()
	case omitsUnset(field):
		return false
	}
	return field.HasOptionalKeyword() || saysNull.MatchString(g.words.raw(field))
}

func orNull(schema object) object {
	kind, single := schema.get("type").(string)
	if !single {
		return object{{"anyOf", list{schema, object{{"type", "null"}}}}}
	}
	schema = schema.set("type", list{kind, "null"})
	if values, ok := schema.get("enum").(list); ok {
		schema = schema.set("enum", append(append(list{}, values...), nil))
	}
	return schema
}

// value is the schema of a field's value without null, list and map included.
func (g *generator) value(field protoreflect.FieldDescriptor, s side) object {
	switch {
	case field.IsMap():
		return object{{"type", "object"}, {"additionalProperties", g.single(field.MapValue(), s, "")}}
	case field.IsList():
		return object{{"type", "array"}, {"items", g.single(field, s, g.words.raw(field))}}
	}
	return g.single(field, s, g.words.raw(field))
}

var saysUUID = regexp.MustCompile(`\bUUIDs?\b`)

// single is the schema of one value. Its words tell ids, which are plain strings in proto, from other texts.
func (g *generator) single(field protoreflect.FieldDescriptor, s side, words string) object {
	switch kind := field.Kind(); kind {
	case protoreflect.MessageKind:
		return g.message(field.Message(), s)
	case protoreflect.EnumKind:
		return g.enum(field.Enum())
	case protoreflect.Int64Kind, protoreflect.Int32Kind:
		return object{{"type", "integer"}, {"format", kind.String()}}
	case protoreflect.StringKind:
		if saysUUID.MatchString(words) {
			return object{{"type", "string"}, {"format", "uuid4"}}
		}
		fallthrough
	default:
		return object{{"type", typeName(kind)}}
	}
}

// enum refers to the schema of an enum, whose description lists the meanings.
func (g *generator) enum(ed protoreflect.EnumDescriptor) object {
	return g.component(string(ed.Name()), func() object {
		var values list
		var text strings.Builder
		text.WriteString(g.words.of(ed))
		for i := range ed.Values().Len() {
			value := ed.Values().Get(i)
			if value.Number() == 0 {
				continue
			}
			values = append(values, enumJSON(value))
			fmt.Fprintf(&text, "\n- `%s`: %s", enumJSON(value), g.words.of(value))
		}
		return object{{"type", "string"}, {"title", string(ed.Name())}, {"description", text.String()}, {"enum", values}}
	})
}

// enumJSON is a value's name without the enum's prefix, in lower case.
func enumJSON(value protoreflect.EnumValueDescriptor) string {
	prefix := upperSnake(string(value.Parent().Name())) + "_"
	return strings.ToLower(strings.TrimPrefix(string(value.Name()), prefix))
}

// upperSnake turns ProductPriceSource into PRODUCT_PRICE_SOURCE.
func upperSnake(camel string) string {
	return strings.ToUpper(snake(camel))
}

// snake turns ProductPriceSource into product_price_source.
func snake(camel string) string {
	var b strings.Builder
	for i, r := range camel {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
