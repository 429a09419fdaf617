package program

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// finding is a line that a check must print: its mark, its subject, and parts of what it says.
type finding struct {
	mark, subject string
	says          []string
}

// check runs `checkoutsvc check` with a token, and holds its output to its form.
func check(t *testing.T, token string, args ...string) result {
	t.Helper()
	r := run(t, []string{"POLAR_ACCESS_TOKEN=" + token}, append([]string{"check"}, args...)...)
	if token != "" && strings.Contains(r.stdout+r.stderr, token) {
		t.Errorf("the token is shown:\n%s%s", r.stdout, r.stderr)
	}
	bad := 0
	for line := range strings.Lines(r.stdout) {
		mark, rest, _ := strings.Cut(line, " ")
		if !slices.Contains([]string{"ok", "warn", "FAIL"}, mark) || !strings.Contains(rest, ": ") {
			t.Errorf("no finding: %q", line)
		}
		if mark == "FAIL" {
			bad++
		}
	}
	if want := min(bad, 1); r.code != want || (r.stderr != "") != (bad > 0) {
		t.Errorf("exit %d with %d failures, standard error %q", r.code, bad, r.stderr)
	}
	return r
}

// finds fails the test unless each finding stands in the output.
func (r result) finds(t *testing.T, all ...finding) {
	t.Helper()
	for _, one := range all {
		found := false
		for line := range strings.Lines(r.stdout) {
			fits := strings.HasPrefix(line, fmt.Sprintf("%-5s %s: ", one.mark, one.subject))
			for _, part := range one.says {
				fits = fits && strings.Contains(line, part)
			}
			found = found || fits
		}
		if !found {
			t.Errorf("want %s %s %q in:\n%s", one.mark, one.subject, one.says, r.stdout)
		}
	}
}

