package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"sigs.k8s.io/yaml"
)

const observability = "../observability/"

// TestDashboardIsOneOfGrafanas: every field is one that Grafana knows, down to the panels' own, and has its type.
func TestDashboardIsOneOfGrafanas(t *testing.T) {
	text := read(t, observability+"dashboard.json")
	if err := checkDashboard(text); err != nil {
		t.Fatal(err)
	}
	if checkDashboard(strings.Replace(text, `"drawStyle"`, `"drawStile"`, 1)) == nil {
		t.Error("a field that Grafana does not know passes")
	}
}

func checkDashboard(text string) error {
	plugins.RegisterDefaultPlugins()
	//nolint:staticcheck // the form that all versions of Grafana import
	board := new(dashboard.Dashboard)
	err := board.UnmarshalJSONStrict([]byte(text))
	if found, ok := errors.AsType[cog.BuildErrors](err); ok && len(found) == 0 {
		return board.Validate() // an empty list of errors is none
	}
	return err
}

// panel is what the tests look at themselves.
type panel struct {
	ID      int                      `json:"id"`
	At      struct{ X, Y, W, H int } `json:"gridPos"`
	Targets []struct {
		Expr string `json:"expr"`
	} `json:"targets"`
}

func panels(t *testing.T) []panel {
	t.Helper()
	var board struct {
		Panels []panel `json:"panels"`
	}
	if err := json.Unmarshal([]byte(read(t, observability+"dashboard.json")), &board); err != nil {
		t.Fatal(err)
	}
	return board.Panels
}

// TestPanelsHaveAPlace: panels lie in Grafana's 24 columns, have ids of their own and do not lie on each other.
func TestPanelsHaveAPlace(t *testing.T) {
	taken, ids := map[[2]int]bool{}, map[int]bool{}
	for _, panel := range panels(t) {
		if ids[panel.ID] || panel.At.W == 0 || panel.At.X+panel.At.W > 24 {
			t.Errorf("panel %d is there twice, or has no place", panel.ID)
		}
		ids[panel.ID] = true
		for place := range panel.At.W * panel.At.H {
			cell := [2]int{panel.At.X + place%panel.At.W, panel.At.Y + place/panel.At.W}
			if taken[cell] {
				t.Fatalf("panel %d lies on another", panel.ID)
			}
			taken[cell] = true
		}
	}
}

// queries are the PromQL expressions of the dashboard, with Grafana's variables filled in.
func queries(t *testing.T) (all []string) {
	t.Helper()
	filled := strings.NewReplacer("$__rate_interval", "5m", "$job", "checkoutsvc", "$instance", ".*")
	for _, panel := range panels(t) {
		for _, target := range panel.Targets {
			all = append(all, filled.Replace(target.Expr))
		}
	}
	return all
}

// promtool runs Prometheus's own tool, or skips the test where there is none.
func promtool(t *testing.T, arguments ...string) {
	t.Helper()
	path, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool here (Debian has it in prometheus)")
	}
	command := exec.CommandContext(t.Context(), path, arguments...)
	command.Dir = observability
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
}

// TestAlertsFireForWhatTheyName plays the cases of alerts_test.yaml.
func TestAlertsFireForWhatTheyName(t *testing.T) {
	promtool(t, "check", "rules", "alerts.yaml")
	promtool(t, "test", "rules", "alerts_test.yaml")
}

// TestQueriesAreForPrometheus lets promtool read the dashboard's queries as rules.
func TestQueriesAreForPrometheus(t *testing.T) {
	type rule struct {
		Record string `json:"record"`
		Expr   string `json:"expr"`
	}
	var rules []rule
	for i, query := range queries(t) {
		rules = append(rules, rule{fmt.Sprintf("query_%d", i), query})
	}
	if len(rules) < 30 {
		t.Fatalf("the dashboard has only %d queries", len(rules))
	}
	text, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "queries", "rules": rules}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "queries.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", file)
}

// TestEveryAlertIsTriedAndHasARunbook holds the alerts, their cases and the runbook together.
func TestEveryAlertIsTriedAndHasARunbook(t *testing.T) {
	var alerts struct {
		Groups []struct {
			Rules []struct {
				Alert       string            `json:"alert"`
				Labels      map[string]string `json:"labels"`
				Annotations map[string]string `json:"annotations"`
			} `json:"rules"`
		} `json:"groups"`
	}
	if err := yaml.Unmarshal([]byte(read(t, observability+"alerts.yaml")), &alerts); err != nil {
		t.Fatal(err)
	}
	cases := read(t, observability+"alerts_test.yaml")
	for _, rule := range alerts.Groups[0].Rules {
		if !strings.Contains(cases, `alertname="`+rule.Alert+`"`) {
			t.Errorf("%s is in no case", rule.Alert)
		}
		if want := "/docs/operations.md#" + strings.ToLower(rule.Alert); !strings.HasSuffix(rule.Annotations["runbook_url"], want) {
			t.Errorf("%s has the runbook %q", rule.Alert, rule.Annotations["runbook_url"])
		}
		if rule.Annotations["summary"] == "" || rule.Labels["severity"] == "" {
			t.Errorf("%s says too little", rule.Alert)
		}
	}
}
