package ordered

import (
	"strconv"
	"strings"
)

// ParseError says why Parse refused a text, in the words of Python's json module.
type ParseError struct {
	Offset int    // in characters, after the byte order mark
	Msg    string // what stands in ctx.error of Polar's answer; "" when Unreadable
	// Unreadable: the bytes cannot be decoded, an integer is too long or values are nested too deep. Polar answers 400
	// instead of 422 (B 3.4).
	Unreadable bool
}

// Error makes ParseError an error.
func (e *ParseError) Error() string {
	if e.Unreadable {
		return "unreadable JSON"
	}
	return e.Msg + " at " + strconv.Itoa(e.Offset)
}

const (
	maxDigits = 4300   // Python refuses longer integers
	maxDepth  = 10_000 // Python's own limit depends on its stack
)

// Parse reads one JSON value as Polar reads a body: NaN and Infinity are values, of equal keys the last one wins in the
// place of the first, a byte order mark and white space around the value are ignored (B 3.4).
func Parse(data []byte) (Value, *ParseError) {
	text, ok := decode(data)
	if !ok {
		return Null, &ParseError{Unreadable: true}
	}
	s := scanner{text: text}
	s.space()
	value := s.value(0)
	s.space()
	if s.err == nil && s.pos < len(text) {
		s.fail("Extra data", s.pos)
	}
	if s.err != nil {
		return Null, s.err
	}
	return value, nil
}

// scanner reads text from pos on. After the first failure err is set and every step does nothing.
type scanner struct {
	text string
	pos  int
	err  *ParseError
}

func (s *scanner) fail(msg string, at int) {
	if s.err != nil {
		return
	}
	s.err = &ParseError{Msg: msg, Offset: characters(s.text[:at])}
}

func (s *scanner) unreadable() {
	if s.err == nil {
		s.err = &ParseError{Unreadable: true}
	}
}

// characters counts the characters of s, a lone surrogate as one.
func characters(s string) int {
	n := 0
	for i := range len(s) {
		if s[i]&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

// next is the byte at pos, 0 at the end.
func (s *scanner) next() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) space() {
	for s.pos < len(s.text) && strings.IndexByte(" \t\n\r", s.text[s.pos]) >= 0 {
		s.pos++
	}
}

func (s *scanner) value(depth int) Value {
	if depth > maxDepth {
		s.unreadable()
	}
	if s.err != nil {
		return Null
	}
	switch s.next() {
	case '"':
		return String(s.str())
	case '{':
		return s.object(depth)
	case '[':
		return s.array(depth)
	}
	for _, w := range words {
		if strings.HasPrefix(s.text[s.pos:], w.text) {
			s.pos += len(w.text)
			return w.value
		}
	}
	return s.number()
}

func (s *scanner) object(depth int) Value {
	object := NewObject()
	s.pos++
	s.space()
	for s.next() != '}' && s.err == nil {
		if s.next() != '"' {
			s.fail("Expecting property name enclosed in double quotes", s.pos)
			break
		}
		key := s.str()
		s.space()
		s.expect(':')
		s.space()
		object.Set(key, s.value(depth+1))
		s.separator('}', "Illegal trailing comma before end of object")
	}
	s.pos++
	return object.Value()
}

func (s *scanner) array(depth int) Value {
	var items []Value
	s.pos++
	s.space()
	for s.next() != ']' && s.err == nil {
		items = append(items, s.value(depth+1))
		s.separator(']', "Illegal trailing comma before end of array")
	}
	s.pos++
	return Array(items...)
}

// separator steps over a comma that something follows, or stays at the closing byte.
func (s *scanner) separator(closing byte, trailing string) {
	s.space()
	if s.err != nil || s.next() == closing {
		return
	}
	comma := s.pos
	s.expect(',')
	s.space()
	if s.next() == closing {
		s.fail(trailing, comma)
	}
}

func (s *scanner) expect(c byte) {
	if s.next() != c {
		s.fail("Expecting '"+string(c)+"' delimiter", s.pos)
	}
	s.pos++
}
