package polarjson

import (
	"bytes"
	"math"
	"strconv"
)

// maxDouble is longer than any double that appendDouble prints.
const maxDouble = 32

// appendDouble prints the shortest digits that read back as v, always with a fraction or an exponent, so that a
// double is never taken for an integer: 1.0, 0.75, 1e16, 1.5e-7.
func appendDouble(dst []byte, v float64) []byte {
	if abs := math.Abs(v); abs != 0 && (abs < 1e-5 || abs >= 1e16) {
		return appendExponent(dst, v)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
	if bytes.IndexByte(dst[start:], '.') >= 0 {
		return dst
	}
	return append(dst, ".0"...)
}

// appendExponent prints with an exponent that has neither a plus sign nor leading zeros.
func appendExponent(dst []byte, v float64) []byte {
	var buf [maxDouble]byte
	printed := strconv.AppendFloat(buf[:0], v, 'e', -1, 64)
	at := 0
	for printed[at] != 'e' {
		at++
	}
	dst = append(dst, printed[:at+1]...)
	exponent := printed[at+1:]
	if exponent[0] == '-' {
		dst = append(dst, '-')
	}
	exponent = exponent[1:]
	for exponent[0] == '0' {
		exponent = exponent[1:]
	}
	return append(dst, exponent...)
}
