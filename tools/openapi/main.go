// Command openapi writes the OpenAPI 3.1 document of the REST facade: Polar's own wire, as the descriptors and the
// comments of proto/ have it. What no descriptor can say (limits, statuses of errors) stands in limits.go and
// failures.go; the examples are recorded answers of the real Polar.
//
// Usage: go run ./tools/openapi [-out gen/openapi/checkoutsvc.json]
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", filepath.Join("gen", "openapi", "checkoutsvc.json"), "file to write")
	protos := flag.String("protos", "proto", "folder of our .proto files, for their comments")
	flag.Parse()
	if err := run(*protos, *out); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func run(protos, out string) error {
	text, err := generate(protos)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return os.WriteFile(out, text, 0o644)
}

// generate makes the document. The same sources give the same bytes.
func generate(protos string) ([]byte, error) {
	words, err := readComments(protos)
	if err != nil {
		return nil, err
	}
	examples, err := readExamples()
	if err != nil {
		return nil, err
	}
	g := &generator{words: words, examples: examples, limits: newLimits(), schemas: map[string]object{}}
	document, err := g.document()
	if err != nil {
		return nil, err
	}
	if unused := g.limits.unused(); len(unused) > 0 {
		return nil, fmt.Errorf("limits.go has entries that fit no field: %q", unused)
	}
	if unused := words.unusedRules(); len(unused) > 0 {
		return nil, fmt.Errorf("comments.go has rules that fit no comment: %q", unused)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(document)
	return text.Bytes(), err
}
