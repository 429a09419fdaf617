package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// responses are the success and everything that can go wrong, by status.
func (g *generator) responses(at *polarhttp.Operation, method protoreflect.MethodDescriptor, hasBody bool) (object, error) {
	refused, err := g.refusalsOf(at, method, hasBody)
	if err != nil {
		return nil, err
	}
	all := object{{statusText(at.Success), g.success(at, method.Output())}}
	for _, status := range slices.Sorted(maps.Keys(refused)) {
		if status > http.StatusUnprocessableEntity {
			break
		}
		all = append(all, member{statusText(status), g.refusal(at, status, refused[status])})
	}
	all = append(all, member{"429", object{{"$ref", "#/components/responses/RateLimited"}}})
	all = append(all, member{"500", g.crash(at, refused[http.StatusInternalServerError])})
	for _, own := range ownFailures {
		all = append(all, member{statusText(own.status), object{{"$ref", "#/components/responses/" + own.name}}})
	}
	return all, nil
}

func (g *generator) success(at *polarhttp.Operation, output protoreflect.MessageDescriptor) object {
	first, _, _ := strings.Cut(g.words.of(output), ". ")
	content := object{{"schema", g.message(output, answered)}}
	if example, ok := g.examples.success[at.Name]; ok {
		content = append(content, member{"example", example})
	}
	return object{
		{"description", strings.TrimSuffix(first, ".") + "."},
		{"headers", successHeaders(at)},
		{"content", object{{"application/json", content}}},
	}
}

func successHeaders(at *polarhttp.Operation) object {
	headers := object{{"Polar-Version", object{{"$ref", "#/components/headers/PolarVersion"}}}}
	switch at.Consequence {
	case polarhttp.Creates:
		headers = append(headers, member{"Idempotency-Replayed", object{{"$ref", "#/components/headers/IdempotencyReplayed"}}})
	case polarhttp.Confirms:
		headers = append(headers, member{"Checkoutsvc-Reconciled", object{{"$ref", "#/components/headers/Reconciled"}}})
	case polarhttp.Reads, polarhttp.Converges:
	}
	return headers
}

// refusal is the answer of one status with the errors that it can come with, and a recorded example of each.
func (g *generator) refusal(at *polarhttp.Operation, status int, names []string) object {
	response := object{{"description", statusTexts[status]}}
	if status == http.StatusUnauthorized || slices.Contains(names, "TokenError") {
		response = append(response, member{"headers", object{{"WWW-Authenticate", object{{"$ref", "#/components/headers/WWWAuthenticate"}}}}})
	}
	content := object{{"schema", g.anyError(names)}}
	if examples := g.examples.refusals(at.Name, status); len(examples) > 0 {
		content = append(content, member{"examples", examples})
	}
	return append(response, member{"content", object{{"application/json", content}}})
}

func (g *generator) anyError(names []string) object {
	if len(names) == 1 {
		return g.errorSchema(names[0])
	}
	var all list
	for _, name := range names {
		all = append(all, g.errorSchema(name))
	}
	return object{{"anyOf", all}}
}

// crash is a 500: plain text, or named like other errors (B 3.8).
func (g *generator) crash(at *polarhttp.Operation, names []string) object {
	var content object
	if len(names) > 0 {
		content = append(content, member{"application/json", object{{"schema", g.anyError(names)}}})
		if examples := g.examples.refusals(at.Name, http.StatusInternalServerError); len(examples) > 0 {
			content[0].value = append(content[0].value.(object), member{"examples", examples})
		}
	}
	content = append(content, member{"text/plain", object{{"schema", object{{"type", "string"}}}, {"example", "Internal Server Error"}}})
	return object{{"description", statusTexts[http.StatusInternalServerError]}, {"content", content}}
}
