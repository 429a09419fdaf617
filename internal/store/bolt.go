package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

const (
	// lockWait is how long opening waits for a process that is just letting go of the file.
	lockWait = 500 * time.Millisecond
	// gatherWrites is how long a write waits for others to share its sync with.
	gatherWrites = time.Millisecond
	// sweepPerSwap is how many records one write looks at for expired ones.
	sweepPerSwap = 16
	// expiryBytes is the length of the expiry in front of each value: nanoseconds since 1970, 0 for never.
	expiryBytes = 8
)

var records = []byte("records")

// Bolt keeps everything in one file, readable by its owner alone, for one process at a time. What it has acknowledged is
// on the disk: a killed process loses nothing.
type Bolt struct {
	db *bolt.DB
	// swept is the key that the sweep came to. Only a write transaction touches it, of which there is one at a time.
	swept []byte
}

// OpenBolt opens the file at path, or makes it, with mode 0600. It fails after half a second if another process has it.
func OpenBolt(path string) (*Bolt, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockWait, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, openFailure(path, err)
	}
	db.MaxBatchDelay = gatherWrites
	if err := prepare(db, path); err != nil {
		_ = db.Close()
		return nil, openFailure(path, err)
	}
	return &Bolt{db: db}, nil
}

// prepare narrows the mode of a file that somebody else made, a volume's owner say, and makes the one bucket.
func prepare(db *bolt.DB, path string) error {
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	return db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(records)
		return err
	})
}

// openFailure is one line that names the file once.
func openFailure(path string, err error) error {
	var pathError *fs.PathError
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("store file %s is in use by another process", path)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("store file %s is not a store, or is damaged: %w", path, err)
	case errors.As(err, &pathError):
		return fmt.Errorf("store file %s: %w", path, pathError.Err)
	default:
		return fmt.Errorf("store file %s: %w", path, err)
	}
}

// Get implements Store.
func (b *Bolt) Get(ctx context.Context, key string) (value []byte, err error) {
	if ctx.Err() != nil {
		return nil, boltUnavailable(context.Cause(ctx))
	}
	err = b.db.View(func(tx *bolt.Tx) error {
		value = bytes.Clone(live(tx.Bucket(records).Get([]byte(key)), time.Now()))
		return nil
	})
	return value, boltUnavailable(err)
}

// CompareAndSwap implements Store.
func (b *Bolt) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error) {
	// A look first: a lost race costs no sync.
	value, err := b.Get(ctx, key)
	if err != nil || !bytes.Equal(value, old) {
		return false, err
	}
	err = b.db.Batch(func(tx *bolt.Tx) error {
		bucket := tx.Bucket(records)
		swapped = bytes.Equal(live(bucket.Get([]byte(key)), time.Now()), old)
		if !swapped {
			return nil
		}
		if err := put(bucket, []byte(key), encodeRecord(next, deadline(ttl))); err != nil {
			return err
		}
		return b.sweep(bucket)
	})
	return swapped && err == nil, boltUnavailable(err)
}

// Close implements Store. It lets go of the file.
func (b *Bolt) Close() error { return b.db.Close() }

func boltUnavailable(err error) error {
	if err == nil {
		return nil
	}
	return &Unavailable{Store: "file", Err: err}
}

// encodeRecord puts the expiry in front; nil for no value.
func encodeRecord(value []byte, expires time.Time) []byte {
	if len(value) == 0 {
		return nil
	}
	record := make([]byte, expiryBytes, expiryBytes+len(value))
	if !expires.IsZero() {
		binary.BigEndian.PutUint64(record, uint64(expires.UnixNano()))
	}
	return append(record, value...)
}

// live gives a record's value, nil if it has expired or is none.
func live(record []byte, now time.Time) []byte {
	if len(record) < expiryBytes {
		return nil
	}
	expires := int64(binary.BigEndian.Uint64(record))
	if expires != 0 && now.UnixNano() >= expires {
		return nil
	}
	return record[expiryBytes:]
}

func put(bucket *bolt.Bucket, key, record []byte) error {
	if record == nil {
		return bucket.Delete(key)
	}
	return bucket.Put(key, record)
}

// sweep looks at the next few records and removes the expired among them, so that all are looked at in turn.
func (b *Bolt) sweep(bucket *bolt.Bucket) error {
	var expired [][]byte
	now, cursor := time.Now(), bucket.Cursor()
	key, record := cursor.Seek(b.swept)
	for n := 0; n < sweepPerSwap && key != nil; n++ {
		if live(record, now) == nil {
			expired = append(expired, bytes.Clone(key))
		}
		key, record = cursor.Next()
	}
	b.swept = bytes.Clone(key) // nil at the end: the next sweep starts over
	for _, key := range expired {
		if err := bucket.Delete(key); err != nil {
			return err
		}
	}
	return nil
}
