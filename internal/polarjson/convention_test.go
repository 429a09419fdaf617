package polarjson

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// keptIn returns what the unmodelled_json of m itself holds, as "name=text" joined by blanks.
func keptIn(m proto.Message) string {
	found := map[string]string{}
	kept := m.ProtoReflect().Get(m.ProtoReflect().Descriptor().Fields().ByName(unmodelledName)).Map()
	kept.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		found[k.String()] = v.String()
		return true
	})
	words := []string{}
	for _, name := range sortedNames(found) {
		words = append(words, name+"="+found[name])
	}
	return strings.Join(words, " ")
}

func TestAnswersKeepOnlyWhatDoesNotFit(t *testing.T) {
	mt, codec := thing(t)
	for _, c := range []struct{ name, read, kept string }{
		{"strings", `{"id":"x","note":""}`, ``},
		{"escapes", `{"id":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}`, ``},
		{"escaped name of a field", `{"\u0069d":"x"}`, ``},
		{"null for what may be null", `{"note":null,"seats":null,"share":null,"trial":null,"tint":null,"at":null,"inner":null,"single":null,"kind":null,"colour":null}`, ``},
		{"null for what may not", `{"id":null,"amount":null,"rate":null,"live":null}`, `amount=null id=null live=null rate=null`},
		{"null for a list or map", `{"tags":null,"amounts":null}`, `amounts=null tags=null`},
		{"null for what is absent when unset", `{"months":null}`, `months=null`},
		{"empty list and map", `{"tags":[],"sizes":[],"amounts":{},"groups":{}}`, ``},
		{"widest integers", `{"amount":-9223372036854775808,"seats":2147483647}`, ``},
		{"beyond their width", `{"amount":9223372036854775808,"seats":2147483648}`, `amount=9223372036854775808 seats=2147483648`},
		{"other numbers in an integer", `{"amount":1.0,"seats":1e3}`, `amount=1.0 seats=1e3`},
		{"minus zero in an integer", `{"amount":-0}`, `amount=-0`},
		{"doubles", `{"rate":0.75,"share":-1e-7}`, ``},
		{"double of minus zero", `{"rate":-0.0}`, ``},
		{"an integer in a double", `{"rate":1}`, `rate=1`},
		{"doubles printed otherwise", `{"rate":2.50,"share":1e3}`, `rate=2.50 share=1e3`},
		{"beyond doubles", `{"rate":1e400,"share":0.1000000000000000055}`, `rate=1e400 share=0.1000000000000000055`},
		{"booleans", `{"live":true,"trial":false}`, ``},
		{
			"other types", `{"id":1,"live":"true","amount":"1","rate":true,"at":5,"inner":[],"tags":{},"amounts":[]}`,
			`amount="1" amounts=[] at=5 id=1 inner=[] live="true" rate=true tags={}`,
		},
		{"enums", `{"colour":"red","tint":"dark_blue","colours":["red","dark_blue"]}`, ``},
		{"unknown enum values", `{"colour":"pink","tint":"RED","colours":["red","unspecified"]}`, `colour="pink" colours=["red","unspecified"] tint="RED"`},
		{"times", `{"at":"2026-11-02T10:21:33.481203Z"}`, ``},
		{"time without fraction", `{"at":"1969-12-31T23:59:59Z"}`, ``},
		{"time with a zone", `{"at":"2026-11-02T10:21:33+00:00"}`, `at="2026-11-02T10:21:33+00:00"`},
		{"time with three digits", `{"at":"2026-11-02T10:21:33.481Z"}`, `at="2026-11-02T10:21:33.481Z"`},
		{"time with a fraction of zero", `{"at":"2026-11-02T10:21:33.000000Z"}`, `at="2026-11-02T10:21:33.000000Z"`},
		{"no such day", `{"at":"2026-02-29T10:21:33Z"}`, `at="2026-02-29T10:21:33Z"`},
		{"a message", `{"inner":{"name":"a","size":null,"new":[1]}}`, ``},
		{"a list of messages", `{"inners":[{},{"name":"b"}]}`, ``},
		{"a list with a wrong element", `{"inners":[{"name":"b"},null],"sizes":[1,2.0],"tags":["a",["b"]]}`, `inners=[{"name":"b"},null] sizes=[1,2.0] tags=["a",["b"]]`},
		{"packed list", `{"sizes":[0,-1,300]}`, ``},
		{"maps", `{"amounts":{"usd":0,"":-5},"named":{"a":{"name":"x"}}}`, ``},
		{"a map with a wrong value", `{"amounts":{"usd":1,"eur":"2"}}`, `amounts={"usd":1,"eur":"2"}`},
		{"transparent scalars", `{"extra":{"a":"s","b":1,"c":1.0,"d":true,"e":null,"f":123456789012345678901234567890,"g":[1],"h":-0,"i":{"x":1}},"single":7}`, ``},
		{"transparent lists and maps", `{"groups":{"a":[],"b":[{"name":"x"}]},"labels":{"en":{"one":"seat"},"de":{}}}`, ``},
		{"a failure inside transparent ones", `{"groups":{"a":[{"name":"x"}],"b":null},"labels":{"en":{"one":1}}}`, `groups={"a":[{"name":"x"}],"b":null} labels={"en":{"one":1}}`},
		{"unknown members", `{"new":{"a":[1, 2]},"unmodelled_json":{"x":"1"},"newer":"\ud800"}`, `new={"a":[1, 2]} newer="\ud800" unmodelled_json={"x":"1"}`},
		{"a variant", `{"kind":"round","radius":3,"centre":{"name":"c"},"last":"z"}`, ``},
		{"a variant before its discriminator", `{"side":3,"sides":[1],"last":"z","kind":"square"}`, ``},
		{"a variant without members", `{"kind":"square"}`, ``},
		{"a member that its variant cannot hold", `{"kind":"round","radius":"3","centre":null}`, `radius="3"`},
		{"a member of another variant", `{"kind":"round","radius":3,"side":4}`, `side=4`},
		{"an unknown variant", `{"kind":"oval","radius":3,"axes":[1,2]}`, `axes=[1,2] kind="oval" radius=3`},
		{"no discriminator", `{"radius":3}`, `radius=3`},
		{"a discriminator of another type", `{"kind":5,"radius":3}`, `kind=5 radius=3`},
		{"members twice", `{"id":"a","amount":1,"id":"b","amount":1.5}`, `amount=1.5`},
		{"members twice, typed last", `{"amount":1.5,"note":"x","amount":1,"note":null}`, ``},
		{"lists and messages twice", `{"tags":["a"],"inner":{"name":"a","size":1},"tags":["b"],"inner":{"size":2}}`, ``},
		{"maps twice", `{"amounts":{"usd":1},"amounts":{"eur":2,"eur":3}}`, ``},
		{"unknown members twice", `{"new":1,"new":2}`, `new=2`},
		{"discriminators twice", `{"kind":"round","radius":3,"kind":"square","side":1}`, `radius=3`},
		{"variant members twice", `{"kind":"round","radius":3,"radius":[1],"centre":{},"centre":null}`, `radius=[1]`},
		{"twice deep inside", `{"inners":[{"name":"a","name":"b"}],"named":{"k":{"size":1,"size":"x"}}}`, ``},
		{"white space", " {\n\t\"id\" : \"x\" , \"tags\" : [ \"a\" , \"b\" ] , \"amounts\" : { \"k\" : 1 } , \"kind\" : \"round\" , \"radius\" : 3 } \r\n", ``},
		{"nothing", `{}`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			y, m := roundTrip(t, codec, mt, []byte(c.read))
			checkLaw(t, []byte(c.read), y)
			if got := keptIn(m); got != c.kept {
				t.Errorf("kept %s, want %s", got, c.kept)
			}
		})
	}
}

