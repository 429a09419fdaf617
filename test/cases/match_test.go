package cases

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// decodeJSON keeps numbers as they are written: 1 and 1.0 differ.
func decodeJSON(text string) (value any, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("%w in %s", err, text)
	}
	return value, nil
}

// differences compares a wanted value with what came. An object may have more members than are wanted; "<absent>" wants
// that there is no such member, "<any>" one that is not null, and a text that begins with "~ " is a regular expression.
// Everything else must be equal.
func differences(at string, want, got any) []string {
	if wanted, ok := want.(map[string]any); ok {
		return objectDifferences(at, wanted, got)
	}
	if wanted, ok := want.([]any); ok {
		return listDifferences(at, wanted, got)
	}
	if text, ok := want.(string); ok && matches(text, got) {
		return nil
	}
	if !reflect.DeepEqual(want, got) {
		return []string{fmt.Sprintf("%s: got %s, want %s", at, show(got), show(want))}
	}
	return nil
}

func matches(pattern string, got any) bool {
	if pattern == "<any>" {
		return got != nil
	}
	text, isText := got.(string)
	expression, isPattern := strings.CutPrefix(pattern, "~ ")
	return isText && isPattern && regexp.MustCompile(expression).MatchString(text)
}

func objectDifferences(at string, want map[string]any, got any) (all []string) {
	object, ok := got.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: got %s, want an object", at, show(got))}
	}
	for name, wanted := range want {
		value, there := object[name]
		switch {
		case wanted == "<absent>" && there:
			all = append(all, fmt.Sprintf("%s.%s: got %s, want no such member", at, name, show(value)))
		case wanted == "<absent>":
		case !there:
			all = append(all, fmt.Sprintf("%s.%s: missing", at, name))
		default:
			all = append(all, differences(at+"."+name, wanted, value)...)
		}
	}
	return all
}

func listDifferences(at string, want []any, got any) (all []string) {
	list, ok := got.([]any)
	if !ok || len(list) != len(want) {
		return []string{fmt.Sprintf("%s: got %s, want a list of %d", at, show(got), len(want))}
	}
	for i := range want {
		all = append(all, differences(fmt.Sprintf("%s[%d]", at, i), want[i], list[i])...)
	}
	return all
}

// missing lists the members of one JSON value that the other lacks, however deep.
func missing(at string, from, in any) (all []string) {
	switch wanted := from.(type) {
	case map[string]any:
		object, _ := in.(map[string]any)
		for name, value := range wanted {
			other, there := object[name]
			if !there {
				all = append(all, at+"."+name)
				continue
			}
			all = append(all, missing(at+"."+name, value, other)...)
		}
	case []any:
		list, _ := in.([]any)
		for i := range min(len(wanted), len(list)) {
			all = append(all, missing(fmt.Sprintf("%s[%d]", at, i), wanted[i], list[i])...)
		}
	}
	return all
}

func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	if len(text) > 300 {
		return string(text[:300]) + "…"
	}
	return string(text)
}

// TestMatching holds the comparison itself to something: a table whose comparison lets everything pass proves nothing.
func TestMatching(t *testing.T) {
	for _, c := range []struct {
		want, got string
		equal     bool
	}{
		{`{"a": 1}`, `{"a": 1, "b": 2}`, true},
		{`{"a": 1}`, `{"a": 1.0}`, false},
		{`{"a": 1}`, `{"b": 1}`, false},
		{`{"a": null}`, `{}`, false},
		{`{"a": "<any>"}`, `{"a": null}`, false},
		{`{"a": "<any>"}`, `{"a": 0}`, true},
		{`{"a": "<absent>"}`, `{"a": null}`, false},
		{`{"a": "<absent>"}`, `{}`, true},
		{`{"a": "~ ^polar_c_"}`, `{"a": "polar_c_x"}`, true},
		{`{"a": "~ ^polar_c_"}`, `{"a": "x"}`, false},
		{`[1]`, `[1, 2]`, false},
		{`[{"a": 1}]`, `[{"a": 1, "b": 2}]`, true},
		{`{"a": {}}`, `{"a": []}`, false},
	} {
		want, wantErr := decodeJSON(c.want)
		got, gotErr := decodeJSON(c.got)
		if wantErr != nil || gotErr != nil {
			t.Fatal(wantErr, gotErr)
		}
		if found := differences("", want, got); (len(found) == 0) != c.equal {
			t.Errorf("%s against %s: %v", c.want, c.got, found)
		}
	}
}
