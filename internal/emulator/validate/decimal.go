package validate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// Decimal takes numbers and text that spells one, of at most digits digits (0: any number), places of them behind the
// point, and cleans it to text that keeps the form of the input: "0.50", "1E+2".
func Decimal(digits, places int, checks ...Check) Schema {
	return Checked(Schema{"decimal", func(in ordered.Value) result {
		r, number := checkDecimal(in)
		if r.items != nil || digits == 0 {
			return r
		}
		if item := number.tooLong(digits, places); item != nil {
			item.Input = in
			return refused(*item)
		}
		return r
	}}, checks...)
}

// decimal is digits times ten to the power of exponent.
type decimal struct {
	negative bool
	digits   string // without leading zeros; "0" for zero
	exponent int
}

func checkDecimal(in ordered.Value) (result, decimal) {
	var text string
	switch in.Kind() {
	case ordered.KindInt:
		text = in.Text()
	case ordered.KindFloat:
		f, _ := in.Float64()
		text = ordered.Repr(f)
	case ordered.KindString:
		text = in.Text()
		if !utf8.ValidString(text) {
			return notUnicode(in), decimal{}
		}
	default:
		return refuse(in, "decimal_type", "Decimal input should be an integer, float, string or Decimal object"), decimal{}
	}
	text = strings.ReplaceAll(strings.TrimFunc(text, isSpace), "_", "")
	if notFinite().MatchString(text) {
		return refuse(in, "finite_number", "Input should be a finite number"), decimal{}
	}
	number, ok := parseDecimal(text)
	if !ok {
		return refuse(in, "decimal_parsing", "Input should be a valid decimal"), decimal{}
	}
	return valid(ordered.String(number.String()), lax), number
}

var (
	notFinite     = pattern(`(?i)^[+-]?(inf|infinity|s?nan[0-9]*)$`)
	decimalSyntax = pattern(`^([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]{1,9}))?$`)
)

func parseDecimal(text string) (decimal, bool) {
	part := decimalSyntax().FindStringSubmatch(text)
	if part == nil || part[2]+part[3] == "" {
		return decimal{}, false
	}
	exponent, _ := strconv.Atoi(part[4])
	digits := strings.TrimLeft(part[2]+part[3], "0")
	if digits == "" {
		digits = "0"
	}
	return decimal{part[1] == "-", digits, exponent - len(part[3])}, true
}

// IsWhole tells whether v, cleaned by Decimal, is an integer.
func IsWhole(v ordered.Value) bool {
	d, ok := parseDecimal(v.Text())
	trailing := len(d.digits) - len(strings.TrimRight(d.digits, "0"))
	return ok && (d.digits == "0" || d.exponent+trailing >= 0)
}

// tooLong compares d, without trailing zeros, with the limits on its digits.
func (d decimal) tooLong(digits, places int) *Item {
	significant := strings.TrimRight(d.digits, "0")
	n, behind := len(significant), 0
	exponent := d.exponent + len(d.digits) - len(significant)
	switch {
	case n == 0:
		n = 1
	case exponent >= 0:
		n += exponent
	default:
		behind = -exponent
		n = max(n, behind)
	}
	switch {
	case n > digits:
		return Refuse("decimal_max_digits", fmt.Sprintf("Decimal input should have no more than %s in total", count(digits, "digit")),
			"max_digits", digits)
	case behind > places:
		return Refuse("decimal_max_places", "Decimal input should have no more than "+count(places, "decimal place"),
			"decimal_places", places)
	case n-behind > digits-places:
		return Refuse("decimal_whole_digits",
			fmt.Sprintf("Decimal input should have no more than %s before the decimal point", count(digits-places, "digit")),
			"whole_digits", digits-places)
	}
	return nil
}

// String prints d as Python's Decimal: with an exponent when it is positive or the number very small.
func (d decimal) String() string {
	sign := ""
	if d.negative {
		sign = "-"
	}
	point := len(d.digits) + d.exponent // digits before the decimal point
	switch {
	case d.exponent > 0 || point <= -6:
		mantissa := d.digits[:1]
		if len(d.digits) > 1 {
			mantissa += "." + d.digits[1:]
		}
		return fmt.Sprintf("%s%sE%+d", sign, mantissa, point-1)
	case d.exponent == 0:
		return sign + d.digits
	case point <= 0:
		return sign + "0." + strings.Repeat("0", -point) + d.digits
	}
	return sign + d.digits[:point] + "." + d.digits[point:]
}
