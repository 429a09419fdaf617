// Package deploy holds the files of this folder, the runbook and the versions of all parts together.
package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// all are the first groups of the pattern's matches, at least one.
func all(t *testing.T, pattern, text string) (found []string) {
	t.Helper()
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	if found == nil {
		t.Fatalf("nothing matches %s", pattern)
	}
	return found
}

// Whoever is woken by an alert finds its heading, and no heading is of an alert that is gone.
func TestEachAlertHasARunbook(t *testing.T) {
	rules := read(t, "observability/alerts.yaml")
	alerts := all(t, `(?m)- alert: (\w+)`, rules)
	links := all(t, `(?m)runbook_url: \S+/docs/operations\.md#(\S+)`, rules)
	headings := all(t, `(?m)^### (\w+)$`, read(t, "../docs/operations.md"))
	if !slices.Equal(alerts, headings) {
		t.Errorf("alerts %v\nheadings %v", alerts, headings)
	}
	for i, alert := range alerts {
		if i >= len(links) || links[i] != strings.ToLower(alert) {
			t.Errorf("%s: its link is another's: %v", alert, links)
		}
	}
}

// The examples of files are files that the program takes.
func TestRunbooksFilesAreGood(t *testing.T) {
	text := read(t, "../docs/operations.md")
	files := all(t, "(?s)```json\n(.*?)```", text)
	if len(files) != 2 {
		t.Fatalf("%d examples", len(files))
	}
	folder := t.TempDir()
	files = append(files, "polar_oat_test")
	names := []string{"callers.json", "organizations.json", "shop.token"}
	for i, content := range files {
		if err := os.WriteFile(filepath.Join(folder, names[i]), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(folder, names[0])
	organizations := filepath.Join(folder, names[1])
	checked := exec.CommandContext(t.Context(), harness.Binary(t), "check", "--polar=embedded", "--callers-file="+path, "--organizations-file="+organizations)
	if output, err := checked.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, output)
	}
}

// The flags that the documents name exist.
func TestDocumentsNameFlags(t *testing.T) {
	help, err := exec.CommandContext(t.Context(), harness.Binary(t), "serve", "-h").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	known := all(t, `(?m)^  (--[a-z-]+)`, string(help))
	foreign := []string{"--build-arg", "--set", "--now"}
	for _, name := range []string{"../docs/operations.md", "../docs/migrating.md", "../SECURITY.md"} {
		for _, flag := range all(t, `(?:^|[^a-z-])(--[a-z][a-z-]+)`, read(t, name)) {
			if !slices.Contains(known, flag) && !slices.Contains(foreign, flag) {
				t.Errorf("%s: there is no flag %s", name, flag)
			}
		}
	}
}

// A release has one version: the program's, the chart's (deploy/check looks at it) and the clients'.
func TestAllPartsHaveOneVersion(t *testing.T) {
	want := strings.TrimSpace(read(t, "../VERSION"))
	if heading := all(t, `(?m)^## \[(.+)\]`, read(t, "../CHANGELOG.md"))[0]; heading != "Unreleased" && heading != want {
		t.Errorf("CHANGELOG begins with %s, VERSION says %s", heading, want)
	}
	for manifest, pattern := range map[string]string{
		"typescript/package.json": `(?m)^  "version": "(.+)",$`,
		"python/pyproject.toml":   `(?m)^version = "(.+)"$`,
		"java/pom.xml":            `(?m)^  <version>(.+)</version>$`,
		"rust/Cargo.toml":         `(?m)^version = "(.+)"$`,
	} {
		if got := all(t, pattern, read(t, "../clients/"+manifest))[0]; got != want {
			t.Errorf("%s: version %s, VERSION says %s", manifest, got, want)
		}
	}
}
