package docs_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/gen/openapi"
	"github.com/checkoutsvc/checkoutsvc/internal/docs"
)

var paths = []string{"/", "/openapi.json", "/docs/page.js", "/docs/viewer.js"}

// ask sends one request; headers are name, value, name, value.
func ask(t *testing.T, method, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	docs.Handler().ServeHTTP(recorder, request)
	return recorder
}

func TestServesTheDocument(t *testing.T) {
	t.Parallel()
	response := ask(t, http.MethodGet, "/openapi.json")
	text := response.Body.Bytes()
	if response.Code != http.StatusOK || response.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %s", response.Code, response.Header().Get("Content-Type"))
	}
	if !bytes.Equal(text, openapi.Document) || !json.Valid(text) {
		t.Error("not the generated document")
	}
}

func TestGzipIsTheSameText(t *testing.T) {
	t.Parallel()
	for _, path := range paths {
		packed := ask(t, http.MethodGet, path, "Accept-Encoding", "br, gzip;q=0.8")
		if packed.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s is not packed for who takes gzip", path)
			continue
		}
		reader, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(path, err)
		}
		unpacked, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(path, err)
		}
		plain := ask(t, http.MethodGet, path, "Accept-Encoding", "br, gzip;q=0")
		if plain.Header().Get("Content-Encoding") != "" || !bytes.Equal(plain.Body.Bytes(), unpacked) {
			t.Errorf("%s differs by encoding", path)
		}
	}
}

func TestWhatIsKnownIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for _, path := range paths {
		tag := ask(t, http.MethodGet, path).Header().Get("Etag")
		again := ask(t, http.MethodGet, path, "If-None-Match", `"other", `+tag)
		if tag == "" || again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s: %q: %d", path, tag, again.Code)
		}
		if other := ask(t, http.MethodGet, path, "If-None-Match", `"other"`); other.Code != http.StatusOK {
			t.Errorf("%s: another tag: %d", path, other.Code)
		}
	}
}

func TestNothingComesFromElsewhere(t *testing.T) {
	t.Parallel()
	for _, path := range paths {
		policy := ask(t, http.MethodGet, path).Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self';", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy %q lacks %q", path, policy, want)
			}
		}
		if strings.Contains(policy, "http") || strings.Contains(policy, "*") {
			t.Errorf("%s: the policy %q lets others in", path, policy)
		}
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllSubmatch(ask(t, http.MethodGet, "/").Body.Bytes(), -1)
	if len(links) == 0 {
		t.Error("the page has no links")
	}
	for _, link := range links {
		// A relative link also holds below a prefix.
		if to := string(link[1]); strings.Contains(to, "//") || strings.HasPrefix(to, "/") {
			t.Errorf("the page links to %s", to)
		}
	}
}

func TestServesOnlyItsOwnPaths(t *testing.T) {
	t.Parallel()
	for _, path := range append(paths, "/v1/checkouts/", "/docs/", "/docs/page.js/", "/openapi.json/x", "//") {
		status := ask(t, http.MethodGet, path).Code
		if served := status == http.StatusOK; served != docs.Serves(path) {
			t.Errorf("%s: Serves says %v, and GET is answered with %d", path, docs.Serves(path), status)
		}
	}
	if status := ask(t, http.MethodPost, "/").Code; status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", status)
	}
}