func TestRequestsComeBackEqual(t *testing.T) {
	mt, codec := thingInput(t)
	for _, c := range []struct{ name, read, kept string }{
		{"what is set", `{"note":"","amount":0,"share":0.0,"trial":false,"tint":"red","at":"2026-11-02T10:21:33Z"}`, ``},
		{"explicit nulls", `{"note":null,"tint":null,"at":null,"inner":null,"kind":null}`, `at=null inner=null kind=null note=null tint=null`},
		{"empty lists and maps", `{"tags":[],"extra":{}}`, `extra={} tags=[]`},
		{"an empty object", `{"inner":{}}`, ``},
		{"nulls inside", `{"inner":{"name":null},"extra":{"a":null},"single":null}`, ``},
		{"transparent lists", `{"groups":{"a":[],"b":[{}]}}`, ``},
		{"a variant", `{"kind":"round","radius":1}`, ``},
		{"a null in a variant", `{"kind":"round","radius":null}`, `radius=null`},
	} {
		t.Run(c.name, func(t *testing.T) {
			y, m := roundTrip(t, codec, mt, []byte(c.read))
			checkEqual(t, []byte(c.read), y)
			if got := keptIn(m); got != c.kept {
				t.Errorf("kept %s, want %s", got, c.kept)
			}
		})
	}
}

