package polarjson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// maxDepth is how many objects and lists may stand inside each other; Polar's own answers reach nine.
const maxDepth = 128

// scanner walks JSON text (RFC 8259, nothing more lenient) and remembers the first fault it meets.
type scanner struct {
	src    []byte
	pos    int
	depth  int
	fault  string // why the text is no JSON; "" while it is
	failed int    // where
}

// step says what follows a member or an element.
type step uint8

const (
	stepBroken step = iota
	stepMore
	stepEnd
)

func (s *scanner) fail(reason string) bool {
	if s.fault == "" {
		s.fault, s.failed = reason, s.pos
	}
	return false
}

// peek moves to the next byte that is not white space and returns it, or 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.src) && s.src[s.pos] > ' ' {
		return s.src[s.pos]
	}
	return s.peekPastSpace()
}

func (s *scanner) peekPastSpace() byte {
	for ; s.pos < len(s.src); s.pos++ {
		switch c := s.src[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// enter steps over an opening bracket.
func (s *scanner) enter(closing byte) step {
	if s.depth == maxDepth {
		s.fail("nested too deeply")
		return stepBroken
	}
	s.depth++
	s.pos++
	if s.peek() == closing {
		return s.leave()
	}
	return stepMore
}

func (s *scanner) leave() step {
	s.pos++
	s.depth--
	return stepEnd
}

// more steps over the comma or the closing bracket behind an element.
func (s *scanner) more(closing byte) step {
	switch s.peek() {
	case ',':
		s.pos++
		return stepMore
	case closing:
		return s.leave()
	}
	s.failAtValue("expected a comma or a closing bracket")
	return stepBroken
}

// failAtValue fails with what was expected, or with the plainer news that the text ends here.
func (s *scanner) failAtValue(expected string) bool {
	if s.pos >= len(s.src) {
		return s.fail("unexpected end")
	}
	return s.fail(expected)
}

// colon steps over the colon behind a name.
func (s *scanner) colon() bool {
	if s.peek() != ':' {
		return s.failAtValue("expected a colon")
	}
	s.pos++
	return true
}

// skip steps over one value of any kind.
func (s *scanner) skip() bool {
	switch s.peek() {
	case '"':
		_, ok := s.text()
		return ok
	case '{':
		return s.skipObject()
	case '[':
		return s.skipList()
	case 't':
		return s.word("true") || s.fail("expected a value")
	case 'f':
		return s.word("false") || s.fail("expected a value")
	case 'n':
		return s.word("null") || s.fail("expected a value")
	}
	_, _, ok := s.number()
	return ok
}

func (s *scanner) skipObject() bool {
	st := s.enter('}')
	for ; st == stepMore; st = s.more('}') {
		if s.peek() != '"' {
			return s.failAtValue("expected a member name")
		}
		if _, ok := s.text(); !ok || !s.colon() || !s.skip() {
			return false
		}
	}
	return st == stepEnd
}

func (s *scanner) skipList() bool {
	st := s.enter(']')
	for ; st == stepMore; st = s.more(']') {
		if !s.skip() {
			return false
		}
	}
	return st == stepEnd
}

// word steps over true, false or null if it stands here.
func (s *scanner) word(w string) bool {
	if len(s.src)-s.pos < len(w) || string(s.src[s.pos:s.pos+len(w)]) != w {
		return false
	}
	s.pos += len(w)
	return true
}

// number steps over a number and returns its text and whether it is an integer: no fraction, no exponent.
func (s *scanner) number() (literal []byte, integer, ok bool) {
	start := s.pos
	if s.at('-') {
		s.pos++
	}
	if s.at('0') {
		s.pos++
	} else if !s.digits() {
		return nil, false, s.failAtValue("expected a value")
	}
	integer = true
	if s.at('.') {
		integer = false
		s.pos++
		if !s.digits() {
			return nil, false, s.failAtValue("expected a digit")
		}
	}
	if s.at('e') || s.at('E') {
		integer = false
		if !s.exponent() {
			return nil, false, s.failAtValue("expected a digit")
		}
	}
	return s.src[start:s.pos], integer, true
}

func (s *scanner) exponent() bool {
	s.pos++
	if s.at('+') || s.at('-') {
		s.pos++
	}
	return s.digits()
}

func (s *scanner) at(c byte) bool { return s.pos < len(s.src) && s.src[s.pos] == c }

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.src) && s.src[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos > start
}

// text is a string in the source, without its quotes.
type text struct {
	start, end int
	escaped    bool // has a backslash
	wide       bool // has bytes beyond ASCII, not yet known to be UTF-8
}

const (
	everyByte = 0x0101010101010101
	topBits   = 0x8080808080808080
)

// text steps over the string that starts here. It looks at eight bytes at a time for the four things that end the
// fast path: a quote, a backslash, a control character, and anything beyond ASCII.
func (s *scanner) text() (text, bool) {
	src, pos := s.src, s.pos+1
	t := text{start: pos}
	for {
		for len(src)-pos >= 8 {
			w := binary.LittleEndian.Uint64(src[pos:])
			quotes, slashes := w^('"'*everyByte), w^('\\'*everyByte)
			stops := ((quotes - everyByte) | (slashes - everyByte) | (w - ' '*everyByte) | w) & topBits
			if stops != 0 {
				pos += bits.TrailingZeros64(stops) / 8
				break
			}
			pos += 8
		}
		if pos < len(src) && src[pos] == '"' {
			t.end, s.pos = pos, pos+1
			return t, true
		}
		s.pos = pos
		if !s.textByte(&t) {
			return t, false
		}
		pos = s.pos
	}
}

// textByte steps over one byte of a string that is not its closing quote, or over one escape.
func (s *scanner) textByte(t *text) bool {
	if s.pos >= len(s.src) {
		return s.fail("unexpected end")
	}
	switch c := s.src[s.pos]; {
	case c == '\\':
		t.escaped = true
		return s.escape()
	case c < ' ':
		return s.fail("control character in a string")
	case c >= utf8.RuneSelf:
		t.wide = true
	}
	s.pos++
	return true
}

func (s *scanner) escape() bool {
	if len(s.src)-s.pos < 2 {
		s.pos = len(s.src)
		return s.fail("unexpected end")
	}
	switch s.src[s.pos+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos += 2
		return true
	case 'u':
		if _, ok := hex4(s.src[s.pos+2:]); ok {
			s.pos += 6
			return true
		}
	}
	return s.fail("invalid escape")
}
