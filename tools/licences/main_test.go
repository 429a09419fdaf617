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
		want       string // in the error; "" for none
	}{
		"accepted":             {component("a", mit), ""},
		"another":              {component("a", mit) + "," + component("b", gpl), "b v1.0.0 (GPL-3.0-only)"},
		"none found":           {component("a", ""), "a v1.0.0 ()"},
		"one of two":           {component("a", mit+","+gpl), "a v1.0.0"},
		"with source at hand":  {component("a", mpl), ""},
		"declared, not found":  {`{"name":"a","licenses":[` + gpl + `]}`, "GPL-3.0-only"},
		"by name, not by id":   {component("a", `{"license":{"name":"Our own"}}`), "Our own"},
		"the standard library": {component("std", "") + "," + component("a", mit), ""},
		"nothing":              {"", "no components"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "sbom.json")
			if err := os.WriteFile(file, []byte(`{"components":[`+test.components+`]}`), 0o600); err != nil {
				t.Fatal(err)
			}
			err := run([]string{file}, t.Output())
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestNoFileIsAMistake(t *testing.T) {
	if err := run(nil, t.Output()); err == nil {
		t.Error("nothing checked, nothing said")
	}
}
