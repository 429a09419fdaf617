package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
)

// toClose is how long store and telemetry may take after a drain, in seconds.
const toClose = 15

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// duration is a flag's value in whole seconds.
func duration(t *testing.T, text string) int64 {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return int64(d / time.Second)
}

// program builds the service from this tree, once.
var program = sync.OnceValues(func() (string, error) {
	binary, err := filepath.Abs("../../.tmp/bin/checkoutsvc-deploy")
	if err != nil {
		return "", err
	}
	return binary, run("../..", nil, "go", "build", "-o", binary, "./cmd/checkoutsvc")
})

func binary(t *testing.T) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// flags are those of `checkoutsvc serve`, with their dashes.
func flags(t *testing.T) map[string]bool {
	t.Helper()
	help, err := exec.CommandContext(t.Context(), binary(t), "serve", "-h").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^  (--[a-z-]+)`).FindAllSubmatch(help, -1) {
		known[string(match[1])] = true
	}
	return known
}
