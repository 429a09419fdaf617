package callers_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/checkoutsvc/checkoutsvc/internal/callers"
)

const (
	issuer   = "https://login.example.com/"
	audience = "checkoutsvc"
)

// keys are made once: RSA takes its time.
var keys = sync.OnceValue(func() map[string]crypto.Signer {
	made := map[string]crypto.Signer{}
	made["rsa"], _ = rsa.GenerateKey(rand.Reader, 2048)
	made["ec"], _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	made["other"], _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, made["ed"], _ = ed25519.GenerateKey(rand.Reader)
	return made
})

// jwks is a set with the public parts of the named keys; each key id is its name.
func jwks(t *testing.T, names ...string) string {
	t.Helper()
	var set jose.JSONWebKeySet
	for _, name := range names {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: keys()[name].Public(), KeyID: name, Use: "sig"})
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// good are claims that hold now.
func good() map[string]any {
	return map[string]any{
		"iss": issuer, "aud": audience, "sub": "shop", "exp": time.Now().Add(time.Hour).Unix(),
		"scope": "openid checkouts:read checkouts:write",
	}
}

// with changes claims; a nil value removes one.
func with(name string, value any) map[string]any {
	claims := good()
	claims[name] = value
	if value == nil {
		delete(claims, name)
	}
	return claims
}

