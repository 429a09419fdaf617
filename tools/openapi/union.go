package main

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

// union is a choice of flat objects, told apart by the member that is named like the oneof.
func (g *generator) union(md protoreflect.MessageDescriptor, oneof protoreflect.OneofDescriptor, s side) object {
	var variants list
	var mapping object
	for i := range oneof.Fields().Len() {
		field := oneof.Fields().Get(i)
		ref := g.component(string(field.Message().Name()), func() object { return g.variant(md, field, s) })
		variants = append(variants, ref)
		mapping = append(mapping, member{string(field.Name()), ref.get("$ref")})
	}
	return object{
		{"title", string(md.Name())},
		{"description", g.words.of(md)},
		{"oneOf", variants},
		{"discriminator", object{{"propertyName", string(oneof.Name())}, {"mapping", mapping}}},
	}
}

// variant is the object that a union is when one of its fields is set: discriminator, common members, own members.
func (g *generator) variant(md protoreflect.MessageDescriptor, field protoreflect.FieldDescriptor, s side) object {
	m := &members{}
	m.add(string(field.ContainingOneof().Name()), object{
		{"type", "string"},
		{"const", string(field.Name())},
		{"description", g.words.of(field.ContainingOneof())},
	}, true)
	g.addFields(m, md, s)
	g.addFields(m, field.Message(), s)
	return m.schema(string(field.Message().Name()), g.words.of(field), g.limits.message(field.Message()))
}
