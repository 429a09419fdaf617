package probe_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/probe"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	list       = `{"items":[],"pagination":{"total_count":0,"max_page":0}}`
	rejected   = `{"error": "invalid_token", "error_description": "The access token provided is expired, revoked, malformed, or invalid for other reasons."}`
	noScope    = `{"error": "insufficient_scope", "error_description": "The request requires higher privileges than provided by the access token."}`
	noVersion  = `{"detail":"Not Found"}`
	noMerchant = `{"error":"Unauthorized","detail":"Unauthorized"}`
)

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		err    error
		want   probe.Kind
	}{
		"a list":                         {200, list, nil, probe.Well},
		"a list with a checkout":         {200, `{"items":[{"id":"x"}],"pagination":{"total_count":1,"max_page":1},"new":1}`, nil, probe.Well},
		"a page of a portal":             {200, `<html>Sign in</html>`, nil, probe.NotPolar},
		"another JSON":                   {200, `{"ok":true}`, nil, probe.NotPolar},
		"nothing":                        {204, ``, nil, probe.NotPolar},
		"a redirect":                     {307, ``, nil, probe.NotPolar},
		"a dead token":                   {401, rejected, nil, probe.TokenRejected},
		"a token of another kind":        {401, noMerchant, nil, probe.TokenRejected},
		"somebody else's 401":            {401, `<html>`, nil, probe.NotPolar},
		"a scope that is missing":        {403, noScope, nil, probe.ScopeMissing},
		"a firewall's 403":               {403, `blocked`, nil, probe.NotPolar},
		"a version that is gone":         {404, noVersion, nil, probe.VersionRejected},
		"Polar's 404 below another path": {404, noVersion, nil, probe.NotPolar},
		"another server's 404":           {404, `404 page not found`, nil, probe.NotPolar},
		"a limit":                        {429, ``, nil, probe.RateLimited},
		"an error":                       {500, `Internal Server Error`, nil, probe.Unanswered},
		"a gateway":                      {503, ``, nil, probe.Unanswered},
		"no answer":                      {0, ``, errors.New("no connection"), probe.Unanswered},
		"a status that nobody expects":   {418, `{"error":"Teapot"}`, nil, probe.NotPolar},
	} {
		header := http.Header{}
		if strings.HasPrefix(name, "Polar's") {
			header.Set("Polar-Version", "2026-10")
		}
		verdict := probe.Judge(&polarhttp.Response{Status: c.status, Body: []byte(c.body), Header: header}, c.err)
		if verdict.Kind != c.want || verdict.Text == "" {
			t.Errorf("%s: %s (%s), want %s", name, verdict.Kind, verdict.Text, c.want)
		}
	}
}

// TestJudgeRecordings: what the real server answered to a list says what it should.
func TestJudgeRecordings(t *testing.T) {
	seen := map[probe.Kind]int{}
	for _, r := range recordedLists(t) {
		verdict := probe.Judge(&r, nil)
		seen[verdict.Kind]++
		if verdict.Kind == probe.NotPolar {
			t.Errorf("Polar's own answer %d %.200s is taken for another's", r.Status, r.Body)
		}
	}
	for _, kind := range []probe.Kind{probe.Well, probe.TokenRejected, probe.ScopeMissing, probe.VersionRejected} {
		if seen[kind] == 0 {
			t.Errorf("no recording of %s; there are %v", kind, seen)
		}
	}
}

// recordedLists are the answers to lists, but for those to a query that Polar refuses, and those to versions that it does not know.
func recordedLists(t *testing.T) (all []polarhttp.Response) {
	t.Helper()
	scenarios, err := recordings.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, scenario := range scenarios {
		for _, e := range scenario.Exchanges {
			path, _, _ := strings.Cut(e.Request.Path, "?")
			refused := e.Response.Status == http.StatusUnprocessableEntity || e.Response.Summary != nil
			noVersion := e.Response.Status == http.StatusNotFound && e.Request.Headers["Polar-Version"] != "" && string(e.Response.Body) == noVersion
			if e.Request.Method == http.MethodGet && (path == "/v1/checkouts/" && !refused || noVersion) {
				header := http.Header{}
				for name, value := range e.Response.Headers {
					header.Set(name, value)
				}
				all = append(all, polarhttp.Response{Status: e.Response.Status, Body: e.Response.Body, Header: header})
			}
		}
	}
	return all
}

// fake answers by organization; set changes the answer for none.
type fake struct {
	mu      sync.Mutex
	answers map[string]answer
	asked   map[string]int
}

type answer struct {
	status int
	body   string
	err    error
}

func (f *fake) set(a answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[""] = a
}

func (f *fake) count() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.asked)
}

func (f *fake) Do(_ context.Context, req *polarhttp.Request, res *polarhttp.Response) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked[req.Organization]++
	a := f.answers[req.Organization]
	res.Status, res.Body, res.Header = a.status, []byte(a.body), http.Header{}
	return a.err
}

// world is a running probe in a bubble.
type world struct {
	*testing.T

	polar *fake
	probe *probe.Probe
	log   *bytes.Buffer
}