// sign makes a token by the library.
func sign(t *testing.T, algorithm jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	if kid != "" {
		options = options.WithHeader("kid", kid)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// byHand puts a token together without asking whether that makes sense.
func byHand(t *testing.T, header, claims map[string]any, signature string) string {
	t.Helper()
	var parts [2]string
	for i, part := range []map[string]any{header, claims} {
		text, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = base64.RawURLEncoding.EncodeToString(text)
	}
	return parts[0] + "." + parts[1] + "." + signature
}

func config(t *testing.T, set string) callers.JWTConfig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jwks.json")
	write(t, path, set)
	return callers.JWTConfig{
		Issuer: issuer, Audience: audience, Algorithms: []string{"RS256", "ES256", "EdDSA"}, JWKS: path, Leeway: 30 * time.Second,
		Tell: func(err error) { t.Error("told of", err) },
	}
}

func newJWT(t *testing.T, config callers.JWTConfig) *callers.JWT {
	t.Helper()
	one, err := callers.NewJWT(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(one.Close)
	return one
}

func TestGoodJWTs(t *testing.T) {
	one := newJWT(t, config(t, jwks(t, "rsa", "ec", "ed")))
	for name, token := range map[string]string{
		"RSA":                      sign(t, jose.RS256, keys()["rsa"], "rsa", good()),
		"elliptic":                 sign(t, jose.ES256, keys()["ec"], "ec", good()),
		"Edwards":                  sign(t, jose.EdDSA, keys()["ed"], "ed", good()),
		"no key id":                sign(t, jose.ES256, keys()["ec"], "", good()),
		"several audiences":        sign(t, jose.ES256, keys()["ec"], "ec", with("aud", []string{"x", audience})),
		"scopes in a list":         sign(t, jose.ES256, keys()["ec"], "ec", with("scope", []string{"checkouts:write", "checkouts:read"})),
		"expired by a hair":        sign(t, jose.ES256, keys()["ec"], "ec", with("exp", time.Now().Add(-10*time.Second).Unix())),
		"a clock that is in front": sign(t, jose.ES256, keys()["ec"], "ec", with("nbf", time.Now().Add(10*time.Second).Unix())),
	} {
		caller, err := one.Authenticate(t.Context(), withToken(token))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if caller.Name != "shop" || caller.Key() != "jwt:shop" || caller.Scopes != callers.Read|callers.Write || caller.Organizations != nil {
			t.Errorf("%s: %+v", name, caller)
		}
	}
}

func TestBadJWTs(t *testing.T) {
	one := newJWT(t, config(t, jwks(t, "rsa", "ec", "ed")))
	ec := func(claims map[string]any) string { return sign(t, jose.ES256, keys()["ec"], "ec", claims) }
	goodOne := ec(good())
	parts := strings.Split(goodOne, ".")
	for name, c := range map[string]struct{ token, reason string }{
		"no signature":              {byHand(t, map[string]any{"alg": "none"}, good(), ""), "not signed with"},
		"none, in another case":     {byHand(t, map[string]any{"alg": "nOnE", "kid": "ec"}, good(), ""), "not signed with"},
		"none, with a signature":    {byHand(t, map[string]any{"alg": "none", "kid": "ec"}, good(), parts[2]), "not signed with"},
		"no algorithm":              {byHand(t, map[string]any{"kid": "ec"}, good(), parts[2]), ""},
		"the signature cut off":     {parts[0] + "." + parts[1] + ".", ""},
		"other claims":              {parts[0] + "." + strings.Split(ec(with("sub", "admin")), ".")[1] + "." + parts[2], "signature"},
		"HMAC with the public key":  {sign(t, jose.HS256, public(t, "rsa"), "rsa", good()), "not signed with"},
		"HMAC with the set":         {sign(t, jose.HS256, []byte(jwks(t, "rsa")), "rsa", good()), "not signed with"},
		"an algorithm not taken":    {sign(t, jose.RS512, keys()["rsa"], "rsa", good()), "not signed with"},
		"another key, known id":     {sign(t, jose.ES256, keys()["other"], "ec", good()), "signature"},
		"another key, no id":        {sign(t, jose.ES256, keys()["other"], "", good()), "signature"},
		"an unknown key id":         {sign(t, jose.ES256, keys()["other"], "other", good()), "no key"},
		"another kind's key id":     {sign(t, jose.ES256, keys()["ec"], "rsa", good()), "signature"},
		"its own key in the header": {embedded(t), "signature"},
		"another issuer":            {ec(with("iss", "https://login.example.com")), "issuer"},
		"no issuer":                 {ec(with("iss", nil)), "issuer"},
		"another audience":          {ec(with("aud", "checkoutsvc2")), "audience"},
		"no audience":               {ec(with("aud", nil)), "audience"},
		"expired":                   {ec(with("exp", time.Now().Add(-time.Minute).Unix())), "expired"},
		"without end":               {ec(with("exp", nil)), "never expires"},
		"not valid yet":             {ec(with("nbf", time.Now().Add(time.Minute).Unix())), "not valid yet"},
		"issued tomorrow":           {ec(with("iat", time.Now().Add(24*time.Hour).Unix())), "not valid yet"},
		"an end that is no number":  {ec(with("exp", "tomorrow")), ""},
		"no subject":                {ec(with("sub", nil)), "subject"},
		"a subject of two lines":    {ec(with("sub", "a\nb")), "subject"},
		"scopes that are none":      {ec(with("scope", 5)), "scopes"},
		"organizations likewise":    {ec(with("organizations", map[string]any{})), "organizations"},
		"no JWT":                    {"polar_oat_x", "no JWT"},
		"two dots and no more":      {"..", ""},
		"rubbish":                   {"a.b.c", ""},
		"encrypted":                 {goodOne + ".x.y", "no JWT"},
		"too long":                  {ec(with("x", strings.Repeat("x", 20<<10))), "longer"},
	} {
		caller, err := one.Authenticate(t.Context(), withToken(c.token))
		if got := outcome(caller, err); got != "invalid" || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %s %v, want invalid: %s", name, got, err, c.reason)
		}
		if err != nil && len(c.token) > 5 && strings.Contains(err.Error(), c.token[:len(c.token)/2]) {
			t.Errorf("%s: the reason shows the token: %v", name, err)
		}
	}
	if _, err := one.Authenticate(t.Context(), callers.Credentials{}); outcome(nil, err) != "missing" {
		t.Error(err)
	}
}

// public is the PEM of a public key, which an attacker knows.
func public(t *testing.T, name string) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(keys()[name].Public())
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// embedded is a token that brings the key that verifies it.
func embedded(t *testing.T) string {
	t.Helper()
	options := &jose.SignerOptions{EmbedJWK: true}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: keys()["other"]}, options)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(good()).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestClaimsOfAnotherName(t *testing.T) {
	c := config(t, jwks(t, "ec"))
	c.ScopeClaim, c.OrganizationsClaim = "https://example.com/scp", "orgs"
	one := newJWT(t, c)
	claims := good()
	maps.Copy(claims, map[string]any{"scope": "checkouts:write", "https://example.com/scp": []string{"checkouts:read", "other"}, "orgs": organization})
	caller, err := one.Authenticate(t.Context(), withToken(sign(t, jose.ES256, keys()["ec"], "ec", claims)))
	if err != nil || caller.Scopes != callers.Read || !slices.Equal(caller.Organizations, []string{organization}) {
		t.Errorf("%+v, %v", caller, err)
	}
	caller, err = one.Authenticate(t.Context(), withToken(sign(t, jose.ES256, keys()["ec"], "ec", good())))
	if err != nil || caller.Scopes != 0 {
		t.Errorf("a caller without scopes: %+v, %v", caller, err)
	}
}

