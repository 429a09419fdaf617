package harness

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// installTimeout bounds the installation of what a test needs, once per machine.
const installTimeout = 10 * time.Minute

// Python is the interpreter of a virtual environment under .tmp that has what dir's requirements.txt names, installed at
// the first call. Without Python 3, or where installing fails, it skips the test with a line that says so; in CI it fails.
func Python(t testing.TB, dir string) string {
	t.Helper()
	requirements := filepath.Join(dir, "requirements.txt")
	wanted, err := os.ReadFile(requirements)
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(Root(), ".tmp", "venv", filepath.Base(dir))
	interpreter := filepath.Join(home, "bin", "python")
	err = install(home, wanted, func(ctx context.Context) error {
		if err := run(ctx, ".", "python3", "-m", "venv", "--clear", home); err != nil {
			return err
		}
		return run(ctx, ".", interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements)
	})
	if err != nil {
		unavailable(t, "Python 3 with "+filepath.Base(dir)+"'s requirements", err)
	}
	return interpreter
}

// Node installs the packages that dir's package-lock.json names, at the first call. Without node 20 or newer and
// npm, or where installing fails, it skips the test with a line that says so; in CI it fails.
func Node(t testing.TB, dir string) {
	t.Helper()
	wanted, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), installTimeout)
	defer cancel()
	// The test runner of older ones lacks options that the suites need.
	err = run(ctx, dir, "node", "-e", `if (parseInt(process.versions.node) < 20) throw "node 20 or newer is needed"`)
	if err == nil {
		err = install(filepath.Join(dir, "node_modules"), wanted, func(ctx context.Context) error {
			return run(ctx, dir, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
		})
	}
	if err != nil {
		unavailable(t, "node 20 with "+filepath.Base(dir)+"'s packages", err)
	}
}

// unavailable skips the test, or fails it in CI, where everything is to be had.
func unavailable(t testing.TB, what string, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("this test needs %s: %v", what, err)
	}
	t.Skipf("skipped: this test needs %s: %v", what, err)
}

// install fills folder by do, unless it was filled from the same wanted before. Only one process does so at a time.
func install(folder string, wanted []byte, do func(context.Context) error) error {
	shared := filepath.Join(Root(), ".tmp")
	if err := os.MkdirAll(shared, 0o750); err != nil {
		return err
	}
	unlock, err := lock(filepath.Join(shared, "install.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	stamp := filepath.Join(folder, ".installed")
	if done, err := os.ReadFile(stamp); err == nil && string(done) == digest(wanted) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), installTimeout)
	defer cancel()
	if err := do(ctx); err != nil {
		return err
	}
	return os.WriteFile(stamp, []byte(digest(wanted)), 0o600)
}

// lock waits until no other process holds the lock file.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() { _ = file.Close() }, nil
}

func run(ctx context.Context, dir, name string, args ...string) error {
	//nolint:gosec // names and arguments are this package's own
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, output)
	}
	return nil
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
