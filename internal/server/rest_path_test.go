package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// TestNoPathLeadsElsewhere: whatever path a caller invents, what is forwarded is a path at Polar and nothing else.
func TestNoPathLeadsElsewhere(t *testing.T) {
	for _, tc := range []struct{ prefix, path, asked string }{
		{"", "/v1/products/", "/v1/products/"},
		{"", "//v1/products/", "/v1/products/"},
		{"", "//evil.example/x", "/evil.example/x"},
		{"", "///evil.example//x", "/evil.example//x"},
		{"/polar", "/polar/v1/products/", "/v1/products/"},
		{"/polar", "/polar//evil.example/x", "/evil.example/x"},
		{"/polar", "/polar", ""},
		{"/polar", "/polarx/v1/checkouts/", ""},
		{"/polar", "/polar@127.0.0.1:1/", ""},
		{"/polar", "/polar.evil.example/x", ""},
		{"/polar", "/v1/products/", ""},
	} {
		t.Run(tc.prefix+" "+tc.path, func(t *testing.T) {
			polar := &recordedPolar{}
			polar.next(recordings.Response{Status: http.StatusOK, Body: []byte("{}")})
			_, base := startServer(t, polar, callersToken, func(c *Config) { c.ForwardOtherPaths, c.RESTPrefix = true, tc.prefix })
			answer := send(t, strings.TrimPrefix(base, "http://"), recordings.Request{Method: http.MethodGet, Path: tc.path})
			var asked string
			if seen := polar.seen(); len(seen) > 0 {
				asked = seen[0].Path
			}
			if asked != tc.asked || tc.asked == "" && answer.status != http.StatusNotImplemented {
				t.Errorf("Polar was asked %q, want %q; the answer is %d", asked, tc.asked, answer.status)
			}
		})
	}
}

// TestThePrefixHoldsForTheDocumentationToo keeps a 404 of our own from anybody who calls another path.
func TestThePrefixHoldsForTheDocumentationToo(t *testing.T) {
	_, base := startServer(t, &recordedPolar{}, func(c *Config) { c.RESTPrefix = "/polar" })
	address := strings.TrimPrefix(base, "http://")
	for path, want := range map[string]int{
		"/polar/": http.StatusOK, "/polar/openapi.json": http.StatusOK,
		"/": http.StatusNotImplemented, "/openapi.json": http.StatusNotImplemented,
	} {
		if got := send(t, address, recordings.Request{Method: http.MethodGet, Path: path}); got.status != want {
			t.Errorf("%s: %d, want %d", path, got.status, want)
		}
	}
}