func TestUnsetAnswersAreWritten(t *testing.T) {
	mt, codec := thing(t)
	got, err := codec.AppendJSON([]byte("> "), mt.New().Interface())
	if err != nil {
		t.Fatal(err)
	}
	want := `> {"id":"","note":null,"amount":0,"seats":null,"rate":0.0,"share":null,"live":false,"trial":null,` +
		`"colour":null,"tint":null,"at":null,"inner":null,"tags":[],"sizes":[],"colours":[],"inners":[],"amounts":{},` +
		`"named":{},"extra":{},"groups":{},"labels":{},"single":null,"kind":null,"last":""}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestUnsetRequestsAreNotWritten(t *testing.T) {
	mt, codec := thingInput(t)
	if got, err := codec.AppendJSON(nil, mt.New().Interface()); err != nil || string(got) != "{}" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestUnionsOfManyMembers(t *testing.T) {
	mt, codec := thing(t)
	var many strings.Builder
	for i := range 40 {
		fmt.Fprintf(&many, `"new%d":%d,`, i, i)
	}
	read := "{" + many.String() + `"sides":[1,2],"side":4,` + strings.ReplaceAll(many.String(), "new", "newer") + `"kind":"square"}`
	y, m := roundTrip(t, codec, mt, []byte(read))
	checkLaw(t, []byte(read), y)
	if kept := keptIn(m); strings.Count(kept, "=") != 80 || strings.Contains(kept, "side") {
		t.Errorf("kept %s", kept)
	}
}

func TestTextIsMadeUTF8(t *testing.T) {
	mt, codec := thing(t)
	read := []byte("{\"id\":\"a\xffb\\ud800c\\udc00\\ud83dx\",\"amounts\":{\"\xc3\":1},\"n\xe2\x82w\":\"\xff\",\"extra\":{\"\\ud800\":[\"\xfe\"]}}")
	y, m := roundTrip(t, codec, mt, read)
	checkLaw(t, read, y)
	if got, want := keptIn(m), "n\ufffd\ufffdw=\"\ufffd\""; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
}

func TestCodecOfAnotherMessage(t *testing.T) {
	_, codec := thing(t)
	if _, err := codec.AppendJSON(nil, &checkoutsv1.Checkout{}); err == nil {
		t.Error("a message of another type was accepted")
	}
}

func TestBrokenConventionsAreRefused(t *testing.T) {
	const kept = "\n\tmap string unmodelled_json 9"
	for _, c := range []struct{ name, schema, says string }{
		{"no unmodelled_json", "message M\n\tstring a 1", "unmodelled_json"},
		{"unmodelled_json of another type", "message M\n\tmap int64 unmodelled_json 1", "unmodelled_json"},
		{"a transparent top", "message M transparent\n\trepeated string a 1", "JSON object"},
		{"camel case", "message M\n\tstring aB 1" + kept, "snake case"},
		{"unsigned", "message M\n\tuint32 a 1" + kept, "uint32"},
		{"struct", "message M\n\tgoogle.protobuf.Struct a 1" + kept, "Struct"},
		{"enum prefix", "enum E F_UNSPECIFIED F_A\nmessage M\n\tE a 1" + kept, "F_UNSPECIFIED"},
		{"enum without UNSPECIFIED", "enum E E_A E_B\nmessage M\n\tE a 1" + kept, "UNSPECIFIED"},
		{"enum in lower case", "enum E E_UNSPECIFIED E_a\nmessage M\n\tE a 1" + kept, "upper case"},
		{"omit_unset of what cannot be unset", "message M\n\tstring a 1 omit_unset" + kept, "omit_unset"},
		{"a variant that is no message", "message M\n\toneof k string a 1" + kept, "variant"},
		{"a variant with unmodelled_json", "message M\n\toneof k V a 1" + kept + "\nmessage V" + kept, "variant"},
		{"two unions", "message M\n\toneof k V a 1\n\toneof l V b 2" + kept + "\nmessage V\n\tstring c 1", "two unions"},
		{"a union in a variant", "message M\n\toneof k V a 1" + kept + "\nmessage V\n\toneof l W b 1\nmessage W\n\tstring c 1", "inside a variant"},
		{"a name common and in a variant", "message M\n\tstring c 2\n\toneof k V a 1" + kept + "\nmessage V\n\tstring c 1", "outside of the union"},
		{"wrapper of two", "message M\n\tW a 1" + kept + "\nmessage W transparent\n\trepeated string b 1\n\trepeated string c 2", "transparent"},
		{"wrapper of a scalar", "message M\n\tW a 1" + kept + "\nmessage W transparent\n\tstring b 1", "transparent"},
		{"scalar without the rest", "message M\n\tW a 1" + kept + "\nmessage W transparent\n\toneof v string b 1", "unmodelled_json"},
		{"scalar with two strings", "message M\n\tW a 1" + kept + "\nmessage W transparent\n\toneof v string b 1\n\toneof v string c 2", "second"},
		{"scalar with a field beside it", "message M\n\tW a 1" + kept + "\nmessage W transparent\n\toneof v string b 1\n\tstring c 2", "beside"},
		{"scalar of another kind", "message M\n\tW a 1" + kept + "\nmessage W transparent\n\toneof v int32 b 1", "int32"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewAnswer(readSchema(t, c.schema).ByName("M"))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want something about %s", err, c.says)
			}
		})
	}
	t.Run("sent but not optional", func(t *testing.T) {
		_, err := NewRequest(readSchema(t, "message M\n\tstring a 1"+kept).ByName("M"))
		if err == nil || !strings.Contains(err.Error(), "optional") {
			t.Errorf("got %v", err)
		}
	})
}
