package validate

import (
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

func TestUnionTakesTheBranchThatFitsBest(t *testing.T) {
	run(t, Union(SizedStr(1, 3), Int(), Float(), Bool()), []ruleCase{
		{`"12"`, `"12"`},
		{`7`, `7`},
		{`1.0`, `1.0`},
		{`true`, `true`},
		{`"1234"`, `1234`},
		{`""`, `string_too_short ["constrained-str"] String should have at least 1 character {"min_length":1}
int_parsing ["int"] Input should be a valid integer, unable to parse string as an integer
float_parsing ["float"] Input should be a valid number, unable to parse string as a number
bool_parsing ["bool"] Input should be a valid boolean, unable to interpret input`},
	})
	run(t, Union(Str(), Int(), Bool(), Datetime()), []ruleCase{{`1.0`, `1`}, {`1.5`, `"1970-01-01T00:00:01.500000Z"`}})
}

func TestListAndMap(t *testing.T) {
	run(t, List(Int(), 1), []ruleCase{
		{`["1",2.0]`, `[1,2]`},
		{`[]`, `too_short [] List should have at least 1 item after validation, not 0 {"field_type":"List","min_length":1,"actual_length":0}`},
		{`[1,null,[]]`, "int_type [1] Input should be a valid integer\nint_type [2] Input should be a valid integer"},
		{`{}`, "list_type [] Input should be a valid list"},
	})
	run(t, Map(SizedStr(1, 2), Int(), 1), []ruleCase{
		{`{"a":"1"}`, `{"a":1}`},
		{`{"abc":null}`, `string_too_long ["abc","[key]"] String should have at most 2 characters {"max_length":2}
int_type ["abc"] Input should be a valid integer`},
		{`{"a":1,"b":2}`, `too_long [] Dictionary should have at most 1 item after validation, not 2 {"field_type":"Dictionary","max_length":1,"actual_length":2}`},
		{`[]`, "dict_type [] Input should be a valid dictionary"},
	})
}

func TestModel(t *testing.T) {
	rule := Model("M",
		Required("id", Int()),
		Optional("name", Nullable(Str())).Alias("title"),
		Default("tags", Map(Str(), Str(), 0), ordered.NewObject().Value()),
		Optional("inner", PlainModel("Inner", Optional("text", Str()))),
	)
	const nul = `Value error, This value contains invalid characters {"error":{}}`
	run(t, rule, []ruleCase{
		{`{"x":0,"title":null,"id":"1"}`, `{"id":1,"name":null,"tags":{}}`},
		{`{"id":1,"name":"a","title":"b"}`, `{"id":1,"name":"a","tags":{}}`},
		{`{"title":5}`, "missing [\"id\"] Field required\nstring_type [\"title\"] Input should be a valid string"},
		{`{"id":1,"name":"a\u0000"}`, `value_error ["name"] ` + nul},
		{`{"id":1,"tags":{"\u0000":"x"}}`, `value_error ["tags"] ` + nul},
		{`{"id":1,"inner":{"text":"\u0000"}}`, `{"id":1,"tags":{},"inner":{"text":"\u0000"}}`},
		{`"text"`, "model_attributes_type [] Input should be a valid dictionary or object to extract fields from"},
	})
}

func TestAfterLooksAtACompleteObject(t *testing.T) {
	rule := After(Model("M", Optional("a", Int()), Optional("b", Int())), []string{"first", "second"},
		func(v ordered.Value) *Item {
			if v.Get("a").IsNull() {
				return RefuseValue("no a")
			}
			return nil
		},
		func(ordered.Value) *Item { return Refuse("odd", "never well") })
	run(t, rule, []ruleCase{
		{`{"a":"x"}`, `int_parsing ["a"] Input should be a valid integer, unable to parse string as an integer`},
		{`{}`, `value_error [] Value error, no a {"error":{}}`},
		{`{"a":1}`, `odd [] never well`},
	})
	if want := "function-after[second(), function-after[first(), M]]"; rule.Label() != want {
		t.Errorf("the label is %s, want %s", rule.Label(), want)
	}
}

func TestTagged(t *testing.T) {
	rule := Tagged("kind", pythonRepr, Tag{"a", Model("A", Required("n", Int()))}, Tag{"b", Model("B")})
	run(t, rule, []ruleCase{
		{`{"kind":"a","n":1}`, `{"n":1}`},
		{`{"kind":"a"}`, `missing ["a","n"] Field required`},
		{`{}`, `union_tag_not_found [] Unable to extract tag using discriminator 'kind' {"discriminator":"'kind'"}`},
		{`{"kind":null}`, `union_tag_invalid [] Input tag 'None' found using 'kind' does not match any of the expected tags: 'a', 'b' ` +
			`{"discriminator":"'kind'","tag":"None","expected_tags":"'a', 'b'"}`},
		{`5`, "model_attributes_type [] Input should be a valid dictionary or object to extract fields from"},
	})
}

func TestPythonRepr(t *testing.T) {
	v, _ := ordered.Parse([]byte(`[null,true,1,1e16,"it's","\"","\n",{"a":[]}]`))
	if got, want := PythonRepr(v), `[None, True, 1, 1e+16, "it's", '"', '\n', {'a': []}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReadBody(t *testing.T) {
	rule := Model("M", Optional("a", Int()))
	const notObject = `{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":`
	for _, c := range []struct{ body, contentType, want string }{
		{``, "", `{"type":"missing","loc":["body"],"msg":"Field required","input":null}`},
		{`null`, "application/json", `{"type":"missing","loc":["body"],"msg":"Field required","input":null}`},
		{`{"a":`, "application/json", `{"type":"json_invalid","loc":["body",5],"msg":"JSON decode error","input":{},"ctx":{"error":"Expecting value"}}`},
		{`{"a":1}`, "text/plain", notObject + `"{\"a\":1}"}`},
		{`{"a":1}`, "application/json/x", notObject + `"{\"a\":1}"}`},
		{`[]`, "Application/Vnd.API+JSON; charset=utf-8", notObject + `[]}`},
		{`{"a":1}`, "APPLICATION/JSON", ``},
	} {
		body, _, items := ReadBody([]byte(c.body), c.contentType)
		if items == nil {
			_, items = body.Validate(rule)
		}
		if got, want := string(RequestValidationError(items)), `{"error":"RequestValidationError","detail":[`+c.want+`]}`; got != want {
			t.Errorf("%s as %q\n got %s\nwant %s", c.body, c.contentType, got, want)
		}
	}
	if _, state, _ := ReadBody([]byte("{\"a\": \"\xff\"}"), "application/json"); state != BodyUnreadable {
		t.Errorf("bytes that are no text: state %v", state)
	}
}

func TestRenderable(t *testing.T) {
	for text, want := range map[string]bool{`"x"`: true, `[NaN]`: false, `"\ud800"`: false, `{"\ud800":1}`: false} {
		v, _ := ordered.Parse([]byte(text))
		if _, items := Int().Validate(v); Renderable(items) != want {
			t.Errorf("an item about %s: renderable is not %v", text, want)
		}
	}
	if Renderable([]Item{{Loc: []any{"body", "\xed\xa0\x80"}}}) {
		t.Error("a loc with a lone surrogate is renderable")
	}
}
