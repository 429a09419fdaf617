package validate

import (
	"fmt"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// List takes arrays of at least least items, each of which passes item.
func List(item Schema, least int) Schema {
	return Schema{"list[" + item.label + "]", func(in ordered.Value) result {
		if in.Kind() != ordered.KindArray {
			return refuse(in, "list_type", "Input should be a valid list")
		}
		cleaned, all := make([]ordered.Value, 0, len(in.Items())), result{}
		for i, v := range in.Items() {
			cleaned = append(cleaned, all.take(item.run(v), i))
		}
		if all.items != nil {
			return all
		}
		if len(cleaned) < least {
			return tooShort(in, "List", least, len(cleaned))
		}
		all.value = ordered.Array(cleaned...)
		return all
	}}
}

func tooShort(in ordered.Value, kind string, least, n int) result {
	msg := fmt.Sprintf("%s should have at least %s after validation, not %d", kind, count(least, "item"), n)
	return refuse(in, "too_short", msg, "field_type", kind, "min_length", least, "actual_length", n)
}

// take collects the result of a part that stands at steps: its items, the worst match, whether a string holds U+0000.
func (r *result) take(part result, steps ...any) ordered.Value {
	r.items = append(r.items, Prefix(part.items, steps...)...)
	r.match = max(r.match, part.match)
	r.nul = r.nul || part.nul
	return part.value
}

// Map takes objects of at most most members (0: any number) whose keys pass key and whose values pass value.
func Map(key, value Schema, most int) Schema {
	return Schema{"dict[" + key.label + "," + value.label + "]", func(in ordered.Value) result {
		if in.Kind() != ordered.KindObject {
			return refuse(in, "dict_type", "Input should be a valid dictionary")
		}
		cleaned, all := ordered.NewObject(), result{}
		for k, v := range in.Object().All() {
			name := all.take(key.run(ordered.String(k)), k, "[key]")
			cleaned.Set(name.Text(), all.take(value.run(v), k))
		}
		if all.items != nil {
			return all
		}
		if n := cleaned.Len(); most > 0 && n > most {
			msg := fmt.Sprintf("Dictionary should have at most %s after validation, not %d", count(most, "item"), n)
			return refuse(in, "too_long", msg, "field_type", "Dictionary", "max_length", most, "actual_length", n)
		}
		all.value = cleaned.Value()
		return all
	}}
}
