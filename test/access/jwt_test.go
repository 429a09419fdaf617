package access

import (
	"crypto/ecdsa"
	"encoding/json"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// issuer signs JWTs.
type issuer struct {
	kid string
	key *ecdsa.PrivateKey
}

func (i *issuer) keys(t *testing.T) string {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &i.key.PublicKey, KeyID: i.kid, Algorithm: "ES256", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sign makes a JWT of claims over good ones.
func (i *issuer) sign(t *testing.T, claims map[string]any) string {
	t.Helper()
	all := map[string]any{"iss": "https://id.example.com", "aud": "checkoutsvc", "sub": "shop", "scope": "checkouts:read checkouts:write", "exp": time.Now().Add(time.Hour).Unix()}
	for name, value := range claims {
		if value == nil {
			delete(all, name)
			continue
		}
		all[name] = value
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: i.kid}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(all).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestJWT: what the issuer says counts, and only if all of it is in order; its keys may be rotated.
func TestJWT(t *testing.T) {
	first, second := &issuer{"one", newKey(t)}, &issuer{"two", newKey(t)}
	keys := file(t, "jwks.json", first.keys(t))
	service := start(t, "--jwt-jwks="+keys, "--jwt-issuer=https://id.example.com", "--jwt-audience=checkoutsvc", "--jwt-algorithms=ES256")
	create := func(token string) int {
		return call(t, plain, "POST", service.REST+"/v1/checkouts/", createBody, bearer(token)).status
	}
	for name, c := range map[string]struct {
		claims map[string]any
		status int
	}{
		"good":           {nil, 201},
		"may only read":  {map[string]any{"scope": "checkouts:read"}, 403},
		"other scopes":   {map[string]any{"scope": "openid email"}, 403},
		"expired":        {map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}, 401},
		"no expiry":      {map[string]any{"exp": nil}, 401},
		"other issuer":   {map[string]any{"iss": "https://evil.example.com"}, 401},
		"other audience": {map[string]any{"aud": "another"}, 401},
		"no subject":     {map[string]any{"sub": nil}, 401},
	} {
		if got := create(first.sign(t, c.claims)); got != c.status {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got := create(second.sign(t, nil)); got != 401 {
		t.Errorf("an unknown key: %d", got)
	}
	write(t, keys, second.keys(t))
	eventually(t, "the new key is not in use", func() bool { return create(second.sign(t, nil)) == 201 })
	if got := create(first.sign(t, nil)); got != 401 {
		t.Errorf("a key that was taken out: %d", got)
	}
}
