package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

func inspect(t *testing.T, spec string, options store.Options) store.Inspection {
	t.Helper()
	found, err := store.Inspect(t.Context(), spec, options)
	if err != nil {
		t.Errorf("%s: %v", spec, err)
	}
	return found
}

func TestInspectFile(t *testing.T) {
	dir := t.TempDir()
	spec := "file:" + filepath.Join(dir, "records")
	if !inspect(t, spec, store.Options{}).New {
		t.Error("there is no file yet")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Error("the look left something behind:", left, err)
	}
	s := open(t, spec, store.Options{})
	if found := inspect(t, spec, store.Options{}); !found.InUse {
		t.Errorf("%+v of a file that is open", found)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if found := inspect(t, spec, store.Options{}); found != (store.Inspection{}) {
		t.Errorf("%+v of a file that is good", found)
	}
	_, err := store.Inspect(t.Context(), spec, store.Options{KeyFile: keyFile(t, 1)})
	wantKeyError(t, err)
}

func TestInspectWhatCannotBeUsed(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte("this is something else, and rather longer than a page header\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for spec, want := range map[string]string{
		"disk":          "must be memory",
		"file:" + other: "is not a store",
		"file:" + filepath.Join(other, "records"):               "not a directory",
		"file:" + filepath.Join(t.TempDir(), "none", "records"): "no such file",
		"file:" + t.TempDir():                                   "is a directory",
	} {
		_, err := store.Inspect(t.Context(), spec, store.Options{})
		wantOneLine(t, err, want)
	}
	_, err := store.Inspect(t.Context(), store.InMemory, store.Options{KeyFile: other})
	wantOneLine(t, err, "32 bytes")
	_, err = store.Inspect(t.Context(), "file:x", store.Options{CAFile: other})
	wantOneLine(t, err, "rediss://")
}

func TestInspectRedis(t *testing.T) {
	server := storetest.StartRedis(t)
	for range 2 { // the first look leaves no mark that the second would see
		if found := inspect(t, server.URL(), store.Options{KeyFile: keyFile(t, 1)}); !found.New || found.Eviction != "" {
			t.Errorf("%+v of a new server", found)
		}
	}
	open(t, server.URL(), store.Options{KeyFile: keyFile(t, 1)})
	if found := inspect(t, server.URL(), store.Options{KeyFile: keyFile(t, 1)}); found != (store.Inspection{}) {
		t.Errorf("%+v of a good server", found)
	}
	for _, options := range []store.Options{{}, {KeyFile: keyFile(t, 2)}} {
		_, err := store.Inspect(t.Context(), server.URL(), options)
		wantKeyError(t, err)
	}
	evict(t, server.URL())
	if found := inspect(t, server.URL(), store.Options{KeyFile: keyFile(t, 1)}); found.Eviction != "allkeys-lru" {
		t.Errorf("%+v of a server that evicts", found)
	}
	server.Stop()
	_, err := store.Inspect(t.Context(), server.URL(), store.Options{})
	if down := (*store.Unavailable)(nil); !errors.As(err, &down) {
		t.Error(err)
	}
}

// evict makes the server throw records away when its memory is full.
func evict(t *testing.T, address string) {
	t.Helper()
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.ConfigSet(t.Context(), "maxmemory-policy", "allkeys-lru").Err(); err != nil {
		t.Fatal(err)
	}
}
