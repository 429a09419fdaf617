//go:build measure

// Package measure compares the clients: what each takes to install and to import, and how many calls a second it makes
// against one service in the same run. It makes a table for docs/clients.md: `make clients-measure`.
package measure

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

const (
	rounds  = 3
	seconds = "3"
	imports = 7
)

// client is one way to call the service, installed.
type client struct {
	name string
	size int64 // what was installed, in bytes
	// run starts the program, bare the language without the client; nil where there is no such thing.
	run, bare []string
	env       []string
	// further arguments of a run that makes calls
	further []string
}

func TestMeasure(t *testing.T) {
	service := harness.Start(t)
	checkout := create(t, service.REST)
	clients := []client{golang(t), typescript(t), python(t, "Python", ""), python(t, "Python, asyncio", "asyncio"), java(t), rust(t)}
	var table strings.Builder
	table.WriteString("| Client | Installed | Import | Calls a second, 1 caller | 16 callers |\n| --- | ---: | ---: | ---: | ---: |\n")
	rates := make([][2][]float64, len(clients))
	for range rounds {
		for i, c := range clients {
			for j, callers := range []string{"1", "16"} {
				rates[i][j] = append(rates[i][j], c.calls(t, service.GRPC, checkout, callers))
			}
		}
	}
	for i, c := range clients {
		fmt.Fprintf(&table, "| %s | %.1f MB | %s | %.0f | %.0f |\n",
			c.name, float64(c.size)/1e6, c.imported(t, service.GRPC), median(rates[i][0]), median(rates[i][1]))
	}
	t.Logf("\n%s", table.String())
}

