package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

func TestSpecsThatAreNone(t *testing.T) {
	for spec, want := range map[string]string{
		"":                                     "must be memory, file:PATH",
		"Memory":                               "must be memory, file:PATH",
		"memory:x":                             "must be memory, file:PATH",
		"file:":                                "must be memory, file:PATH",
		"/var/lib/x.db":                        "must be memory, file:PATH",
		"postgres://u:s3cret@host":             "must be memory, file:PATH",
		"redis://":                             "not a Redis URL",
		"redis:host":                           "not a Redis URL",
		"redis://u:s3cret@host:port":           "not a Redis URL",
		"redis://u:s3cret#@host":               "not a Redis URL",
		"redis://u:s3cret%zz@host":             "not a Redis URL",
		"redis://u:s3cret@host/db":             "not a Redis URL",
		"rediss://u:s3cret@h?skip_verify=true": "takes no options",
		"file:" + filepath.Join(t.TempDir(), "none", "x.db"): "no such file or directory",
		"file:" + t.TempDir():                                "is a directory",
	} {
		t.Run(spec, func(t *testing.T) {
			_, err := store.Open(t.Context(), spec, store.Options{})
			wantOneLine(t, err, want)
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}

func TestAuthoritiesThatAreNone(t *testing.T) {
	nothing := writeFile(t, "ca.pem", []byte("nothing"))
	for _, test := range []struct{ spec, file, want string }{
		{"rediss://host", nothing, "no certificate in PEM"},
		{"rediss://host", nothing + ".none", "no such file"},
		{"redis://host", nothing, "with rediss:// only"},
		{"memory", nothing, "with rediss:// only"},
	} {
		_, err := store.Open(t.Context(), test.spec, store.Options{CAFile: test.file})
		wantOneLine(t, err, test.want)
	}
}

func wantOneLine(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("want one line with %q, got %v", want, err)
	}
}
