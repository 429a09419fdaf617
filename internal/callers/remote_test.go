package callers_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/checkoutsvc/checkoutsvc/internal/callers"
)

// issuerSite answers for the issuer, in a synctest bubble where there is no network.
type issuerSite struct {
	mu      sync.Mutex
	body    string
	status  int
	err     error
	takes   time.Duration
	fetched int
}

func (s *issuerSite) set(body string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body, s.status, s.err = body, status, nil
}

func (s *issuerSite) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched
}

// RoundTrip implements http.RoundTripper.
func (s *issuerSite) RoundTrip(request *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.fetched++
	takes := s.takes
	s.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-request.Context().Done():
		return nil, request.Context().Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	header := http.Header{"Location": {"https://elsewhere.example.com/"}}
	return &http.Response{StatusCode: s.status, Header: header, Body: io.NopCloser(strings.NewReader(s.body)), Request: request}, nil
}

// world is one JWT authenticator whose keys come from a site.
type world struct {
	*testing.T

	one  *callers.JWT
	told chan error
}

// remote runs a test against a site, in a bubble.
func remote(t *testing.T, site *issuerSite, test func(*world)) {
	t.Helper()
	keys() // outside the bubble
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, told: make(chan error, 100)}
		c := config(t, "")
		c.JWKS, c.Transport, c.Tell = "https://login.example.com/jwks.json?apikey=s3cret", site, func(err error) { w.told <- err }
		var err error
		if w.one, err = callers.NewJWT(c); err != nil {
			t.Fatal(err)
		}
		defer w.one.Close()
		test(w)
	})
}

// try makes a call with a token that the named key signed.
func (w *world) try(kid string) string {
	caller, err := w.one.Authenticate(w.Context(), withToken(sign(w.T, jose.ES256, keys()[kid], kid, good())))
	return outcome(caller, err)
}

func TestFirstCallsWaitForTheKeys(t *testing.T) {
	site := &issuerSite{body: jwks(t, "ec"), status: 200, takes: 2 * time.Second}
	remote(t, site, func(w *world) {
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() {
				if got := w.try("ec"); got != "shop" {
					w.Error(got)
				}
			})
		}
		calls.Wait()
		if n := site.count(); n != 1 {
			w.Errorf("%d fetches for one set of keys", n)
		}
	})
}

func TestReady(t *testing.T) {
	site := &issuerSite{body: jwks(t, "ec"), status: 200, takes: 2 * time.Second}
	remote(t, site, func(w *world) {
		if err := w.one.Ready(w.Context()); err != nil {
			w.Error(err)
		}
	})
	remote(t, &issuerSite{status: 503}, func(w *world) {
		if err := w.one.Ready(w.Context()); !errors.Is(err, callers.ErrUnavailable) || !strings.Contains(err.Error(), "503") {
			w.Error(err)
		}
	})
	if err := newJWT(t, config(t, jwks(t, "ec"))).Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCallGivesUpWhenItsTimeIsOver(t *testing.T) {
	site := &issuerSite{body: jwks(t, "ec"), status: 200, takes: 4 * time.Second}
	remote(t, site, func(w *world) {
		ctx, cancel := context.WithTimeout(w.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		_, err := w.one.Authenticate(ctx, withToken(sign(w.T, jose.ES256, keys()["ec"], "ec", good())))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
			w.Error(err, time.Since(begun))
		}
	})
}

func TestKeysThatWereNeverFetched(t *testing.T) {
	site := &issuerSite{err: errors.New("connection refused")}
	remote(t, site, func(w *world) {
		synctest.Wait()
		for range 50 {
			if got := w.try("ec"); got != "unavailable" {
				w.Error(got)
			}
		}
		if n := site.count(); n > 5 {
			w.Errorf("%d fetches for 50 calls", n)
		}
		if len(w.told) != 1 || !strings.Contains(w.one.Problem(), "connection refused") {
			w.Errorf("told %d times, problem %q", len(w.told), w.one.Problem())
		}
		site.set(jwks(t, "ec"), 200)
		pass(11 * time.Second)
		if got := w.try("ec"); got != "shop" || w.one.Problem() != "" {
			w.Error(got, w.one.Problem())
		}
	})
}

// TestUnusableAnswers: none of them is taken for keys, and a redirect is not followed to wherever it leads.
func TestUnusableAnswers(t *testing.T) {
	for want, site := range map[string]*issuerSite{
		"503":           {status: 503, body: jwks(t, "ec")},
		"302":           {status: 302},
		"JWK Set":       {status: 200, body: "<html>"},
		"no public key": {status: 200, body: `{"keys":[]}`},
		"larger":        {status: 200, body: strings.Repeat(" ", 1<<20) + jwks(t, "ec")},
		"deadline":      {status: 200, body: jwks(t, "ec"), takes: time.Hour},
	} {
		remote(t, site, func(w *world) {
			got, problem := w.try("ec"), w.one.Problem()
			if got != "unavailable" || !strings.Contains(problem, want) || !strings.Contains(problem, "no JWT can be verified") {
				w.Errorf("%s: %s, problem %q", want, got, problem)
			}
			if !strings.Contains(problem, "https://login.example.com/jwks.json") || strings.Contains(problem, "s3cret") {
				w.Errorf("the query is shown, or not whose keys they are: %q", problem)
			}
		})
	}
}

func TestNewKeyIsFetchedAtOnce(t *testing.T) {
	site := &issuerSite{body: jwks(t, "ec"), status: 200}
	remote(t, site, func(w *world) {
		if got := w.try("ec"); got != "shop" {
			w.Fatal(got)
		}
		site.set(jwks(t, "other"), 200)
		if got := w.try("other"); got != "shop" {
			w.Error("the issuer's new key is not known:", got)
		}
		if got := w.try("ec"); got != "invalid" {
			w.Error("the key that was taken out is still good:", got)
		}
	})
}

func TestUnknownKeyIDsFetchLittle(t *testing.T) {
	site := &issuerSite{body: jwks(t, "ec"), status: 200}
	remote(t, site, func(w *world) {
		for range 1000 {
			if got := w.try("other"); got != "invalid" {
				w.Fatal(got)
			}
			<-time.After(100 * time.Millisecond)
		}
		if n := site.count(); n > 15 { // 100 seconds: one each 10 seconds, 3 at once, one at the start
			w.Errorf("%d fetches", n)
		}
	})
}

func TestKeysOutliveTheirSite(t *testing.T) {
	site := &issuerSite{body: jwks(t, "ec"), status: 200}
	remote(t, site, func(w *world) {
		if got := w.try("ec"); got != "shop" {
			w.Fatal(got)
		}
		site.set("", 500)
		pass(24 * time.Hour)
		if got := w.try("ec"); got != "shop" {
			w.Error("trouble at the issuer's site keeps its callers out:", got)
		}
		if problem := w.one.Problem(); len(w.told) != 1 || problem == "" || strings.Contains(problem, "no JWT") {
			w.Errorf("told %d times, problem %q", len(w.told), problem)
		}
		site.set(jwks(t, "other"), 200)
		pass(time.Minute)
		if got := w.try("ec"); got != "invalid" || w.one.Problem() != "" {
			w.Error("the key was taken out, and is still good:", got)
		}
		if len(w.told) != 2 || <-w.told == nil || <-w.told != nil {
			w.Error("not told that the keys are there again")
		}
	})
}
