package emulator

import (
	"errors"
	"net/http"
	"strings"
)

// route is one operation. Segments in braces are parameters.
type route struct {
	method  string
	pattern string
	need    need
	// body tells that a JSON body is read, and parsed before the caller's rights are looked at (B 3.9).
	body  bool
	serve func(*call) (*answer, error)
}

// The scopes of the operations.
var (
	readsList    = scopes("checkouts:write", "checkouts:read")
	writes       = scopes("checkouts:write")
	readProducts = scopes("products:read", "products:write")
)

// checkoutRoutes are those under the prefix of checkouts, in the order in which Polar tries them.
func checkoutRoutes(prefix string) []route {
	return []route{
		{method: "GET", pattern: prefix + "/", need: readsList, serve: (*call).listCheckouts},
		{method: "GET", pattern: prefix + "/{id}", need: readsList, serve: (*call).getCheckout},
		{method: "POST", pattern: prefix + "/", need: writes, body: true, serve: (*call).createCheckout},
		{method: "PATCH", pattern: prefix + "/{id}", need: writes, body: true, serve: (*call).updateCheckout},
		{method: "GET", pattern: prefix + "/client/{client_secret}", serve: (*call).getClientCheckout},
		{method: "PATCH", pattern: prefix + "/client/{client_secret}", body: true, serve: (*call).updateClientCheckout},
		{method: "POST", pattern: prefix + "/client/{client_secret}/confirm", body: true, serve: (*call).confirmCheckout},
		{method: "POST", pattern: prefix + "/client/{client_secret}/opened", body: true, serve: (*call).openedCheckout},
		{method: "GET", pattern: prefix + "/client/{client_secret}/stream", serve: (*call).streamCheckout},
	}
}

// setUpRoutes are the calls of Polar that prepare a test.
var setUpRoutes = []route{
	{method: "GET", pattern: "/healthz", serve: (*call).health},
	{method: "GET", pattern: "/v1/organizations/", need: scopes("organizations:read", "organizations:write"), serve: (*call).listOrganizations},
	{method: "GET", pattern: "/v1/organizations/{id}", need: scopes("organizations:read", "organizations:write"), serve: (*call).getOrganization},
	{method: "GET", pattern: "/v1/products/", need: readProducts, serve: (*call).listProducts},
	{method: "GET", pattern: "/v1/products/{id}", need: readProducts, serve: (*call).getProduct},
	{method: "POST", pattern: "/v1/products/", need: scopes("products:write"), body: true, serve: (*call).createProduct},
	{method: "PATCH", pattern: "/v1/products/{id}", need: scopes("products:write"), body: true, serve: (*call).updateProduct},
	{method: "POST", pattern: "/v1/products/{id}/benefits", need: scopes("products:write"), body: true, serve: (*call).setProductBenefits},
	{method: "GET", pattern: "/v1/discounts/", need: scopes("discounts:read", "discounts:write"), serve: (*call).listDiscounts},
	{method: "GET", pattern: "/v1/discounts/{id}", need: scopes("discounts:read", "discounts:write"), serve: (*call).getDiscount},
	{method: "POST", pattern: "/v1/discounts/", need: scopes("discounts:write"), body: true, serve: (*call).createDiscount},
	{method: "DELETE", pattern: "/v1/discounts/{id}", need: scopes("discounts:write"), serve: (*call).deleteDiscount},
	{method: "GET", pattern: "/v1/customers/", need: scopes("customers:read", "customers:write"), serve: (*call).listCustomers},
	{method: "GET", pattern: "/v1/customers/{id}", need: scopes("customers:read", "customers:write"), serve: (*call).getCustomer},
	{method: "POST", pattern: "/v1/customers/", need: scopes("customers:write"), body: true, serve: (*call).createCustomer},
	{method: "DELETE", pattern: "/v1/customers/{id}", need: scopes("customers:write"), serve: (*call).deleteCustomer},
	{method: "GET", pattern: "/v1/custom-fields/", need: scopes("custom_fields:read", "custom_fields:write"), serve: (*call).listCustomFields},
	{method: "POST", pattern: "/v1/custom-fields/", need: scopes("custom_fields:write"), body: true, serve: (*call).createCustomField},
	{method: "POST", pattern: "/v1/benefits/", need: scopes("benefits:write"), body: true, serve: (*call).createBenefit},
	{method: "POST", pattern: "/v1/meters/", need: scopes("meters:write"), body: true, serve: (*call).createMeter},
	{method: "GET", pattern: "/v1/subscriptions/", need: scopes("subscriptions:read", "subscriptions:write"), serve: (*call).listSubscriptions},
}

// router finds the operation of a request.
type router struct{ routes []compiledRoute }

type compiledRoute struct {
	route
	segments []string
}

func newRouter() *router {
	var r router
	for _, routes := range [][]route{checkoutRoutes("/v1/checkouts/custom"), checkoutRoutes("/v1/checkouts"), setUpRoutes} {
		for _, each := range routes {
			r.routes = append(r.routes, compiledRoute{route: each, segments: strings.Split(each.pattern, "/")})
		}
	}
	return &r
}

// find is the operation for a method and path with its parameters. Where only the path is known it is a 405 that names
// the first method for it, else errNoRoute (B 3.7).
func (r *router) find(method, path string) (*route, map[string]string, error) {
	allow := ""
	for i := range r.routes {
		params, matches := r.routes[i].match(path)
		switch {
		case !matches:
		case r.routes[i].method == method:
			return &r.routes[i].route, params, nil
		case allow == "":
			allow = r.routes[i].method
		}
	}
	if allow != "" {
		return nil, nil, methodNotAllowed(allow)
	}
	return nil, nil, errNoRoute
}

// knows tells whether any method is served at a path.
func (r *router) knows(path string) bool {
	_, _, err := r.find("", path)
	return !errors.Is(err, errNoRoute)
}

func (c *compiledRoute) match(path string) (map[string]string, bool) {
	parts := strings.Split(path, "/")
	if len(parts) != len(c.segments) {
		return nil, false
	}
	var params map[string]string
	for i, segment := range c.segments {
		switch {
		case segment == parts[i]:
		case strings.HasPrefix(segment, "{") && parts[i] != "":
			if params == nil {
				params = map[string]string{}
			}
			params[strings.Trim(segment, "{}")] = parts[i]
		default:
			return nil, false
		}
	}
	return params, true
}

// slashRedirect is where a path is known with one slash more or fewer at its end; false if it isn't.
func (r *router) slashRedirect(path string) (string, bool) {
	if path == "/" || path == "" {
		return "", false
	}
	other := strings.TrimRight(path, "/")
	if other == path {
		other += "/"
	}
	return other, r.knows(other)
}

// redirect is Polar's 307 to that path, absolute and with the query kept.
func redirect(req *http.Request, path string) *answerError {
	scheme := "http"
	if req.TLS != nil {
		scheme = "https"
	}
	target := *req.URL
	target.Scheme, target.Host, target.Path, target.RawPath = scheme, req.Host, path, ""
	return &answerError{status: http.StatusTemporaryRedirect, header: http.Header{"Location": {target.String()}}}
}
