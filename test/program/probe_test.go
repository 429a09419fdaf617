package program

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/test/book"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// TestProbe: an operator learns from readiness, a metric and the log that Polar refuses the token or does not know the
// version, before any caller does; the service stays in the balancer.
func TestProbe(t *testing.T) {
	for name, c := range map[string]struct {
		token, version string
		reason, metric string
	}{
		"well":        {emulator.DefaultToken, "2026-10", "", ""},
		"a token":     {token, "2026-10", "token", `checkoutsvc_probe_failed{what="token"} 1`},
		"the version": {emulator.DefaultToken, "2020-01", "version", `checkoutsvc_probe_failed{what="version"} 1`},
	} {
		t.Run(name, func(t *testing.T) {
			polar, path := book.Start(t), t.TempDir()+"/token"
			if err := os.WriteFile(path, []byte(c.token), 0o600); err != nil {
				t.Fatal(err)
			}
			service := harness.Start(t, "--polar="+polar.URL, "--polar-token-file="+path, "--polar-version="+c.version, "--probe-every=1h")
			service.Secret(token)
			for deadline := time.Now().Add(10 * time.Second); ; <-time.After(10 * time.Millisecond) {
				if _, metrics := get(t, service.Admin+"/metrics"); strings.Contains(metrics, `checkoutsvc_polar_attempts_total{attempt="1",operation="ListCheckouts",status="`) {
					break
				}
				if time.Now().After(deadline) {
					t.Fatal("Polar is not asked")
				}
			}
			degraded := c.reason != ""
			var status int
			var ready string
			for range 100 { // the verdict is on its way
				if status, ready = get(t, service.Admin+"/readyz"); strings.Contains(ready, "degraded") == degraded {
					break
				}
				<-time.After(20 * time.Millisecond)
			}
			if status != http.StatusOK || strings.Contains(ready, "degraded") != degraded || !strings.Contains(ready, c.reason) {
				t.Errorf("%d %s", status, ready)
			}
			if _, metrics := get(t, service.Admin+"/metrics"); !strings.Contains(metrics, c.metric) {
				t.Errorf("no %s", c.metric)
			}
		})
	}
}
