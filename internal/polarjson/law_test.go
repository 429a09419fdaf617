package polarjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// roundTrip decodes x into a message of mt and encodes that again.
func roundTrip(t *testing.T, c *Codec, mt protoreflect.MessageType, x []byte) (y []byte, m proto.Message) {
	t.Helper()
	wire, err := c.AppendWire(nil, x)
	if err != nil {
		t.Fatalf("AppendWire: %v\n%s", err, x)
	}
	m = mt.New().Interface()
	if err := proto.Unmarshal(wire, m); err != nil {
		t.Fatalf("the wire is refused: %v\n%s", err, x)
	}
	if unknown := m.ProtoReflect().GetUnknown(); len(unknown) > 0 {
		t.Fatalf("unknown fields in the wire: %x", unknown)
	}
	y, err = c.AppendJSON(nil, m)
	if err != nil {
		t.Fatalf("AppendJSON: %v\n%s", err, x)
	}
	return y, m
}

// checkLaw fails unless y holds all that x holds.
func checkLaw(t *testing.T, x, y []byte) {
	t.Helper()
	if err := holds("", parse(t, x), parse(t, y), false); err != nil {
		t.Fatalf("the law is broken: %v\nread    %s\nwritten %s", err, x, y)
	}
}

// checkEqual is the law for requests, where nothing may be added either.
func checkEqual(t *testing.T, x, y []byte) {
	t.Helper()
	if err := holds("", parse(t, x), parse(t, y), true); err != nil {
		t.Fatalf("not equal: %v\nread    %s\nwritten %s", err, x, y)
	}
}

// parse reads JSON as Python does, the last of a repeated name counting, and keeps numbers as they are written.
func parse(t testing.TB, b []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("encoding/json: %v\n%s", err, b)
	}
	return v
}

func holds(at string, x, y any, exactly bool) error {
	switch x := x.(type) {
	case map[string]any:
		y, ok := y.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: an object became %v", at, y)
		}
		return holdsMembers(at, x, y, exactly)
	case []any:
		y, ok := y.([]any)
		if !ok || len(x) != len(y) {
			return fmt.Errorf("%s: a list of %d became %v", at, len(x), y)
		}
		for i := range x {
			if err := holds(fmt.Sprintf("%s/%d", at, i), x[i], y[i], exactly); err != nil {
				return err
			}
		}
		return nil
	case json.Number:
		if y, ok := y.(json.Number); ok && canonicalNumber(x) == canonicalNumber(y) {
			return nil
		}
	default:
		if x == y {
			return nil
		}
	}
	return fmt.Errorf("%s: %v became %v", at, x, y)
}

func holdsMembers(at string, x, y map[string]any, exactly bool) error {
	for name, value := range x {
		got, ok := y[name]
		if !ok {
			return fmt.Errorf("%s/%s is lost", at, name)
		}
		if err := holds(at+"/"+name, value, got, exactly); err != nil {
			return err
		}
	}
	for name, value := range y {
		if _, ok := x[name]; !ok && (exactly || !isEmpty(value)) {
			return fmt.Errorf("%s/%s: %v appeared", at, name, value)
		}
	}
	return nil
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	case json.Number:
		return v == "0" || v == "0.0"
	}
	return v == "" || v == false
}

// canonicalNumber is equal for literals of equal kind and decimal value.
func canonicalNumber(n json.Number) string {
	kind := "int"
	if strings.ContainsAny(string(n), ".eE") {
		kind = "float"
	}
	literal, sign := strings.CutPrefix(string(n), "-")
	mantissa, exponent, found := strings.Cut(strings.ToLower(literal), "e")
	if !found {
		exponent = "0"
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	power := new(big.Int)
	power.SetString(strings.TrimPrefix(exponent, "+"), 10)
	power.Sub(power, big.NewInt(int64(len(fraction))))
	digits := strings.TrimLeft(whole+fraction, "0")
	stripped := strings.TrimRight(digits, "0")
	power.Add(power, big.NewInt(int64(len(digits)-len(stripped))))
	if stripped == "" {
		power.SetInt64(0)
	}
	return fmt.Sprint(kind, sign, stripped, "e", power)
}

func TestLawHelperTellsNumbersApart(t *testing.T) {
	same := [][2]json.Number{{"1.0", "1.00"}, {"1e2", "100.0"}, {"25", "25"}, {"1e-7", "0.0000001"}, {"0.0", "0e9"}}
	for _, c := range same {
		if canonicalNumber(c[0]) != canonicalNumber(c[1]) {
			t.Errorf("%s and %s should be equal", c[0], c[1])
		}
	}
	different := [][2]json.Number{{"1", "1.0"}, {"1", "-1"}, {"10", "100"}, {"0.0", "-0.0"}, {"1.5", "15.0"}, {"1e400", "1e401"}}
	for _, c := range different {
		if canonicalNumber(c[0]) == canonicalNumber(c[1]) {
			t.Errorf("%s and %s should differ", c[0], c[1])
		}
	}
}
