package callers

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"

	"github.com/go-jose/go-jose/v4"

	"github.com/checkoutsvc/checkoutsvc/internal/filewatch"
)

// keySource keeps an issuer's public keys.
type keySource interface {
	// find gives the keys that may have made a signature; without kid, all of that algorithm.
	find(ctx context.Context, kid, algorithm string) ([]jose.JSONWebKey, error)
	Problem() string
	Close()
}

func openKeys(where string, transport http.RoundTripper, tell func(error)) (keySource, error) {
	if strings.Contains(where, "://") {
		return newRemoteKeys(where, transport, tell)
	}
	k := &fileKeys{path: where}
	watch, err := filewatch.Start([]string{where}, k.load, tell)
	if err != nil {
		return nil, err
	}
	k.Watch = watch
	return k, nil
}

// fileKeys are the keys in a file.
type fileKeys struct {
	*filewatch.Watch

	path    string
	current atomic.Pointer[keySet]
}

func (k *fileKeys) load() error {
	text, err := os.ReadFile(k.path)
	if err != nil {
		return err
	}
	keys, err := parseKeys(text)
	if err != nil {
		return fmt.Errorf("%s: %w", k.path, err)
	}
	k.current.Store(&keys)
	return nil
}

func (k *fileKeys) find(_ context.Context, kid, algorithm string) ([]jose.JSONWebKey, error) {
	return k.current.Load().find(kid, algorithm), nil
}

// keySet are public keys for signatures.
type keySet []jose.JSONWebKey

func (s keySet) find(kid, algorithm string) (found []jose.JSONWebKey) {
	for _, key := range s {
		if (kid == "" || key.KeyID == kid) && (key.Algorithm == "" || key.Algorithm == algorithm) {
			found = append(found, key)
		}
	}
	return found
}

// smallestRSA is the shortest RSA key that RFC 7518 3.3 allows, in bits.
const smallestRSA = 2048

// parseKeys reads a JWK Set. Keys of kinds that are not known, or for other uses, are left out, as RFC 7517 5 has it; what would be a mistake
// to trust is refused.
func parseKeys(text []byte) (keySet, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(text, &set) != nil {
		return nil, errors.New(`is no JWK Set: a JSON object with a list "keys"`)
	}
	var keys keySet
	for i, one := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(one) != nil || key.Use != "" && key.Use != "sig" {
			continue
		}
		if _, secret := key.Key.([]byte); secret {
			continue // HMAC, which is never taken
		}
		if !key.IsPublic() {
			return nil, fmt.Errorf("keys[%d] is a private key; publish the public part alone, and make a new key: this one is known now", i)
		}
		if key, ok := key.Key.(*rsa.PublicKey); ok && key.N.BitLen() < smallestRSA {
			return nil, fmt.Errorf("keys[%d] is an RSA key of %d bits; it takes %d", i, key.N.BitLen(), smallestRSA)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New(`has no public key for signatures in "keys"`)
	}
	return keys, nil
}
