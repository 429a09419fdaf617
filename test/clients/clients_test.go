//go:build clients

// Package clients builds the clients of all languages and plays test/scenario with what was built, each against a service of
// its own. It needs the tools of every language and minutes, so it stands behind the build tag clients: `make clients`, and last in `make test`.
package clients

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

const token = "token-of-the-clients"

func TestTypeScript(t *testing.T) { try(t, "typescript") }
func TestPython(t *testing.T)     { try(t, "python") }
func TestJava(t *testing.T)       { try(t, "java") }
func TestRust(t *testing.T)       { try(t, "rust") }

// try runs `make test` of a client, which builds its package, installs that, and plays the scenario.
func try(t *testing.T, language string) {
	t.Helper()
	t.Parallel()
	service := harness.Start(t, "--callers-file="+harness.CallersFile(t, token))
	service.Secret(token)
	command := exec.CommandContext(t.Context(), "make", "-C", filepath.Join(harness.Root(), "clients", language), "test")
	command.Env = append(os.Environ(),
		"CHECKOUTSVC_ADDRESS="+service.GRPC,
		"CHECKOUTSVC_EMULATOR="+service.Polar,
		"CHECKOUTSVC_TOKEN="+token,
		"CHECKOUTSVC_SCENARIO="+filepath.Join(harness.Root(), "test", "scenario", "scenario.json"),
	)
	output, err := command.CombinedOutput()
	if reason := skipped.FindSubmatch(output); err != nil && reason != nil {
		t.Skip(string(reason[1]))
	}
	if err != nil {
		t.Fatalf("make test: %v\n%s", err, output)
	}
	if bytes.Contains(output, []byte(token)) {
		t.Error("the client's output shows its token")
	}
	if !played(service) {
		t.Errorf("the client has not played the scenario:\n%s", output)
	}
	t.Logf("%s", output)
}

// skipped is how a client says that the machine lacks its tools.
var skipped = regexp.MustCompile(`(?m)^SKIP: (.*)$`)

// played tells whether a service was called as the scenario wants, each method and with a refused token.
func played(service *harness.Service) bool {
	for _, call := range []string{
		"ListCheckouts", "CreateCheckout", "GetCheckout", "UpdateCheckout", "GetClientCheckout", "UpdateClientCheckout", "ConfirmClientCheckout",
	} {
		if !regexp.MustCompile(`"method":"` + call + `","code":"OK"`).MatchString(service.Logs()) {
			return false
		}
	}
	return regexp.MustCompile(`"code":"Unauthenticated"`).MatchString(service.Logs())
}
