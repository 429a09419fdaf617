package store_test

import (
	"regexp"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

func TestHasher(t *testing.T) {
	s := store.NewMemory()
	key := func(h *store.Hasher, parts ...string) string {
		t.Helper()
		got, err := h.Key(t.Context(), parts...)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	h := store.NewHasher(s, "guard")
	got := key(h, "a", "b")
	if !regexp.MustCompile(`^guard/[0-9a-f]{64}$`).MatchString(got) {
		t.Errorf("key %q", got)
	}
	if replica := store.NewHasher(s, "guard"); key(replica, "a", "b") != got {
		t.Error("replicas disagree")
	}
	for name, other := range map[string]string{
		"other parts":       key(h, "ab", ""),
		"one part":          key(h, "ab"),
		"the parts swapped": key(h, "b", "a"),
		"another purpose":   key(store.NewHasher(s, "idempotency"), "a", "b"),
		"another store":     key(store.NewHasher(store.NewMemory(), "guard"), "a", "b"),
	} {
		if other == got {
			t.Errorf("%s: the same key", name)
		}
	}
	_ = s.Close()
	_, err := store.NewHasher(s, "guard").Key(t.Context(), "a")
	wantUnavailable(t, err)
}
