package validate

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// Str takes strings and nothing else.
func Str() Schema {
	return Schema{"str", checkStr}
}

func checkStr(in ordered.Value) result {
	if in.Kind() != ordered.KindString {
		return refuse(in, "string_type", "Input should be a valid string")
	}
	return result{value: in, nul: strings.Contains(in.Text(), "\x00")}
}

// SizedStr takes strings of least to most characters; most 0 means any length.
func SizedStr(least, most int) Schema {
	return Schema{"constrained-str", func(in ordered.Value) result {
		r := checkStr(in)
		if r.items != nil {
			return r
		}
		if !utf8.ValidString(in.Text()) {
			return notUnicode(in)
		}
		switch n := utf8.RuneCountInString(in.Text()); {
		case most > 0 && n > most:
			return refuse(in, "string_too_long", "String should have at most "+count(most, "character"), "max_length", most)
		case n < least:
			return refuse(in, "string_too_short", "String should have at least "+count(least, "character"), "min_length", least)
		}
		return r
	}}
}

func notUnicode(in ordered.Value) result {
	return refuse(in, "string_unicode", "Input should be a valid string, unable to parse raw data as a unicode string")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprint(n, " ", noun, "s")
}

// Strip drops the white space around a string; other values pass.
func Strip(v ordered.Value) ordered.Value {
	if v.Kind() != ordered.KindString {
		return v
	}
	return ordered.String(strings.TrimFunc(v.Text(), isSpace))
}

// StripToNull drops the white space around a string and turns what is then empty into null.
func StripToNull(v ordered.Value) ordered.Value {
	if v = Strip(v); v.Kind() == ordered.KindString && v.Text() == "" {
		return ordered.Null
	}
	return v
}

// Upper turns a string into upper case; other values pass.
func Upper(v ordered.Value) ordered.Value {
	if v.Kind() != ordered.KindString {
		return v
	}
	return ordered.String(strings.ToUpper(v.Text()))
}

// isSpace is Python's idea of white space: Unicode's and the four separators of ASCII.
func isSpace(r rune) bool { return unicode.IsSpace(r) || (r >= 0x1C && r <= 0x1F) }

// Enum takes one of values and calls itself name in the loc of unions.
func Enum(name string, values ...string) Schema {
	return Schema{"str-enum[" + name + "]", oneOf("enum", values)}
}

// Literal takes one of values.
func Literal(values ...string) Schema {
	return Schema{"literal[" + expected(values) + "]", oneOf("literal_error", values)}
}

func oneOf(kind string, values []string) func(ordered.Value) result {
	// Some lists are long and most are never refused.
	wanted := sync.OnceValue(func() string { return expected(values) })
	known := make(map[string]bool, len(values))
	for _, value := range values {
		known[value] = true
	}
	return func(in ordered.Value) result {
		if in.Kind() == ordered.KindString && known[in.Text()] {
			return valid(in, exact)
		}
		return refuse(in, kind, "Input should be "+wanted(), "expected", wanted())
	}
}

// expected lists values as 'a', 'b' or 'c'.
func expected(values []string) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = pythonRepr(value)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

// pythonRepr quotes s as Python does: in double quotes only if it holds single but no double ones.
func pythonRepr(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	s = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, quote, `\`+quote).Replace(s)
	return quote + s + quote
}

// False takes false, and 0 and 0.0 which Python holds for equal.
func False() Schema {
	return Schema{"literal[False]", func(in ordered.Value) result {
		f, isNumber := in.Float64()
		if in.Equal(ordered.Bool(false)) || (isNumber && f == 0) {
			return valid(ordered.Bool(false), exact)
		}
		return refuse(in, "literal_error", "Input should be False", "expected", "False")
	}}
}
