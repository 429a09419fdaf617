package recordings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// Difference says where two JSON texts differ, or "" if they mean the same: numbers are equal as decimals and of one
// kind (1 and 1.0 differ), the order of members does not matter, the last of duplicate members counts. Values are not
// shown.
func Difference(want, got []byte) string {
	w, err := parse(want)
	if err != nil {
		return "want is no JSON: " + err.Error()
	}
	g, err := parse(got)
	if err != nil {
		return "got is no JSON: " + err.Error()
	}
	return difference("", w, g)
}

func parse(text []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("something follows the value")
	}
	return value, nil
}

func difference(at string, want, got any) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return at + ": not an object"
		}
		names := slices.Sorted(maps.Keys(w))
		for name := range g {
			if _, ok := w[name]; !ok {
				return at + "/" + name + ": not wanted"
			}
		}
		for _, name := range names {
			value, ok := g[name]
			if !ok {
				return at + "/" + name + ": missing"
			}
			if d := difference(at+"/"+name, w[name], value); d != "" {
				return d
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return at + ": not a list of the same length"
		}
		for i := range w {
			if d := difference(fmt.Sprintf("%s/%d", at, i), w[i], g[i]); d != "" {
				return d
			}
		}
		return ""
	case json.Number:
		if g, ok := got.(json.Number); ok && sameNumber(w.String(), g.String()) {
			return ""
		}
		return at + ": another number"
	default:
		if want != got {
			return at + ": another value"
		}
		return ""
	}
}

func sameNumber(a, b string) bool {
	if strings.ContainsAny(a, ".eE") != strings.ContainsAny(b, ".eE") {
		return false
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0 && strings.HasPrefix(a, "-") == strings.HasPrefix(b, "-")
}
