package cases

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// caseFile is one file of the table, as written: variables are filled in when it is played. README.md has the format.
type caseFile struct {
	name string
	// sections by name; a section that is not in the file is not in the map.
	sections map[string]string
}

// sectionNames are all that a case may have.
var sectionNames = []string{"service", "setup", "before", "grpc", "rest", "answer", "message", "trailer", "error", "http", "polar", "after"}

// loadCases reads every case below the folder.
func loadCases(t *testing.T) (all []caseFile) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".txtar" {
			return err
		}
		c, err := parseCase(path)
		all = append(all, c)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func parseCase(path string) (caseFile, error) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		return caseFile{}, err
	}
	c := caseFile{name: strings.TrimSuffix(path, ".txtar"), sections: map[string]string{}}
	if len(strings.TrimSpace(string(archive.Comment))) == 0 {
		return c, fmt.Errorf("%s: say in front of the first section what the case is about", path)
	}
	for _, file := range archive.Files {
		if !slices.Contains(sectionNames, file.Name) {
			return c, fmt.Errorf("%s: there is no section %q; there are %v", path, file.Name, sectionNames)
		}
		if _, twice := c.sections[file.Name]; twice {
			return c, fmt.Errorf("%s: two sections %q", path, file.Name)
		}
		c.sections[file.Name] = string(file.Data)
	}
	return c, c.complete()
}

// complete reports what a case lacks without which it would check nothing.
func (c *caseFile) complete() error {
	has := func(name string) bool { _, ok := c.sections[name]; return ok }
	switch {
	case !has("grpc") && !has("rest"):
		return fmt.Errorf("%s: neither grpc nor rest: nothing is called", c.name)
	case has("grpc") && has("answer") == has("error"):
		return fmt.Errorf("%s: a gRPC call ends with either an answer or an error", c.name)
	case has("rest") != has("http"):
		return fmt.Errorf("%s: rest and http go together", c.name)
	case !has("rest") && !has("polar"):
		return fmt.Errorf("%s: without rest, polar must say what Polar is asked", c.name)
	}
	return nil
}

// flags are those with which the service is started for this case.
func (c *caseFile) flags() []string {
	return slices.DeleteFunc(strings.Fields(c.sections["service"]), func(word string) bool { return word == "fresh" })
}

// fresh is whether each play needs a program that has met nobody before.
func (c *caseFile) fresh() bool {
	return slices.Contains(strings.Fields(c.sections["service"]), "fresh")
}

// entries splits a section into its lines, with lines that begin with white space taken to the one before.
func entries(section string) (all []string) {
	for line := range strings.Lines(section) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case (line[0] == ' ' || line[0] == '\t') && len(all) > 0:
			all[len(all)-1] += "\n" + line
		default:
			all = append(all, line)
		}
	}
	return all
}

// wireMessage is a first line, headers and a body, the form of every call and answer in a case.
type wireMessage struct {
	start  string
	header map[string]string
	body   string
}

// parseMessage reads a first line, headers up to an empty line, and a body up to the section's last newline.
func parseMessage(section string) (m wireMessage, err error) {
	head, body, _ := strings.Cut(section, "\n\n")
	m.start, head, _ = strings.Cut(strings.TrimRight(head, "\n"), "\n")
	m.body, m.header = strings.TrimSuffix(body, "\n"), map[string]string{}
	for line := range strings.Lines(head) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\n"), ":")
		if !ok {
			return m, fmt.Errorf("%q is no header; an empty line goes before the body", line)
		}
		m.header[name] = strings.TrimSpace(value)
	}
	return m, nil
}
