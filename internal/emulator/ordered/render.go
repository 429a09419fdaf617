package ordered

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// String is v as compact JSON in the form of Polar's answers. It is meant for values that are Encodable.
func (v Value) String() string { return string(v.Append(nil)) }

// String is o as compact JSON in the form of Polar's answers.
func (o *Object) String() string { return o.Value().String() }

// Append appends v as compact JSON in the form of Polar's answers: UTF-8 unescaped, floats with a fraction or an
// unpadded exponent (1000.0, 1e-7), NaN and the infinities as null.
func (v Value) Append(dst []byte) []byte { return v.append(dst, appendAnswerFloat) }

// AppendError appends v in the form of Polar's error bodies, which another encoder writes: it differs in the exponents
// of small floats (1e-07).
func (v Value) AppendError(dst []byte) []byte { return v.append(dst, appendErrorFloat) }

func (v Value) append(dst []byte, float func([]byte, float64) []byte) []byte {
	switch v.kind {
	case KindBool:
		return strconv.AppendBool(dst, v.truth)
	case KindInt:
		return append(dst, v.text...)
	case KindFloat:
		return float(dst, v.float)
	case KindString:
		return AppendString(dst, v.text)
	case KindArray:
		return v.appendArray(dst, float)
	case KindObject:
		return v.obj.append(dst, float)
	}
	return append(dst, "null"...)
}

func (v Value) appendArray(dst []byte, float func([]byte, float64) []byte) []byte {
	dst = append(dst, '[')
	for i, item := range v.items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = item.append(dst, float)
	}
	return append(dst, ']')
}

func (o *Object) append(dst []byte, float func([]byte, float64) []byte) []byte {
	dst = append(dst, '{')
	for i, m := range o.members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, m.key), ':')
		dst = m.value.append(dst, float)
	}
	return append(dst, '}')
}

// AppendString appends s as a JSON string with the few escapes that JSON demands.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := range len(s) {
		if c := s[i]; c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = appendEscape(append(dst, s[start:i]...), s[i])
		start = i + 1
	}
	return append(append(dst, s[start:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// Repr is f as Python's repr prints it: 1000.0, 1e+16, 1e-07, nan, inf.
func Repr(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(f, 'g', -1, 64)), "+")
	}
	return formatFloat(f, -4)
}

func appendErrorFloat(dst []byte, f float64) []byte { return append(dst, Repr(f)...) }

func appendAnswerFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	text := formatFloat(f, -5)
	if before, after, found := strings.Cut(text, "e-0"); found {
		text = before + "e-" + after
	}
	return append(dst, text...)
}

// formatFloat prints the shortest digits that read back as f, without an exponent when the decimal one lies in
// [smallest, 15].
func formatFloat(f float64, smallest int) string {
	text := strconv.FormatFloat(f, 'e', -1, 64)
	_, exponent, _ := strings.Cut(text, "e")
	if e, _ := strconv.Atoi(exponent); e < smallest || e > 15 {
		return text
	}
	text = strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// Encodable tells whether Polar can write v into an answer: a lone surrogate anywhere in it cannot be encoded and ends
// in its plain 500 (B 1.1).
func (v Value) Encodable() bool {
	if !utf8.ValidString(v.text) {
		return false
	}
	for _, item := range v.items {
		if !item.Encodable() {
			return false
		}
	}
	for key, value := range v.obj.All() {
		if !utf8.ValidString(key) || !value.Encodable() {
			return false
		}
	}
	return true
}

// Finite tells whether v holds neither NaN nor an infinity, which can neither be stored nor stand in an error body.
func (v Value) Finite() bool {
	if v.kind == KindFloat && (math.IsNaN(v.float) || math.IsInf(v.float, 0)) {
		return false
	}
	for _, item := range v.items {
		if !item.Finite() {
			return false
		}
	}
	for _, value := range v.obj.All() {
		if !value.Finite() {
			return false
		}
	}
	return true
}
