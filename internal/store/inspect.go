package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Inspection is what a look at a store shows.
type Inspection struct {
	// New is set where nothing is stored yet.
	New bool
	// InUse is set where another process has the file.
	InUse bool
	// Eviction is Redis's maxmemory-policy where it may lose records; "" where it is noeviction or cannot be seen.
	Eviction string
}

// Inspect looks at the store that spec names as Open would use it, and changes nothing in it. Its error is Open's, or an *Unavailable.
func Inspect(ctx context.Context, spec string, options Options) (Inspection, error) {
	var key []byte
	var err error
	if options.KeyFile != "" {
		if key, err = ReadKeyFile(options.KeyFile); err != nil {
			return Inspection{}, err
		}
	}
	if path, ok := strings.CutPrefix(spec, "file:"); ok && path != "" && options.CAFile == "" {
		return inspectFile(ctx, path, key)
	}
	raw, err := openRaw(ctx, spec, options.CAFile)
	if err != nil {
		return Inspection{}, err
	}
	defer raw.Close()
	found, err := inspectForm(ctx, raw, key)
	if server, ok := raw.(*Redis); ok && err == nil {
		found.Eviction = server.eviction(ctx)
	}
	return found, err
}

// inspectForm holds what is stored to the form that it would have to have, as uniform does.
func inspectForm(ctx context.Context, raw Store, key []byte) (Inspection, error) {
	mark, err := raw.Get(ctx, formKey)
	if err != nil || mark == nil {
		return Inspection{New: err == nil}, err
	}
	u := &uniform{Store: raw, raw: raw}
	if key != nil {
		if u.Store, err = Sealed(raw, key); err != nil {
			return Inspection{}, err
		}
		u.isSealed = true
	}
	return Inspection{}, u.compare(ctx, mark)
}

// inspectFile reads a file that is there, and sees whether one could be made where none is.
func inspectFile(ctx context.Context, path string, key []byte) (Inspection, error) {
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return Inspection{New: true}, writable(path)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0) // what is to be written must not only be readable
	if err != nil {
		return Inspection{}, openFailure(path, err)
	}
	defer file.Close()
	db, err := bolt.Open(path, 0, &bolt.Options{Timeout: lockWait, ReadOnly: true})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return Inspection{InUse: true}, nil
	}
	if err != nil {
		return Inspection{}, openFailure(path, err)
	}
	defer db.Close()
	if !holdsRecords(db) {
		return Inspection{}, openFailure(path, bolterrors.ErrInvalid)
	}
	return inspectForm(ctx, &Bolt{db: db}, key)
}

// holdsRecords reports whether it was made by OpenBolt.
func holdsRecords(db *bolt.DB) (ours bool) {
	_ = db.View(func(tx *bolt.Tx) error {
		ours = tx.Bucket(records) != nil
		return nil
	})
	return ours
}

// writable sees whether the folder takes a file.
func writable(path string) error {
	trial, err := os.CreateTemp(filepath.Dir(path), ".checkoutsvc-check-*")
	if err != nil {
		return openFailure(path, err)
	}
	return errors.Join(trial.Close(), os.Remove(trial.Name()))
}

// eviction is the policy by which Redis throws records away when its memory is full, "" for none.
func (r *Redis) eviction(ctx context.Context) string {
	info, err := r.client.Info(ctx, "memory").Result()
	if err != nil {
		return "" // not everybody may ask
	}
	for line := range strings.Lines(info) {
		if policy, ok := strings.CutPrefix(strings.TrimSpace(line), "maxmemory_policy:"); ok && policy != "noeviction" {
			return policy
		}
	}
	return ""
}
