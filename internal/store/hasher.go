package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"sync/atomic"
)

// Hasher makes record keys out of secrets and names: HMAC-SHA256 under a secret that the store itself keeps, so that
// replicas agree, and a key alone tells nothing. It is safe for use by many goroutines.
type Hasher struct {
	store  Store
	name   string
	secret atomic.Pointer[[]byte]
}

// NewHasher makes the hasher for the records called name, say "guard". Hashers of different names share no key.
func NewHasher(s Store, name string) *Hasher { return &Hasher{store: s, name: name} }

// Key gives the record key for parts, each of which may hold anything: ("a", "b") and ("ab", "") differ. The first call
// makes or reads the secret; its error is the store's.
func (h *Hasher) Key(ctx context.Context, parts ...string) (string, error) {
	secret, err := h.load(ctx)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, secret)
	for _, part := range parts {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write([]byte(part))
	}
	return h.name + "/" + hex.EncodeToString(mac.Sum(nil)), nil
}

var errNoSecret = errors.New("its secret is gone")

// load gives the secret of all who share the store: the first to come makes it.
func (h *Hasher) load(ctx context.Context) ([]byte, error) {
	if secret := h.secret.Load(); secret != nil {
		return *secret, nil
	}
	key, fresh := h.name+"/secret", make([]byte, sha256.Size)
	rand.Read(fresh)
	if _, err := h.store.CompareAndSwap(ctx, key, nil, fresh, 0); err != nil {
		return nil, err
	}
	secret, err := h.store.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	if len(secret) == 0 { // somebody emptied the store just now
		return nil, &Unavailable{Store: h.name, Err: errNoSecret}
	}
	h.secret.Store(&secret)
	return secret, nil
}
