package callers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// JWTConfig says whose JWTs are callers' and what is read from them.
type JWTConfig struct {
	// Issuer is what "iss" must be, exactly.
	Issuer string
	// Audience is what "aud" must be or list.
	Audience string
	// Algorithms are the signatures that are taken, of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 and EdDSA.
	Algorithms []string
	// JWKS is where the issuer's public keys are: a file, or a URL with https (http on loopback).
	JWKS string
	// ScopeClaim has the scopes, separated by spaces or in a list; "" means "scope". Those that mean nothing here are left out.
	ScopeClaim string
	// OrganizationsClaim has the ids of the organizations that the caller may use, one or a list; "" means "organizations".
	OrganizationsClaim string
	// Leeway is how far the issuer's clock may be from ours.
	Leeway time.Duration
	// PerSecond and Burst limit each subject's calls; 0: no limit, and as many at once as in a second.
	PerSecond float64
	Burst     int
	// Transport fetches the keys; nil: the usual one.
	Transport http.RoundTripper
	// Tell is told once of each trouble with the keys, and of nil when it is over.
	Tell func(error)
}

// JWT recognizes the callers that another party vouches for: the subject of a JWT is the caller's name.
type JWT struct {
	config     JWTConfig
	algorithms []jose.SignatureAlgorithm
	keys       keySource
	limits     limits
}

// maxToken bounds what is parsed: a header is no bigger on most servers.
const maxToken = 16 << 10

// NewJWT checks config and begins to keep the keys. A file must be there and good; a URL is fetched in the background, and until it was once, calls
// wait for it a little and then are answered with ErrUnavailable.
func NewJWT(config JWTConfig) (*JWT, error) {
	if config.ScopeClaim == "" {
		config.ScopeClaim = "scope"
	}
	if config.OrganizationsClaim == "" {
		config.OrganizationsClaim = "organizations"
	}
	if config.Tell == nil {
		config.Tell = func(error) {}
	}
	if config.Burst == 0 {
		config.Burst = burstFor(config.PerSecond)
	}
	j := &JWT{config: config}
	err := config.check()
	if err != nil {
		return nil, err
	}
	for _, name := range config.Algorithms {
		j.algorithms = append(j.algorithms, jose.SignatureAlgorithm(name))
	}
	if j.keys, err = openKeys(config.JWKS, config.Transport, config.Tell); err != nil {
		return nil, err
	}
	return j, nil
}

// asymmetric are the algorithms whose verifying key may be public. With any other, whoever may verify may also sign.
var asymmetric = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

func (c *JWTConfig) check() error {
	switch {
	case c.Issuer == "":
		return errors.New("the issuer must be named: a key alone does not say who signed")
	case c.Audience == "":
		return errors.New("the audience must be named: else a token for another service is good here")
	case c.JWKS == "":
		return errors.New("the JWKS must be named: a file or an https URL with the issuer's public keys")
	case len(c.Algorithms) == 0:
		return errors.New("the algorithms must be named, such as RS256 or ES256")
	case c.Leeway < 0 || c.PerSecond < 0 || c.Burst < 0:
		return errors.New("leeway and limits cannot be negative")
	}
	for _, name := range c.Algorithms {
		if !slices.Contains(asymmetric, jose.SignatureAlgorithm(name)) {
			return fmt.Errorf("the algorithm %q is none of %v; none and HMAC are never taken", name, asymmetric)
		}
	}
	return nil
}

// Problem says why the keys as they are now are not in use; "" where they are.
func (j *JWT) Problem() string { return j.keys.Problem() }

// Close ends the refreshing of keys; those that are known stay in use.
func (j *JWT) Close() { j.keys.Close() }

