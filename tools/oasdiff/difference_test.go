package oasdiff

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
)

var (
	polars = filepath.Join("..", "..", "testdata", "polar", "openapi-checkouts.json")
	ours   = filepath.Join("..", "..", "gen", "openapi", "checkoutsvc.json")
)

// A client made from Polar's document can be used here: whatever differs is listed with a reason.
func TestOnlyListedDifferences(t *testing.T) {
	used := make([]bool, len(allowed))
	for _, change := range changes(t, document(t, polars), document(t, ours)) {
		if i := entryFor(change); i >= 0 {
			used[i] = true
			continue
		}
		t.Errorf("not in allowed: %s %s in %s: %s", change.level, change.id, change.operation, change.text)
	}
	for i, entry := range allowed {
		if !used[i] {
			t.Errorf("nothing differs any more as in the entry %s %q: remove it", entry.id, entry.text)
		}
	}
}

// What would break a client must be seen, in whatever form: so that the listing above is worth something.
func TestBreakingChangesAreSeen(t *testing.T) {
	for name, breaks := range map[string]func(document map[string]any){
		"response-property-removed": func(d map[string]any) { delete(properties(d, "Checkout"), "amount") },
		"response-property-type-changed": func(d map[string]any) {
			properties(d, "CheckoutPublic")["total_amount"] = map[string]any{"type": "string"}
		},
		"response-property-became-nullable": func(d map[string]any) {
			properties(d, "CheckoutPublicConfirmed")["url"] = map[string]any{"type": []any{"string", "null"}}
		},
		"new-required-request-property": func(d map[string]any) {
			schema(d, "CheckoutUpdate")["required"] = []any{"amount"}
		},
		"request-property-enum-value-removed": func(d map[string]any) {
			schema(d, "TrialInterval")["enum"] = []any{"day", "week", "month"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			planted := document(t, ours)
			breaks(planted)
			for _, change := range changes(t, document(t, polars), planted) {
				if entryFor(change) < 0 && change.level == "error" {
					return
				}
			}
			t.Error("went unseen")
		})
	}
}

func schema(document map[string]any, name string) map[string]any {
	return document["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
}

func properties(document map[string]any, name string) map[string]any {
	return schema(document, name)["properties"].(map[string]any)
}

func entryFor(c change) int {
	for i, entry := range allowed {
		if entry.id == c.id && regexp.MustCompile("^(?:"+entry.text+")$").MatchString(c.text) {
			return i
		}
	}
	return -1
}

// change is one difference as oasdiff words it, but for the statuses of members and other places of the same schema.
type change struct{ id, operation, level, text string }

var (
	sharedWords = regexp.MustCompile(` \(shared schema: .*\)$`)
	placeWords  = regexp.MustCompile("(?: for| to the response with| from the response with)(?: the)?(?: response)?(?: status)? `[0-9]+`(?: status)?|items/items/")
)

func changes(t *testing.T, base, revision map[string]any) (all []change) {
	t.Helper()
	report, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), spec(t, base), spec(t, revision))
	if err != nil {
		t.Fatal(err)
	}
	config := checker.NewConfig(checker.GetAllChecks())
	for _, c := range checker.CheckBackwardCompatibilityUntilLevel(config, report, sources, checker.INFO) {
		text := sharedWords.ReplaceAllString(c.GetUncolorizedText(checker.NewDefaultLocalizer()), "")
		if !strings.HasPrefix(c.GetId(), "response-body-") {
			text = placeWords.ReplaceAllString(text, "")
		}
		all = append(all, change{c.GetId(), c.GetOperationId(), c.GetLevel().String(), text})
	}
	return all
}

func document(t *testing.T, file string) (parsed map[string]any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed
}

// spec is a document in normal form, loaded.
func spec(t *testing.T, document map[string]any) *load.SpecInfo {
	t.Helper()
	normalParameters(document)
	inlineUnions(document)
	normal(document, document["components"].(map[string]any)["schemas"].(map[string]any))
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := load.NewSpecInfo(openapi3.NewLoader(), load.NewSource(file))
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func lastSegment(ref string) string { return ref[strings.LastIndex(ref, "/")+1:] }
