package polarjson

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// value decodes the value that starts here, with its tag; a list or map with all its records.
func (d *decoder) value(f *field) verdict {
	switch f.op {
	case opString:
		return d.stringValue(f.tag, f.implicit)
	case opBool:
		return d.boolValue(f.tag, f.implicit)
	case opInt32:
		return d.intValue(f.tag, f.implicit, math.MinInt32, math.MaxInt32)
	case opInt64:
		return d.intValue(f.tag, f.implicit, math.MinInt64, math.MaxInt64)
	case opDouble:
		return d.doubleValue(f.tag, f.implicit)
	case opEnum:
		return d.enumValue(f)
	case opTime:
		return d.timeValue(f)
	case opObject, opScalar, opWrapper:
		return d.messageValue(f)
	case opList:
		return d.list(f)
	}
	return d.mapValue(f)
}

// open leaves room for the length of what is appended next; close fills it in. One byte is enough for most, so
// that is left, and a longer record is shifted.
func (d *decoder) open() int {
	d.dst = append(d.dst, 0)
	return len(d.dst)
}

func (d *decoder) close(at int) {
	n := len(d.dst) - at
	if n < 1<<7 {
		d.dst[at-1] = byte(n)
		return
	}
	more := protowire.SizeVarint(uint64(n)) - 1
	var room [8]byte
	d.dst = append(d.dst, room[:more]...)
	copy(d.dst[at+more:], d.dst[at:])
	binary.PutUvarint(d.dst[at-1:], uint64(n))
}

func (d *decoder) stringValue(tag string, implicit bool) verdict {
	if !d.at('"') {
		return misfit
	}
	t, ok := d.text()
	if !ok {
		return broken
	}
	if implicit && t.start == t.end {
		return fits
	}
	d.dst = append(d.dst, tag...)
	d.string(t)
	return fits
}

// string appends the length and the bytes of a string.
func (d *decoder) string(t text) {
	body := d.src[t.start:t.end]
	if t.escaped || t.wide && !utf8.Valid(body) {
		at := d.open()
		d.dst = appendUnescaped(d.dst, body)
		d.close(at)
		return
	}
	d.dst = protowire.AppendVarint(d.dst, uint64(len(body)))
	d.dst = append(d.dst, body...)
}

func (d *decoder) boolValue(tag string, implicit bool) verdict {
	switch {
	case d.word("true"):
		d.dst = append(append(d.dst, tag...), 1)
	case !d.word("false"):
		return misfit
	case !implicit:
		d.dst = append(append(d.dst, tag...), 0)
	}
	return fits
}

// startsNumber says whether a number may start here.
func (d *decoder) startsNumber() bool {
	return d.pos < len(d.src) && (d.src[d.pos] == '-' || d.src[d.pos]-'0' <= 9)
}

func (d *decoder) intValue(tag string, implicit bool, low, high int64) verdict {
	if !d.startsNumber() {
		return misfit
	}
	literal, integer, ok := d.number()
	if !ok {
		return broken
	}
	n, exact := parseInt(literal)
	if !integer || !exact || n < low || n > high {
		return misfit
	}
	if n != 0 || !implicit {
		d.dst = protowire.AppendVarint(append(d.dst, tag...), uint64(n))
	}
	return fits
}

// parseInt reads the literal of an integer; it is not exact beyond 64 bits and for -0, which no integer can hold.
func parseInt(literal []byte) (n int64, exact bool) {
	digits := literal
	if digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) > 19 {
		return 0, false
	}
	if len(digits) == 19 || digits[0] == '0' {
		n, err := strconv.ParseInt(string(literal), 10, 64)
		return n, err == nil && (n != 0 || len(digits) == len(literal))
	}
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	if len(digits) < len(literal) {
		n = -n
	}
	return n, true
}

func (d *decoder) doubleValue(tag string, implicit bool) verdict {
	if !d.startsNumber() {
		return misfit
	}
	literal, _, ok := d.number()
	if !ok {
		return broken
	}
	v, exact := parseDouble(literal)
	if !exact {
		return misfit
	}
	if bits := math.Float64bits(v); bits != 0 || !implicit {
		d.dst = protowire.AppendFixed64(append(d.dst, tag...), bits)
	}
	return fits
}

// parseDouble reads a literal that appendDouble prints identically; any other is not exact.
func parseDouble(literal []byte) (v float64, exact bool) {
	if len(literal) > maxDouble {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(literal), 64)
	if err != nil {
		return 0, false
	}
	var buf [maxDouble]byte
	return v, string(appendDouble(buf[:0], v)) == string(literal)
}

func (d *decoder) enumValue(f *field) verdict {
	if !d.at('"') {
		return misfit
	}
	t, ok := d.text()
	if !ok {
		return broken
	}
	n, known := f.enum.number(d.src[t.start:t.end])
	if !known {
		return misfit
	}
	d.dst = protowire.AppendVarint(append(d.dst, f.tag...), uint64(n))
	return fits
}

func (d *decoder) timeValue(f *field) verdict {
	if !d.at('"') {
		return misfit
	}
	t, ok := d.text()
	if !ok {
		return broken
	}
	seconds, nanos, ok := parseTime(d.src[t.start:t.end])
	if !ok {
		return misfit
	}
	d.dst = append(d.dst, f.tag...)
	at := d.open()
	d.dst = appendTimeBody(d.dst, seconds, nanos)
	d.close(at)
	return fits
}
