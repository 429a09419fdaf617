package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// route is where a request goes: the path under which the gateway knows the operation, with a harmless segment in the
// place of the true one, which is kept apart because it may hold what the gateway would misread.
type route struct {
	operation *polarhttp.Operation
	path      string
	segment   string
}

const (
	collection    = "/v1/checkouts"
	clientPrefix  = "client/"
	confirmSuffix = "/confirm"
)

// rawPath is the path below prefix, escaped just as the caller escaped it; "" if it does not stand below. It begins with
// one slash, however many there were: SDKs and people write "//v1", and two would name a host further on.
func rawPath(r *http.Request, prefix string) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(path, "/") {
		path = r.URL.EscapedPath() // a request as to a proxy names a host first
	}
	path, below := strings.CutPrefix(path, prefix)
	if !below || path != "" && path[0] != '/' {
		return ""
	}
	for strings.HasPrefix(path, "//") {
		path = path[1:]
	}
	return path
}

// match finds the operation of a method and a path as rawPath gives it. A slash at the end is as good as none, because SDKs
// and people write both (clients cannot be redirected without resending). Everything else that is no exact operation is
// not ours.
func match(method, path string) (route, bool) {
	rest, ok := strings.CutPrefix(path, collection)
	if !ok || rest != "" && rest[0] != '/' {
		return route{}, false
	}
	rest = strings.TrimSuffix(strings.TrimPrefix(rest, "/"), "/")
	if rest == "" {
		// "/v1/checkouts//" is an empty id and not the list.
		op := oneOf(method, http.MethodGet, polarhttp.ListCheckouts, http.MethodPost, polarhttp.CreateCheckout)
		return route{op, collection, ""}, op != nil && !strings.HasSuffix(path, "//")
	}
	if buyer, ok := strings.CutPrefix(rest, clientPrefix); ok {
		if secret, ok := strings.CutSuffix(buyer, confirmSuffix); ok {
			return route{polarhttp.ConfirmClientCheckout, collection + "/client/x/confirm", secret}, method == http.MethodPost && isSegment(secret)
		}
		op := oneOf(method, http.MethodGet, polarhttp.GetClientCheckout, http.MethodPatch, polarhttp.UpdateClientCheckout)
		return route{op, collection + "/client/x", buyer}, op != nil && isSegment(buyer)
	}
	op := oneOf(method, http.MethodGet, polarhttp.GetCheckout, http.MethodPatch, polarhttp.UpdateCheckout)
	return route{op, collection + "/x", rest}, op != nil && isSegment(rest)
}

// oneOf is the operation of one of two methods, nil of any other.
func oneOf(method, first string, a *polarhttp.Operation, second string, b *polarhttp.Operation) *polarhttp.Operation {
	switch method {
	case first:
		return a
	case second:
		return b
	}
	return nil
}

// isSegment reports whether an escaped path element is one element for everybody who reads it: an escaped slash or dots
// would make another call of it further on.
func isSegment(escaped string) bool {
	if strings.Contains(escaped, "/") {
		return false
	}
	segment, err := url.PathUnescape(escaped)
	return err == nil && segment != "" && segment != "." && segment != ".." && !strings.Contains(segment, "/")
}

// knownPath reports whether an escaped path is an operation's under another method.
func knownPath(path string) (at route, allow string, ok bool) {
	if at, ok := match(http.MethodGet, path); ok {
		return at, http.MethodGet, true
	}
	at, ok = match(http.MethodPost, path)
	return at, http.MethodPost, ok
}
