package polarjson

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	_ "google.golang.org/protobuf/types/known/structpb"
	_ "google.golang.org/protobuf/types/known/timestamppb"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// A small schema that has every convention once. Its lines are those of a .proto, in a form that readSchema takes:
// maps are "map TYPE NAME NUMBER", members of a oneof "oneof ONEOF TYPE NAME NUMBER".
const thingSchema = `
enum Colour COLOUR_UNSPECIFIED COLOUR_RED COLOUR_DARK_BLUE
message Thing
	string id 1
	optional string note 2
	int64 amount 3
	optional int32 seats 4
	double rate 5
	optional double share 6
	bool live 7
	optional bool trial 8
	Colour colour 9
	optional Colour tint 10
	google.protobuf.Timestamp at 11
	Inner inner 12
	repeated string tags 13
	repeated int32 sizes 14
	repeated Colour colours 15
	repeated Inner inners 16
	map int64 amounts 17
	map Inner named 18
	map Any extra 19
	map InnerList groups 20
	map Labels labels 21
	Any single 22
	optional int32 months 23 omit_unset
	oneof kind Round round 24
	oneof kind Square square 25
	string last 26
	map string unmodelled_json 1000
message Inner
	string name 1
	optional int64 size 2
	map string unmodelled_json 1000
message Round
	int64 radius 1
	optional Inner centre 2
message Square
	int64 side 1
	repeated int64 sides 2
	optional string unit 3 omit_unset
message Any transparent
	oneof value string string_value 1
	oneof value int64 integer_value 2
	oneof value double double_value 3
	oneof value bool bool_value 4
	oneof value string unmodelled_json 5
message InnerList transparent
	repeated Inner items 1
message Labels transparent
	map string forms 1
message ThingInput
	optional string note 1
	optional int64 amount 2
	optional double share 3
	optional bool trial 4
	optional Colour tint 5
	google.protobuf.Timestamp at 6
	InnerInput inner 7
	repeated string tags 8
	map Any extra 9
	map InnerInputList groups 10
	Any single 11
	oneof kind RoundInput round 12
	map string unmodelled_json 1000
message InnerInput
	optional string name 1
	map string unmodelled_json 1000
message InnerInputList transparent
	repeated InnerInput items 1
message RoundInput
	optional int64 radius 1
`

var scalarTypes = map[string]descriptorpb.FieldDescriptorProto_Type{
	"string": descriptorpb.FieldDescriptorProto_TYPE_STRING, "bool": descriptorpb.FieldDescriptorProto_TYPE_BOOL,
	"int32": descriptorpb.FieldDescriptorProto_TYPE_INT32, "int64": descriptorpb.FieldDescriptorProto_TYPE_INT64,
	"double": descriptorpb.FieldDescriptorProto_TYPE_DOUBLE, "uint32": descriptorpb.FieldDescriptorProto_TYPE_UINT32,
}