// passes fails the test if anything is wrong.
func (r result) passes(t *testing.T) {
	t.Helper()
	if r.code != 0 || strings.Contains(r.stdout, "FAIL") {
		t.Errorf("exit %d:\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// control sends a control call to the emulator and gives its answer.
func control(t *testing.T, polar, call string, body any) map[string]any {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(polar+"/_emulator/"+call, "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		t.Fatalf("%s: %d %s %v", call, answer.StatusCode, text, err)
	}
	var decoded map[string]any
	_ = json.Unmarshal(text, &decoded)
	return decoded
}

// newToken makes a token at the emulator.
func newToken(t *testing.T, polar string, body map[string]any) string {
	t.Helper()
	token, _ := control(t, polar, "tokens", body)["token"].(string)
	return token
}

// seen is a door to the emulator that writes down what passes, and may change the answers.
type seen struct {
	mu   sync.Mutex
	asks []string
}

func (s *seen) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asks)
}

func watched(t *testing.T, polar string, change func(*http.Response)) (string, *seen) {
	t.Helper()
	target, err := url.Parse(polar)
	if err != nil {
		t.Fatal(err)
	}
	s := &seen{}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(answer *http.Response) error { change(answer); return nil }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asks = append(s.asks, r.Method+" "+r.URL.RequestURI())
		s.mu.Unlock()
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, s
}

// TestCheckFindsNothingWrong, and asks only what changes nothing.
func TestCheckFindsNothingWrong(t *testing.T) {
	service := harness.Start(t)
	polar, seen := watched(t, service.Polar, func(*http.Response) {})
	list := file(t, `{"callers":[{"name":"shop","certificate":"CN=shop","scopes":["checkouts:read"]}]}`)
	records := filepath.Join(t.TempDir(), "records")
	r := check(t, "polar_oat_emulator", "--polar="+polar, "--callers-file="+list, "--store=file:"+records, "--polar-limits=production")
	r.passes(t)
	r.finds(t,
		finding{"ok", "callers", []string{"lists 1"}}, finding{"ok", "store", []string{"empty"}},
		finding{"ok", "version", []string{"2026-10"}}, finding{"ok", "token", []string{"reading and writing"}},
		finding{"ok", "buyers", nil}, finding{"ok", "latency", []string{"an answer takes", "connect"}}, finding{"ok", "clock", nil},
		finding{"ok", "limits", []string{"production", "cannot be seen"}})
	if strings.Contains(r.stdout, "warn") {
		t.Errorf("a warning without a reason:\n%s", r.stdout)
	}
	for _, asked := range seen.all() {
		// No id has this form, so there is nothing that the one PATCH could change.
		if !strings.HasPrefix(asked, "GET ") && asked != "PATCH /v1/checkouts/checkoutsvc-check" {
			t.Errorf("%s could change something", asked)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(records), "*")); len(left) != 0 {
		t.Error("the check left files behind:", left)
	}
}

func TestCheckJudgesTheToken(t *testing.T) {
	service := harness.Start(t)
	for name, c := range map[string]struct {
		token string
		want  finding
	}{
		"unknown":   {"polar_oat_nobodysT0ken", finding{"FAIL", "token", []string{"rejects", "expired", "sandbox", "POLAR_ACCESS_TOKEN"}}},
		"expired":   {newToken(t, service.Polar, map[string]any{"expires_at": time.Now().Add(-time.Minute)}), finding{"FAIL", "token", []string{"rejects", "expired"}}},
		"no scope":  {newToken(t, service.Polar, map[string]any{"scopes": []string{"products:read"}}), finding{"FAIL", "token", []string{"lacks the scopes", "checkouts:write"}}},
		"read only": {newToken(t, service.Polar, map[string]any{"scopes": []string{"checkouts:read"}}), finding{"FAIL", "token", []string{"may read", "not write"}}},
		"a user's":  {newToken(t, service.Polar, map[string]any{"kind": "user"}), finding{"ok", "token", nil}},
		"none":      {"", finding{"FAIL", "token", []string{"POLAR_ACCESS_TOKEN", "--polar-token-file"}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, c.token, "--polar="+service.Polar)
			r.finds(t, c.want, finding{"ok", "buyers", nil}) // the rest is still checked
		})
	}
	t.Run("each organization's", func(t *testing.T) {
		other := control(t, service.Polar, "organizations", map[string]any{"slug": "other"})["id"].(string)
		demo := "11111111-1111-4111-8111-111111111111"
		organizations := file(t, fmt.Sprintf(`{"organizations":[{"id":%q,"token":"polar_oat_emulator"},{"id":%q,"token":"polar_oat_nobodysT0ken"}]}`, demo, other))
		list := file(t, `{"callers":[
			{"name":"shop","certificate":"CN=shop","scopes":["checkouts:read"],"organizations":["`+other+`"]},
			{"name":"forgotten","certificate":"CN=x","scopes":["checkouts:read"]}]}`)
		r := check(t, "", "--polar="+service.Polar, "--organizations-file="+organizations, "--callers-file="+list)
		r.finds(t,
			finding{"ok", "organizations", []string{"lists 2"}}, finding{"ok", "token of organization " + demo, nil},
			finding{"FAIL", "token of organization " + other, []string{"rejects", organizations}},
			finding{"warn", "callers", []string{"forgotten", "organizations"}})
		if strings.Contains(r.stdout, "shop") || strings.Contains(r.stdout, "nobodysT0ken") {
			t.Error(r.stdout)
		}
	})
	t.Run("another organization's", func(t *testing.T) {
		made, err := http.Post(service.REST+"/v1/checkouts/", "application/json", strings.NewReader(`{"products":["0b000000-0000-4000-8000-000000000001"]}`))
		if err != nil {
			t.Fatal(err)
		}
		_ = made.Body.Close()
		other := control(t, service.Polar, "organizations", map[string]any{"slug": "another"})["id"].(string)
		organizations := file(t, fmt.Sprintf(`{"organizations":[{"id":%q,"token":"polar_oat_emulator"}]}`, other))
		check(t, "", "--polar="+service.Polar, "--organizations-file="+organizations).finds(t,
			finding{"FAIL", "token of organization " + other, []string{emulator.DemoOrganizationID, "exchanged", organizations}})
		right := file(t, fmt.Sprintf(`{"organizations":[{"id":%q,"token":"polar_oat_emulator"}]}`, emulator.DemoOrganizationID))
		check(t, "", "--polar="+service.Polar, "--organizations-file="+right).passes(t)
	})
	t.Run("one, and callers bound to several", func(t *testing.T) {
		list := file(t, `{"callers":[{"name":"shop","certificate":"CN=shop","scopes":["checkouts:read"],"organizations":["`+emulator.DemoOrganizationID+`"]}]}`)
		check(t, "polar_oat_emulator", "--polar="+service.Polar, "--callers-file="+list).finds(t,
			finding{"warn", "callers", []string{"shop", "refused", "--organizations-file"}})
	})
	t.Run("callers bring their own", func(t *testing.T) {
		r := check(t, "", "--polar="+service.Polar, "--credentials=caller")
		r.passes(t)
		r.finds(t, finding{"ok", "buyers", nil})
	})
}

