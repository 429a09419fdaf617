package ordered

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// decode turns a body into text as Python's json module does, which tells UTF-8, UTF-16 and UTF-32 apart by byte order
// marks and by where the zero bytes stand. Lone surrogates pass, in generalised UTF-8. False: undecodable.
func decode(data []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(data, []byte{0, 0, 0xFE, 0xFF}):
		return decode32(data[4:], binary.BigEndian)
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE, 0, 0}):
		return decode32(data[4:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return decode16(data[2:], binary.BigEndian)
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return decode16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		return decode8(data[3:])
	}
	return decodeUnmarked(data)
}

// decodeUnmarked guesses from the zeros: JSON begins with two ASCII characters or is one.
func decodeUnmarked(data []byte) (string, bool) {
	four := len(data) >= 4
	if !four && len(data) != 2 {
		return decode8(data)
	}
	switch {
	case data[0] == 0 && four && data[1] == 0:
		return decode32(data, binary.BigEndian)
	case data[0] == 0:
		return decode16(data, binary.BigEndian)
	case data[1] == 0 && four && data[2] == 0 && data[3] == 0:
		return decode32(data, binary.LittleEndian)
	case data[1] == 0:
		return decode16(data, binary.LittleEndian)
	}
	return decode8(data)
}

func decode8(data []byte) (string, bool) {
	for rest := data; ; {
		i := invalidAt(rest)
		if i < 0 {
			return string(data), true
		}
		if !isSurrogate(rest[i:]) {
			return "", false
		}
		rest = rest[i+3:]
	}
}

// invalidAt is the offset of the first bytes that are no UTF-8, or -1.
func invalidAt(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

func isSurrogate(data []byte) bool {
	return len(data) >= 3 && data[0] == 0xED && data[1] >= 0xA0 && data[1] <= 0xBF && data[2]&0xC0 == 0x80
}

func decode16(data []byte, order binary.ByteOrder) (string, bool) {
	if len(data)%2 != 0 {
		return "", false
	}
	var text []byte
	for i := 0; i < len(data); i += 2 {
		r := rune(order.Uint16(data[i:]))
		if utf16.IsSurrogate(r) && i+2 < len(data) {
			if pair := utf16.DecodeRune(r, rune(order.Uint16(data[i+2:]))); pair != utf8.RuneError {
				r = pair
				i += 2
			}
		}
		text = appendRune(text, r)
	}
	return string(text), true
}

func decode32(data []byte, order binary.ByteOrder) (string, bool) {
	if len(data)%4 != 0 {
		return "", false
	}
	var text []byte
	for i := 0; i < len(data); i += 4 {
		r := order.Uint32(data[i:])
		if r > utf8.MaxRune {
			return "", false
		}
		text = appendRune(text, rune(r))
	}
	return string(text), true
}

// appendRune appends r in UTF-8, a lone surrogate in generalised UTF-8.
func appendRune(dst []byte, r rune) []byte {
	if utf16.IsSurrogate(r) {
		return append(dst, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return utf8.AppendRune(dst, r)
}
