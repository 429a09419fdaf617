package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

func generated(t *testing.T) []byte {
	t.Helper()
	text, err := generate(filepath.Join("..", "..", "proto"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCommittedDocumentIsFresh(t *testing.T) {
	committed, err := os.ReadFile(filepath.Join("..", "..", "gen", "openapi", "checkoutsvc.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, generated(t)) {
		t.Error("gen/openapi is out of date: go run ./tools/openapi")
	}
}

// onlyForGRPC are words of the protos' comments that mean nothing to a REST caller.
var onlyForGRPC = regexp.MustCompile(`update mask|unmodelled_json|\(B [0-9]|gRPC|google\.|[Uu]nset\b|_UNSPECIFIED|BadRequest|RESOURCE_EXHAUSTED|UNAUTHENTICATED`)

func TestWordsAreThoseOfREST(t *testing.T) {
	var parsed any
	if err := json.Unmarshal(generated(t), &parsed); err != nil {
		t.Fatal(err)
	}
	texts := 0
	var visit func(node any)
	visit = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, inner := range node {
				visit(inner)
			}
		case map[string]any:
			if text, ok := node["description"].(string); ok {
				texts++
				if word := onlyForGRPC.FindString(text); word != "" {
					t.Errorf("%q in: %s", word, text)
				}
			}
			for _, inner := range node {
				visit(inner)
			}
		}
	}
	visit(parsed)
	if texts < 500 {
		t.Errorf("only %d descriptions", texts)
	}
}

// Every error that the real Polar was seen to answer is declared at its operation and status.
func TestRecordedErrorsAreDeclared(t *testing.T) {
	var parsed struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Responses   map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal(generated(t), &parsed); err != nil {
		t.Fatal(err)
	}
	scenarios, err := recordings.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, scenario := range scenarios {
		for i, exchange := range scenario.Exchanges {
			at := operationOf(exchange.Request.Method, exchange.Request.Path)
			if at == nil || exchange.Response.Status < 400 {
				continue
			}
			response := string(parsed.Paths[at.Template][lower(at.Method)].Responses[statusText(exchange.Response.Status)])
			if name := schemaName(exchange.Response.Body); !regexp.MustCompile(`RateLimited|text/plain|/` + name + `"`).MatchString(response) {
				t.Errorf("%s #%d: %s answers %d %s, which is not declared", scenario.Name, i, at.Name, exchange.Response.Status, name)
			}
		}
	}
}

// schemaName is the schema of an error's body.
func schemaName(body []byte) string {
	switch name := errorName(body); name {
	case "RequestValidationError", "PolarRequestValidationError":
		return "HTTPValidationError"
	case "invalid_token", "insufficient_scope":
		return "TokenError"
	case "LengthRequired", "RequestBodyTooLarge":
		return "RequestRefused"
	default:
		return name
	}
}

func TestSDKNames(t *testing.T) {
	want := []string{"list", "create", "get", "update", "client_get", "client_update", "client_confirm"}
	for i, at := range polarhttp.Operations {
		if got := sdkName(at.Name); got != want[i] {
			t.Errorf("%s: %s, not %s", at.Name, got, want[i])
		}
	}
}

// onlyOverGRPC are failures of the service's own that no REST caller can meet.
var onlyOverGRPC = map[string]bool{"InvalidArgument": true, "UnknownMethod": true}

// Every failure that the service can give in Polar's shape is described.
func TestOwnFailuresAreDescribed(t *testing.T) {
	sources, err := filepath.Glob(filepath.Join("..", "..", "internal", "s*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(generated(t))
	found := 0
	for _, source := range sources {
		code, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`(?:own\(|writeError\(w, http\.Status\w+, )"(\w+)"`).FindAllSubmatch(code, -1) {
			found++
			if name := string(match[1]); !onlyOverGRPC[name] && !regexp.MustCompile("`"+name+"`").MatchString(text) {
				t.Errorf("%s: %s is not described at CheckoutsvcError: see failures.go", source, name)
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d failures were found", found)
	}
}
