package validate

import (
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// Union takes what one of its branches takes. The branch that fits best wins, of equals the first; when none fits every
// branch complains, under its label.
func Union(branches ...Schema) Schema {
	return Schema{"union[" + labels(branches) + "]", func(in ordered.Value) result {
		best, found := result{}, false
		var items []Item
		for _, branch := range branches {
			r := branch.run(in)
			switch {
			case r.items != nil:
				items = append(items, Prefix(r.items, branch.label)...)
			case !found || r.match < best.match:
				best, found = r, true
			}
		}
		if !found {
			return refused(items...)
		}
		return best
	}}
}

func labels(branches []Schema) string {
	names := make([]string, len(branches))
	for i, branch := range branches {
		names[i] = branch.label
	}
	return strings.Join(names, ",")
}

// Tag is one branch of a Tagged union.
type Tag struct {
	Value  string // of the discriminator
	Schema Schema
}

// Tagged takes objects and chooses the branch by the value of the member discriminator. tags says how the list of
// expected tags shows one.
func Tagged(discriminator string, show func(tag string) string, tags ...Tag) Schema {
	names := make([]string, len(tags))
	branches := make(map[string]Schema, len(tags))
	for i, tag := range tags {
		names[i] = show(tag.Value)
		branches[tag.Value] = tag.Schema
	}
	wanted := strings.Join(names, ", ")
	quoted := pythonRepr(discriminator)
	return Schema{"tagged-union", func(in ordered.Value) result {
		if in.Kind() != ordered.KindObject {
			return notModel(in)
		}
		tag, ok := in.Object().Lookup(discriminator)
		if !ok {
			return refuse(in, "union_tag_not_found", "Unable to extract tag using discriminator "+quoted, "discriminator", quoted)
		}
		if branch, ok := branches[tag.Text()]; ok && tag.Kind() == ordered.KindString {
			r := branch.run(in)
			r.items = Prefix(r.items, tag.Text())
			return r
		}
		name := pythonStr(tag)
		return refuse(in, "union_tag_invalid",
			"Input tag '"+name+"' found using "+quoted+" does not match any of the expected tags: "+wanted,
			"discriminator", quoted, "tag", name, "expected_tags", wanted)
	}}
}

func notModel(in ordered.Value) result {
	return refuse(in, "model_attributes_type", "Input should be a valid dictionary or object to extract fields from")
}

// pythonStr prints v as Python's str does.
func pythonStr(v ordered.Value) string {
	if v.Kind() == ordered.KindString {
		return v.Text()
	}
	return PythonRepr(v)
}

// PythonRepr prints v as Python's repr does: None, True, ['a', 1.0], {'a': None}.
func PythonRepr(v ordered.Value) string {
	switch v.Kind() {
	case ordered.KindBool:
		if v.Truth() {
			return "True"
		}
		return "False"
	case ordered.KindInt:
		return v.Text()
	case ordered.KindFloat:
		f, _ := v.Float64()
		return ordered.Repr(f)
	case ordered.KindString:
		return pythonRepr(v.Text())
	case ordered.KindArray:
		parts := make([]string, len(v.Items()))
		for i, item := range v.Items() {
			parts[i] = PythonRepr(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case ordered.KindObject:
		var parts []string
		for key, value := range v.Object().All() {
			parts = append(parts, pythonRepr(key)+": "+PythonRepr(value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "None"
}