// readSchema compiles a schema as above.
func readSchema(t testing.TB, schema string) protoreflect.MessageDescriptors {
	t.Helper()
	s := schemaReader{enums: map[string]bool{}, file: &descriptorpb.FileDescriptorProto{
		Name: proto.String("test.proto"), Package: proto.String("test"), Syntax: proto.String("proto3"),
		Dependency: []string{"google/protobuf/timestamp.proto", "google/protobuf/struct.proto"},
	}}
	for line := range strings.Lines(schema) {
		if words := strings.Fields(line); len(words) > 0 {
			s.line(words)
		}
	}
	for _, m := range s.file.MessageType {
		for _, f := range m.Field { // these oneofs must follow the real ones
			if f.GetProto3Optional() {
				f.OneofIndex = proto.Int32(oneofIndex(m, "_"+f.GetName()))
			}
		}
	}
	fd, err := protodesc.NewFile(s.file, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	return fd.Messages()
}

type schemaReader struct {
	file  *descriptorpb.FileDescriptorProto
	enums map[string]bool
}

func (s *schemaReader) line(words []string) {
	switch words[0] {
	case "enum":
		s.enums[words[1]] = true
		e := &descriptorpb.EnumDescriptorProto{Name: &words[1]}
		for i := range words[2:] {
			e.Value = append(e.Value, &descriptorpb.EnumValueDescriptorProto{Name: &words[2+i], Number: proto.Int32(int32(i))})
		}
		s.file.EnumType = append(s.file.EnumType, e)
	case "message":
		m := &descriptorpb.DescriptorProto{Name: &words[1], Options: &descriptorpb.MessageOptions{}}
		proto.SetExtension(m.Options, checkoutsv1.E_Transparent, len(words) > 2)
		s.file.MessageType = append(s.file.MessageType, m)
	default:
		s.field(s.file.MessageType[len(s.file.MessageType)-1], words)
	}
}

func (s *schemaReader) field(m *descriptorpb.DescriptorProto, words []string) {
	label, oneof := "", ""
	switch words[0] {
	case "oneof":
		label, oneof, words = words[0], words[1], words[2:]
	case "optional", "repeated", "map":
		label, words = words[0], words[1:]
	}
	f := s.typed(words[0], words[1], words[2])
	if len(words) > 3 {
		f.Options = &descriptorpb.FieldOptions{}
		proto.SetExtension(f.Options, checkoutsv1.E_OmitUnset, true)
	}
	switch label {
	case "repeated":
		f.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	case "optional":
		if f.GetType() != descriptorpb.FieldDescriptorProto_TYPE_MESSAGE {
			f.Proto3Optional = proto.Bool(true)
		}
	case "map":
		f = s.mapOf(m, f)
	}
	if oneof != "" {
		f.OneofIndex = proto.Int32(oneofIndex(m, oneof))
	}
	m.Field = append(m.Field, f)
}

func (s *schemaReader) typed(typ, name, number string) *descriptorpb.FieldDescriptorProto {
	n := int32(0)
	for _, c := range number {
		n = n*10 + c - '0'
	}
	f := &descriptorpb.FieldDescriptorProto{Name: &name, Number: &n, Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()}
	if scalar, ok := scalarTypes[typ]; ok {
		f.Type = scalar.Enum()
		return f
	}
	f.Type = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
	if s.enums[typ] {
		f.Type = descriptorpb.FieldDescriptorProto_TYPE_ENUM.Enum()
	}
	f.TypeName = proto.String(".test." + typ)
	if strings.Contains(typ, ".") {
		f.TypeName = proto.String("." + typ)
	}
	return f
}

// mapOf makes the entry type of a map whose values are of value's type.
func (s *schemaReader) mapOf(m *descriptorpb.DescriptorProto, value *descriptorpb.FieldDescriptorProto) *descriptorpb.FieldDescriptorProto {
	entry := ""
	for part := range strings.SplitSeq(value.GetName(), "_") {
		entry += strings.ToUpper(part[:1]) + part[1:]
	}
	entry += "Entry"
	f := &descriptorpb.FieldDescriptorProto{
		Name: value.Name, Number: value.Number,
		Label: descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(),
		TypeName: proto.String(".test." + m.GetName() + "." + entry),
	}
	key := s.typed("string", "key", "1")
	value.Name, value.Number = proto.String("value"), proto.Int32(2)
	m.NestedType = append(m.NestedType, &descriptorpb.DescriptorProto{
		Name:  &entry,
		Field: []*descriptorpb.FieldDescriptorProto{key, value}, Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)},
	})
	return f
}

func oneofIndex(m *descriptorpb.DescriptorProto, name string) int32 {
	for i, o := range m.OneofDecl {
		if o.GetName() == name {
			return int32(i)
		}
	}
	m.OneofDecl = append(m.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: &name})
	return int32(len(m.OneofDecl) - 1)
}

// thing returns the type and codec of Thing, an answer, and ThingInput, a request.
func thing(t testing.TB) (protoreflect.MessageType, *Codec) {
	t.Helper()
	md := readSchema(t, thingSchema).ByName("Thing")
	return dynamicpb.NewMessageType(md), MustAnswer(md)
}

func thingInput(t testing.TB) (protoreflect.MessageType, *Codec) {
	t.Helper()
	md := readSchema(t, thingSchema).ByName("ThingInput")
	return dynamicpb.NewMessageType(md), MustRequest(md)
}
