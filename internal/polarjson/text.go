package polarjson

import (
	"unicode/utf16"
	"unicode/utf8"
)

// hex4 reads the four digits of a \u escape.
func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// appendUnescaped appends what the body of a scanned string means, as valid UTF-8: a byte that is none and half a
// surrogate pair become U+FFFD, for one invalid string in the wire would make a client refuse the whole answer.
func appendUnescaped(dst, body []byte) []byte {
	for len(body) > 0 {
		if body[0] == '\\' {
			dst, body = appendEscape(dst, body)
			continue
		}
		if body[0] < utf8.RuneSelf {
			dst, body = append(dst, body[0]), body[1:]
			continue
		}
		r, n := utf8.DecodeRune(body)
		dst, body = utf8.AppendRune(dst, r), body[n:]
	}
	return dst
}

var shortEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// appendEscape appends the meaning of the escape at the start of body and returns what follows it.
func appendEscape(dst, body []byte) (out, rest []byte) {
	if body[1] != 'u' {
		return append(dst, shortEscapes[body[1]]), body[2:]
	}
	r, _ := hex4(body[2:])
	body = body[6:]
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(dst, r), body
	}
	if len(body) >= 6 && body[0] == '\\' && body[1] == 'u' {
		low, _ := hex4(body[2:])
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return utf8.AppendRune(dst, pair), body[6:]
		}
	}
	return utf8.AppendRune(dst, utf8.RuneError), body
}

// appendValid appends text with each byte that is not UTF-8 replaced by U+FFFD; escapes stay as they are.
func appendValid(dst, src []byte) []byte {
	for len(src) > 0 {
		r, n := utf8.DecodeRune(src)
		dst, src = utf8.AppendRune(dst, r), src[n:]
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends s as a JSON string: only what must be escaped is, as Polar does it.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	plain := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			if r, n := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
		}
		dst = appendEscaped(append(dst, s[plain:i]...), c)
		i++
		plain = i
	}
	return append(append(dst, s[plain:]...), '"')
}

func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	if c >= utf8.RuneSelf {
		return utf8.AppendRune(dst, utf8.RuneError)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
