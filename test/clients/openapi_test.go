//go:build clients

package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// A client generated from the OpenAPI document can be installed, and creates and lists over the REST facade.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	python := harness.Python(t, "openapi")
	here := filepath.Join(harness.Root(), ".tmp", "clients", "openapi")
	if err := os.RemoveAll(here); err != nil {
		t.Fatal(err)
	}
	log := do(t, filepath.Join(filepath.Dir(python), "openapi-generator-cli"), "generate", "-g", "python",
		"-i", filepath.Join(harness.Root(), "gen", "openapi", "checkoutsvc.json"), "-o", here)
	for line := range strings.Lines(log) {
		if strings.Contains(line, "ERROR") {
			t.Errorf("the generator says: %s", line)
		}
	}
	do(t, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", here)
	do(t, python, "-m", "compileall", "-q", here)
	service := harness.Start(t)
	t.Log(do(t, python, filepath.Join("openapi", "create_and_list.py"), service.REST))
}

// do runs a program and gives what it writes.
func do(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), name, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, output)
	}
	return string(output)
}
