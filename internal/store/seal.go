package store

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"
)

// KeySize is the length of the key that seals values, in bytes: AES-256.
const KeySize = 32

// sealedV1 is the first byte of a sealed value: AES-256-GCM, then 12 random bytes of nonce, the ciphertext and the tag.
const sealedV1 = 1

// KeyError says that the records and the key file don't belong together. Only an operator can mend it.
type KeyError struct {
	// Reason ends the sentence "the store's records ...".
	Reason string
}

func (e *KeyError) Error() string { return "the store's records " + e.Reason }

// ReadKeyFile reads a key of 32 bytes: raw, or in base64 or hexadecimal with white space around.
func ReadKeyFile(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("store key file: %w", err)
	}
	if len(content) == KeySize {
		return content, nil
	}
	text := strings.TrimSpace(string(content))
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString,
		base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
		base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		if key, err := decode(text); err == nil && len(key) == KeySize {
			return key, nil
		}
	}
	return nil, fmt.Errorf("store key file %s: it must hold 32 bytes, raw, in base64 or in hexadecimal", path)
}

// sealed is a Store whose values are encrypted, each bound to its key.
type sealed struct {
	Store
	aead cipher.AEAD
}

// Sealed encrypts the values that go into inner with AES-256-GCM. A value opens under the record key that it was sealed
// for and no other, so nobody who can write to the store may pass one record off as another. What it cannot open is a
// *KeyError. An error means that key is not KeySize long.
func Sealed(inner Store, key []byte) (Store, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("store: a key has %d bytes, not %d", KeySize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &sealed{Store: inner, aead: aead}, nil
}

// Get implements Store.
func (s *sealed) Get(ctx context.Context, key string) ([]byte, error) {
	value, err := s.Store.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	return s.open(key, value)
}

// CompareAndSwap implements Store. The same value sealed twice looks different, so the comparison is made here and the
// swap below names the very bytes that were compared.
func (s *sealed) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	if len(old) == 0 {
		return s.Store.CompareAndSwap(ctx, key, nil, s.seal(key, next), ttl)
	}
	for {
		stored, err := s.Store.Get(ctx, key)
		if err != nil {
			return false, err
		}
		value, err := s.open(key, stored)
		if err != nil || !bytes.Equal(value, old) {
			return false, err
		}
		// A failure here may mean that somebody sealed an equal value anew; only a look tells.
		if swapped, err := s.Store.CompareAndSwap(ctx, key, stored, s.seal(key, next), ttl); swapped || err != nil {
			return swapped, err
		}
	}
}

func (s *sealed) seal(key string, value []byte) []byte {
	if len(value) == 0 {
		return nil
	}
	return s.aead.Seal([]byte{sealedV1}, nil, value, []byte(key)) //nolint:gosec // it makes a random nonce itself
}

func (s *sealed) open(key string, stored []byte) ([]byte, error) {
	if len(stored) == 0 {
		return nil, nil
	}
	if stored[0] == sealedV1 {
		if value, err := s.aead.Open(nil, nil, stored[1:], []byte(key)); err == nil {
			return value, nil
		}
	}
	return nil, &KeyError{Reason: "can't be opened with this key file"}
}