func TestCheckJudgesPolar(t *testing.T) {
	service := harness.Start(t)
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Sign in") }))
	t.Cleanup(portal.Close)
	late, _ := watched(t, service.Polar, func(answer *http.Response) {
		answer.Header.Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
	})
	sandbox, _ := watched(t, service.Polar, func(answer *http.Response) { answer.Header.Set("X-Polar-Sandbox", "1") })
	for name, c := range map[string]struct {
		args []string
		want finding
	}{
		"a version that is gone":        {[]string{"--polar=" + service.Polar, "--polar-version=2020-01"}, finding{"FAIL", "version", []string{"2020-01", "upgrade"}}},
		"nobody there":                  {[]string{"--polar=http://127.0.0.1:1"}, finding{"FAIL", "Polar", []string{"127.0.0.1:1", "refused", "firewall"}}},
		"somebody else":                 {[]string{"--polar=" + portal.URL}, finding{"FAIL", "Polar", []string{"not Polar", "--polar="}}},
		"a path too many":               {[]string{"--polar=" + service.Polar + "/elsewhere"}, finding{"FAIL", "Polar", []string{"does not stand at this address"}}},
		"a clock that is wrong":         {[]string{"--polar=" + late}, finding{"warn", "clock", []string{"1h0m", "ahead", "NTP"}}},
		"limits that nobody keeps":      {[]string{"--polar=" + service.Polar}, finding{"warn", "limits", []string{"--polar-limits"}}},
		"a sandbox as production":       {[]string{"--polar=" + sandbox, "--polar-limits=production"}, finding{"warn", "limits", []string{"sandbox", "--polar-limits=sandbox"}}},
		"a group that is claimed":       {[]string{"--polar=" + service.Polar, "--polar-limits=sandbox", "--client-token=service"}, finding{"warn", "limits", []string{"elevated", "--client-token"}}},
		"the built-in one":              {[]string{"--polar=embedded"}, finding{"ok", "Polar", []string{"built-in"}}},
		"everybody may call":            {[]string{"--polar=embedded", "--allow-unauthenticated-callers", "--grpc-listen=0.0.0.0:0"}, finding{"warn", "callers", []string{"everybody"}}},
		"who calls cannot be seen":      {[]string{"--polar=" + service.Polar, "--credentials=caller", "--callers-file=" + file(t, "{}")}, finding{"FAIL", "callers", []string{"--credentials=caller"}}},
		"a file of callers, broken":     {[]string{"--polar=embedded", "--callers-file=" + file(t, "{}")}, finding{"FAIL", "callers", []string{"--callers-file", "nobody could call"}}},
		"a certificate that is missing": {[]string{"--polar=embedded", "--tls-cert-file=nowhere", "--tls-key-file=nowhere"}, finding{"FAIL", "TLS", []string{"--tls-cert-file", "no such file"}}},
	} {
		t.Run(name, func(t *testing.T) { check(t, "polar_oat_emulator", c.args...).finds(t, c.want) })
	}
	t.Run("limits that are exceeded", func(t *testing.T) {
		control(t, service.Polar, "next", map[string]any{"path": "/v1/checkouts/$", "status": 429, "headers": map[string]string{"Retry-After": "60"}})
		check(t, "polar_oat_emulator", "--polar="+service.Polar).finds(t, finding{"FAIL", "token", []string{"rate limit", "1m0s"}})
		control(t, service.Polar, "next", map[string]any{"path": "/client/", "status": 429, "headers": map[string]string{"Retry-After": "1800"}})
		check(t, "polar_oat_emulator", "--polar="+service.Polar).finds(t, finding{"ok", "token", nil}, finding{"FAIL", "buyers", []string{"30m0s", "confirms"}})
	})
	t.Run("an answer that is cut", func(t *testing.T) {
		control(t, service.Polar, "next", map[string]any{"path": "/v1/checkouts/$", "cut": true})
		check(t, "polar_oat_emulator", "--polar="+service.Polar).finds(t, finding{"FAIL", "Polar", []string{"does not answer"}})
	})
}

