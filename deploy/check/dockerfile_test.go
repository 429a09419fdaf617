package check

import (
	"bytes"
	"debug/elf"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

const (
	dockerfile = "../Dockerfile"
	// stamped is the version that the test builds.
	stamped = "1.2.3-test"
	// nobody is the user of the image.
	nobody = 65532
)

// The commands of the build are carried out on the files that the build would see, and what comes out is run as the image
// would run it.
func TestDockerfileBuildsAStaticProgram(t *testing.T) {
	stages, _ := parseDockerfile(t)
	folder := build(t, stages[0])
	entry, built := shipped(t, stages[1], folder)
	static(t, built)
	if got := asNobody(t, built, "version"); got != "checkoutsvc "+stamped+"\n" {
		t.Errorf("%s version: %q", entry, got)
	}
	released := t.TempDir()
	if err := run("../..", nil, "tools/release/build.sh", stamped, released, "linux/amd64"); err != nil {
		t.Fatal(err)
	}
	if read(t, built) != read(t, filepath.Join(released, "checkoutsvc_"+stamped+"_linux_amd64")) {
		t.Error("the image's program is not the released one, byte for byte")
	}
}

func TestImageRunsAsNobodyAndSaysWhatItIs(t *testing.T) {
	stages, _ := parseDockerfile(t)
	labels, user := map[string]string{}, ""
	for _, command := range stages[1].Commands {
		switch command := command.(type) {
		case *instructions.LabelCommand:
			for _, label := range command.Labels {
				labels[label.Key] = strings.Trim(label.Value, `"`)
			}
		case *instructions.UserCommand:
			user = command.User
		case *instructions.RunCommand:
			t.Errorf("a distroless image has no shell for RUN %s", strings.Join(command.CmdLine, " "))
		}
	}
	if user != "65532:65532" {
		t.Errorf("USER %s", user)
	}
	for _, name := range []string{"title", "description", "source", "documentation", "licenses", "version", "revision"} {
		if labels["org.opencontainers.image."+name] == "" {
			t.Errorf("no label %s", name)
		}
	}
}

func TestBaseImagesArePinned(t *testing.T) {
	_, arguments := parseDockerfile(t)
	release := regexp.MustCompile(`^golang:([0-9]+\.[0-9]+\.[0-9]+)$`).FindStringSubmatch(arguments["GO_IMAGE"])
	if release == nil {
		t.Fatalf("GO_IMAGE=%s names no release", arguments["GO_IMAGE"])
	}
	needed := regexp.MustCompile(`(?m)^go (.+)$`).FindStringSubmatch(read(t, "../../go.mod"))[1]
	if version.Compare("go"+release[1], "go"+needed) < 0 {
		t.Errorf("GO_IMAGE has Go %s, go.mod needs %s", release[1], needed)
	}
	if !regexp.MustCompile(`/distroless/static-debian[0-9]+:nonroot$`).MatchString(arguments["RUNTIME_IMAGE"]) {
		t.Errorf("RUNTIME_IMAGE=%s", arguments["RUNTIME_IMAGE"])
	}
}

func TestNothingSecretReachesTheBuild(t *testing.T) {
	ignored := ignores(t)
	for _, name := range []string{".env", ".git/config", ".tmp/x", "deploy/secrets/polar-token", "internal/server/rest_test.go", "polar-token"} {
		if !ignored(t, name) {
			t.Errorf("%s would be sent to the build", name)
		}
	}
	for _, name := range []string{"go.mod", "cmd/checkoutsvc/main.go", "internal/docs/page/index.html"} {
		if ignored(t, name) {
			t.Errorf("%s would be missing in the build", name)
		}
	}
}

// parseDockerfile reads the file with Docker's own parser; a warning fails the test. The values of global ARGs come along.
func parseDockerfile(t *testing.T) ([]instructions.Stage, map[string]string) {
	t.Helper()
	parsed, err := parser.Parse(strings.NewReader(read(t, dockerfile)))
	if err != nil {
		t.Fatal(err)
	}
	for _, warning := range parsed.Warnings {
		t.Error(warning.Short)
	}
	warn := func(rule, _, _, message string, _ []parser.Range) { t.Errorf("%s: %s", rule, message) }
	stages, metaArgs, err := instructions.Parse(parsed.AST, linter.New(&linter.Config{Warn: warn}))
	if err != nil {
		t.Fatal(err)
	}
	if len(stages) != 2 {
		t.Fatalf("%d stages", len(stages))
	}
	arguments := map[string]string{}
	for _, command := range metaArgs {
		addArguments(arguments, &command)
	}
	return stages, arguments
}

func addArguments(to map[string]string, command *instructions.ArgCommand) {
	for _, argument := range command.Args {
		to[argument.Key] = argument.ValueString()
	}
}

// build carries out a stage in a folder that stands for the image's root.
func build(t *testing.T, stage instructions.Stage) (root string) {
	t.Helper()
	root = t.TempDir()
	directory := root
	arguments := map[string]string{}
	for _, command := range stage.Commands {
		switch command := command.(type) {
		case *instructions.WorkdirCommand:
			directory = filepath.Join(root, command.Path)
			if err := os.MkdirAll(directory, 0o700); err != nil {
				t.Fatal(err)
			}
		case *instructions.ArgCommand:
			addArguments(arguments, command)
		case *instructions.CopyCommand:
			for _, source := range command.SourcePaths {
				copyContext(t, source, directory)
			}
		case *instructions.RunCommand:
			shell(t, root, directory, arguments, strings.Join(command.CmdLine, " "))
		default:
			t.Fatalf("the test cannot carry out %s", command.Name())
		}
	}
	return root
}

// shell runs a RUN line. The image's own folders lie in root; the caches of Go are the machine's.
func shell(t *testing.T, root, directory string, arguments map[string]string, line string) {
	t.Helper()
	environment := []string{"GOFLAGS="}
	for key, value := range arguments {
		environment = append(environment, key+"="+value)
	}
	environment = append(environment, "VERSION="+stamped, "TARGETARCH=amd64")
	line = strings.ReplaceAll(line, " /out/", " "+root+"/out/")
	if err := run(directory, environment, "sh", "-ec", line); err != nil {
		t.Fatal(err)
	}
}

// copyContext copies what COPY source would: files that git does not ignore and .dockerignore lets through.
func copyContext(t *testing.T, source, to string) {
	t.Helper()
	ignored := ignores(t)
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", source)
	list.Dir = "../.."
	names, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.Trim(string(names), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join("../..", name))
		if os.IsNotExist(err) || ignored(t, name) { // deleted, not yet committed
			continue
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// ignores tells what .dockerignore keeps from the build.
func ignores(t *testing.T) func(*testing.T, string) bool {
	t.Helper()
	patterns, err := ignorefile.ReadAll(strings.NewReader(read(t, dockerfile+".dockerignore")))
	if err != nil {
		t.Fatal(err)
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, name string) bool {
		t.Helper()
		match, err := matcher.MatchesOrParentMatches(name)
		if err != nil {
			t.Fatal(err)
		}
		return match
	}
}

// shipped is the program that the last stage takes from the first, and starts.
func shipped(t *testing.T, stage instructions.Stage, root string) (entry, built string) {
	t.Helper()
	var to string
	for _, command := range stage.Commands {
		switch command := command.(type) {
		case *instructions.CopyCommand:
			built, to = filepath.Join(root, command.SourcePaths[0]), command.DestPath
		case *instructions.EntrypointCommand:
			entry = command.CmdLine[0]
		}
	}
	if entry == "" || entry != to {
		t.Fatalf("starts %q, copies to %q", entry, to)
	}
	return entry, built
}

// static fails the test if the program needs a loader or a library, which the image lacks.
func static(t *testing.T, path string) {
	t.Helper()
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, segment := range file.Progs {
		if segment.Type == elf.PT_INTERP || segment.Type == elf.PT_DYNAMIC {
			t.Errorf("has a segment %s", segment.Type)
		}
	}
}

// asNobody runs the program as the image's user, where the test may change users, in an empty environment.
func asNobody(t *testing.T, path string, args ...string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "checkoutsvc") //nolint:usetesting // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	program := filepath.Join(folder, "checkoutsvc")
	if err := os.WriteFile(program, content, 0o500); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, args...)
	command.Env = []string{}
	if os.Getuid() == 0 {
		for _, name := range []string{folder, program} {
			if err := os.Chown(name, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.Bytes())
	}
	return string(output)
}
