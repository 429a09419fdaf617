package main

import (
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

func lower(text string) string { return strings.ToLower(text) }

// operation describes one method as Polar's REST operation.
func (g *generator) operation(at *polarhttp.Operation, method protoreflect.MethodDescriptor) (object, error) {
	described := object{
		{"tags", list{"checkouts"}},
		{"summary", title(at.Name)},
		{"description", withoutErrors(g.words.of(method))},
		{"operationId", "checkouts:" + sdkName(at.Name)},
		{"security", security(at)},
		{"parameters", g.parameters(at, method.Input())},
	}
	body := bodyField(method)
	if body != nil {
		described = append(described, member{"requestBody", object{
			{"required", true},
			{"content", object{{"application/json", object{
				{"schema", g.message(body.Message(), sent)},
				{"examples", requestExamples[at.Name]},
			}}}},
		}})
	}
	responses, err := g.responses(at, method, body != nil)
	return append(described, member{"responses", responses}), err
}

// sdkName is the name in Polar's SDKs: list, create, client_get.
func sdkName(rpc string) string {
	verb, noun, _ := strings.Cut(snake(rpc), "_")
	if strings.HasPrefix(noun, "client") {
		return "client_" + verb
	}
	return verb
}

// title turns GetClientCheckout into "Get client checkout".
func title(rpc string) string {
	words := strings.ReplaceAll(snake(rpc), "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

var errorsOfMethod = regexp.MustCompile(`Errors: ([A-Za-z, ]+)\. ?`)

// withoutErrors drops the sentence that lists the errors: each stands at its status.
func withoutErrors(comment string) string {
	return strings.TrimSpace(errorsOfMethod.ReplaceAllString(comment, ""))
}

// errorNames are the errors that a method's comment names.
func errorNames(comment string) []string {
	found := errorsOfMethod.FindStringSubmatch(comment)
	if found == nil {
		return nil
	}
	return strings.Split(found[1], ", ")
}

// security: without any credential where the server has its own, else as Polar has it (B 5). The client secret in the
// path is the buyer's credential.
func security(at *polarhttp.Operation) list {
	nothing := object{}
	if at.Credential == polarhttp.Buyer {
		if at.Consequence == polarhttp.Confirms {
			return list{nothing, object{{"pat", list{}}}}
		}
		return list{}
	}
	scopes := list{"checkouts:write"}
	if at.Consequence == polarhttp.Reads {
		scopes = list{"checkouts:read", "checkouts:write"}
	}
	return list{nothing, object{{"oat", scopes}}, object{{"pat", scopes}}}
}

// onlyGRPC are fields of requests that have no place in the REST wire.
var onlyGRPC = map[protoreflect.Name]bool{"retries": true, "update_mask": true}

func bodyField(method protoreflect.MethodDescriptor) protoreflect.FieldDescriptor {
	rule := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	return method.Input().Fields().ByName(protoreflect.Name(rule.GetBody()))
}

// parameters are the path's element or, on the list, the query. A list in the query is its key repeated.
func (g *generator) parameters(at *polarhttp.Operation, input protoreflect.MessageDescriptor) (all list) {
	for i := range input.Fields().Len() {
		field := input.Fields().Get(i)
		inPath := strings.Contains(at.Template, "{"+string(field.Name())+"}")
		if onlyGRPC[field.Name()] || !inPath && at.HasSegment() || field.Message() != nil {
			continue
		}
		all = append(all, g.parameter(field, inPath))
	}
	return append(all, object{{"$ref", "#/components/parameters/PolarVersion"}})
}

func (g *generator) parameter(field protoreflect.FieldDescriptor, inPath bool) object {
	limit := g.limits.field(field, sent)
	parameter := object{{"name", string(field.Name())}, {"in", "query"}, {"description", g.words.of(field)}}
	if inPath {
		parameter = parameter.set("in", "path").set("required", true)
	}
	return append(parameter, member{"schema", limit.apply(g.value(field, sent))})
}

func statusText(status int) string { return strconv.Itoa(status) }
