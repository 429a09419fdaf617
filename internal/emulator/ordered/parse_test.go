package ordered

import (
	"strings"
	"testing"
)

func TestParseKeepsWhatPolarKeeps(t *testing.T) {
	for in, want := range map[string]string{
		` {"b":1,"a":[true,null],"b":2} `:            `{"b":2,"a":[true,null]}`,
		`[1e3,2.50,1.0,-0.0,-0,1E-7,1e400]`:          `[1000.0,2.5,1.0,-0.0,0,1e-7,null]`,
		`[1e15,1e16,0.00001,0.000001]`:               `[1000000000000000.0,1e+16,0.00001,1e-6]`,
		`123456789012345678901234567890`:             `123456789012345678901234567890`,
		`"\u00e9\ud83d\ude00\/\u0001\"\n"`:           `"é😀/\u0001\"\n"`,
		"\xef\xbb\xbf[]":                             `[]`,
		"\xff\xfe[\x00\x22\x00\xe9\x00\x22\x00]\x00": `["é"]`,
		"\x00[\x001\x00]":                            `[1]`,
		`[NaN,-Infinity]`:                            `[null,null]`,
	} {
		v, err := Parse([]byte(in))
		if err != nil || v.String() != want {
			t.Errorf("Parse(%q) = %s, %v; want %s", in, v, err, want)
		}
	}
}

func TestParseRefusesInPythonsWords(t *testing.T) {
	for _, c := range []struct {
		in, msg string
		offset  int
	}{
		{``, "Expecting value", 0},
		{`  `, "Expecting value", 2},
		{`{"a":`, "Expecting value", 5},
		{`{bad`, "Expecting property name enclosed in double quotes", 1},
		{`{"é" 1}`, "Expecting ':' delimiter", 5},
		{`["é" 1]`, "Expecting ',' delimiter", 5},
		{`{"a":["x"], }`, "Illegal trailing comma before end of object", 10},
		{`[1,]`, "Illegal trailing comma before end of array", 2},
		{`{}x`, "Extra data", 2},
		{`01`, "Extra data", 1},
		{`1.`, "Extra data", 1},
		{`-`, "Expecting value", 0},
		{`["ab`, "Unterminated string starting at", 1},
		{"\"a\n\"", "Invalid control character at", 2},
		{`"a\x"`, `Invalid \escape`, 2},
		{`"\u12g4"`, `Invalid \uXXXX escape`, 2},
	} {
		_, err := Parse([]byte(c.in))
		if err == nil || err.Unreadable || err.Msg != c.msg || err.Offset != c.offset {
			t.Errorf("Parse(%q): %v, want %s at %d", c.in, err, c.msg, c.offset)
		}
	}
}

func TestParseCannotReadEverything(t *testing.T) {
	for name, in := range map[string]string{
		"bytes that are no UTF-8":  "{\"a\": \"\xff\"}",
		"half a UTF-16 unit":       "\xff\xfe[",
		"an endless integer":       strings.Repeat("1", 4301),
		"a hundred thousand lists": strings.Repeat("[", 100_000),
	} {
		if _, err := Parse([]byte(in)); err == nil || !err.Unreadable {
			t.Errorf("%s: %v, want unreadable", name, err)
		}
	}
}

func TestLoneSurrogatesPassButCannotBeAnswered(t *testing.T) {
	for in, encodable := range map[string]bool{
		`"\ud800"`: false, "\"\xed\xa0\x80\"": false, `{"\udc00":1}`: false, `[["\ud800x"]]`: false,
		`"\ud83d\ude00"`: true, `"한"`: true, `"한\ud800"`: false,
	} {
		v, err := Parse([]byte(in))
		if err != nil || v.Encodable() != encodable {
			t.Errorf("Parse(%q) = %v, Encodable() = %v, want %v", in, err, v.Encodable(), encodable)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5,"\ud83d\ude00"]}`, "\xff\xfe[\x00", `[1,]`, `"\u`, `-`, `{"a"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		v, err := Parse(in)
		if err != nil || !v.Encodable() || !v.Finite() {
			return
		}
		again, err := Parse(v.Append(nil))
		if err != nil || !again.Equal(v) {
			t.Errorf("%q became %s, which reads as %s (%v)", in, v, again, err)
		}
	})
}