func TestSubjectsHaveLimitsOfTheirOwn(t *testing.T) {
	c := config(t, jwks(t, "ec"))
	c.PerSecond, c.Burst = 0.001, 2
	one := newJWT(t, c)
	allowed := map[string]int{}
	for _, subject := range []string{"a", "b", "a", "a", "b", "a"} {
		caller, err := one.Authenticate(t.Context(), withToken(sign(t, jose.ES256, keys()["ec"], "ec", with("sub", subject))))
		if err != nil {
			t.Fatal(err)
		}
		if ok, _ := caller.Allow(); ok {
			allowed[subject]++
		}
	}
	if !maps.Equal(allowed, map[string]int{"a": 2, "b": 2}) {
		t.Error(allowed)
	}
}

func TestBadJWTConfigs(t *testing.T) {
	for name, change := range map[string]func(*callers.JWTConfig){
		"issuer":      func(c *callers.JWTConfig) { c.Issuer = "" },
		"audience":    func(c *callers.JWTConfig) { c.Audience = "" },
		"JWKS":        func(c *callers.JWTConfig) { c.JWKS = "" },
		"algorithms":  func(c *callers.JWTConfig) { c.Algorithms = nil },
		"HMAC":        func(c *callers.JWTConfig) { c.Algorithms = []string{"ES256", "HS256"} },
		"none":        func(c *callers.JWTConfig) { c.Algorithms = []string{"none"} },
		"negative":    func(c *callers.JWTConfig) { c.Leeway = -1 },
		"no such":     func(c *callers.JWTConfig) { c.JWKS += ".missing" },
		"https":       func(c *callers.JWTConfig) { c.JWKS = "http://login.example.com/jwks" },
		"https URL":   func(c *callers.JWTConfig) { c.JWKS = "ftp://login.example.com/jwks" },
		"no password": func(c *callers.JWTConfig) { c.JWKS = "https://user:secret@login.example.com/jwks" },
	} {
		c := config(t, jwks(t, "ec"))
		change(&c)
		_, err := callers.NewJWT(c)
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadKeySets(t *testing.T) {
	private, err := json.Marshal(jose.JSONWebKey{Key: keys()["ec"], KeyID: "ec"})
	if err != nil {
		t.Fatal(err)
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	short, err := json.Marshal(jose.JSONWebKey{Key: weak.Public(), KeyID: "short"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"":                                 "JWK Set",
		"[]":                               "JWK Set",
		"{}":                               "no public key",
		`{"keys":[]}`:                      "no public key",
		`{"keys":[{"kty":"new"}]}`:         "no public key",
		`{"keys":[` + string(short) + `]}`: "1024",
		`{"keys":[{"kty":"oct","k":"c2VjcmV0c2VjcmV0"}]}`:   "no public key",
		`{"keys":[` + string(private) + `]}`:                "private",
		strings.ReplaceAll(jwks(t, "ec"), `"sig"`, `"enc"`): "no public key",
	} {
		c := config(t, text)
		if _, err := callers.NewJWT(c); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.JWKS) {
			t.Errorf("%s: %v", text, err)
		}
	}
	mixed := strings.Replace(jwks(t, "ec"), `{"keys":[`, `{"keys":[{"kty":"new"},{"kty":"oct","k":"c2VjcmV0c2VjcmV0"},`, 1)
	one := newJWT(t, config(t, mixed))
	if _, err := one.Authenticate(t.Context(), withToken(sign(t, jose.ES256, keys()["ec"], "ec", good()))); err != nil {
		t.Error("a key of an unknown kind spoils the others:", err)
	}
}

// TestKeyForOneAlgorithm: a key that its issuer keeps for one algorithm verifies no other.
func TestKeyForOneAlgorithm(t *testing.T) {
	c := config(t, strings.Replace(jwks(t, "rsa"), `"use":"sig"`, `"use":"sig","alg":"PS256"`, 1))
	c.Algorithms = []string{"RS256", "PS256"}
	one := newJWT(t, c)
	for algorithm, want := range map[jose.SignatureAlgorithm]string{jose.PS256: "shop", jose.RS256: "invalid"} {
		caller, err := one.Authenticate(t.Context(), withToken(sign(t, algorithm, keys()["rsa"], "rsa", good())))
		if got := outcome(caller, err); got != want {
			t.Errorf("%s: %s, want %s", algorithm, got, want)
		}
	}
}

func TestKeyFileRotation(t *testing.T) {
	keys() // outside the bubble
	synctest.Test(t, func(t *testing.T) {
		c := config(t, jwks(t, "ec"))
		told := make(chan error, 10)
		c.Tell = func(err error) { told <- err }
		one, err := callers.NewJWT(c)
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		try := func(kid string) string {
			caller, err := one.Authenticate(t.Context(), withToken(sign(t, jose.ES256, keys()[kid], kid, good())))
			return outcome(caller, err)
		}
		if try("ec") != "shop" || try("other") != "invalid" {
			t.Error("before")
		}
		write(t, c.JWKS, jwks(t, "ec", "other"))
		pass(2 * time.Second)
		if try("ec") != "shop" || try("other") != "shop" {
			t.Error("both are listed")
		}
		write(t, c.JWKS, "broken")
		pass(2 * time.Second)
		if try("ec") != "shop" || try("other") != "shop" || len(told) != 1 || one.Problem() == "" {
			t.Errorf("a broken file must change nothing and be told once: %d, %q", len(told), one.Problem())
		}
		write(t, c.JWKS, jwks(t, "other"))
		pass(2 * time.Second)
		if try("ec") != "invalid" || try("other") != "shop" || one.Problem() != "" {
			t.Error("the old key is still good, or the new one is not")
		}
	})
}

func TestChain(t *testing.T) {
	file, _ := open(t, listed)
	both := callers.Chain{file, newJWT(t, config(t, jwks(t, "ec")))}
	signed := sign(t, jose.ES256, keys()["ec"], "ec", with("sub", "reports"))
	for name, c := range map[string]struct {
		credentials callers.Credentials
		want        string
	}{
		"a token":                      {withToken("reports"), "file:reports"},
		"a certificate":                {withCertificate("reports", nil), "file:reports"},
		"a JWT of the same name":       {withToken(signed), "jwt:reports"},
		"nothing":                      {callers.Credentials{}, "no credentials"},
		"an unknown token":             {withToken("polar_oat_x"), "token is no caller's"},
		"an unknown certificate":       {withCertificate("x", nil), "certificate is no caller's"},
		"a bad JWT":                    {withToken(signed + "x"), "signature"},
		"an expired JWT":               {withToken(sign(t, jose.ES256, keys()["ec"], "ec", with("exp", 1))), "expired"},
		"a bad JWT, good certificate":  {callers.Credentials{Authorization: "Bearer " + signed + "x", Certificates: withCertificate("reports", nil).Certificates}, "signature"},
		"another scheme":               {callers.Credentials{Authorization: "Basic x"}, "Bearer"},
		"a certificate of two callers": {withCertificate("reports", []string{"mesh.example.com"}), "more than one"},
	} {
		caller, err := both.Authenticate(t.Context(), c.credentials)
		if err == nil && caller.Key() != c.want || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v, want %s", name, caller, err, c.want)
		}
	}
}