// Authenticate implements Authenticator.
func (j *JWT) Authenticate(ctx context.Context, c Credentials) (*Caller, error) {
	text, err := bearer(c.Authorization)
	switch {
	case err != nil:
		return nil, err
	case text == "":
		return nil, ErrMissing
	case strings.Count(text, ".") != 2:
		return nil, &Invalid{Reason: "the token is no JWT", foreign: true}
	case len(text) > maxToken:
		return nil, invalid("the JWT is longer than %d bytes", maxToken)
	}
	token, err := jwt.ParseSigned(text, j.algorithms)
	switch {
	case errors.As(err, new(*jose.ErrUnexpectedSignatureAlgorithm)):
		return nil, invalid("the JWT is not signed with one of %v", j.algorithms)
	case err != nil:
		return nil, invalid("the token cannot be read as a JWT")
	}
	claims, err := j.verify(ctx, token)
	if err != nil {
		return nil, err
	}
	return j.caller(claims)
}

// claims are those of the JWT, its registered ones also typed.
type claims struct {
	registered jwt.Claims
	all        map[string]json.RawMessage
}

// verify gives the claims once a key of the issuer has signed them.
func (j *JWT) verify(ctx context.Context, token *jwt.JSONWebToken) (claims, error) {
	header := token.Headers[0]
	keys, err := j.keys.find(ctx, header.KeyID, header.Algorithm)
	if err != nil {
		return claims{}, err
	}
	if len(keys) == 0 {
		return claims{}, invalid("no key of the issuer has the JWT's key id and algorithm")
	}
	for _, key := range keys {
		var c claims
		if token.Claims(key.Key, &c.registered, &c.all) == nil {
			return c, nil
		}
	}
	return claims{}, invalid("the JWT's signature or form is wrong")
}

// caller is the subject of claims, once they hold for this service now.
func (j *JWT) caller(c claims) (*Caller, error) {
	if c.registered.Expiry == nil {
		return nil, invalid("the JWT never expires (exp is missing)")
	}
	expected := jwt.Expected{Issuer: j.config.Issuer, AnyAudience: jwt.Audience{j.config.Audience}}
	if err := c.registered.ValidateWithLeeway(expected, j.config.Leeway); err != nil {
		return nil, invalid("%s", claimTrouble(err))
	}
	if err := checkName(c.registered.Subject); err != nil {
		return nil, invalid("the JWT's subject %s", err)
	}
	scopes, err := texts(c.all[j.config.ScopeClaim], true)
	if err != nil {
		return nil, invalid("the JWT's claim of scopes %s", err)
	}
	organizations, err := texts(c.all[j.config.OrganizationsClaim], false)
	if err != nil {
		return nil, invalid("the JWT's claim of organizations %s", err)
	}
	caller := &Caller{
		Name: c.registered.Subject, Source: FromJWT, Organizations: organizations,
		limit: j.limits.get(c.registered.Subject, j.config.PerSecond, j.config.Burst),
	}
	for _, name := range scopes {
		caller.Scopes |= parseScope(name)
	}
	return caller, nil
}

func claimTrouble(err error) string {
	switch {
	case errors.Is(err, jwt.ErrExpired):
		return "the JWT has expired"
	case errors.Is(err, jwt.ErrNotValidYet), errors.Is(err, jwt.ErrIssuedInTheFuture):
		return "the JWT is not valid yet; is a clock wrong?"
	case errors.Is(err, jwt.ErrInvalidIssuer):
		return "the JWT is of another issuer"
	case errors.Is(err, jwt.ErrInvalidAudience):
		return "the JWT is for another audience"
	default:
		return "the JWT's claims are not what they must be"
	}
}

// texts reads a claim that is one text, with separate one that is split at spaces, or a list. Without it there are none.
func texts(claim json.RawMessage, separate bool) ([]string, error) {
	if claim == nil {
		return nil, nil
	}
	var one string
	if json.Unmarshal(claim, &one) == nil {
		if separate {
			return strings.Fields(one), nil
		}
		return []string{one}, nil
	}
	var list []string
	if json.Unmarshal(claim, &list) != nil {
		return nil, errors.New("is neither a text nor a list of texts")
	}
	return list, nil
}

// Ready says whether keys are known, waiting for those that are being fetched. Its error tells why none are.
func (j *JWT) Ready(ctx context.Context) error {
	if _, err := j.keys.find(ctx, "", ""); err != nil {
		return fmt.Errorf("%w: %s", err, j.Problem())
	}
	return nil
}