// create makes the checkout that is read.
func create(t *testing.T, rest string) string {
	t.Helper()
	body := strings.NewReader(`{"products": ["0b000000-0000-4000-8000-000000000001"]}`)
	answer, err := http.Post(rest+"/v1/checkouts/", "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var made struct{ ID string }
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// calls is how many calls a second the client makes.
func (c client) calls(t *testing.T, address, checkout, callers string) float64 {
	t.Helper()
	arguments := slices.Concat(c.run, []string{checkout, callers, seconds}, c.further)
	output := strings.TrimSpace(start(t, "", slices.Concat(c.env, []string{"CHECKOUTSVC_ADDRESS=" + address}), arguments...))
	rate, err := strconv.ParseFloat(output, 64)
	if err != nil {
		t.Fatal(err)
	}
	return rate
}

// imported is how long a process takes that imports the client and makes one, less what the language itself takes.
func (c client) imported(t *testing.T, address string) string {
	t.Helper()
	var whole, bare []float64
	for range imports {
		begin := time.Now()
		start(t, "", slices.Concat(c.env, []string{"CHECKOUTSVC_ADDRESS=" + address}), c.run...)
		whole = append(whole, time.Since(begin).Seconds())
		begin = time.Now()
		if c.bare != nil {
			start(t, "", nil, c.bare...)
		}
		bare = append(bare, time.Since(begin).Seconds())
	}
	return fmt.Sprintf("%.0f ms", 1000*(median(whole)-median(bare)))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// programs is where the measuring programs are, folder where a language is set up anew.
var programs = filepath.Join(harness.Root(), "test", "clients", "measure", "programs")

func folder(t *testing.T, language string) string {
	t.Helper()
	path := filepath.Join(harness.Root(), ".tmp", "measure", language)
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(path, 0o750); err != nil {
		t.Fatal(err)
	}
	return path
}

// built is what `make build` of a client left, by a pattern below .tmp/clients.
func built(t *testing.T, language, pattern string) string {
	t.Helper()
	start(t, "", nil, "make", "-C", filepath.Join(harness.Root(), "clients", language), "build")
	found, err := filepath.Glob(filepath.Join(harness.Root(), ".tmp", "clients", language, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s has built no %s (%v)", language, pattern, err)
	}
	return found[len(found)-1]
}

func golang(t *testing.T) client {
	t.Helper()
	program := filepath.Join(folder(t, "go"), "measure")
	start(t, harness.Root(), nil, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, filepath.Join(programs, "golang"))
	return client{name: "Go", size: sizeOf(t, program), run: []string{program}}
}

func typescript(t *testing.T) client {
	t.Helper()
	tarball, here := built(t, "typescript", "*.tgz"), folder(t, "typescript")
	write(t, filepath.Join(here, "package.json"), `{"private": true}`)
	start(t, here, nil, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--omit=dev", "--no-package-lock", tarball)
	copyFile(t, filepath.Join(programs, "measure.mjs"), filepath.Join(here, "measure.mjs"))
	return client{
		name: "TypeScript", size: sizeOf(t, filepath.Join(here, "node_modules")),
		run: []string{"node", filepath.Join(here, "measure.mjs")}, bare: []string{"node", "-e", "0"},
	}
}

func python(t *testing.T, name, further string) client {
	t.Helper()
	wheel, here := built(t, "python", "dist/*.whl"), folder(t, "python")
	start(t, "", nil, "python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", here, wheel)
	c := client{
		name: name, size: sizeOf(t, here), env: []string{"PYTHONPATH=" + here},
		run: []string{"python3", filepath.Join(programs, "measure.py")}, bare: []string{"python3", "-c", "pass"},
	}
	if further != "" {
		c.further = []string{further}
	}
	return c
}

func java(t *testing.T) client {
	t.Helper()
	pom := built(t, "java", "repository/com/checkoutsvc/checkoutsvc-client/*/*.pom")
	repository := filepath.Join(harness.Root(), ".tmp", "clients", "java", "repository")
	here := folder(t, "java")
	start(t, here, nil, "mvn", "-q", "-B", "-f", filepath.Join(programs, "java", "pom.xml"),
		"-Dmaven.repo.local="+filepath.Join(harness.Root(), ".tmp", "clients", "java", "m2"),
		"-Dclient.repository=file://"+repository, "-Dclient.version="+filepath.Base(filepath.Dir(pom)),
		"dependency:copy-dependencies", "-DoutputDirectory="+filepath.Join(here, "jars"), "-DincludeScope=runtime")
	classes := filepath.Join(here, "jars", "*")
	start(t, here, nil, "javac", "-cp", classes, "-d", here, filepath.Join(programs, "java", "Measure.java"))
	return client{
		name: "Java", size: sizeOf(t, filepath.Join(here, "jars")),
		run: []string{"java", "-cp", here + ":" + classes, "Measure"}, bare: []string{"java", "-version"},
	}
}

func rust(t *testing.T) client {
	t.Helper()
	crate, here := built(t, "rust", "*.crate"), folder(t, "rust")
	start(t, here, nil, "tar", "-xzf", crate)
	write(t, filepath.Join(here, "Cargo.toml"), `[package]
name = "measure"
version = "0.0.0"
edition = "2024"
[dependencies]
checkoutsvc-client = { path = "`+strings.TrimSuffix(filepath.Base(crate), ".crate")+`" }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
[profile.release]
strip = true
[workspace]
`)
	if err := os.Mkdir(filepath.Join(here, "src"), 0o750); err != nil {
		t.Fatal(err)
	}
	copyFile(t, filepath.Join(programs, "measure.rs"), filepath.Join(here, "src", "main.rs"))
	target := filepath.Join(harness.Root(), ".tmp", "cargo", "measure")
	start(t, here, []string{"CARGO_TARGET_DIR=" + target}, "cargo", "build", "--quiet", "--release")
	program := filepath.Join(target, "release", "measure")
	return client{name: "Rust", size: sizeOf(t, program), run: []string{program}}
}

// start runs a program to its end and gives what it prints.
func start(t *testing.T, dir string, env []string, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), arguments[0], arguments[1:]...)
	command.Dir, command.Env = dir, append(os.Environ(), env...)
	var stderr strings.Builder
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", arguments, err, output, stderr.String())
	}
	return string(output)
}

// sizeOf is the size of a file, or of all files in a folder.
func sizeOf(t *testing.T, path string) (size int64) {
	t.Helper()
	err := filepath.Walk(path, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, string(text))
}
