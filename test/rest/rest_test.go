// Package rest runs the commands of docs/rest.md against the real program.
package rest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

func TestCommandsOfTheGuide(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: this test needs %s", tool)
		}
	}
	text, err := os.ReadFile(filepath.Join(harness.Root(), "docs", "rest.md"))
	if err != nil {
		t.Fatal(err)
	}
	script, want := commands(t, string(text))
	service := harness.Start(t)
	shell := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", strings.ReplaceAll(script, "http://127.0.0.1:8080", service.REST))
	var stderr strings.Builder
	shell.Stderr = &stderr
	output, err := shell.Output()
	if err != nil {
		t.Errorf("%v\n%s", err, stderr.String())
	}
	got := strings.Split(strings.TrimSpace(id.ReplaceAllString(string(output), "Checkout <id> is")), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}

// id is one in an error's text, which the guide cannot know.
var id = regexp.MustCompile(`Checkout [0-9a-f-]{36} is`)

// commands are the guide's shell commands as one script, and what they should print.
func commands(t *testing.T, text string) (script string, printed []string) {
	t.Helper()
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(blocks) < 5 {
		t.Fatalf("%d blocks of commands", len(blocks))
	}
	var b strings.Builder
	for _, block := range blocks {
		for line := range strings.Lines(block[1]) {
			if text, isOutput := strings.CutPrefix(line, "# "); isOutput {
				printed = append(printed, strings.TrimSpace(text))
				continue
			}
			b.WriteString(line)
		}
	}
	return b.String(), printed
}
