package apicoverage

import (
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

const apiPackage = "polar.checkouts.v1"

// side says what the presence of a scalar must be.
type side int

const (
	param    side = iota // query or path: not looked at
	sent                 // in a request's body: always optional
	answered             // optional where it can be null or absent
	failure              // an error: not looked at
)

// walker goes through the document and the descriptors together.
type walker struct {
	doc      *document
	findings map[string]bool                  // what differs, as "kind Message.field"
	seen     map[protoreflect.Descriptor]bool // fields, methods and enum values that the document has
}

// differences are all that the document and the protos do not agree on.
func differences(doc *document) map[string]bool {
	w := &walker{doc: doc, findings: map[string]bool{}, seen: map[protoreflect.Descriptor]bool{}}
	w.operations()
	w.undocumented()
	return w.findings
}

func (w *walker) note(kind string, where ...any) { w.findings[kind+" "+fmt.Sprint(where...)] = true }

func (w *walker) operations() {
	methods := methodsByRoute()
	for path, operations := range w.doc.Paths {
		for verb, op := range operations {
			route := verb + " " + strings.TrimSuffix(path, "/")
			method, ok := methods[route]
			if !ok {
				w.note("operation", op.ID)
				continue
			}
			w.seen[method] = true
			w.operation(op, method)
		}
	}
}

// methodsByRoute finds every method by its HTTP verb in lower case and its path.
func methodsByRoute() map[string]protoreflect.MethodDescriptor {
	routes := map[string]protoreflect.MethodDescriptor{}
	eachMethod(func(method protoreflect.MethodDescriptor) {
		switch pattern := httpRule(method).Pattern.(type) {
		case *annotations.HttpRule_Get:
			routes["get "+pattern.Get] = method
		case *annotations.HttpRule_Post:
			routes["post "+pattern.Post] = method
		case *annotations.HttpRule_Patch:
			routes["patch "+pattern.Patch] = method
		}
	})
	return routes
}

func eachMethod(visit func(protoreflect.MethodDescriptor)) {
	services := checkoutsv1.File_polar_checkouts_v1_checkout_service_proto.Services()
	for i := range services.Len() {
		for j := range services.Get(i).Methods().Len() {
			visit(services.Get(i).Methods().Get(j))
		}
	}
}

func httpRule(method protoreflect.MethodDescriptor) *annotations.HttpRule {
	return proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
}

func (w *walker) operation(op *operation, method protoreflect.MethodDescriptor) {
	for _, parameter := range op.Parameters {
		field := method.Input().Fields().ByName(protoreflect.Name(parameter.Name))
		if field == nil {
			w.note("parameter", op.ID, " ", parameter.Name)
			continue
		}
		w.field(field, []*schema{parameter.Schema}, param)
	}
	if body := op.Body.json(); body != nil {
		field := method.Input().Fields().ByName(protoreflect.Name(httpRule(method).Body))
		w.field(field, []*schema{body}, sent)
	}
	for status, response := range op.Responses {
		if status[0] == '2' {
			w.object(method.Output(), w.leavesOf(response.json()), answered)
		} else {
			w.failures(op, response.json())
		}
	}
}

// failures expects a message with the name of each error schema.
func (w *walker) failures(op *operation, response *schema) {
	for _, name := range w.doc.errorNames(response) {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(apiPackage + "." + name))
		if err != nil {
			w.note("error", op.ID, " ", name)
			continue
		}
		w.object(found.(protoreflect.MessageDescriptor), []*schema{w.doc.Components.Schemas[name]}, failure)
	}
}

// object compares a message with the forms that its JSON object can have.
func (w *walker) object(message protoreflect.MessageDescriptor, forms []*schema, s side) {
	union := unionOf(message)
	properties := map[protoreflect.FieldDescriptor][]*schema{}
	absent := map[protoreflect.FieldDescriptor]bool{}
	for _, form := range forms {
		variants := w.variants(union, form)
		for name, property := range form.Properties {
			if union != nil && name == string(union.Name()) {
				continue
			}
			field := findField(message, variants, name)
			if field == nil {
				w.note("property", message.Name(), ".", name)
				continue
			}
			properties[field] = append(properties[field], property)
			absent[field] = absent[field] || !form.requires(name)
		}
	}
	for field, schemas := range properties {
		inAllForms := field.Parent() != message || len(schemas) == len(forms)
		w.presence(field, schemas, absent[field] || !inAllForms, s)
		w.field(field, schemas, s)
	}
}

