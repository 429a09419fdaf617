package polarjson

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func TestSyntaxErrorsNameThePlace(t *testing.T) {
	_, codec := thing(t)
	deep := strings.Repeat(`{"a":`, 127)
	for _, c := range []struct {
		read, pointer string
		offset        int
		reason        string
	}{
		{``, "", 0, "unexpected end"},
		{` `, "", 1, "unexpected end"},
		{`[]`, "", 0, "expected an object"},
		{`null`, "", 0, "expected an object"},
		{"\ufeff{}", "", 0, "expected an object"},
		{`{`, "", 1, "unexpected end"},
		{`{"id"`, "", 5, "unexpected end"},
		{`{"id" 1}`, "", 6, "expected a colon"},
		{`{"id":`, "/id", 6, "unexpected end"},
		{`{"id":"x`, "/id", 8, "unexpected end"},
		{`{"id":"x"`, "/id", 9, "unexpected end"},
		{`{"id":"x" "note":1}`, "/id", 10, "expected a comma or a closing bracket"},
		{`{"id":"x",}`, "", 10, "expected a member name"},
		{`{id:1}`, "", 1, "expected a member name"},
		{`{"id":"x"} {}`, "", 11, "text after the object"},
		{"{}\x00", "", 2, "text after the object"},
		{`{"id":"a` + "\n" + `"}`, "/id", 8, "control character in a string"},
		{`{"id":"\x"}`, "/id", 7, "invalid escape"},
		{`{"id":"\u12"}`, "/id", 7, "invalid escape"},
		{`{"id":"\`, "/id", 8, "unexpected end"},
		{`{"amount":01}`, "/amount", 11, "expected a comma or a closing bracket"},
		{`{"amount":-}`, "/amount", 11, "expected a value"},
		{`{"amount":+1}`, "/amount", 10, "expected a value"},
		{`{"amount":1.}`, "/amount", 12, "expected a digit"},
		{`{"amount":1e}`, "/amount", 12, "expected a digit"},
		{`{"rate":.5}`, "/rate", 8, "expected a value"},
		{`{"rate":NaN}`, "/rate", 8, "expected a value"},
		{`{"live":tru}`, "/live", 8, "expected a value"},
		{`{"note":nul}`, "/note", 8, "expected a value"},
		{`{"note":nulls}`, "/note", 12, "expected a comma or a closing bracket"},
		{`{"tags":["a",]}`, "/tags/1", 13, "expected a value"},
		{`{"tags":["a"}`, "/tags/0", 12, "expected a comma or a closing bracket"},
		{`{"inners":[{"name":"a"},{"name":x}]}`, "/inners/1/name", 32, "expected a value"},
		{`{"groups":{"a/b~":[{"size":x}]}}`, "/groups/a~1b~0/0/size", 27, "expected a value"},
		{`{"new":{"a":[0,{"b":x}]}}`, "/new/a/1/b", 20, "expected a value"},
		{`{"kind":"round","radius":x}`, "/radius", 25, "expected a value"},
		{`{"extra":{"a":x}}`, "/extra/a", 14, "expected a value"},
		{`{"tags":["a","b"],"sizes":[],"new":[[1],2],"amount":x}`, "/amount", 52, "expected a value"},
		{`{"tags":["a"]]`, "/tags", 13, "expected a comma or a closing bracket"},
		{`{"` + strings.Repeat("é", 200) + `":x}`, "/" + strings.Repeat("é", 127), 404, "expected a value"},
		{deep + `[[`, strings.Repeat("/a", 127) + "/0", 127*5 + 1, "nested too deeply"},
	} {
		dst := []byte("before")
		out, err := codec.AppendWire(dst, []byte(c.read))
		var got *SyntaxError
		if !errors.As(err, &got) {
			t.Errorf("%s: no SyntaxError but %v", c.read, err)
			continue
		}
		if want := (SyntaxError{cut(c.pointer, maxPointer), c.offset, c.reason}); *got != want {
			t.Errorf("%s\ngot  %+v\nwant %+v", c.read, *got, want)
		}
		if string(out) != "before" {
			t.Errorf("%s: dst came back as %q", c.read, out)
		}
	}
}

func TestDepthOf128IsRead(t *testing.T) {
	_, codec := thing(t)
	text := strings.Repeat(`{"a":`, 127) + `{}` + strings.Repeat(`}`, 127)
	if _, err := codec.AppendWire(nil, []byte(text)); err != nil {
		t.Error(err)
	}
}

func TestSyntaxErrorText(t *testing.T) {
	for want, e := range map[string]*SyntaxError{
		"JSON at byte 3: unexpected end":                 {Offset: 3, Reason: "unexpected end"},
		"JSON at /products/0 (byte 9): expected a value": {Pointer: "/products/0", Offset: 9, Reason: "expected a value"},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFieldErrorsNameTheField(t *testing.T) {
	mt, codec := thing(t)
	for _, c := range []struct{ message, says string }{
		{`{"amount":"1","unmodelled_json":{"amount":"1.5"}}`, "amount is set both in its field and in unmodelled_json"},
		{`{"tags":["a"],"unmodelled_json":{"tags":"null"}}`, "tags is set both in its field and in unmodelled_json"},
		{`{"round":{},"unmodelled_json":{"kind":"\"oval\""}}`, "kind is set both in its field and in unmodelled_json"},
		{`{"round":{"radius":"1"},"unmodelled_json":{"radius":"1.5"}}`, "radius is set both in its field and in unmodelled_json"},
		{`{"inners":[{},{"name":"a","unmodelled_json":{"name":"1"}}]}`, "inners[1].name is set both in its field and in unmodelled_json"},
		{`{"unmodelled_json":{"new":"{"}}`, "unmodelled_json.new is not the text of one JSON value"},
		{`{"unmodelled_json":{"new":""}}`, "unmodelled_json.new is not the text of one JSON value"},
		{`{"unmodelled_json":{"new":"1 2"}}`, "unmodelled_json.new is not the text of one JSON value"},
		{`{"unmodelled_json":{"new":"1,\"amount\":2"}}`, "unmodelled_json.new is not the text of one JSON value"},
		{`{"extra":{"k":{"unmodelled_json":"}"}}}`, "extra.k.unmodelled_json is not the text of one JSON value"},
		{`{"groups":{"k":{"items":[{"unmodelled_json":{"a":"x"}}]}}}`, "groups.k[0].unmodelled_json.a is not the text of one JSON value"},
		{`{"colour":7}`, "colour has no value with this number"},
		{`{"colours":["RED","COLOUR_UNSPECIFIED"]}`, "colours[1] has no value with this number"},
		{`{"rate":"NaN"}`, "rate is not a finite number"},
		{`{"extra":{"k":{"double_value":"-Infinity"}}}`, "extra.k is not a finite number"},
		{`{"at":"2026-11-02T10:21:33.481203001Z"}`, "at is not a time in whole microseconds of the years 1 to 9999"},
	} {
		m := mt.New().Interface()
		if err := protojson.Unmarshal([]byte(strings.Replace(c.message, `"RED"`, `"COLOUR_RED"`, 1)), m); err != nil {
			t.Fatalf("%s: %v", c.message, err)
		}
		out, err := codec.AppendJSON([]byte("before"), m)
		var got *FieldError
		if !errors.As(err, &got) || err.Error() != c.says {
			t.Errorf("%s\ngot  %v\nwant %s", c.message, err, c.says)
		}
		if string(out) != "before" {
			t.Errorf("%s: dst came back as %q", c.message, out)
		}
	}
}

func TestUnmodelledMembersReplaceUnsetFields(t *testing.T) {
	mt, codec := thingInput(t)
	m := mt.New()
	kept := m.Mutable(m.Descriptor().Fields().ByName(unmodelledName)).Map()
	for name, json := range map[string]string{"new": ` [1, "\ud800"] `, "amount": "1e3", "a": "null"} {
		kept.Set(protoreflect.ValueOfString(name).MapKey(), protoreflect.ValueOfString(json))
	}
	got, err := codec.AppendJSON(nil, m.Interface())
	if want := `{"a":null,"amount":1e3,"new": [1, "\ud800"] }`; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}
