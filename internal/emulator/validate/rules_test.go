package validate

import (
	"strings"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// apply is what rule makes of a JSON text: the cleaned value, or the items with their empty inputs left out.
func apply(t *testing.T, rule Schema, text string) string {
	t.Helper()
	in, perr := ordered.Parse([]byte(text))
	if perr != nil {
		t.Fatalf("%s: %v", text, perr)
	}
	v, items := rule.Validate(in)
	if items == nil {
		return v.String()
	}
	var lines []string
	for _, item := range items {
		line := item.Type + " " + ordered.Of(steps(item.Loc)).String() + " " + item.Msg
		if item.Ctx != nil {
			line += " " + item.Ctx.String()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func steps(loc []any) []ordered.Value {
	values := make([]ordered.Value, len(loc))
	for i, step := range loc {
		values[i] = ordered.Of(step)
	}
	return values
}

type ruleCase struct{ in, want string }

func run(t *testing.T, rule Schema, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		if got := apply(t, rule, c.in); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestInt(t *testing.T) {
	const unparsable = "int_parsing [] Input should be a valid integer, unable to parse string as an integer"
	run(t, Int(Ge(0), Le(100)), []ruleCase{
		{`5`, `5`},
		{`5.0`, `5`},
		{`"5"`, `5`},
		{`" +1_0.00 "`, `10`},
		{`true`, `1`},
		{`-0.0`, `0`},
		{`"5.1"`, unparsable},
		{`""`, unparsable},
		{`"1__0"`, unparsable},
		{`"1e1"`, unparsable},
		{`1.5`, "int_from_float [] Input should be a valid integer, got a number with a fractional part"},
		{`NaN`, "finite_number [] Input should be a finite number"},
		{`1e30`, "int_parsing_size [] Unable to parse input string as an integer, exceeded maximum size"},
		{`null`, "int_type [] Input should be a valid integer"},
		{`-1`, `greater_than_equal [] Input should be greater than or equal to 0 {"ge":0}`},
		{`123456789012345678901234567890`, `less_than_equal [] Input should be less than or equal to 100 {"le":100}`},
	})
	run(t, Int(), []ruleCase{{`123456789012345678901234567890`, `123456789012345678901234567890`}})
}

func TestBoolAndFalse(t *testing.T) {
	run(t, Bool(), []ruleCase{
		{`true`, `true`},
		{`"YES"`, `true`},
		{`"off"`, `false`},
		{`0`, `false`},
		{`1.0`, `true`},
		{`2`, "bool_parsing [] Input should be a valid boolean, unable to interpret input"},
		{`" true"`, "bool_parsing [] Input should be a valid boolean, unable to interpret input"},
		{`0.5`, "bool_type [] Input should be a valid boolean"},
		{`null`, "bool_type [] Input should be a valid boolean"},
	})
	run(t, False(), []ruleCase{
		{`false`, `false`},
		{`0`, `false`},
		{`0.0`, `false`},
		{`"false"`, `literal_error [] Input should be False {"expected":"False"}`},
	})
}

func TestFloat(t *testing.T) {
	run(t, Float(), []ruleCase{
		{`1`, `1.0`},
		{`"1.5"`, `1.5`},
		{`true`, `1.0`},
		{`"1e400"`, `null`},
		{`"-nan"`, `null`},
		{`"0x1p3"`, "float_parsing [] Input should be a valid number, unable to parse string as a number"},
		{`[]`, "float_type [] Input should be a valid number"},
	})
}

func TestText(t *testing.T) {
	run(t, SizedStr(1, 3), []ruleCase{
		{`"äöü"`, `"äöü"`},
		{`"abcd"`, `string_too_long [] String should have at most 3 characters {"max_length":3}`},
		{`""`, `string_too_short [] String should have at least 1 character {"min_length":1}`},
		{`"\ud800"`, "string_unicode [] Input should be a valid string, unable to parse raw data as a unicode string"},
		{`1`, "string_type [] Input should be a valid string"},
	})
	run(t, Then(Str(), StripToNull), []ruleCase{{`" x\u3000"`, `"x"`}, {`"\u001c "`, `null`}})
	run(t, Enum("E", "a", "it's"), []ruleCase{
		{`"a"`, `"a"`},
		{`"A"`, `enum [] Input should be 'a' or "it's" {"expected":"'a' or \"it's\""}`},
	})
	run(t, Literal("a", "b", "c"), []ruleCase{
		{`1`, `literal_error [] Input should be 'a', 'b' or 'c' {"expected":"'a', 'b' or 'c'"}`},
	})
}

func TestUUID4(t *testing.T) {
	const plain = `"c232ab00-9414-41ec-b3c8-9f6bdeced846"`
	bad := func(complaint string) string {
		return "uuid_parsing [] Input should be a valid UUID, " + complaint + ` {"error":"` + complaint + `"}`
	}
	run(t, UUID4(), []ruleCase{
		{plain, plain},
		{`"C232AB00-9414-41EC-B3C8-9F6BDECED846"`, plain},
		{`"c232ab00941441ecb3c89f6bdeced846"`, plain},
		{`"{c232ab00-9414-41ec-b3c8-9f6bdeced846}"`, plain},
		{`"urn:uuid:c232ab00-9414-41ec-b3c8-9f6bdeced846"`, plain},
		{`"abc"`, bad("invalid length: expected length 32 for simple format, found 3")},
		{`"not-a-uuid"`, bad("invalid character: found `n` at 1")},
		{`"a-b"`, bad("invalid group count: expected 5, found 2")},
		{`"c232ab0-9414-41ec-b3c8-9f6bdeced846"`, bad("invalid group length in group 0: expected 8, found 7")},
		{`"c232ab00-9414-11ec-b3c8-9f6bdeced846"`, `uuid_version [] UUID version 4 expected {"expected_version":4}`},
		{`"00000000-0000-0000-0000-000000000000"`, `uuid_version [] UUID version 4 expected {"expected_version":4}`},
		{`5`, "uuid_type [] UUID input should be a string, bytes or UUID object"},
	})
}

func TestDecimal(t *testing.T) {
	run(t, Decimal(17, 12, Gt(0)), []ruleCase{
		{`"0.50"`, `"0.50"`},
		{`1`, `"1"`},
		{`1.10`, `"1.1"`},
		{`"1E+2"`, `"1E+2"`},
		{`1e-12`, `"1E-12"`},
		{`" 1_0 "`, `"10"`},
		{`"12345.123456789012"`, `"12345.123456789012"`},
		{`".5"`, `"0.5"`},
		{`"0.000001"`, `"0.000001"`},
		{`"123456"`, `decimal_whole_digits [] Decimal input should have no more than 5 digits before the decimal point {"whole_digits":5}`},
		{`"1E-13"`, `decimal_max_places [] Decimal input should have no more than 12 decimal places {"decimal_places":12}`},
		{`"111111111111111111"`, `decimal_max_digits [] Decimal input should have no more than 17 digits in total {"max_digits":17}`},
		{`"-0"`, `greater_than [] Input should be greater than 0 {"gt":0}`},
		{`"inf"`, "finite_number [] Input should be a finite number"},
		{`"x"`, "decimal_parsing [] Input should be a valid decimal"},
		{`true`, "decimal_type [] Decimal input should be an integer, float, string or Decimal object"},
	})
}

func TestDecimalWithAHugeExponentCostsNothing(t *testing.T) {
	run(t, Decimal(0, 0, Ge(0)), []ruleCase{
		{`"1E+999999999"`, `"1E+999999999"`},
		{`"1.0"`, `"1.0"`},
		{`"-1E+999999999"`, `greater_than_equal [] Input should be greater than or equal to 0 {"ge":0}`},
		{`"1E-999999999"`, `"1E-999999999"`},
	})
}

func TestIsWhole(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "0.00": true, "100.0": true, "1E+999999999": true, "0E-7": true, "1.5": false, "0.10": false, "1E-999999999": false,
	} {
		if got := IsWhole(ordered.String(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

func TestDatetime(t *testing.T) {
	bad := func(complaint string) string {
		return "datetime_from_date_parsing [] Input should be a valid datetime or date, " + complaint + ` {"error":"` + complaint + `"}`
	}
	run(t, Datetime(), []ruleCase{
		{`"2025-06-01"`, `"2025-06-01T00:00:00"`},
		{`"2025-06-01 12:00z"`, `"2025-06-01T12:00:00Z"`},
		{`"2025-06-01T12:00:00,5+0200"`, `"2025-06-01T12:00:00.500000+02:00"`},
		{`1748779200`, `"2025-06-01T12:00:00Z"`},
		{`1748779200123`, `"2025-06-01T12:00:00.123000Z"`},
		{`"1748779200"`, `"2025-06-01T12:00:00Z"`},
		{`1.5`, `"1970-01-01T00:00:01.500000Z"`},
		{`"garbage"`, bad("input is too short")},
		{`"2025-13-01"`, bad("month value is outside expected range of 1-12")},
		{`"2025-02-29"`, bad("day value is outside expected range")},
		{`"2025/06/01"`, bad("invalid date separator, expected `-`")},
		{`"2025-06-0x"`, bad("invalid character in day")},
		{`"2025-06-01T24:00"`, bad("unexpected extra characters at the end of the input")},
		{`Infinity`, `datetime_parsing [] Input should be a valid datetime, ` + tooLate + ` {"error":"` + tooLate + `"}`},
		{`true`, "datetime_type [] Input should be a valid datetime"},
	})
	limit := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	run(t, Datetime(NotBefore(limit), NotAfter(limit)), []ruleCase{
		{`"2025-01-01T00:00:00+02:00"`, `"2025-01-01T00:00:00+02:00"`},
		{`"2024-12-31"`, `greater_than_equal [] Input should be greater than or equal to 2025-01-01T00:00:00 {"ge":"2025-01-01T00:00:00"}`},
		{`"2025-01-02"`, `less_than_equal [] Input should be less than or equal to 2025-01-01T00:00:00 {"le":"2025-01-01T00:00:00"}`},
	})
}

func TestIP(t *testing.T) {
	const bad = "ip_any_address [] value is not a valid IPv4 or IPv6 address"
	run(t, IP(), []ruleCase{
		{`"2a01:0db8:0::1"`, `"2a01:db8::1"`},
		{`16909060`, `"1.2.3.4"`},
		{`4294967296`, `"::1:0:0"`},
		{`true`, `"0.0.0.1"`},
		{`"1.2.3.4/24"`, bad},
		{`"1.2.3.04"`, bad},
		{`-1`, bad},
		{`1.0`, bad},
		{`""`, bad},
	})
}

func TestLocale(t *testing.T) {
	const bad = `value_error [] Value error, Invalid IETF BCP 47 language tag {"error":{}}`
	run(t, Locale(), []ruleCase{
		{`"EN_us"`, `"en-US"`},
		{`"zh-hant-tw"`, `"zh-Hant-TW"`},
		{`"qqq"`, `"qqq"`},
		{`"iw"`, `"he"`},
		{`"en-Latn"`, `"en"`},
		{`"en-us-u-ca-gregory"`, `"en-US-u-ca-gregory"`},
		{`"en-USA"`, `"en-usa"`},
		{`"zh-yue"`, `"yue"`},
		{`"und"`, bad},
		{`"x-foo"`, bad},
		{`"zz"`, bad},
		{`"english"`, bad},
		{`""`, bad},
		{`5`, "string_type [] Input should be a valid string"},
	})
}
