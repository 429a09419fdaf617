package emulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestCases plays testdata/b9: the cases of B 9 under their numbers, in a small language of calls and expected answers.
//
//	# N words            begins a case
//	create BODY          opens a session; $c and $secret are the newest one's
//	update, client_update, confirm BODY, get, client_get   act on it
//	call METHOD PATH [as TOKEN | without a token | in version V | chunked | untyped | of N bytes] [BODY]
//	repeat N call ...    sends the same call N times
//	make NAME PATH BODY  makes something with a set-up call: $NAME, $NAME.price
//	control METHOD PATH BODY   a control call, which must succeed
//	wait DURATION        moves the clock
//	STATUS fragment & !fragment & header: fragment    what the call before must have answered
//
// "-> name" at a line's end keeps the id (or another member, named after it) of the answer as $name.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/b9/9.*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	seen := map[int]bool{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			p := newPlayer(t)
			p.file("testdata/b9/fixtures.txt")
			p.file(file)
			maps.Copy(seen, p.seen)
		})
	}
	for n := 1; n <= 146; n++ {
		if !seen[n] {
			t.Errorf("case %d of B 9 is missing", n)
		}
	}
}

// TestWhatTheDatabaseRefuses plays cases of the plain 500s that come from Polar's database.
func TestWhatTheDatabaseRefuses(t *testing.T) {
	p := newPlayer(t)
	p.file("testdata/b9/fixtures.txt")
	p.file("testdata/database.txt")
}

// player runs case files against one emulator.
type player struct {
	*testing.T
	e      *Emulator
	vars   map[string]string
	token  string
	title  string
	answer *httptest.ResponseRecorder
	seen   map[int]bool
}

func newPlayer(t *testing.T) *player {
	t.Helper()
	e := New(Options{Empty: true})
	t.Cleanup(e.Close)
	e.Clock().Freeze()
	p := &player{T: t, e: e, token: "T", seen: map[int]bool{}, vars: map[string]string{"T": DefaultToken, "org": DemoOrganizationID}}
	p.vars["51_keys"] = fiftyOneKeys()
	other := e.AddOrganization(Organization{Slug: "other"})
	blocked := e.AddOrganization(Organization{Slug: "blocked", Status: "blocked"})
	p.vars["other_org"] = other
	for name, token := range map[string]Token{
		"T2":             {OrganizationID: other},
		"READ_ONLY":      {Scopes: []string{"checkouts:read"}},
		"WRITE_ONLY":     {Scopes: []string{"checkouts:write"}},
		"BLOCKED_MEMBER": {Kind: "user", OrganizationID: blocked},
	} {
		value, err := e.AddToken(token)
		if err != nil {
			t.Fatal(err)
		}
		p.vars[name] = value
	}
	return p
}

func fiftyOneKeys() string {
	keys := make([]string, 51)
	for i := range keys {
		keys[i] = fmt.Sprintf(`"k%d":%d`, i, i)
	}
	return strings.Join(keys, ",")
}

func (p *player) file(name string) {
	data, err := os.ReadFile(name)
	if err != nil {
		p.Fatal(err)
	}
	for i, line := range strings.Split(string(data), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			p.line(fmt.Sprintf("%s:%d %s", filepath.Base(name), i+1, p.title), line)
		}
	}
}

var keepPattern = regexp.MustCompile(` -> (\w+)(?: (\w+))?$`)

