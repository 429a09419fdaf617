// Package migrating runs the programs of docs/migrating.md: those of before on the embedded Polar itself, those of after on
// the service in front of it, with callers that say who they are.
package migrating

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

const (
	// token is the programs' own; the emulator takes any for Polar's.
	token = "a-callers-token"
	polar = "polar_oat_emulator"
	// printed is what each of the programs prints.
	printed = "open 1000 usd\nnot found\n"
)

func TestPython(t *testing.T) {
	t.Parallel()
	python := harness.Python(t, "python-programs")
	for number, code := range programs(t, "python", 3) {
		file := write(t, t.TempDir(), "program.py", code)
		play(t, number, exec.CommandContext(t.Context(), python, file), "PYTHONPATH="+filepath.Join(harness.Root(), "clients", "python", "src"), "PYTHONDONTWRITEBYTECODE=1")
	}
}

// The client is compiled from this tree, as its package would be.
func TestTypeScript(t *testing.T) {
	t.Parallel()
	harness.Node(t, "typescript-programs")
	modules, err := filepath.Abs(filepath.Join("typescript-programs", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "src"), os.DirFS(filepath.Join(harness.Root(), "clients", "typescript", "src"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "tsconfig.json"} {
		text, err := os.ReadFile(filepath.Join(harness.Root(), "clients", "typescript", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, folder, name, string(text))
	}
	if err := os.Symlink(modules, filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	compile := exec.CommandContext(t.Context(), filepath.Join(modules, ".bin", "tsc"), "-p", folder)
	if output, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("tsc: %v: %s", err, output)
	}
	for number, code := range programs(t, "ts", 3) {
		play(t, number, exec.CommandContext(t.Context(), "node", write(t, folder, "program.mjs", code)))
	}
}

func TestGo(t *testing.T) {
	t.Parallel()
	folder, err := os.MkdirTemp(filepath.Join(harness.Root(), ".tmp"), "migrating") //nolint:usetesting // inside the module
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	for number, code := range programs(t, "go", 2) {
		command := exec.CommandContext(t.Context(), "go", "run", write(t, folder, "main.go", code))
		command.Dir = harness.Root()
		play(t, number, command)
	}
}

// programs are the guide's in one language, each with a service of its own in place of the one that it calls.
func programs(t *testing.T, language string, want int) (all []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(harness.Root(), "docs", "migrating.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(text, -1) {
		all = append(all, place(t, string(block[1])))
	}
	if len(all) != want {
		t.Fatalf("%d programs in %s", len(all), language)
	}
	return all
}

func place(t *testing.T, code string) string {
	t.Helper()
	service := harness.Start(t, "--callers-file="+harness.CallersFile(t, token))
	service.Secret(token)
	placed := strings.NewReplacer(
		`server="sandbox"`, `server_url="`+service.Polar+`"`,
		`server: "sandbox"`, `serverURL: "`+service.Polar+`"`,
		"https://sandbox-api.polar.sh", service.Polar,
		"http://127.0.0.1:8080", service.REST,
		"127.0.0.1:9090", service.GRPC,
	).Replace(code)
	if placed == code {
		t.Fatalf("calls nobody that this test knows:\n%s", code)
	}
	return placed
}

// play runs a program, which must say what all say.
func play(t *testing.T, number int, command *exec.Cmd, environment ...string) {
	t.Helper()
	var stderr strings.Builder
	command.Stderr = &stderr
	command.Env = append(append(os.Environ(), "CHECKOUTSVC_TOKEN="+token, "POLAR_ACCESS_TOKEN="+polar), environment...)
	output, err := command.Output()
	if err != nil || string(output) != printed {
		t.Errorf("program %d: %v: %q\n%s", number+1, err, output, stderr.String())
	}
}

func write(t *testing.T, folder, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
