package service

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// bodyOfOperation is the message that a loc in the body of an operation walks through.
var bodyOfOperation = map[*polarhttp.Operation]protoreflect.MessageDescriptor{
	polarhttp.CreateCheckout:        (*pb.CheckoutCreate)(nil).ProtoReflect().Descriptor(),
	polarhttp.UpdateCheckout:        (*pb.CheckoutUpdate)(nil).ProtoReflect().Descriptor(),
	polarhttp.UpdateClientCheckout:  (*pb.CheckoutUpdatePublic)(nil).ProtoReflect().Descriptor(),
	polarhttp.ConfirmClientCheckout: (*pb.CheckoutConfirmStripe)(nil).ProtoReflect().Descriptor(),
}

var listRequest = (*pb.ListCheckoutsRequest)(nil).ProtoReflect().Descriptor()

// fieldPath turns a loc into a path that a caller can use: products[0], customer_billing_address.country,
// metadata.KEY. What a loc has besides fields, keys and indexes are labels of Polar's validator; walking the message
// tells them apart.
func fieldPath(op *polarhttp.Operation, loc []any) string {
	if len(loc) == 0 {
		return ""
	}
	w := walker{message: bodyOfOperation[op]}
	if loc[0] == "query" {
		w.message = listRequest
	}
	for _, element := range loc[1:] {
		w.step(element)
	}
	return strings.TrimPrefix(w.path.String(), ".")
}

// walker is at a message, or at a list or map that still wants an index or key, or behind a scalar, where every
// further element is a label.
type walker struct {
	path    strings.Builder
	message protoreflect.MessageDescriptor
	field   protoreflect.FieldDescriptor
}

func (w *walker) step(element any) {
	switch e := element.(type) {
	case float64:
		if w.field != nil && w.field.IsList() {
			w.path.WriteString("[" + strconv.Itoa(int(e)) + "]")
			w.enter(w.field.Message())
		}
	case string:
		w.name(e)
	}
}

func (w *walker) name(name string) {
	if w.field != nil {
		if w.field.IsMap() {
			w.path.WriteString("." + truncate(name, 64))
			w.enter(w.field.MapValue().Message())
		}
		return
	}
	if w.message == nil {
		w.foreign(name)
		return
	}
	field := w.message.Fields().ByName(protoreflect.Name(name))
	switch {
	case field == nil:
		w.foreign(name)
	case field.ContainingOneof() != nil && !field.ContainingOneof().IsSynthetic():
		w.message = field.Message() // a union's variant: its members stand in the union itself
	default:
		w.path.WriteString("." + name)
		w.at(field)
	}
}

// foreign takes an element that names no field: below the root it is a label, in the root perhaps a field that Polar
// has added, if it looks like one.
func (w *walker) foreign(name string) {
	if w.path.Len() == 0 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789") == "" {
		w.path.WriteString("." + name)
		w.message = nil
	}
}

// at is what follows a field: its list or map, its message, or nothing but labels.
func (w *walker) at(field protoreflect.FieldDescriptor) {
	w.field, w.message = nil, nil
	if field.IsList() || field.IsMap() {
		w.field = field
		return
	}
	w.enter(field.Message())
}

// enter goes into a message; a transparent wrapper is entered to the list or map that it wraps.
func (w *walker) enter(md protoreflect.MessageDescriptor) {
	w.field, w.message = nil, md
	if md == nil || md.Fields().Len() != 1 {
		return
	}
	if only := md.Fields().Get(0); only.IsList() || only.IsMap() {
		w.at(only)
	}
}