func inWorld(t *testing.T, config probe.Config, answers map[string]answer, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, polar: &fake{answers: answers, asked: map[string]int{}}, log: new(bytes.Buffer)}
		config.Polar, config.Logger = w.polar, slog.New(slog.NewTextHandler(w.log, nil))
		w.probe = probe.New(config)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { w.probe.Run(ctx); close(ended) }()
		synctest.Wait()
		test(w)
		cancel()
		<-ended
	})
}

func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestAllIsWell(t *testing.T) {
	inWorld(t, probe.Config{}, map[string]answer{"": {200, list, nil}}, func(w *world) {
		pass(24*time.Hour + time.Minute)
		if n := w.polar.count()[""]; n != 25 {
			w.Errorf("%d questions in a day", n)
		}
		if w.probe.State() != nil || w.probe.Verdicts()[""].Kind != probe.Well || w.log.Len() > 0 {
			w.Error(w.probe.State(), w.log)
		}
	})
}

func TestTroubleIsToldOnceAndEndsSoon(t *testing.T) {
	inWorld(t, probe.Config{}, map[string]answer{"": {401, rejected, nil}}, func(w *world) {
		pass(10 * time.Minute)
		if reasons := w.probe.State(); len(reasons) != 1 || !strings.Contains(reasons[0], "token") {
			w.Error(reasons)
		}
		if n := strings.Count(w.log.String(), "level=ERROR"); n != 1 {
			w.Errorf("logged %d times:\n%s", n, w.log)
		}
		w.polar.set(answer{403, noScope, nil})
		pass(2 * time.Minute)
		if w.probe.Verdicts()[""].Kind != probe.ScopeMissing || strings.Count(w.log.String(), "level=ERROR") != 2 {
			w.Errorf("another trouble was not told: %v\n%s", w.probe.State(), w.log)
		}
		w.polar.set(answer{200, list, nil})
		pass(time.Minute)
		if w.probe.State() != nil || strings.Count(w.log.String(), "level=INFO") != 1 {
			w.Error(w.probe.State(), w.log)
		}
	})
}

// TestNoAnswerSaysNothing of the token: the verdict before stands, in both directions.
func TestNoAnswerSaysNothing(t *testing.T) {
	for _, silent := range []answer{{err: errors.New("no connection")}, {status: 503}, {status: 429}} {
		inWorld(t, probe.Config{}, map[string]answer{"": silent}, func(w *world) {
			if len(w.probe.Verdicts()) != 0 || w.probe.State() != nil {
				w.Error("known without an answer:", w.probe.Verdicts())
			}
			w.polar.set(answer{404, noVersion, nil})
			pass(2 * time.Minute)
			w.polar.set(silent)
			pass(2 * time.Minute)
			if w.probe.Verdicts()[""].Kind != probe.VersionRejected {
				w.Error("forgotten:", w.probe.Verdicts())
			}
			w.polar.set(answer{200, list, nil})
			pass(2 * time.Minute)
			w.polar.set(silent)
			pass(2 * time.Hour)
			if w.probe.State() != nil {
				w.Error(w.probe.State())
			}
		})
	}
}

func TestReplacedTokenIsTriedAtOnce(t *testing.T) {
	config := probe.Config{Refresh: func(organization, _ string) bool {
		return organization == "a"
	}, Organizations: func() []string { return []string{"a", "b"} }}
	inWorld(t, config, map[string]answer{"a": {401, rejected, nil}, "b": {401, rejected, nil}}, func(w *world) {
		if asked := w.polar.count(); !maps.Equal(asked, map[string]int{"a": 2, "b": 1}) {
			w.Error("only a has a new token:", asked)
		}
	})
}

func TestNow(t *testing.T) {
	inWorld(t, probe.Config{}, map[string]answer{"": {200, list, nil}}, func(w *world) {
		pass(time.Minute)
		w.polar.set(answer{401, rejected, nil})
		w.probe.Now()
		pass(time.Second)
		if w.probe.State() == nil {
			w.Error("what was refused is not known at once")
		}
		asked := w.polar.count()[""]
		for range 100 {
			w.probe.Now()
		}
		pass(time.Second)
		if again := w.polar.count()[""]; again != asked {
			w.Errorf("known trouble was asked for %d times more", again-asked)
		}
	})
}

func TestOrganizations(t *testing.T) {
	var mu sync.Mutex
	served := []string{"a", "b"}
	config := probe.Config{Organizations: func() []string {
		mu.Lock()
		defer mu.Unlock()
		return served
	}}
	inWorld(t, config, map[string]answer{"a": {200, list, nil}, "b": {401, rejected, nil}, "c": {403, noScope, nil}}, func(w *world) {
		if reasons := w.probe.State(); len(reasons) != 1 || !strings.HasPrefix(reasons[0], "organization b: ") {
			w.Error(reasons)
		}
		mu.Lock()
		served = []string{"a", "c"}
		mu.Unlock()
		pass(2 * time.Minute)
		if known := slices.Sorted(maps.Keys(w.probe.Verdicts())); !slices.Equal(known, []string{"a", "c"}) {
			w.Error(known)
		}
	})
}
