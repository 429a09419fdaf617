package store_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

func sealingKey(n byte) []byte { return bytes.Repeat([]byte{n}, store.KeySize) }

func keyFile(t *testing.T, n byte) string {
	t.Helper()
	return writeFile(t, "key", []byte(base64.StdEncoding.EncodeToString(sealingKey(n))+"\n"))
}

func TestKeyFiles(t *testing.T) {
	key := sealingKey(0xfb)
	for name, content := range map[string]string{
		"raw":             string(key),
		"hexadecimal":     " " + hex.EncodeToString(key) + "\n",
		"base64":          base64.StdEncoding.EncodeToString(key) + "\r\n",
		"unpadded base64": base64.RawStdEncoding.EncodeToString(key),
		"URL-safe base64": base64.URLEncoding.EncodeToString(key),
	} {
		got, err := store.ReadKeyFile(writeFile(t, "key", []byte(content)))
		if err != nil || !bytes.Equal(got, key) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	for name, content := range map[string]string{
		"empty": "", "short": string(key[1:]), "long": string(key) + "\n\n", "a word": "secret",
	} {
		_, err := store.ReadKeyFile(writeFile(t, "key", []byte(content)))
		if err == nil {
			t.Errorf("%s: taken for a key", name)
			continue
		}
		wantOneLine(t, err, "32 bytes")
	}
	if _, err := store.ReadKeyFile(filePath(t)); err == nil {
		t.Error("a missing file was read")
	}
}

func TestSealedValues(t *testing.T) {
	raw := store.NewMemory()
	s, err := store.Sealed(raw, sealingKey(1))
	if err != nil {
		t.Fatal(err)
	}
	swap(t, s, "a", "", "polar_cs_secret", 0)
	stored := get(t, raw, "a")
	if strings.Contains(stored, "secret") {
		t.Errorf("stored as %q", stored)
	}

	t.Run("open under their own key alone", func(t *testing.T) {
		swap(t, raw, "b", "", stored, 0)
		_, err := s.Get(t.Context(), "b")
		wantKeyError(t, err)
		_, err = s.CompareAndSwap(t.Context(), "b", []byte("polar_cs_secret"), nil, 0)
		wantKeyError(t, err)
	})
	t.Run("don't open when changed", func(t *testing.T) {
		swap(t, raw, "c", "", "polar_cs_secret", 0)
		_, err := s.Get(t.Context(), "c")
		wantKeyError(t, err)
		for i := range len(stored) {
			changed := []byte(stored)
			changed[i] ^= 1
			swap(t, raw, "a", get(t, raw, "a"), string(changed), 0)
			_, err := s.Get(t.Context(), "a")
			wantKeyError(t, err)
		}
	})
	if _, err := store.Sealed(raw, []byte("short")); err == nil {
		t.Error("a short key was taken")
	}
}

// TestKeyThatDoesNotFit: a store is used in the form that it was begun in, or not at all.
func TestKeyThatDoesNotFit(t *testing.T) {
	for name, test := range map[string]struct{ begun, reopened, want string }{
		"another key":      {keyFile(t, 1), keyFile(t, 2), "can't be opened with this key file"},
		"a key no more":    {keyFile(t, 1), "", "are sealed; name their key file"},
		"a key afterwards": {"", keyFile(t, 1), "are not sealed; a key file needs a new store"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filePath(t)
			if err := open(t, path, store.Options{KeyFile: test.begun}).Close(); err != nil {
				t.Fatal(err)
			}
			_, err := store.Open(t.Context(), path, store.Options{KeyFile: test.reopened})
			wantKeyError(t, err)
			wantOneLine(t, err, test.want)
			s := open(t, path, store.Options{KeyFile: test.begun}) // and the refused one let go of the file
			if !swap(t, s, "k", "", "v", 0) {
				t.Error("not swapped")
			}
		})
	}
}

func wantKeyError(t *testing.T, err error) {
	t.Helper()
	if mismatch := (*store.KeyError)(nil); !errors.As(err, &mismatch) {
		t.Errorf("want a *KeyError, got %v", err)
	}
}

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
