package callers

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/checkoutsvc/checkoutsvc/internal/filewatch"
)

// File recognizes the callers that a JSON file lists, and follows its changes:
//
//	{"callers": [
//	  {
//	    "name": "shop",
//	    "token_sha256": ["hex of the SHA-256 of a token", "another, while tokens are rotated"],
//	    "certificate": ["spiffe://example.com/shop", "shop.internal.example.com", "CN=shop"],
//	    "scopes": ["checkouts:read", "checkouts:write"],
//	    "organizations": ["8e6f2c1a-..."],
//	    "requests_per_second": 50,
//	    "burst": 100
//	  }
//	]}
//
// A caller is known by any of its tokens or certificates; one of either is needed, and one alone needs no list. A certificate is known by a URI or a
// DNS name among its subject's alternative names, or by its common name after CN=, all compared exactly. Where a call
// brings both, the token decides. organizations, requests_per_second and burst may be left out: none listed, no limit, as many at once as in a second.
type File struct {
	path    string
	current atomic.Pointer[book]
	limits  limits
	watch   *filewatch.Watch
}

// book is one reading of the file.
type book struct {
	tokens       []tokenEntry
	certificates map[identity]*Caller
	names        map[string]*Caller
}

// tokenEntry is one token by which a caller is known.
type tokenEntry struct {
	hash   [sha256.Size]byte
	caller *Caller
}

// identity is a name in a certificate.
type identity struct{ kind, name string }

// OpenFile reads the file; its error names the entry and the field that are wrong, and what is right. Afterwards a file that cannot be
// read changes nothing; tell is told of it once, and of nil when the file is good again.
func OpenFile(path string, tell func(error)) (*File, error) {
	f := &File{path: path}
	var err error
	f.watch, err = filewatch.Start([]string{path}, f.load, tell)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Problem says why the file as it is now is not in use; "" where it is.
func (f *File) Problem() string { return f.watch.Problem() }

// Callers are those that the file in use lists, by name.
func (f *File) Callers() []*Caller {
	return slices.SortedFunc(maps.Values(f.current.Load().names), func(a, b *Caller) int { return strings.Compare(a.Name, b.Name) })
}

// Close ends the watch over the file; what was read stays in use.
func (f *File) Close() { f.watch.Close() }

func (f *File) load() error {
	text, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	read, err := parseBook(text, &f.limits)
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	f.current.Store(read)
	return nil
}

// Authenticate implements Authenticator.
func (f *File) Authenticate(_ context.Context, c Credentials) (*Caller, error) {
	token, err := bearer(c.Authorization)
	switch {
	case err != nil:
		return nil, err
	case token != "":
		return f.current.Load().byToken(token)
	case len(c.Certificates) > 0:
		return f.current.Load().byCertificate(c.Certificates[0])
	default:
		return nil, ErrMissing
	}
}

// byToken compares with every entry, so that the time it takes tells nothing of where a token stands, or how much of it is right.
func (b *book) byToken(token string) (*Caller, error) {
	hash := sha256.Sum256([]byte(token))
	found := -1
	for i := range b.tokens {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(hash[:], b.tokens[i].hash[:]), i, found)
	}
	if found < 0 {
		return nil, &Invalid{Reason: "the token is no caller's", foreign: true}
	}
	return b.tokens[found].caller, nil
}

func (b *book) byCertificate(certificate *x509.Certificate) (*Caller, error) {
	var found *Caller
	for _, name := range identities(certificate) {
		caller := b.certificates[name]
		if caller == nil || caller == found {
			continue
		}
		if found != nil {
			return nil, invalid("the certificate names more than one caller")
		}
		found = caller
	}
	if found == nil {
		return nil, &Invalid{Reason: "the certificate is no caller's", foreign: true}
	}
	return found, nil
}

// The kinds of names in a certificate. A DNS name that reads like a common name is none.
const (
	uriName    = "URI"
	dnsName    = "DNS"
	commonName = "CN"
)

func identities(certificate *x509.Certificate) (all []identity) {
	for _, uri := range certificate.URIs {
		all = append(all, identity{uriName, uri.String()})
	}
	for _, name := range certificate.DNSNames {
		all = append(all, identity{dnsName, name})
	}
	return append(all, identity{commonName, certificate.Subject.CommonName})
}