func TestCheckJudgesFilesAndStores(t *testing.T) {
	records := "file:" + filepath.Join(t.TempDir(), "records")
	harness.Start(t, "--store="+records)
	certificate, key := storetest.Certificate(t)
	evicting := storetest.StartRedis(t)
	for name, c := range map[string]struct {
		args []string
		want finding
	}{
		"a store in use":           {[]string{"--store=" + records}, finding{"ok", "store", []string{"another process"}}},
		"a folder that is missing": {[]string{"--store=file:/nowhere/records"}, finding{"FAIL", "store", []string{"--store", "no such file"}}},
		"a store that is none":     {[]string{"--store=disk"}, finding{"FAIL", "store", []string{"memory, file:PATH"}}},
		"a Redis that is down":     {[]string{"--store=redis://127.0.0.1:1"}, finding{"FAIL", "store", []string{"unavailable"}}},
		"a Redis":                  {[]string{"--store=" + evicting.URL()}, finding{"ok", "store", []string{"empty"}}},
		"a key of another size":    {[]string{"--store=" + records, "--store-key-file=" + file(t, "x")}, finding{"FAIL", "store", []string{"32 bytes"}}},
		"a certificate":            {[]string{"--tls-cert-file=" + certificate, "--tls-key-file=" + key}, finding{"warn", "TLS", []string{"renew"}}},
		"keys of an issuer": {
			[]string{"--jwt-issuer=x", "--jwt-audience=x", "--jwt-jwks=http://127.0.0.1:1/jwks.json"},
			finding{"FAIL", "JWT", []string{"cannot be fetched", "refused"}},
		},
	} {
		t.Run(name, func(t *testing.T) { check(t, "", append(c.args, "--polar=embedded")...).finds(t, c.want) })
	}
}

// TestCheckRefusesMistakes as serve does, before it asks anybody.
func TestCheckRefusesMistakes(t *testing.T) {
	for _, m := range []mistake{
		{"which Polar", nil, []string{"check"}, usage, nil},
		{"a flag's value is none", nil, []string{"check", "--polar=embedded", "--polar-share=2"}, usage, []string{"--polar-share"}},
		{"no such flag", nil, []string{"check", "--polar=embedded", "--x"}, usage, []string{"check -h"}},
	} {
		if r := run(t, m.env, m.args...); r.code != m.code || r.stdout != "" || !strings.HasPrefix(r.stderr, "checkoutsvc: ") {
			t.Errorf("%s: exit %d, %q, %q", m.about, r.code, r.stdout, r.stderr)
		}
	}
}
