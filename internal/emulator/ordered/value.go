// Package ordered holds JSON values as Polar's server, a Python program, sees them: objects keep the order of their
// members, integers have any size, floats stay floats (1.0 is not 1) and strings may hold lone surrogates.
package ordered

import "strconv"

// Kind tells what a Value is.
type Kind uint8

// The kinds of JSON values. Numbers with a fraction or an exponent are floats, the others integers.
const (
	KindNull Kind = iota
	KindBool
	KindInt
	KindFloat
	KindString
	KindArray
	KindObject
)

// Value is one JSON value. The zero Value is null. Values are copied freely; arrays and objects share what they hold
// until Clone.
type Value struct {
	kind  Kind
	truth bool
	float float64
	text  string // the digits of an integer, or a string
	items []Value
	obj   *Object
}

// Null is the JSON null.
var Null Value

// Bool makes a JSON boolean.
func Bool(b bool) Value { return Value{kind: KindBool, truth: b} }

// Int makes an integer.
func Int(i int64) Value { return Value{kind: KindInt, text: strconv.FormatInt(i, 10)} }

// BigInt makes an integer of any size from its decimal digits, which may have a leading minus.
func BigInt(digits string) Value { return Value{kind: KindInt, text: digits} }

// Float makes a float; NaN and the infinities are allowed, as in Python.
func Float(f float64) Value { return Value{kind: KindFloat, float: f} }

// String makes a string.
func String(s string) Value { return Value{kind: KindString, text: s} }

// Array makes an array that owns items.
func Array(items ...Value) Value { return Value{kind: KindArray, items: items} }

// Strings makes an array of strings.
func Strings(list ...string) Value {
	items := make([]Value, len(list))
	for i, s := range list {
		items[i] = String(s)
	}
	return Array(items...)
}

// Of makes a Value of a Go value: nil, bool, int, int64, float64, string, pointers to these (nil is null), []string,
// []Value, Value or *Object (nil is null). Any other type is a programming error and panics.
func Of(v any) Value {
	switch v := v.(type) {
	case nil:
		return Null
	case Value:
		return v
	case *Object:
		return v.Value()
	case bool:
		return Bool(v)
	case int:
		return Int(int64(v))
	case int64:
		return Int(v)
	case float64:
		return Float(v)
	case string:
		return String(v)
	case []string:
		return Strings(v...)
	case []Value:
		return Array(v...)
	}
	return ofPointer(v)
}

func ofPointer(v any) Value {
	switch v := v.(type) {
	case *bool:
		return deref(v, Bool)
	case *int64:
		return deref(v, Int)
	case *int:
		return deref(v, func(i int) Value { return Int(int64(i)) })
	case *float64:
		return deref(v, Float)
	case *string:
		return deref(v, String)
	}
	panic("ordered.Of: unsupported type")
}

func deref[T any](p *T, of func(T) Value) Value {
	if p == nil {
		return Null
	}
	return of(*p)
}

// Kind tells what v is.
func (v Value) Kind() Kind { return v.kind }

// IsNull tells whether v is null.
func (v Value) IsNull() bool { return v.kind == KindNull }

// Truth is the value of a boolean; false for every other kind.
func (v Value) Truth() bool { return v.truth }

// Text is the text of a string or the digits of an integer; "" for every other kind.
func (v Value) Text() string { return v.text }

// TextPtr is the text of a string, and nil when v is no string.
func (v Value) TextPtr() *string {
	if v.kind != KindString {
		return nil
	}
	return &v.text
}

// Int64 is the value of an integer; false when v is no integer or does not fit.
func (v Value) Int64() (int64, bool) {
	if v.kind != KindInt {
		return 0, false
	}
	i, err := strconv.ParseInt(v.text, 10, 64)
	return i, err == nil
}

// Int64Or is the value of an integer, and fallback when v is none or does not fit.
func (v Value) Int64Or(fallback int64) int64 {
	if i, ok := v.Int64(); ok {
		return i
	}
	return fallback
}

// Float64 is the value of a float or an integer, rounded to a double; false for every other kind.
func (v Value) Float64() (float64, bool) {
	switch v.kind {
	case KindFloat:
		return v.float, true
	case KindInt:
		f, _ := strconv.ParseFloat(v.text, 64)
		return f, true
	}
	return 0, false
}

// Items are the elements of an array; nil for every other kind.
func (v Value) Items() []Value { return v.items }

// Object is the object that v holds, shared, not copied; nil (which reads as empty) for every other kind.
func (v Value) Object() *Object { return v.obj }

// Get is the member key of an object; null when v is no object or has no such member.
func (v Value) Get(key string) Value { return v.obj.Get(key) }

// Clone copies v with everything it holds.
func (v Value) Clone() Value {
	if v.items != nil {
		items := make([]Value, len(v.items))
		for i, item := range v.items {
			items[i] = item.Clone()
		}
		v.items = items
	}
	v.obj = v.obj.Clone()
	return v
}

// Equal tells whether v and w are the same JSON: same kinds, same values, object members in any order.
func (v Value) Equal(w Value) bool {
	if v.kind != w.kind || v.truth != w.truth || v.text != w.text || v.float != w.float || len(v.items) != len(w.items) {
		return false
	}
	for i, item := range v.items {
		if !item.Equal(w.items[i]) {
			return false
		}
	}
	return v.obj.equal(w.obj)
}
