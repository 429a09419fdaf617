package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func component(name, licences string) string {
	return `{"name":"` + name + `","version":"v1.0.0","evidence":{"licenses":[` + licences + `]}}`
}

func TestOnlyAcceptedLicencesPass(t *testing.T) {
	mit, gpl, mpl := `{"license":{"id":"MIT"}}`, `{"license":{"id":"GPL-3.0-only"}}`, `{"license":{"id":"MPL-2.0"}}`
	for name, test := range map[string]struct {
		components string
		accepted   []string
		want       string // in the error; "" for none
	}{
		"accepted":             {component("a", mit), shipped, ""},
		"another":              {component("a", mit) + "," + component("b", gpl), shipped, "b v1.0.0 (GPL-3.0-only)"},
		"none found":           {component("a", ""), shipped, "a v1.0.0 ()"},
		"one of two":           {component("a", mit+","+gpl), shipped, "a v1.0.0"},
		"for tests, shipped":   {component("a", mpl), shipped, "MPL-2.0"},
		"for tests":            {component("a", mpl), tested, ""},
		"declared, not found":  {`{"name":"a","licenses":[` + gpl + `]}`, shipped, "GPL-3.0-only"},
		"by name, not by id":   {component("a", `{"license":{"name":"Our own"}}`), shipped, "Our own"},
		"the standard library": {component("std", "") + "," + component("a", mit), shipped, ""},
		"nothing":              {"", shipped, "no components"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "sbom.json")
			if err := os.WriteFile(file, []byte(`{"components":[`+test.components+`]}`), 0o600); err != nil {
				t.Fatal(err)
			}
			err := run([]string{file}, test.accepted, t.Output())
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestNoFileIsAMistake(t *testing.T) {
	if err := run(nil, shipped, t.Output()); err == nil {
		t.Error("nothing checked, nothing said")
	}
}
