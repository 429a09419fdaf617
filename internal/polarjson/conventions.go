package polarjson

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

func isTransparent(md protoreflect.MessageDescriptor) bool {
	set, _ := proto.GetExtension(md.Options(), checkoutsv1.E_Transparent).(bool)
	return set
}

func omitsUnset(fd protoreflect.FieldDescriptor) bool {
	set, _ := proto.GetExtension(fd.Options(), checkoutsv1.E_OmitUnset).(bool)
	return set
}

// newEnum reads the JSON names of an enum: what follows the prefix, in lower case.
func newEnum(ed protoreflect.EnumDescriptor) (*enum, error) {
	prefix := upperSnake(string(ed.Name())) + "_"
	e := &enum{}
	for i := range ed.Values().Len() {
		v := ed.Values().Get(i)
		rest, ok := strings.CutPrefix(string(v.Name()), prefix)
		if !ok || rest != strings.ToUpper(rest) {
			return nil, fmt.Errorf("%s: does not follow %s* in upper case", v.FullName(), prefix)
		}
		if (v.Number() == 0) != (rest == "UNSPECIFIED") {
			return nil, fmt.Errorf("%s: zero, and only zero, is UNSPECIFIED", v.FullName())
		}
		if _, alias := e.name(v.Number()); alias {
			return nil, fmt.Errorf("%s: a second name for %d", v.FullName(), v.Number())
		}
		if v.Number() != 0 {
			e.values = append(e.values, enumValue{strings.ToLower(rest), v.Number()})
		}
	}
	return e, nil
}

// upperSnake turns ProductPriceSource into PRODUCT_PRICE_SOURCE.
func upperSnake(camel string) string {
	var b strings.Builder
	for i, r := range camel {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

// newScalar reads a transparent message of one oneof: at most one field of each kind, and unmodelled_json.
func newScalar(md protoreflect.MessageDescriptor) (*scalar, error) {
	oneof := md.Oneofs().Get(0)
	s := &scalar{oneof: oneof}
	if md.Oneofs().Len() != 1 || oneof.IsSynthetic() || oneof.Fields().Len() != md.Fields().Len() {
		return nil, fmt.Errorf("%s: a transparent scalar has one oneof and nothing beside it", md.FullName())
	}
	for i := range md.Fields().Len() {
		if err := s.add(md.Fields().Get(i)); err != nil {
			return nil, err
		}
	}
	if s.unmodelled.desc == nil {
		return nil, fmt.Errorf("%s: needs a string %s in its oneof", md.FullName(), unmodelledName)
	}
	return s, nil
}

func (s *scalar) add(fd protoreflect.FieldDescriptor) error {
	to, wire := &s.text, protowire.BytesType
	switch kind := fd.Kind(); {
	case kind == protoreflect.StringKind && fd.Name() == unmodelledName:
		to = &s.unmodelled
	case kind == protoreflect.StringKind:
	case kind == protoreflect.Int64Kind:
		to, wire = &s.integer, protowire.VarintType
	case kind == protoreflect.DoubleKind:
		to, wire = &s.double, protowire.Fixed64Type
	case kind == protoreflect.BoolKind:
		to, wire = &s.boolean, protowire.VarintType
	default:
		return fmt.Errorf("%s: %s is no kind of a transparent scalar", fd.FullName(), kind)
	}
	if to.desc != nil {
		return fmt.Errorf("%s: a second field of its kind", fd.FullName())
	}
	*to = slot{fd, tagOf(fd.Number(), wire)}
	return nil
}
