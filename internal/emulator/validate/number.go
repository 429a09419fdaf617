package validate

import (
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// Int takes integers of any size, whole floats, booleans and text that spells an integer.
func Int(checks ...Check) Schema {
	return Checked(Schema{"int", checkInt}, checks...)
}

func checkInt(in ordered.Value) result {
	switch in.Kind() {
	case ordered.KindInt:
		return valid(in, exact)
	case ordered.KindBool:
		return valid(boolAsInt(in), lax)
	case ordered.KindFloat:
		return floatAsInt(in)
	case ordered.KindString:
		return textAsInt(in)
	}
	return refuse(in, "int_type", "Input should be a valid integer")
}

func boolAsInt(in ordered.Value) ordered.Value {
	if in.Truth() {
		return ordered.Int(1)
	}
	return ordered.Int(0)
}

func floatAsInt(in ordered.Value) result {
	f, _ := in.Float64()
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return refuse(in, "finite_number", "Input should be a finite number")
	case f != math.Trunc(f):
		return refuse(in, "int_from_float", "Input should be a valid integer, got a number with a fractional part")
	case f >= math.MaxInt64 || f <= math.MinInt64:
		return intTooLarge(in)
	}
	return valid(ordered.Int(int64(f)), lax)
}

func intTooLarge(in ordered.Value) result {
	return refuse(in, "int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size")
}

// maxDigits is how long the text of an integer may be.
const maxDigits = 4300

func textAsInt(in ordered.Value) result {
	if !utf8.ValidString(in.Text()) {
		return notUnicode(in)
	}
	digits, ok := integerText(in.Text())
	if !ok {
		return refuse(in, "int_parsing", "Input should be a valid integer, unable to parse string as an integer")
	}
	if len(strings.TrimPrefix(digits, "-")) > maxDigits {
		return intTooLarge(in)
	}
	return valid(ordered.BigInt(digits), lax)
}

// integerText turns " +1_000.00 " into "1000": spaces around, a sign, single underscores and a zero fraction may stand.
func integerText(text string) (string, bool) {
	text = strings.TrimFunc(text, unicode.IsSpace)
	sign := ""
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		sign, text = "-", rest
	} else {
		text = strings.TrimPrefix(text, "+")
	}
	text, fraction, hasFraction := strings.Cut(text, ".")
	if hasFraction && (fraction == "" || strings.Trim(fraction, "0") != "") {
		return "", false
	}
	digits, ok := withoutUnderscores(text)
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return "0", true
	}
	return sign + digits, true
}

// withoutUnderscores drops underscores that stand alone between other characters.
func withoutUnderscores(text string) (string, bool) {
	if strings.HasPrefix(text, "_") || strings.HasSuffix(text, "_") || strings.Contains(text, "__") {
		return "", false
	}
	return strings.ReplaceAll(text, "_", ""), true
}

// Float takes numbers, booleans and text that spells a number; NaN and the infinities too.
func Float(checks ...Check) Schema {
	return Checked(Schema{"float", checkFloat}, checks...)
}

func checkFloat(in ordered.Value) result {
	switch in.Kind() {
	case ordered.KindFloat:
		return valid(in, exact)
	case ordered.KindInt:
		if f, _ := in.Float64(); !math.IsInf(f, 0) {
			return valid(ordered.Float(f), strict)
		}
	case ordered.KindBool:
		f, _ := boolAsInt(in).Float64()
		return valid(ordered.Float(f), lax)
	case ordered.KindString:
		return textAsFloat(in)
	}
	return refuse(in, "float_type", "Input should be a valid number")
}

func textAsFloat(in ordered.Value) result {
	if !utf8.ValidString(in.Text()) {
		return notUnicode(in)
	}
	text, ok := withoutUnderscores(in.Text())
	if text == in.Text() {
		text = strings.TrimFunc(text, unicode.IsSpace)
	}
	if strings.EqualFold(strings.TrimLeft(text, "+-"), "nan") {
		text = "nan"
	}
	f, err := strconv.ParseFloat(text, 64)
	if rangeErr := math.IsInf(f, 0); !ok || (err != nil && !rangeErr) || strings.ContainsAny(text, "xX") {
		return refuse(in, "float_parsing", "Input should be a valid number, unable to parse string as a number")
	}
	return valid(ordered.Float(f), lax)
}

// Bool takes booleans, 0 and 1, and the usual words (yes, off, t, ...) in any case.
func Bool() Schema {
	return Schema{"bool", checkBool}
}

var boolWords = map[string]bool{
	"1": true, "true": true, "t": true, "yes": true, "y": true, "on": true,
	"0": false, "false": false, "f": false, "no": false, "n": false, "off": false,
}

func checkBool(in ordered.Value) result {
	var word string
	switch in.Kind() {
	case ordered.KindBool:
		return valid(in, exact)
	case ordered.KindString:
		word = strings.ToLower(in.Text())
		if !utf8.ValidString(word) {
			return notUnicode(in)
		}
	case ordered.KindInt, ordered.KindFloat:
		r := checkInt(in)
		if _, small := r.value.Int64(); r.items != nil || !small {
			return notBool(in)
		}
		word = r.value.Text()
	default:
		return notBool(in)
	}
	truth, ok := boolWords[word]
	if !ok {
		return refuse(in, "bool_parsing", "Input should be a valid boolean, unable to interpret input")
	}
	return valid(ordered.Bool(truth), lax)
}

func notBool(in ordered.Value) result {
	return refuse(in, "bool_type", "Input should be a valid boolean")
}

// Ge demands a number of at least n.
func Ge(n int64) Check {
	return bound(n, "greater_than_equal", "greater than or equal to", "ge", func(order int) bool { return order >= 0 })
}

// Le demands a number of at most n.
func Le(n int64) Check {
	return bound(n, "less_than_equal", "less than or equal to", "le", func(order int) bool { return order <= 0 })
}

// Gt demands a number above n.
func Gt(n int64) Check {
	return bound(n, "greater_than", "greater than", "gt", func(order int) bool { return order > 0 })
}

func bound(n int64, kind, words, key string, ok func(order int) bool) Check {
	return func(v ordered.Value) *Item {
		if order, known := compare(v, n); known && ok(order) {
			return nil
		}
		return Refuse(kind, "Input should be "+words+" "+strconv.FormatInt(n, 10), key, n)
	}
}

// compare orders the number in v against n; a decimal is text. False for NaN.
func compare(v ordered.Value, n int64) (order int, ok bool) {
	if number, isInt := new(big.Int).SetString(v.Text(), 10); isInt && v.Kind() == ordered.KindInt {
		return number.Cmp(big.NewInt(n)), true
	}
	f, isFloat := v.Float64()
	if !isFloat {
		f, _ = strconv.ParseFloat(v.Text(), 64) // out of range is an infinity, which is as good here
	}
	return cmp.Compare(f, float64(n)), !math.IsNaN(f)
}
