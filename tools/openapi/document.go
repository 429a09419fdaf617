package main

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

const about = `Polar's checkout sessions, on Polar's own wire: bodies, statuses and errors are those of the API at polar.sh, and Polar's SDKs work here with another base URL. Requests go to Polar as they came, and answers come back as they are.

All amounts are integers in the currency's minor unit, all times are RFC 3339 in UTC. Answers may hold members that are not described here; ignore them. Members that Polar does not know are ignored in requests.

Errors have the shape {"error": name, "detail": text or list}. Those that are this server's own, and not Polar's, have the names described at CheckoutsvcError.`

const aboutOrganizationToken = `Organization access token of Polar. Needed only where this server runs with --credentials=caller; otherwise it uses its own.`

const aboutPersonalToken = `Personal access token of Polar. Needed only where this server runs with --credentials=caller.`

// document is the whole OpenAPI document.
func (g *generator) document() (object, error) {
	service := checkoutsv1.File_polar_checkouts_v1_checkout_service_proto.Services().Get(0)
	paths, err := g.paths(service)
	if err != nil {
		return nil, err
	}
	return object{
		{"openapi", "3.1.0"},
		{"info", object{
			{"title", "checkoutsvc"},
			{"summary", "Polar's checkout sessions over REST"},
			{"description", about},
			{"version", "v1"},
			{"license", object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
		}},
		{"servers", list{object{{"url", "/"}, {"description", "This server"}}}},
		{"tags", list{object{{"name", "checkouts"}, {"description", g.words.of(service)}}}},
		{"paths", paths},
		{"components", object{
			{"securitySchemes", object{
				{"oat", object{{"type", "http"}, {"scheme", "bearer"}, {"description", aboutOrganizationToken}}},
				{"pat", object{{"type", "http"}, {"scheme", "bearer"}, {"description", aboutPersonalToken}}},
			}},
			{"parameters", object{{"PolarVersion", polarVersion}}},
			{"headers", headers},
			{"responses", g.sharedResponses()},
			{"schemas", g.components()},
		}},
	}, nil
}

// components lists the schemas by name, as people look them up.
func (g *generator) components() (all object) {
	slices.Sort(g.order)
	for _, name := range g.order {
		all = append(all, member{name, g.schemas[name]})
	}
	return all
}

// paths has an item for each path of Polar's, slashes included, and in it the operations on that path.
func (g *generator) paths(service protoreflect.ServiceDescriptor) (paths object, err error) {
	for _, operation := range polarhttp.Operations {
		method := service.Methods().ByName(protoreflect.Name(operation.Name))
		if method == nil {
			return nil, fmt.Errorf("%s is no method of the service", operation.Name)
		}
		described, err := g.operation(operation, method)
		if err != nil {
			return nil, err
		}
		item, _ := paths.get(operation.Template).(object)
		paths = paths.set(operation.Template, append(item, member{lower(operation.Method), described}))
	}
	return paths, nil
}

var polarVersion = object{
	{"name", "Polar-Version"},
	{"in", "header"},
	{"description", "Version of Polar's API to use, such as 2026-04. Absent: the one that this server is set to."},
	{"schema", object{{"type", "string"}}},
}

var onlyTrue = object{{"type", "string"}, {"const", "true"}}

var headers = object{
	{"PolarVersion", object{
		{"description", "Version of Polar's API that made the answer."},
		{"schema", object{{"type", "string"}}},
	}},
	{"IdempotencyReplayed", object{
		{"description", "Set where this is the first answer to the same Idempotency-Key again."},
		{"schema", onlyTrue},
	}},
	{"Reconciled", object{
		{"description", "Set where Polar's answer was lost and this one was put together from what the checkout has become. `customer_session_token` is then null."},
		{"schema", onlyTrue},
	}},
	{"RetryAfter", object{
		{"description", "Seconds to wait before the next try."},
		{"schema", object{{"type", "integer"}, {"minimum", 0}}},
	}},
	{"WWWAuthenticate", object{
		{"description", "How to authenticate, and what is wrong with the token sent."},
		{"schema", object{{"type", "string"}}},
	}},
}
