// Package sdk runs Polar's official SDKs, and a gRPC client in another language, against the real program in front of the
// embedded Polar, with nothing mocked. The tests proper are in python, typescript and grpcio; what they need is installed
// at the first run.
package sdk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// suiteTimeout bounds one suite, in whatever language.
const suiteTimeout = 5 * time.Minute

func TestPython(t *testing.T) {
	t.Parallel()
	python := harness.Python(t, "python")
	runSuite(t, "python", services(t), python, "-m", "pytest", "-q", "-p", "no:cacheprovider")
}

func TestTypeScript(t *testing.T) {
	t.Parallel()
	harness.Node(t, "typescript")
	runSuite(t, "typescript", services(t), "node", "--test", "--test-reporter=spec", "--test-concurrency=1") // its files reset the one emulator
}

func TestGRPCIO(t *testing.T) {
	t.Parallel()
	python := harness.Python(t, "grpcio")
	runSuite(t, "grpcio", services(t), python, "-m", "pytest", "-q", "-p", "no:cacheprovider")
}

// callers is a file of callers: one that may only read, by a token that is no secret here.
func callers(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "callers.json")
	hash := sha256.Sum256([]byte("caller-token"))
	text := `{"callers":[{"name":"sdk","token_sha256":["` + hex.EncodeToString(hash[:]) + `"],"scopes":["checkouts:read"]}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// services starts the service as it is by default, one that forwards its callers' tokens to the same Polar, and one that
// asks who calls.
func services(t *testing.T) []string {
	t.Helper()
	service := harness.Start(t)
	caller := harness.Start(t, "--polar="+service.Polar, "--credentials=caller", "--other-paths=forward")
	asking := harness.Start(t, "--polar="+service.Polar, "--polar-token-file="+tokenFile(t), "--callers-file="+callers(t))
	return []string{"ASKING_URL=" + asking.REST, "REST_URL=" + service.REST, "CALLER_URL=" + caller.REST, "EMULATOR_URL=" + service.Polar, "GRPC_ADDR=" + service.GRPC}
}

// tokenFile has the emulator's token.
func tokenFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(emulator.DefaultToken), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// runSuite runs the tests of another language in dir and shows what they print.
func runSuite(t *testing.T, dir string, environment []string, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), suiteTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), append(environment, "PYTHONDONTWRITEBYTECODE=1")...)
	command.Stdout, command.Stderr = t.Output(), t.Output()
	if err := command.Run(); err != nil {
		t.Errorf("%s in %s: %v", filepath.Base(name), dir, err)
	}
}
