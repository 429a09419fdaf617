package ordered

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Stored is a copy of v as it comes back from Polar's database: members sorted by the length of their key, then
// bytewise; -0.0 as 0.0; floats so large that they print an exponent as integers (B 1.1).
func (v Value) Stored() Value {
	switch v.kind {
	case KindFloat:
		return storedFloat(v)
	case KindArray:
		items := make([]Value, len(v.items))
		for i, item := range v.items {
			items[i] = item.Stored()
		}
		return Array(items...)
	case KindObject:
		return v.obj.stored().Value()
	}
	return v
}

func (o *Object) stored() *Object {
	members := slices.Clone(o.members)
	slices.SortFunc(members, func(a, b member) int {
		return cmp.Or(cmp.Compare(len(a.key), len(b.key)), strings.Compare(a.key, b.key))
	})
	sorted := &Object{members: members[:0:0]}
	for _, m := range members {
		sorted.Set(m.key, m.value.Stored())
	}
	return sorted
}

// storedFloat follows a float through the database's exact decimals: it is written as Python prints it, and read back
// as a float only if a decimal point is left.
func storedFloat(v Value) Value {
	if v.float == 0 {
		return Float(0)
	}
	if math.IsNaN(v.float) || math.IsInf(v.float, 0) || !strings.Contains(Repr(v.float), "e+") {
		return v
	}
	return BigInt(strconv.FormatFloat(v.float, 'f', -1, 64))
}
