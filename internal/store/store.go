// Package store keeps the few records that must outlive a call: answers under their idempotency keys, confirms whose
// outcome is unknown, and what was sent in the current rate-limit windows. They lie in memory, in a file, or in a Redis
// that replicas share.
//
// Keys never hold secrets: whoever has one passes its HMAC (Hasher). Values may, and can be sealed with a key file.
package store

import (
	"context"
	"fmt"
	"time"
)

// Store is a map whose entries expire. It offers one way to write, which is enough to be right with many writers: read,
// decide, swap, and start over when somebody else was faster. It is safe for use by many goroutines.
type Store interface {
	// Get gives the value under key; nil when there is none or it has expired. The value is the caller's own. The error is
	// an *Unavailable or a *KeyError.
	Get(ctx context.Context, key string) (value []byte, err error)
	// CompareAndSwap replaces the value under key if it still is old, and reports whether it did. A nil or empty old
	// stands for no value, a nil or empty next deletes it. The value expires after ttl; 0 keeps it for good, and a negative
	// one is a mistake. Replacing a value by itself gives it another ttl.
	//
	// The error is an *Unavailable or a *KeyError. After an *Unavailable the swap may have happened: a writer that needs to
	// know puts something unique into the value and looks again.
	CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error)
	// Close releases the file or the connections. What is called afterwards fails with *Unavailable.
	Close() error
}

// Unavailable says that the store could not be asked, or did not answer in time.
type Unavailable struct {
	// Store is the kind of store: "memory", "file" or "redis".
	Store string
	// Err is the cause. It may name the host or the file, never a password or a value.
	Err error
}

func (e *Unavailable) Error() string {
	return fmt.Sprintf("store: %s is unavailable: %v", e.Store, e.Err)
}

// Unwrap gives the cause.
func (e *Unavailable) Unwrap() error { return e.Err }

// deadline is when something that lives for ttl from now ends; the zero time for what never does.
func deadline(ttl time.Duration) time.Time {
	if ttl == 0 {
		return time.Time{}
	}
	return time.Now().Add(ttl)
}
