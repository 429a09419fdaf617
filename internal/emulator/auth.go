package emulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// tokenKind tells whose token it is (B 5.1).
type tokenKind string

const (
	organizationToken tokenKind = "organization"
	userToken         tokenKind = "user"
	customerToken     tokenKind = "customer"
	memberToken       tokenKind = "member"
)

type token struct {
	value     string
	kind      tokenKind
	org       *organization
	user      *user
	customer  *customer
	scopes    []string
	expiresAt *time.Time
}

// subject is who makes a call. The zero subject is nobody.
type subject struct {
	token *token
}

// organizations are those that the subject may see: its own, and of a user's those that are not blocked.
func (s subject) organizations() []*organization {
	switch {
	case s.token == nil:
		return nil
	case s.token.kind == userToken:
		return slices.DeleteFunc(slices.Clone(s.token.user.organizations),
			func(o *organization) bool { return !o.canAuthenticate() })
	}
	return []*organization{s.token.org}
}

func (s subject) sees(org *organization) bool { return slices.Contains(s.organizations(), org) }

// need is what an operation asks of its caller: nothing if scopes is empty, else an organization or a user with one of
// them (B 5.2).
type need struct{ scopes []string }

func scopes(oneOf ...string) need { return need{scopes: oneOf} }

func (n need) check(s subject) error {
	if len(n.scopes) == 0 {
		return nil
	}
	if s.token == nil || s.token.kind != organizationToken && s.token.kind != userToken {
		return errUnauthorized
	}
	for _, scope := range n.scopes {
		if slices.Contains(s.token.scopes, scope) {
			return nil
		}
	}
	return insufficientScope(strings.Join(n.scopes, " "))
}

// AllScopes are the scopes that a token has where none are named.
var AllScopes = []string{
	"checkouts:read", "checkouts:write", "products:read", "products:write", "discounts:read", "discounts:write",
	"customers:read", "customers:write", "custom_fields:read", "custom_fields:write", "benefits:read", "benefits:write",
	"meters:read", "meters:write", "subscriptions:read", "subscriptions:write", "organizations:read", "organizations:write",
}

// bearer is the token of the Authorization header; false where Polar sees no credential at all: another scheme, no
// token, one that is not ASCII, or a client registration token (B 3.6).
func bearer(header http.Header) (string, bool) {
	scheme, value, _ := strings.Cut(header.Get("Authorization"), " ")
	value = strings.TrimSpace(value)
	if !strings.EqualFold(scheme, "bearer") || value == "" || strings.HasPrefix(value, clientTokenPrefix) {
		return "", false
	}
	for _, c := range value {
		if c > 127 {
			return "", false
		}
	}
	return value, true
}

// authenticate tells who makes a request. A bearer token that is nobody's is refused whatever the route (B 5.1).
func (s *store) authenticate(header http.Header, now time.Time) (subject, error) {
	value, found := bearer(header)
	if !found {
		return subject{}, nil
	}
	t := s.tokens.get(value)
	if t == nil || t.expiresAt != nil && !t.expiresAt.After(now) {
		return subject{}, errInvalidToken
	}
	if t.kind == organizationToken && !t.org.canAuthenticate() {
		return subject{}, errInvalidToken
	}
	return subject{token: t}, nil
}
