package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestWritesWhatOursImportAndWhatThatImports(t *testing.T) {
	out := t.TempDir()
	if err := run(out); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"google/api/annotations.proto",
		"google/api/http.proto", // imported by annotations.proto
		"google/api/field_behavior.proto",
		"google/rpc/error_details.proto",
		"google/rpc/status.proto",
	} {
		if info, err := os.Stat(filepath.Join(out, path)); err != nil || info.Size() == 0 {
			t.Errorf("%s was not written: %v", path, err)
		}
	}
	if _, err := os.Stat(filepath.Join(out, "google/protobuf")); !os.IsNotExist(err) {
		t.Errorf("google/protobuf, which every compiler brings along, was written too: %v", err)
	}
}

func TestWritesTheSameTwice(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, out := range []string{first, second} {
		if err := run(out); err != nil {
			t.Fatal(err)
		}
	}
	err := fs.WalkDir(os.DirFS(first), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if read(t, first, path) != read(t, second, path) {
			t.Errorf("%s differs from one run to the next", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAFileThatIsNotLinkedInIsAnError(t *testing.T) {
	if _, err := closure([]string{"google/api/nothing.proto"}); err == nil {
		t.Error("no error for a file that no package links in")
	}
}
