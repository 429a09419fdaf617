// Package program tests checkoutsvc as the one who runs it meets it: its flags, its words, its signals.
package program

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// token is a secret of the form that Polar's have. No output may show it.
const token = "polar_oat_S3cretS3cretS3cret"

// result is what a program that ended left behind.
type result struct {
	code           int
	stdout, stderr string
}

// run runs checkoutsvc to its end, with nothing of ours in its environment but env.
func run(t *testing.T, env []string, args ...string) result {
	t.Helper()
	binary := harness.Binary(t) // which may take long to build
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, binary, args...)
	command.Env = append(cleanEnvironment(), env...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("checkoutsvc %q did not end:\n%s", args, stderr.String())
	}
	r := result{command.ProcessState.ExitCode(), stdout.String(), stderr.String()}
	if strings.Contains(r.stdout+r.stderr, token) {
		t.Errorf("the token is shown:\n%s%s", r.stdout, r.stderr)
	}
	return r
}

// cleanEnvironment is ours without what would configure the program.
func cleanEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "CHECKOUTSVC_") || strings.HasPrefix(entry, "POLAR_")
	})
}

// file writes a file of the test's own and gives its path.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
