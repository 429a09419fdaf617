// Package storetest lends tests the stores that users have, and one that fails.
package storetest

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

// ForEach runs test on an empty store of each kind: memory, a file, and a real Redis.
func ForEach(t *testing.T, test func(t *testing.T, s store.Store)) {
	t.Helper()
	for kind, spec := range map[string]func(t *testing.T) string{
		"memory": func(*testing.T) string { return store.InMemory },
		"file":   func(t *testing.T) string { t.Helper(); return "file:" + filepath.Join(t.TempDir(), "checkoutsvc.db") },
		"redis":  func(t *testing.T) string { t.Helper(); return StartRedis(t).URL() },
	} {
		t.Run(kind, func(t *testing.T) {
			s, err := store.Open(t.Context(), spec(t), store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			test(t, s)
		})
	}
}

// Fault is what becomes of one call to a Flaky store.
type Fault int

// The faults.
const (
	// None lets the call through.
	None Fault = iota
	// Lost fails the call before it reaches the store.
	Lost
	// Unacknowledged carries the call out and fails it all the same.
	Unacknowledged
)

// Flaky is a Store that fails as it is told. It fails with *store.Unavailable.
type Flaky struct {
	store.Store
	// Next says what becomes of the next call. It is called by many goroutines.
	Next func() Fault
}

var errFault = errors.New("planted by the test")

// Get implements store.Store.
func (f *Flaky) Get(ctx context.Context, key string) ([]byte, error) {
	if f.Next() != None {
		return nil, &store.Unavailable{Store: "flaky", Err: errFault}
	}
	return f.Store.Get(ctx, key)
}

// CompareAndSwap implements store.Store.
func (f *Flaky) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	fault := f.Next()
	if fault == Lost {
		return false, &store.Unavailable{Store: "flaky", Err: errFault}
	}
	swapped, err := f.Store.CompareAndSwap(ctx, key, old, next, ttl)
	if fault == Unacknowledged {
		return false, &store.Unavailable{Store: "flaky", Err: errFault}
	}
	return swapped, err
}