// unionOf is the message's oneof that is no mere optional, or nil.
func unionOf(message protoreflect.MessageDescriptor) protoreflect.OneofDescriptor {
	for i := range message.Oneofs().Len() {
		if oneof := message.Oneofs().Get(i); !oneof.IsSynthetic() {
			return oneof
		}
	}
	return nil
}

// variants are the variants of the union that the form's discriminator allows.
func (w *walker) variants(union protoreflect.OneofDescriptor, form *schema) []protoreflect.FieldDescriptor {
	if union == nil || form.Properties[string(union.Name())] == nil {
		return nil
	}
	var variants []protoreflect.FieldDescriptor
	for _, leaf := range w.leavesOf(form.Properties[string(union.Name())]) {
		for _, value := range leaf.values() {
			variant := union.Fields().ByName(protoreflect.Name(fmt.Sprint(value)))
			if variant == nil {
				w.note("variant", union.Parent().Name(), ".", union.Name(), "=", value)
				continue
			}
			w.seen[variant] = true
			variants = append(variants, variant)
		}
	}
	return variants
}

// findField looks for a property among the message's own fields, then among those of the variants.
func findField(
	message protoreflect.MessageDescriptor, variants []protoreflect.FieldDescriptor, name string,
) protoreflect.FieldDescriptor {
	if field := message.Fields().ByName(protoreflect.Name(name)); field != nil {
		return field
	}
	for _, variant := range variants {
		if field := variant.Message().Fields().ByName(protoreflect.Name(name)); field != nil {
			return field
		}
	}
	return nil
}

// presence checks optional, omit_unset and deprecated of a property's field.
func (w *walker) presence(field protoreflect.FieldDescriptor, schemas []*schema, absent bool, s side) {
	nullable, deprecated := false, false
	for _, property := range schemas {
		_, null := w.doc.leaves(property)
		nullable = nullable || null
		deprecated = deprecated || property.Deprecated
	}
	if field.Options().(*descriptorpb.FieldOptions).GetDeprecated() != deprecated {
		w.note("deprecated", nameOf(field))
	}
	if field.IsList() || field.IsMap() || field.Message() != nil || s == failure {
		return
	}
	if want := s == sent || nullable || absent; field.HasPresence() != want {
		w.note("optional", nameOf(field))
	}
	omitted := proto.GetExtension(field.Options(), checkoutsv1.E_OmitUnset).(bool)
	if want := s == answered && absent && !nullable; omitted != want {
		w.note("omit_unset", nameOf(field))
	}
}

// undocumented notes all of ours that the walk did not meet.
func (w *walker) undocumented() {
	eachMethod(func(method protoreflect.MethodDescriptor) {
		if !w.seen[method] {
			w.note("undocumented", method.Name())
		}
	})
	protoregistry.GlobalFiles.RangeFilesByPackage(apiPackage, func(file protoreflect.FileDescriptor) bool {
		for i := range file.Messages().Len() {
			w.undocumentedFields(file.Messages().Get(i))
		}
		for i := range file.Enums().Len() {
			w.undocumentedValues(file.Enums().Get(i))
		}
		return true
	})
}

func (w *walker) undocumentedFields(message protoreflect.MessageDescriptor) {
	for i := range message.Fields().Len() {
		if field := message.Fields().Get(i); !w.seen[field] {
			w.note("undocumented", nameOf(field))
		}
	}
}

func (w *walker) undocumentedValues(enum protoreflect.EnumDescriptor) {
	for i := range enum.Values().Len() {
		if value := enum.Values().Get(i); value.Number() != 0 && !w.seen[value] {
			w.note("undocumented", value.Name())
		}
	}
}

// nameOf is a field's name with its message's.
func nameOf(field protoreflect.FieldDescriptor) string {
	return fmt.Sprintf("%s.%s", field.Parent().Name(), field.Name())
}
