package polarjson

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// subject is a codec with the type of its messages.
type subject struct {
	codec *Codec
	typ   protoreflect.MessageType
}

// subjects are the bodies of all operations and, last, the two synthetic messages.
func subjects(t testing.TB) []subject {
	t.Helper()
	var all []subject
	for i := range operations {
		op := &operations[i]
		all = append(all, subject{MustAnswer(descriptor(op.answer)), op.answer.ProtoReflect().Type()})
		if op.request != nil {
			all = append(all, subject{MustRequest(descriptor(op.request)), op.request.ProtoReflect().Type()})
		}
	}
	mt, codec := thing(t)
	inputType, inputCodec := thingInput(t)
	return append(all, subject{codec, mt}, subject{inputCodec, inputType})
}

func TestRandomMessagesComeBackEqual(t *testing.T) {
	for _, s := range subjects(t) {
		for seed := range uint64(60) {
			m := s.typ.New()
			fill(rand.New(rand.NewPCG(seed, 1)), m)
			text, err := s.codec.AppendJSON(nil, m.Interface())
			if err != nil {
				t.Fatalf("seed %d: %v\n%v", seed, err, m)
			}
			if _, back := roundTrip(t, s.codec, s.typ, text); !proto.Equal(m.Interface(), back) {
				t.Fatalf("seed %d: not equal\nwritten %v\ntext    %s\nread    %v", seed, m, text, back)
			}
		}
	}
}

var oddStrings = []string{"", "a", "é“”", "\"\\/\b\f\n\r\t\x01\x7f", "\u2028😀", "null", "a string that is longer than a hundred and twenty-seven bytes, so that its length takes two bytes in the wire, and its message's, too"}

// fill sets about half of the fields of m, all unions and values, to values that the typed fields hold exactly.
func fill(r *rand.Rand, m protoreflect.Message) {
	md := m.Descriptor()
	if md.FullName() == timestampName {
		m.Set(md.Fields().ByNumber(1), protoreflect.ValueOfInt64(firstSecond+r.Int64N(lastSecond-firstSecond+1)))
		m.Set(md.Fields().ByNumber(2), protoreflect.ValueOfInt32(r.Int32N(2)*r.Int32N(1e6)*1000))
		return
	}
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		oneof := fd.ContainingOneof()
		inUnion := oneof != nil && !oneof.IsSynthetic()
		switch {
		case fd.Name() == unmodelledName && fd.IsMap():
			if r.IntN(4) == 0 {
				m.Mutable(fd).Map().Set(protoreflect.ValueOfString("new").MapKey(), protoreflect.ValueOfString(`{"a":[1.50,null]}`))
			}
		case inUnion && fd != oneof.Fields().Get(r.IntN(oneof.Fields().Len())):
		case inUnion || r.IntN(2) == 0 || fd.Message() != nil && isTransparent(fd.Message()):
			fillField(r, m, fd)
		}
	}
}

func fillField(r *rand.Rand, m protoreflect.Message, fd protoreflect.FieldDescriptor) {
	switch {
	case fd.IsList():
		list := m.Mutable(fd).List()
		for range r.IntN(4) {
			list.Append(randomValue(r, fd, list.NewElement))
		}
	case fd.IsMap():
		entries := m.Mutable(fd).Map()
		for range r.IntN(4) {
			key := protoreflect.ValueOfString(oddStrings[r.IntN(len(oddStrings))]).MapKey()
			entries.Set(key, randomValue(r, fd.MapValue(), entries.NewValue))
		}
	case fd.Name() == unmodelledName:
		m.Set(fd, protoreflect.ValueOfString(`[-0]`))
	default:
		v := randomValue(r, fd, func() protoreflect.Value { return m.NewField(fd) })
		if inner := fd.Message(); inner == nil || !isTransparent(inner) || v.Message().WhichOneof(inner.Oneofs().Get(0)) != nil {
			m.Set(fd, v) // a transparent scalar with nothing set is null, as is an unset one
		}
	}
}

