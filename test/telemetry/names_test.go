package telemetry_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// metricName matches the names of our own metrics and of the few that Prometheus's client adds.
var metricName = regexp.MustCompile(`\b(?:checkoutsvc|process|go)_[a-z0-9_]*[a-z0-9]\b`)

// exposed are the names of the metrics that the program has, those of a histogram's parts included. Those that need TLS
// files are there from the start.
func exposed(t *testing.T) map[string]bool {
	t.Helper()
	service := harness.Start(t, "--polar-limits=production", "--callers-file="+harness.CallersFile(t, callerToken))
	send(t, http.MethodGet, service.REST+"/v1/checkouts/", "", map[string]string{"Authorization": "Bearer " + callerToken})
	_, text := send(t, http.MethodGet, service.Admin+"/metrics", "", nil)
	names := map[string]bool{"checkoutsvc_certificate_expires_timestamp_seconds": true}
	for _, match := range regexp.MustCompile(`(?m)^# TYPE (\S+) (\S+)$`).FindAllStringSubmatch(text, -1) {
		names[match[1]] = true
		if match[2] == "histogram" {
			names[match[1]+"_bucket"], names[match[1]+"_sum"], names[match[1]+"_count"] = true, true, true
		}
	}
	return names
}

// TestFilesSpeakOfMetricsThatThereAre holds the dashboard, the alerts and the document to the program, both ways.
func TestFilesSpeakOfMetricsThatThereAre(t *testing.T) {
	names := exposed(t)
	if !names["checkoutsvc_calls_total"] || len(names) < 40 {
		t.Fatalf("only %d metrics are exposed", len(names))
	}
	for _, file := range []string{"deploy/observability/dashboard.json", "deploy/observability/alerts.yaml", "docs/observability.md"} {
		text, err := os.ReadFile(filepath.Join(harness.Root(), file))
		if err != nil {
			t.Fatal(err)
		}
		found := metricName.FindAllString(string(text), -1)
		for _, name := range found {
			if !names[name] {
				t.Errorf("%s speaks of %s, which there is not", file, name)
			}
		}
		if len(found) == 0 {
			t.Errorf("%s speaks of no metric", file)
		}
	}
}

// TestEveryMetricIsExplained: docs/observability.md has a row for each metric of ours and for each alert.
func TestEveryMetricIsExplained(t *testing.T) {
	document, err := os.ReadFile(filepath.Join(harness.Root(), "docs", "observability.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name := range exposed(t) {
		base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if strings.HasPrefix(base, "checkoutsvc_") && !strings.Contains(string(document), "`"+base) {
			t.Errorf("%s is not explained", base)
		}
	}
	alerts, err := os.ReadFile(filepath.Join(harness.Root(), "deploy", "observability", "alerts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`alert: (\S+)`).FindAllStringSubmatch(string(alerts), -1) {
		if !strings.Contains(string(document), match[1]) {
			t.Errorf("%s is not explained", match[1])
		}
	}
}
