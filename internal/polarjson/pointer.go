package polarjson

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const maxPointer = 256

// pointer finds the JSON pointer of a byte offset by walking the text once more, which only a failure pays for.
// What stands before the offset is well formed, so the walk needs no checks.
func pointer(src []byte, offset int) string {
	w := walk{scanner: scanner{src: src[:offset]}}
	w.value()
	return cut(string(w.path), maxPointer)
}

// walk keeps path at the place being read; it stops, and leaves path alone, where the text ends.
type walk struct {
	scanner
	path []byte
}

func (w *walk) value() bool {
	switch w.peek() {
	case '{':
		return w.object()
	case '[':
		return w.list()
	case 0:
		return false
	}
	return w.skip() && w.pos < len(w.src)
}

func (w *walk) object() bool {
	outer := len(w.path)
	st := w.enter('}')
	for ; st == stepMore; st = w.more('}') {
		w.path = w.path[:outer]
		if w.peek() != '"' {
			return false
		}
		name, ok := w.text()
		if !ok || !w.colon() {
			return false
		}
		w.path = appendToken(w.path, string(appendUnescaped(nil, w.src[name.start:name.end])))
		if !w.value() {
			return false
		}
	}
	if st != stepEnd {
		return false
	}
	w.path = w.path[:outer]
	return true
}

func (w *walk) list() bool {
	outer := len(w.path)
	st := w.enter(']')
	for i := 0; st == stepMore; st, i = w.more(']'), i+1 {
		w.path = appendToken(w.path[:outer], strconv.Itoa(i))
		if !w.value() {
			return false
		}
	}
	if st != stepEnd {
		return false
	}
	w.path = w.path[:outer]
	return true
}

var tokenEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func appendToken(path []byte, token string) []byte {
	return append(append(path, '/'), tokenEscapes.Replace(token)...)
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