func randomValue(r *rand.Rand, fd protoreflect.FieldDescriptor, empty func() protoreflect.Value) protoreflect.Value {
	switch fd.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(oddStrings[r.IntN(len(oddStrings))])
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(r.IntN(2) == 0)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(int32(r.Uint32()) >> r.IntN(32))
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(int64(r.Uint64()) >> r.IntN(64))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(randomDouble(r))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(fd.Enum().Values().Get(1 + r.IntN(fd.Enum().Values().Len()-1)).Number())
	}
	v := empty()
	fill(r, v.Message())
	return v
}

func randomDouble(r *rand.Rand) float64 {
	if r.IntN(2) == 0 {
		return float64(r.IntN(2000)-1000) / 8
	}
	f, _ := strconv.ParseFloat(strconv.FormatFloat(r.NormFloat64(), 'e', r.IntN(17), 64)[:3]+"e"+strconv.Itoa(r.IntN(600)-300), 64)
	return f
}

func TestMutatedBodiesLoseNothing(t *testing.T) {
	everySubject := subjects(t)
	documents := recordedDocuments(t)
	for seed := range uint64(600) {
		mu := mutator{rand.New(rand.NewPCG(seed, 2))}
		document := documents[mu.IntN(len(documents))]
		x := mu.print(nil, document.value)
		for _, s := range []subject{document.of, everySubject[mu.IntN(len(everySubject))]} {
			y, _ := roundTrip(t, s.codec, s.typ, x)
			checkLaw(t, x, y)
		}
	}
}

// document is a body and what it should be read as.
type document struct {
	value any
	of    subject
}

// recordedDocuments are some recorded bodies, of every operation and not too large.
func recordedDocuments(t testing.TB) (documents []document) {
	t.Helper()
	add := func(body []byte, m proto.Message, sent bool) {
		if m != nil && len(body) < 8000 && json.Valid(body) {
			s := subject{must(compile(descriptor(m), sent)), m.ProtoReflect().Type()}
			documents = append(documents, document{parse(t, body), s})
		}
	}
	seen := map[string]int{}
	forRecorded(t, func(op *operation, e recordings.Exchange) {
		if seen[op.name]++; seen[op.name] <= 50 {
			add(e.Request.Body, op.request, true)
			add(e.Response.Body, op.answer, false)
		}
	})
	return documents
}

// mutator prints JSON with its members shuffled, some twice, some unknown, and some values replaced.
type mutator struct{ *rand.Rand }

var oddValues = []string{
	`null`, `true`, `0`, `-0`, `1.0`, `1e3`, `2147483648`, `-9223372036854775809`, `1e400`, `0.1`, `""`, `"fixed"`,
	`"custom"`, `"\ud800"`, `"\u0061\\"`, "\"\xff\"", `"2026-11-02T10:21:33.5Z"`, `"2026-11-02T10:21:33Z"`, `[]`, `[null]`, `[{}]`, `{}`, `{"a":null}`,
	`{"amount_type":"fixed","price_amount":1}`, `{"a":{"a":1,"a":2},"a":[1]}`, `[[1],[2.0]]`,
}

func (mu mutator) odd() string { return oddValues[mu.IntN(len(oddValues))] }

func (mu mutator) print(dst []byte, v any) []byte {
	if mu.IntN(60) == 0 && len(dst) > 0 {
		return append(dst, mu.odd()...)
	}
	switch v := v.(type) {
	case map[string]any:
		return mu.printObject(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, element := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = mu.print(dst, element)
		}
		return append(dst, ']')
	}
	text, _ := json.Marshal(v)
	return append(dst, text...)
}

func (mu mutator) printObject(dst []byte, v map[string]any) []byte {
	names := sortedNames(v)
	if mu.IntN(3) == 0 {
		mu.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	}
	dst = append(dst, '{')
	for _, name := range names {
		switch mu.IntN(50) {
		case 0:
			dst = append(append(appendQuoted(dst, name), ':'), mu.odd()+","...)
		case 1:
			dst = append(append(appendQuoted(dst, "new "), " : "...), mu.odd()+" ,\n"...)
		}
		dst = append(mu.print(append(appendQuoted(dst, name), ':'), v[name]), ',')
	}
	return append(append(dst, `"newest":`...), mu.odd()+"}"...)
}
