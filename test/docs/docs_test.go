// Package docs looks at the documentation page in a real browser: it renders, calls nobody but the server it came from,
// and the calls made from it reach Polar.
package docs

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/docs"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

const suiteTimeout = 5 * time.Minute

func TestPage(t *testing.T) {
	t.Parallel()
	chromium := chromium(t)
	harness.Node(t, "browser")
	ctx, cancel := context.WithTimeout(t.Context(), suiteTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, "node", "--test", "--test-reporter=spec")
	command.Dir = "browser"
	command.Env = append(os.Environ(), "PAGE_URL="+site(t), "CHROMIUM="+chromium)
	command.Stdout, command.Stderr = t.Output(), t.Output()
	if err := command.Run(); err != nil {
		t.Error(err)
	}
}

// chromium is the path of the browser, which must be there in CI.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("this test needs chromium")
	}
	t.Skip("skipped: this test needs chromium")
	return ""
}

// site is the base URL of the program with the page on its REST port.
func site(t *testing.T) string {
	t.Helper()
	service := harness.Start(t)
	target, err := url.Parse(service.REST)
	if err != nil {
		t.Fatal(err)
	}
	api, pages := httputil.NewSingleHostReverseProxy(target), docs.Handler()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if docs.Serves(r.URL.EscapedPath()) {
			pages.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL
}
