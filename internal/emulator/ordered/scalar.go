package ordered

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var words = []struct {
	text  string
	value Value
}{
	{"null", Null},
	{"true", Bool(true)},
	{"false", Bool(false)},
	{"NaN", Float(math.NaN())},
	{"Infinity", Float(math.Inf(1))},
	{"-Infinity", Float(math.Inf(-1))},
}

// number reads as much as makes a number: what follows ("01", "1.", "2e") is left, and refused, as extra data.
func (s *scanner) number() Value {
	start := s.pos
	end := s.integer(start)
	if end < 0 {
		s.fail("Expecting value", start)
		return Null
	}
	whole := end
	if d := s.digits(end + 1); d > end+1 && s.text[end] == '.' {
		end = d
	}
	end = s.exponent(end)
	s.pos = end
	if end > whole {
		f, _ := strconv.ParseFloat(s.text[start:end], 64)
		return Float(f)
	}
	return s.bigInt(s.text[start:end])
}

func (s *scanner) bigInt(text string) Value {
	if len(strings.TrimPrefix(text, "-")) > maxDigits {
		s.unreadable()
	}
	if text == "-0" {
		text = "0"
	}
	return BigInt(text)
}

// integer is the end of the integer at i, or -1.
func (s *scanner) integer(i int) int {
	if i < len(s.text) && s.text[i] == '-' {
		i++
	}
	if i < len(s.text) && s.text[i] == '0' {
		return i + 1
	}
	if end := s.digits(i); end > i {
		return end
	}
	return -1
}

// exponent is the end of the exponent at i; i when there is none.
func (s *scanner) exponent(i int) int {
	if i >= len(s.text) || s.text[i]|0x20 != 'e' {
		return i
	}
	start := i + 1
	if start < len(s.text) && (s.text[start] == '+' || s.text[start] == '-') {
		start++
	}
	if end := s.digits(start); end > start {
		return end
	}
	return i
}

// digits is the end of the run of digits at i.
func (s *scanner) digits(i int) int {
	for i < len(s.text) && s.text[i] >= '0' && s.text[i] <= '9' {
		i++
	}
	return i
}

// str reads the string whose opening quote is at pos.
func (s *scanner) str() string {
	begin := s.pos
	s.pos++
	var text []byte
	for start := s.pos; s.err == nil; {
		c := s.next()
		switch {
		case s.pos >= len(s.text):
			s.fail("Unterminated string starting at", begin)
		case c == '"':
			tail := s.text[start:s.pos]
			s.pos++
			if text == nil {
				return tail
			}
			return string(append(text, tail...))
		case c < ' ':
			s.fail("Invalid control character at", s.pos)
		case c == '\\':
			text = s.escape(append(text, s.text[start:s.pos]...), begin)
			start = s.pos
		default:
			s.pos++
		}
	}
	return ""
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads the escape whose backslash is at pos, in the string that begins at begin.
func (s *scanner) escape(text []byte, begin int) []byte {
	if s.pos+1 >= len(s.text) {
		s.fail("Unterminated string starting at", begin)
		return text
	}
	c := s.text[s.pos+1]
	if c == 'u' {
		return appendRune(text, s.unicode())
	}
	plain, ok := escapes[c]
	if !ok {
		s.fail("Invalid \\escape", s.pos)
	}
	s.pos += 2
	return append(text, plain)
}

// unicode reads the \uXXXX at pos, and with a high surrogate the low one after it.
func (s *scanner) unicode() rune {
	r, ok := s.hex4(s.pos + 2)
	if !ok || s.pos+6 >= len(s.text) {
		s.fail("Invalid \\uXXXX escape", s.pos+1)
		return 0
	}
	s.pos += 6
	if r < 0xD800 || r > 0xDBFF || s.pos+6 >= len(s.text) || s.text[s.pos:s.pos+2] != "\\u" {
		return r
	}
	low, ok := s.hex4(s.pos + 2)
	if !ok {
		s.fail("Invalid \\uXXXX escape", s.pos+1)
		return r
	}
	if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
		s.pos += 6
		return pair
	}
	return r
}

func (s *scanner) hex4(at int) (rune, bool) {
	if at+4 > len(s.text) {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s.text[at : at+4]) {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if d < 0 || c < '0' {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}
