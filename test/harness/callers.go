package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// CallersFile writes a file for --callers-file with one caller, known by the token, who may do everything.
func CallersFile(t testing.TB, token string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(token))
	text, err := json.Marshal(map[string]any{"callers": []any{map[string]any{
		"name": "test", "token_sha256": hex.EncodeToString(sum[:]), "scopes": []string{"checkouts:read", "checkouts:write"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "callers.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
