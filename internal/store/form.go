package store

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// formKey holds a mark that says in what form the store's values are: formMark as it stands, or sealed.
const formKey = "store/form"

var formMark = []byte("checkoutsvc 1")

// uniform refuses to work on a store whose values are in another form than ours, before it reads or writes one. It asks
// once; the store may be down until then.
type uniform struct {
	Store
	raw      Store
	isSealed bool
	checked  atomic.Bool
}

// Get implements Store.
func (u *uniform) Get(ctx context.Context, key string) ([]byte, error) {
	if err := u.check(ctx); err != nil {
		return nil, err
	}
	return u.Store.Get(ctx, key)
}

// CompareAndSwap implements Store.
func (u *uniform) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	if err := u.check(ctx); err != nil {
		return false, err
	}
	return u.Store.CompareAndSwap(ctx, key, old, next, ttl)
}

// check marks an empty store and holds any other one to its mark.
func (u *uniform) check(ctx context.Context) error {
	if u.checked.Load() {
		return nil
	}
	if _, err := u.Store.CompareAndSwap(ctx, formKey, nil, formMark, 0); err != nil {
		return err
	}
	mark, err := u.raw.Get(ctx, formKey)
	if err != nil {
		return err
	}
	if err = u.compare(ctx, mark); err == nil {
		u.checked.Store(true)
	}
	return err
}

// compare holds a mark to the form of ours.
func (u *uniform) compare(ctx context.Context, mark []byte) error {
	plain := bytes.Equal(mark, formMark)
	switch {
	case u.isSealed && plain:
		return &KeyError{Reason: "are not sealed; a key file needs a new store"}
	case u.isSealed:
		_, err := u.Store.Get(ctx, formKey)
		return err
	case !plain:
		return &KeyError{Reason: "are sealed; name their key file"}
	default:
		return nil
	}
}

// checkNow is check at a start, where a store that is down is no failure yet.
func (u *uniform) checkNow(ctx context.Context) error {
	err := u.check(ctx)
	if unavailable := (*Unavailable)(nil); errors.As(err, &unavailable) {
		return nil
	}
	return err
}
