package apicoverage

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// document is the part of an OpenAPI document that describes operations and their data.
type document struct {
	Paths      map[string]map[string]*operation
	Components struct{ Schemas map[string]*schema }
}

type operation struct {
	ID         string `json:"operationId"`
	Parameters []*parameter
	Body       content `json:"requestBody"`
	Responses  map[string]content
}

type parameter struct {
	Name   string
	In     string
	Schema *schema
}

type content struct {
	Content map[string]struct{ Schema *schema }
}

// json is the schema of the JSON form, or nil.
func (c content) json() *schema { return c.Content["application/json"].Schema }

type schema struct {
	Ref                  string `json:"$ref"`
	Type                 string
	Format               string
	Const                any
	Enum                 []any
	AnyOf                []*schema
	OneOf                []*schema
	Items                *schema
	Properties           map[string]*schema
	Required             []string
	AdditionalProperties *schemaOrBool
	Deprecated           bool
}

func (s *schema) requires(property string) bool { return slices.Contains(s.Required, property) }

// values are the only values allowed, if there are such.
func (s *schema) values() []any {
	if s.Const != nil {
		return []any{s.Const}
	}
	return s.Enum
}

// schemaOrBool is what additionalProperties can be: a schema, or true or false (then Schema is nil).
type schemaOrBool struct{ Schema *schema }

func (s *schemaOrBool) UnmarshalJSON(data []byte) error {
	if text := string(data); text == "true" || text == "false" {
		return nil
	}
	return json.Unmarshal(data, &s.Schema)
}

func loadDocument(t *testing.T) *document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(recordings.Dir(), "openapi-checkouts.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc := new(document)
	if err := json.Unmarshal(data, doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// leaves follows references and unions down to schemas that are neither; null is told apart.
func (d *document) leaves(s *schema) (leaves []*schema, nullable bool) {
	switch {
	case s.Ref != "":
		return d.leaves(d.Components.Schemas[refName(s.Ref)])
	case s.Type == "null":
		return nil, true
	case s.AnyOf == nil && s.OneOf == nil:
		return []*schema{s}, false
	}
	for _, branch := range slices.Concat(s.AnyOf, s.OneOf) {
		more, null := d.leaves(branch)
		leaves, nullable = append(leaves, more...), nullable || null
	}
	return leaves, nullable
}

func refName(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// errorNames are the error schemas that s refers to, through unions too.
func (d *document) errorNames(s *schema) []string {
	if s.Ref == "" {
		var names []string
		for _, branch := range slices.Concat(s.AnyOf, s.OneOf) {
			names = append(names, d.errorNames(branch)...)
		}
		return names
	}
	if target := d.Components.Schemas[refName(s.Ref)]; target.Properties == nil {
		return d.errorNames(target)
	}
	return []string{refName(s.Ref)}
}
