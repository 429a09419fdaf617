package callers

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/time/rate"
)

// entry is one caller in the file.
type entry struct {
	Name          string   `json:"name"`
	TokenSHA256   oneOrAll `json:"token_sha256"`
	Certificate   oneOrAll `json:"certificate"`
	Scopes        []string `json:"scopes"`
	Organizations []string `json:"organizations"`
	PerSecond     *float64 `json:"requests_per_second"`
	Burst         *int     `json:"burst"`
}

// oneOrAll is a string or a list of strings.
type oneOrAll []string

// UnmarshalJSON implements json.Unmarshaler.
func (all *oneOrAll) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*all = oneOrAll{one}
		return nil
	}
	if json.Unmarshal(text, (*[]string)(all)) != nil {
		return errors.New(`"token_sha256" and "certificate" must be a string or a list of strings`)
	}
	return nil
}

func parseBook(text []byte, limits *limits) (*book, error) {
	var file struct {
		Callers []json.RawMessage `json:"callers"`
	}
	if err := strictly(text, &file); err != nil {
		return nil, err
	}
	if len(file.Callers) == 0 {
		return nil, errors.New(`"callers" lists none: nobody could call`)
	}
	b := &book{certificates: map[identity]*Caller{}, names: map[string]*Caller{}}
	entries := make([]entry, len(file.Callers))
	for i, text := range file.Callers {
		err := strictly(text, &entries[i])
		if err == nil {
			err = b.add(&entries[i])
		}
		if err != nil {
			return nil, fmt.Errorf("callers[%d] (%s): %w", i, cmp.Or(entries[i].Name, "no name"), err)
		}
	}
	for _, e := range entries { // not before all is well: a broken file changes no limit
		b.names[e.Name].limit = e.limit(limits)
	}
	return b, nil
}

// strictly decodes one JSON value without unknown fields.
func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return unquoted(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	return nil
}

// unquoted is a JSON error without the text that it may quote.
func unquoted(err error) error {
	if wrongType, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%q must be of another type", wrongType.Field)
	}
	return err
}

func (e *entry) check() error {
	if err := checkName(e.Name); err != nil {
		return fmt.Errorf(`"name" %w`, err)
	}
	if len(e.TokenSHA256) == 0 && len(e.Certificate) == 0 {
		return errors.New(`needs "token_sha256" or "certificate": how else would the caller be known?`)
	}
	return errors.Join(e.checkScopes(), e.checkOrganizations(), e.checkLimit())
}

// checkName refuses what would look like something else in a log.
func checkName(name string) error {
	if name == "" {
		return errors.New("is missing")
	}
	if len(name) > 256 {
		return errors.New("is longer than 256 bytes")
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("has characters that are not printable ASCII, or spaces")
	}
	return nil
}

func (e *entry) checkScopes() error {
	if len(e.Scopes) == 0 {
		return fmt.Errorf(`"scopes" must list %s, %s or both`, readName, writeName)
	}
	for _, name := range e.Scopes {
		if parseScope(name) == 0 {
			return fmt.Errorf(`"scopes" has %q; the scopes are %s and %s`, name, readName, writeName)
		}
	}
	return nil
}

// uuid is the form of Polar's ids.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func (e *entry) checkOrganizations() error {
	for _, id := range e.Organizations {
		if !uuid.MatchString(id) {
			return fmt.Errorf(`"organizations" has %q; list organizations' ids at Polar, UUIDs in lower case`, id)
		}
	}
	if e.Organizations != nil && len(e.Organizations) == 0 {
		return errors.New(`"organizations" is an empty list; leave it out, or name one`)
	}
	return nil
}

func (e *entry) checkLimit() error {
	switch {
	case e.PerSecond == nil && e.Burst != nil:
		return errors.New(`"burst" needs "requests_per_second"`)
	case e.PerSecond != nil && *e.PerSecond <= 0:
		return errors.New(`"requests_per_second" must be above 0; leave it out for no limit`)
	case e.Burst != nil && *e.Burst < 1:
		return errors.New(`"burst" must be at least 1, or no call is ever allowed`)
	default:
		return nil
	}
}

func (e *entry) caller() *Caller {
	c := &Caller{Name: e.Name, Source: FromFile, Organizations: e.Organizations}
	for _, name := range e.Scopes {
		c.Scopes |= parseScope(name)
	}
	return c
}

func (e *entry) limit(limits *limits) *rate.Limiter {
	if e.PerSecond == nil {
		return nil
	}
	burst := burstFor(*e.PerSecond)
	if e.Burst != nil {
		burst = *e.Burst
	}
	return limits.get(e.Name, *e.PerSecond, burst)
}

// burstFor is how many calls may come at once where nobody says: those of one second.
func burstFor(perSecond float64) int { return int(math.Ceil(min(perSecond, math.MaxInt32))) }

// add enters the caller under its name, tokens and certificates.
func (b *book) add(e *entry) error {
	if err := e.check(); err != nil {
		return err
	}
	if b.names[e.Name] != nil {
		return errors.New(`"name" stands there twice; list all of a caller's tokens and certificates in one entry`)
	}
	caller := e.caller()
	b.names[e.Name] = caller
	for _, text := range e.TokenSHA256 {
		hash, err := parseHash(text)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(b.tokens, func(t tokenEntry) bool { return t.hash == hash }); i >= 0 {
			return fmt.Errorf(`"token_sha256" has the hash of a token that %q has already; each token is one caller's`, b.tokens[i].caller.Name)
		}
		b.tokens = append(b.tokens, tokenEntry{hash, caller})
	}
	for _, text := range e.Certificate {
		name, err := parseIdentity(text)
		if err != nil {
			return err
		}
		if other := b.certificates[name]; other != nil {
			return fmt.Errorf(`"certificate" has %q, which %q has already; each certificate is one caller's`, text, other.Name)
		}
		b.certificates[name] = caller
	}
	return nil
}

// wellKnown are texts that nobody may be known by: whoever tries tokens begins with them. The hash of the empty one comes of a
// variable that was not set.
var wellKnown = []string{"", "test", "password", "secret", "token", "changeme", "admin", "example", "123456", "checkoutsvc"}

// parseHash never quotes the text: it may be a token that somebody forgot to hash.
func parseHash(text string) (hash [sha256.Size]byte, err error) {
	if n, err := hex.Decode(hash[:], []byte(text)[:min(len(text), 2*len(hash))]); err != nil || len(text) != 2*len(hash) || n != len(hash) {
		return hash, errors.New(`"token_sha256" must be 64 hexadecimal digits: printf %s "$TOKEN" | sha256sum`)
	}
	for _, text := range wellKnown {
		if hash == sha256.Sum256([]byte(text)) || hash == sha256.Sum256([]byte(text+"\n")) {
			return hash, fmt.Errorf(`"token_sha256" is the hash of %q, which anybody would guess; make a token with openssl rand -hex 32`, text)
		}
	}
	return hash, nil
}

func parseIdentity(text string) (identity, error) {
	if name, ok := strings.CutPrefix(text, "CN="); ok && name != "" {
		return identity{commonName, name}, nil
	}
	if strings.Contains(text, ":") {
		if uri, err := url.Parse(text); err == nil && uri.Scheme != "" && uri.String() == text {
			return identity{uriName, text}, nil
		}
	} else if text != "" && !strings.ContainsAny(text, "= /,*") {
		return identity{dnsName, text}, nil
	}
	return identity{}, fmt.Errorf(`"certificate" has %q; it must be a URI such as spiffe://example.com/shop, a DNS name, or CN= and the common name`, text)
}
