// Package callers says who may call the service: by bearer tokens and certificates listed in a file, or by JWTs that somebody else
// issues. It decides who a caller is; what a caller may then do is read from Caller by others.
package callers

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// Caller is a program that was recognized. It is shared between calls and must not be changed.
type Caller struct {
	// Name is the name in the file, or the subject of a JWT. It is unique within Source only.
	Name string
	// Source is FromFile or FromJWT.
	Source string
	// Scopes are what it may do.
	Scopes Scopes
	// Organizations are the ids of those that it may use; nil where none are listed.
	Organizations []string

	limit *rate.Limiter // nil: none
}

// Where callers are recognized.
const (
	FromFile = "file"
	FromJWT  = "jwt"
)

// Key names the caller among all callers of all sources: what is kept for one caller is kept under it.
func (c *Caller) Key() string { return c.Source + ":" + c.Name }

// Allow says whether the caller may make one more call now by its own limit, and counts it. If not, the call after
// retryAfter is allowed, other calls aside.
func (c *Caller) Allow() (ok bool, retryAfter time.Duration) {
	if c.limit == nil {
		return true, 0
	}
	reservation := c.limit.Reserve()
	wait := reservation.Delay()
	if wait > 0 {
		reservation.Cancel()
	}
	return wait == 0, wait
}

// Scopes is a set of scopes, named as Polar names them (B 5.1).
type Scopes uint8

// The scopes that operations on checkouts need.
const (
	Read  Scopes = 1 << iota // checkouts:read
	Write                    // checkouts:write
)

// The names of the scopes at Polar.
const (
	readName  = "checkouts:read"
	writeName = "checkouts:write"
)

// Has says whether all of wanted are in s.
func (s Scopes) Has(wanted Scopes) bool { return s&wanted == wanted }

// String lists the names, separated by spaces.
func (s Scopes) String() string {
	var names []string
	if s.Has(Read) {
		names = append(names, readName)
	}
	if s.Has(Write) {
		names = append(names, writeName)
	}
	return strings.Join(names, " ")
}

// parseScope is the scope of that name, 0 for a name that means nothing here.
func parseScope(name string) Scopes {
	switch name {
	case readName:
		return Read
	case writeName:
		return Write
	default:
		return 0
	}
}

// Credentials are what a call brings.
type Credentials struct {
	// Authorization is the header or metadata of that name, as it came; "" without.
	Authorization string
	// Certificates is the chain that TLS has verified, the caller's own first; nil without.
	Certificates []*x509.Certificate
}

// An Authenticator recognizes callers. Its errors are ErrMissing, an *Invalid, ErrUnavailable (wrapped), or that of ctx.
type Authenticator interface {
	Authenticate(ctx context.Context, c Credentials) (*Caller, error)
}

var (
	// ErrMissing says that the call brings no credentials.
	ErrMissing = errors.New("no credentials: send authorization: Bearer TOKEN, or a client certificate")
	// ErrUnavailable says that nobody can tell now whether the credentials are good: the keys that sign them were never fetched.
	ErrUnavailable = errors.New("the keys that sign callers' tokens cannot be fetched")
)

// Invalid says that the credentials are no caller's.
type Invalid struct {
	// Reason may be logged and shown to the caller: it holds nothing secret, and nothing that the caller sent.
	Reason string

	foreign bool // another authenticator may know them
}

// Error is the reason.
func (e *Invalid) Error() string { return "invalid credentials: " + e.Reason }

func invalid(format string, args ...any) *Invalid {
	return &Invalid{Reason: fmt.Sprintf(format, args...)}
}

// Chain asks each authenticator in turn, and takes the first that knows the caller or that knows better than the others that it is none.
type Chain []Authenticator

// Authenticate implements Authenticator.
func (all Chain) Authenticate(ctx context.Context, c Credentials) (*Caller, error) {
	first := ErrMissing
	for _, one := range all {
		caller, err := one.Authenticate(ctx, c)
		var refused *Invalid
		switch {
		case err == nil:
			return caller, nil
		case errors.Is(err, ErrMissing):
		case errors.As(err, &refused) && refused.foreign:
			if errors.Is(first, ErrMissing) {
				first = err
			}
		default:
			return nil, err
		}
	}
	return nil, first
}

// bearer is the token in an Authorization, "" where there is none: some SDKs send "Bearer" without one.
func bearer(authorization string) (string, error) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(authorization), " ")
	if scheme != "" && !strings.EqualFold(scheme, "bearer") {
		return "", invalid("the authorization is not of the form Bearer TOKEN")
	}
	return strings.TrimSpace(token), nil
}
