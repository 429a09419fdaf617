package polarjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// seedBodies adds recorded bodies, small ones, with the index of their subject.
func seedBodies(f *testing.F, all []subject, add func(body []byte, which int, s subject)) {
	f.Helper()
	count := map[int]int{}
	forRecorded(f, func(op *operation, e recordings.Exchange) {
		for i, s := range all {
			body := e.Request.Body
			if op.answer.ProtoReflect().Descriptor() == s.codec.root.desc {
				body = e.Response.Body
			} else if op.request == nil || op.request.ProtoReflect().Descriptor() != s.codec.root.desc {
				continue
			}
			if json.Valid(body) && len(body) < 6000 && count[i] < 4 {
				count[i]++
				add(body, i, s)
			}
		}
	})
}

// FuzzJSON holds the codec to the law, and to encoding/json in what is JSON at all.
func FuzzJSON(f *testing.F) {
	all := subjects(f)
	seedBodies(f, all, func(body []byte, which int, _ subject) { f.Add(body, byte(which)) })
	thing := byte(len(all) - 2)
	f.Add([]byte(`{"kind":"round","radius":3,"kind":"square","extra":{"a":-0,"b":[1e400]},"at":"2026-02-28T00:00:00Z"}`), thing)
	f.Add([]byte(`{"single":"\ud83d\ude00\ud800","tint":"dark_blue","sizes":[1,2],"groups":{"a":[{}],"b":null},"rate":-1.5e-7}`), thing)
	f.Fuzz(func(t *testing.T, x []byte, which byte) {
		s := all[int(which)%len(all)]
		_, err := s.codec.AppendWire(nil, x)
		var syntax *SyntaxError
		isObject := json.Valid(x) && bytes.TrimLeft(x, " \t\r\n")[0] == '{'
		switch {
		case err == nil && !isObject:
			t.Fatalf("accepted: %q", x)
		case err != nil && !errors.As(err, &syntax):
			t.Fatalf("no SyntaxError: %v", err)
		case err != nil && isObject && syntax.Reason != "nested too deeply":
			t.Fatalf("%v: %q", err, x)
		case err != nil:
			return
		}
		y, m := roundTrip(t, s.codec, s.typ, x)
		checkLaw(t, x, y)
		checkStable(t, s, y, m)
	})
}

// checkStable fails unless what was written is read as the same message.
func checkStable(t *testing.T, s subject, text []byte, m proto.Message) {
	t.Helper()
	if _, again := roundTrip(t, s.codec, s.typ, text); !proto.Equal(m, again) {
		t.Fatalf("not stable\nbefore %v\ntext   %s\nafter  %v", m, text, again)
	}
}

// FuzzMessage writes any message and reads it back. The synthetic ones are left out: the protobuf library panics on
// some malformed maps of dynamic messages.
func FuzzMessage(f *testing.F) {
	all := subjects(f)
	all = all[:len(all)-2]
	seedBodies(f, all, func(body []byte, which int, s subject) {
		wire, err := s.codec.AppendWire(nil, body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire, byte(which))
	})
	f.Fuzz(func(t *testing.T, wire []byte, which byte) {
		s := all[int(which)%len(all)]
		m := s.typ.New().Interface()
		if err := (proto.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(wire, m); err != nil {
			return
		}
		text, err := s.codec.AppendJSON(nil, m)
		if _, refused := errors.AsType[*FieldError](err); refused {
			return
		}
		if err != nil || !json.Valid(text) {
			t.Fatalf("%v\n%s", err, text)
		}
		kept := map[string]string{}
		collectKept(m.ProtoReflect(), kept)
		y, back := roundTrip(t, s.codec, s.typ, text)
		checkEqual(t, text, y)
		checkStable(t, s, y, back)
		forgetUnset(m.ProtoReflect())
		forgetUnset(back.ProtoReflect())
		if len(kept) == 0 && !proto.Equal(m, back) {
			t.Fatalf("not equal\nbefore %v\ntext   %s\nafter  %v", m, text, back)
		}
	})
}

// forgetUnset clears what is set to stand for nothing: UNSPECIFIED, and a single transparent scalar that is null.
func forgetUnset(m protoreflect.Message) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsMap() && fd.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
				forgetUnset(v.Message())
				return true
			})
		case fd.IsMap():
		case fd.IsList() && fd.Message() != nil:
			for i := range v.List().Len() {
				forgetUnset(v.List().Get(i).Message())
			}
		case fd.IsList():
		case fd.Enum() != nil && v.Enum() == 0:
			m.Clear(fd)
		case fd.Message() != nil:
			forgetUnset(v.Message())
			if oneofs := fd.Message().Oneofs(); isTransparent(fd.Message()) && oneofs.Len() == 1 && v.Message().WhichOneof(oneofs.Get(0)) == nil {
				m.Clear(fd)
			}
		}
		return true
	})
}
