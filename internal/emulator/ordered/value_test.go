package ordered

import (
	"fmt"
	"slices"
	"testing"
)

func TestObjectKeepsTheOrderOfItsKeys(t *testing.T) {
	for _, size := range []int{3, 40} { // below and above the size from which members are indexed
		o := NewObject()
		for i := range size {
			o.Set(fmt.Sprint("k", i), Int(int64(i)))
		}
		o.Set("k1", String("again"))
		o.Delete("k0")
		o.Delete("no such key")
		o.Set("k0", Null)
		keys := o.Keys()
		if len(keys) != size || keys[0] != "k1" || keys[size-1] != "k0" {
			t.Errorf("size %d: keys are %v", size, keys)
		}
		if v, ok := o.Lookup("k0"); !ok || !v.IsNull() || o.Get("k1").Text() != "again" {
			t.Errorf("size %d: k0 is %v, %v and k1 %v", size, v, ok, o.Get("k1"))
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	v := NewObject("list", []Value{NewObject("a", 1).Value()}, "s", "x").Value()
	c := v.Clone()
	c.Object().Set("s", Null)
	c.Get("list").Items()[0].Object().Set("a", Int(2))
	if want := `{"list":[{"a":1}],"s":"x"}`; v.String() != want {
		t.Errorf("the original became %s, want %s", v, want)
	}
}

func TestReadingWhatIsNotThere(t *testing.T) {
	if v := String("x").Get("a").Get("b"); !v.IsNull() {
		t.Errorf("a member of a string is %v, want null", v)
	}
	var none *Object
	if none.Len() != 0 || none.Has("a") || len(slices.Collect(func(yield func(string) bool) {
		for k := range none.All() {
			yield(k)
		}
	})) != 0 {
		t.Error("a nil object is not empty")
	}
}

func TestStoredIsWhatTheDatabaseReturns(t *testing.T) {
	v, err := Parse([]byte(`{"zeta":1,"a":-0.0,"bb":1e3,"B":1e23,"alpha":{"y":1,"x":[1E-7]}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"B":100000000000000000000000,"a":0.0,"bb":1000.0,"zeta":1,"alpha":{"x":[1e-7],"y":1}}`
	if got := v.Stored().String(); got != want {
		t.Errorf("stored: %s\n  want: %s", got, want)
	}
}

func TestErrorBodiesPrintFloatsAsPython(t *testing.T) {
	for f, want := range map[float64]string{1e-7: "1e-07", 1e-5: "1e-05", 0.0001: "0.0001", 1e16: "1e+16", 12: "12.0"} {
		if got := string(Float(f).AppendError(nil)); got != want {
			t.Errorf("%v is %s, want %s", f, got, want)
		}
	}
}
