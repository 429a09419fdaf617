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
		{"parameters", g.parameters(at, method)},
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

// errorsOfMethod is the sentence of a method's comment that lists its errors.
var errorsOfMethod = regexp.MustCompile(`Errors: ([^.]+)\. ?`)

// withoutErrors drops that sentence: each error stands at its status.
func withoutErrors(comment string) string {
	return strings.TrimSpace(errorsOfMethod.ReplaceAllString(comment, ""))
}

var nameOfError = regexp.MustCompile(`\b[A-Z][a-z]+[A-Za-z]+\b|\bHTTPValidationError\b`)

// errorNames are the errors that a method's comment names.
func errorNames(comment string) []string {
	found := errorsOfMethod.FindStringSubmatch(comment)
	if found == nil {
		return nil
	}
	return nameOfError.FindAllString(found[1], -1)
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

// inHeader are fields of requests that are headers over REST.
var inHeader = map[protoreflect.Name]string{
	"request_id":                "Idempotency-Key",
	"accept_second_charge_risk": "Checkoutsvc-Accept-Second-Charge-Risk",
}

func bodyField(method protoreflect.MethodDescriptor) protoreflect.FieldDescriptor {
	rule := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	return method.Input().Fields().ByName(protoreflect.Name(rule.GetBody()))
}

// parameters are the path's element, the query of the list, where a list is its key repeated, and headers. What else a
// request has is for gRPC callers only.
func (g *generator) parameters(at *polarhttp.Operation, method protoreflect.MethodDescriptor) (all list) {
	fields := method.Input().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		switch {
		case strings.Contains(at.Template, "{"+string(field.Name())+"}"):
			all = append(all, g.parameter(field, "path").set("required", true))
		case inHeader[field.Name()] != "":
			all = append(all, g.parameter(field, "header").set("name", inHeader[field.Name()]))
		case !at.HasSegment() && bodyField(method) == nil && field.Message() == nil:
			all = append(all, g.parameter(field, "query"))
		}
	}
	return append(all, object{{"$ref", "#/components/parameters/PolarVersion"}})
}

func (g *generator) parameter(field protoreflect.FieldDescriptor, in string) object {
	return object{
		{"name", string(field.Name())},
		{"in", in},
		{"description", g.words.of(field)},
		{"required", false},
		{"schema", g.limits.field(field, sent).apply(g.value(field, sent))},
	}
}

func statusText(status int) string { return strconv.Itoa(status) }
