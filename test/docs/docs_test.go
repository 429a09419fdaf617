// Package docs looks at the documentation page in a real browser: it renders, calls nobody but the server it came from,
// and the calls made from it reach Polar.
package docs

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

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
	command.Env = append(os.Environ(), "PAGE_URL="+harness.Start(t).REST, "CHROMIUM="+chromium)
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
