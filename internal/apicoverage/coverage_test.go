package apicoverage

import (
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

func TestDocumentAndProtosAgree(t *testing.T) {
	allowed := maps.Clone(held)
	maps.Copy(allowed, beyond)
	findings := differences(loadDocument(t))
	for _, finding := range slices.Sorted(maps.Keys(findings)) {
		if !anyKey(allowed, func(pattern string) bool { return matches(pattern, finding) }) {
			t.Errorf("%s: add the counterpart, or a reason to the lists in allowed_test.go", finding)
		}
	}
	for pattern, reason := range allowed {
		if !anyKey(findings, func(finding string) bool { return matches(pattern, finding) }) {
			t.Errorf("%s (%s) is allowed but does not occur any more: remove it", pattern, reason)
		}
	}
}

func anyKey[V any](of map[string]V, fits func(string) bool) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(of)), fits)
}

func matches(pattern, finding string) bool {
	ok, err := path.Match(pattern, finding)
	return ok && err == nil
}

// An entry for a whole message must not hide that a new field lacks its counterpart.
func TestWholeMessagesInTheListHaveNoCounterpart(t *testing.T) {
	findings := differences(loadDocument(t))
	for pattern := range beyond {
		name, whole := strings.CutSuffix(strings.TrimPrefix(pattern, "undocumented "), ".*")
		if !whole {
			continue
		}
		fields := messageByName(t, name).Fields()
		for i := range fields.Len() {
			if field := nameOf(fields.Get(i)); !findings["undocumented "+field] {
				t.Errorf("%s has a counterpart: list the other fields of %s one by one", field, name)
			}
		}
	}
}

func messageByName(t *testing.T, name string) protoreflect.MessageDescriptor {
	t.Helper()
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(apiPackage + "." + name))
	if err != nil {
		t.Fatal(err)
	}
	return found.(protoreflect.MessageDescriptor)
}

// Code that handles the fields of one view by number handles those of the others too.
func TestViewsAndUpdatesShareTheirFields(t *testing.T) {
	for _, family := range [][]string{
		{"Checkout", "CheckoutPublic", "CheckoutPublicConfirmed"},
		{"CheckoutUpdate", "CheckoutUpdatePublic", "CheckoutConfirmStripe"},
	} {
		numbers := map[protoreflect.Name]protoreflect.FieldDescriptor{}
		names := map[protoreflect.FieldNumber]protoreflect.Name{}
		for _, message := range family {
			fields := messageByName(t, message).Fields()
			for i := range fields.Len() {
				field := fields.Get(i)
				if first := numbers[field.Name()]; first != nil && !sameShape(first, field) {
					t.Errorf("%s and %s differ in number, type or presence", nameOf(first), nameOf(field))
				}
				if name, taken := names[field.Number()]; taken && name != field.Name() {
					t.Errorf("number %d is %s in one message of %v and %s in another", field.Number(), name, family, field.Name())
				}
				numbers[field.Name()], names[field.Number()] = field, field.Name()
			}
		}
	}
}

func sameShape(a, b protoreflect.FieldDescriptor) bool {
	return a.Number() == b.Number() && a.Kind() == b.Kind() && a.Cardinality() == b.Cardinality() &&
		a.HasPresence() == b.HasPresence() && typeName(a) == typeName(b)
}

// typeName is the name of the message or enum that a field or a map's value has, else empty.
func typeName(field protoreflect.FieldDescriptor) protoreflect.FullName {
	switch {
	case field.IsMap():
		return typeName(field.MapValue())
	case field.Message() != nil:
		return field.Message().FullName()
	case field.Enum() != nil:
		return field.Enum().FullName()
	}
	return ""
}
