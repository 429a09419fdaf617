package clients

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

var write = flag.Bool("write", false, "write the snippets into docs/clients.md")

// headings are the tasks that the guide shows side by side, under the same headings in every client's README.
var headings = []string{"Connect", "Create", "List", "Update", "Confirm and handle errors"}

// languages in the guide's order, with the mark of their code blocks.
var languages = []struct{ name, mark, folder string }{
	{"Go", "go", ""}, {"TypeScript", "ts", "typescript"}, {"Python", "python", "python"}, {"Java", "java", "java"}, {"Rust", "rust", "rust"},
}

const begin, end = "<!-- The snippets of the READMEs; go test ./test/clients -write -->\n", "<!-- end -->\n"

// The guide shows what the READMEs show, which each client tries.
func TestGuideShowsTheSnippetsOfTheReadmes(t *testing.T) {
	path := filepath.Join(harness.Root(), "docs", "clients.md")
	guide, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(guide), begin)
	shown, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatal("the guide has no place for the snippets")
	}
	want := render(t)
	if *write {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("the guide differs from the READMEs; go test ./test/clients -write (-want +got):\n%s", diff)
	}
}

// render is the part of the guide with the snippets.
func render(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, heading := range headings {
		b.WriteString("\n### " + heading + "\n")
		for _, language := range languages {
			code := snippet(t, language.folder, language.mark, heading)
			b.WriteString("\n" + language.name + ":\n\n```" + language.mark + "\n" + code + "```\n")
		}
	}
	b.WriteString("\n")
	return b.String()
}

// snippet is the code of a client's README under a heading, or of snippets_test.go.
func snippet(t *testing.T, folder, mark, heading string) string {
	t.Helper()
	if folder == "" {
		return goSnippet(t, heading)
	}
	readme, err := os.ReadFile(filepath.Join(harness.Root(), "clients", folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	block := regexp.MustCompile("(?s)```" + mark + "[a-z_,]*\n(.*?)```").FindStringSubmatch(section)
	if block == nil {
		t.Fatalf("clients/%s/README.md has no code under %q", folder, heading)
	}
	return hidden.ReplaceAllString(block[1], "")
}

// hidden is a line that Rust's documentation compiles and does not show.
var hidden = regexp.MustCompile(`(?m)^# .*\n`)

// goSnippet is what stands in snippets_test.go below the heading.
func goSnippet(t *testing.T, heading string) string {
	t.Helper()
	text, err := os.ReadFile("snippets_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\t// "+heading+"\n")
	if !found {
		t.Fatalf("there is no Go code for %q", heading)
	}
	code, _, _ := strings.Cut(rest, "\n}\n")
	return strings.ReplaceAll("\n"+code+"\n", "\n\t", "\n")[1:]
}
