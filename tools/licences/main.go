// Command licences holds the licences in CycloneDX documents against what this project accepts, and exits with 1 if one is
// missing or another.
//
// Usage: licences FILE...
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// accepted are the licences of what the program and its tests may contain. All but one ask for no more than the notices
// that a release carries; MPL-2.0 also asks to say where the files' source is, which the notices do too. BSD-Source-Code is
// what the detector takes Go's own BSD-3-Clause for.
var accepted = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-Source-Code", "ISC", "MIT", "MPL-2.0"}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(files []string, out io.Writer) error {
	if len(files) == 0 {
		return errors.New("name a CycloneDX document in JSON")
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		components, err := check(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, err := fmt.Fprintf(out, "%s: %d components, all under %s\n", name, components, strings.Join(accepted, ", ")); err != nil {
			return err
		}
	}
	return nil
}

// document is what is read of a CycloneDX document. The licences that a tool finds, rather than is told, are evidence.
type document struct {
	Components []struct {
		Name, Version string
		Licenses      []choice
		Evidence      struct{ Licenses []choice }
	}
}

type choice struct{ License struct{ ID, Name string } }

// check counts the components. The error names all whose licence is not accepted.
func check(text []byte) (components int, err error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return 0, err
	}
	if len(d.Components) == 0 {
		return 0, errors.New("no components")
	}
	var refused []string
	for _, c := range d.Components {
		if c.Name == "std" { // Go's own, which the tool finds no licence of: BSD-3-Clause
			continue
		}
		ids := identifiers(append(c.Licenses, c.Evidence.Licenses...))
		// Of several all must be accepted: whether one may choose is for a person to read.
		if len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(accepted, id) }) {
			refused = append(refused, fmt.Sprintf("%s %s (%s)", c.Name, c.Version, strings.Join(ids, ", ")))
		}
	}
	if refused != nil {
		return 0, fmt.Errorf("not accepted, or no licence found: %s", strings.Join(refused, "; "))
	}
	return len(d.Components), nil
}

func identifiers(choices []choice) (ids []string) {
	for _, c := range choices {
		ids = append(ids, c.License.ID+c.License.Name)
	}
	return ids
}
