package oasdiff

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemas compiles the schemas of our document by their place in it, each once.
type schemas struct {
	document map[string]any
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
	paths    map[string]*regexp.Regexp
}

func newSchemas(t *testing.T) *schemas {
	t.Helper()
	s := &schemas{
		document: document(t, ours),
		compiler: jsonschema.NewCompiler(),
		compiled: map[string]*jsonschema.Schema{},
		paths:    map[string]*regexp.Regexp{},
	}
	if err := s.compiler.AddResource("openapi.json", s.document); err != nil {
		t.Fatal(err)
	}
	element := regexp.MustCompile(`\{[a-z_]+\}`)
	for path := range s.document["paths"].(map[string]any) {
		s.paths[path] = regexp.MustCompile("^" + element.ReplaceAllString(path, "[^/]+") + "$")
	}
	return s
}

// at compiles the schema at a JSON pointer.
func (s *schemas) at(t *testing.T, pointer string) *jsonschema.Schema {
	t.Helper()
	if s.compiled[pointer] == nil {
		schema, err := s.compiler.Compile("openapi.json#" + pointer)
		if err != nil {
			t.Fatal(err)
		}
		s.compiled[pointer] = schema
	}
	return s.compiled[pointer]
}

// operation finds the pointer of the operation of a call.
func (s *schemas) operation(method, target string) (pointer string, ok bool) {
	path, _, _ := strings.Cut(target, "?")
	for template, fits := range s.paths {
		item := s.document["paths"].(map[string]any)[template].(map[string]any)
		if method = strings.ToLower(method); fits.MatchString(path) && item[method] != nil {
			return "/paths/" + escape(template) + "/" + method, true
		}
	}
	return "", false
}

func escape(segment string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(segment)
}

// response finds the pointer of the schema for an answer; ok is false if the status, or the media type with it, is
// not declared.
func (s *schemas) response(operation string, status int, mediaType string) (pointer string, ok bool) {
	pointer = operation + "/responses/" + strconv.Itoa(status)
	response, declared := s.lookup(pointer).(map[string]any)
	if !declared {
		return "", false
	}
	if ref, is := response["$ref"].(string); is {
		pointer = strings.TrimPrefix(ref, "#")
	}
	pointer += "/content/" + escape(mediaType) + "/schema"
	return pointer, s.lookup(pointer) != nil
}

func (s *schemas) lookup(pointer string) any {
	var node any = s.document
	for segment := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		object, _ := node.(map[string]any)
		node = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(segment)]
	}
	return node
}

// parse reads JSON with its numbers as they are.
func parse(t *testing.T, text string) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func mediaType(headers map[string]string) string {
	kind, _, _ := strings.Cut(headers["content-type"], ";")
	return strings.ToLower(strings.TrimSpace(kind))
}