func (p *player) line(where, line string) {
	keep := keepPattern.FindStringSubmatch(line)
	if keep != nil {
		line = strings.TrimSuffix(line, keep[0])
	}
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "#":
		p.title = rest
		if n, err := strconv.Atoi(strings.SplitN(rest, " ", 2)[0]); err == nil {
			p.seen[n] = true
		}
	case "as":
		p.token = rest
	case "wait":
		d, err := time.ParseDuration(rest)
		if err != nil {
			p.Fatal(where, err)
		}
		p.e.Clock().Move(d)
	case "create":
		p.send("POST", "/v1/checkouts/", p.token, rest, nil)
		p.keep("c", "id")
		p.keep("secret", "client_secret")
	case "get":
		p.send("GET", "/v1/checkouts/$c", p.token, "", nil)
	case "update":
		p.send("PATCH", "/v1/checkouts/$c", p.token, rest, nil)
	case "client_get":
		p.send("GET", "/v1/checkouts/client/$secret", "", "", nil)
	case "client_update":
		p.send("PATCH", "/v1/checkouts/client/$secret", "", rest, nil)
	case "confirm":
		p.send("POST", "/v1/checkouts/client/$secret/confirm", "", rest, nil)
	case "make":
		parts := strings.Fields(rest)
		p.send("POST", parts[1], p.token, rest[strings.Index(rest, "{"):], nil)
		p.made(where, parts[0])
	case "repeat":
		count, call, _ := strings.Cut(rest, " call ")
		for range atoi(count) {
			p.call(call)
		}
	case "call":
		p.call(rest)
	case "control":
		p.call(rest)
		if p.answer.Code >= 300 {
			p.Errorf("%s: control call answers %d %s", where, p.answer.Code, p.answer.Body)
		}
	default:
		p.expect(where, word, rest)
	}
	if keep != nil {
		p.keep(keep[1], cmp.Or(keep[2], "id"))
	}
}

var callPattern = regexp.MustCompile(`^(\S+) (\S+?)(?: as (\S+)| (without a token)| in version (\S+)| (chunked)| (untyped)| of (\d+) bytes)? ?(\{.*)?$`)

func (p *player) call(text string) {
	m := callPattern.FindStringSubmatch(text)
	if m == nil {
		p.Fatalf("what is %q?", text)
	}
	token := p.token
	if m[3] != "" {
		token = m[3]
	}
	if m[4] != "" {
		token = ""
	}
	p.send(m[1], m[2], token, m[9], func(r *http.Request) {
		switch {
		case m[5] != "":
			r.Header.Set("Polar-Version", m[5])
		case m[6] != "":
			r.ContentLength = -1
		case m[7] != "":
			r.Header.Del("Content-Type")
		case m[8] != "":
			r.ContentLength = int64(atoi(m[8]))
		}
	})
}

func (p *player) send(method, path, token, body string, adjust func(*http.Request)) {
	r := httptest.NewRequest(method, p.fill(path), bytes.NewReader([]byte(p.fill(body))))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+cmp.Or(p.vars[token], token))
	}
	if adjust != nil {
		adjust(r)
	}
	p.answer = httptest.NewRecorder()
	p.e.ServeHTTP(p.answer, r)
}

// fill replaces $names, the longest first.
func (p *player) fill(text string) string {
	names := slices.SortedFunc(maps.Keys(p.vars), func(a, b string) int { return len(b) - len(a) })
	for _, name := range names {
		text = strings.ReplaceAll(text, "$"+name, p.vars[name])
	}
	return text
}

func (p *player) made(where, name string) {
	if p.answer.Code != http.StatusCreated {
		p.Fatalf("%s: %s was not made: %d %s", where, name, p.answer.Code, p.answer.Body)
	}
	p.keep(name, "id")
	p.keep(name+".price", "prices.0.id")
}

func (p *player) keep(name, member string) {
	var body any
	if json.Unmarshal(p.answer.Body.Bytes(), &body) == nil {
		if value, ok := dig(body, member).(string); ok {
			p.vars[name] = value
		}
	}
}

// expect compares the last answer with a status and fragments.
func (p *player) expect(where, status, fragments string) {
	got := fmt.Sprintf("%d %s", p.answer.Code, p.answer.Body)
	if strconv.Itoa(p.answer.Code) != status {
		p.Errorf("%s: want %s, got %.600s", where, status, got)
		return
	}
	for fragment := range strings.SplitSeq(p.fill(fragments), " & ") {
		unwanted, negated := strings.CutPrefix(fragment, "!")
		header, value, isHeader := strings.Cut(fragment, ": ")
		switch {
		case negated:
			if strings.Contains(p.answer.Body.String(), unwanted) {
				p.Errorf("%s: %q should not stand in %.600s", where, unwanted, got)
			}
		case isHeader && p.answer.Header().Get(header) != "":
			if !strings.Contains(p.answer.Header().Get(header), value) {
				p.Errorf("%s: header %s is %q", where, header, p.answer.Header().Get(header))
			}
		case !strings.Contains(p.answer.Body.String(), fragment):
			p.Errorf("%s: no %s in %.900s", where, fragment, got)
		}
	}
}
