package callers_test

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/callers"
)

const organization = "11111111-1111-4111-8111-111111111111"

// listed is a file with callers of each kind.
var listed = `{"callers": [
  {"name": "shop", "token_sha256": ["` + hash("shop-old") + `", "` + strings.ToUpper(hash("shop-new")) + `"],
   "scopes": ["checkouts:read", "checkouts:write"], "organizations": ["` + organization + `"]},
  {"name": "reports", "token_sha256": "` + hash("reports") + `", "certificate": "CN=reports", "scopes": ["checkouts:read"]},
  {"name": "mesh", "certificate": ["spiffe://example.com/mesh", "mesh.example.com"], "scopes": ["checkouts:write"]}
]}`

func TestWhoIsRecognized(t *testing.T) {
	file, _ := open(t, listed)
	var names []string
	for _, caller := range file.Callers() {
		names = append(names, caller.Name)
	}
	if !slices.Equal(names, []string{"mesh", "reports", "shop"}) {
		t.Error(names)
	}
	for name, c := range map[string]struct {
		credentials callers.Credentials
		want        string
	}{
		"a token":                         {withToken("shop-old"), "shop"},
		"its successor":                   {withToken("shop-new"), "shop"},
		"scheme in another case":          {callers.Credentials{Authorization: "bEARER  reports "}, "reports"},
		"a common name":                   {withCertificate("reports", nil), "reports"},
		"a URI":                           {withCertificate("", nil, "spiffe://example.com/mesh"), "mesh"},
		"a DNS name":                      {withCertificate("x", []string{"a.example.com", "mesh.example.com"}), "mesh"},
		"several names of one caller":     {withCertificate("", []string{"mesh.example.com"}, "spiffe://example.com/mesh"), "mesh"},
		"the token decides":               {callers.Credentials{Authorization: "Bearer shop-new", Certificates: withCertificate("reports", nil).Certificates}, "shop"},
		"an empty token is none":          {callers.Credentials{Authorization: "Bearer ", Certificates: withCertificate("reports", nil).Certificates}, "reports"},
		"an empty authorization is none":  {callers.Credentials{Certificates: withCertificate("reports", nil).Certificates}, "reports"},
		"scheme alone and no certificate": {callers.Credentials{Authorization: "Bearer"}, "missing"},
		"nothing":                         {callers.Credentials{}, "missing"},
		"an unknown token":                {withToken("shop"), "invalid"},
		"the hash itself":                 {withToken(hash("shop-new")), "invalid"},
		"an unknown token, a good certificate": {
			callers.Credentials{Authorization: "Bearer polar_oat_x", Certificates: withCertificate("reports", nil).Certificates}, "invalid",
		},
		"another scheme":                     {callers.Credentials{Authorization: "Basic c2hvcDpzaG9w"}, "invalid"},
		"an unknown certificate":             {withCertificate("nobody", []string{"example.com"}), "invalid"},
		"no name at all":                     {withCertificate("", nil), "invalid"},
		"a common name in another case":      {withCertificate("Reports", nil), "invalid"},
		"a DNS name that reads as a CN":      {withCertificate("", []string{"CN=reports", "reports"}), "invalid"},
		"a CN that reads as a DNS name":      {withCertificate("mesh.example.com", nil), "invalid"},
		"a CN that reads as a URI":           {withCertificate("spiffe://example.com/mesh", nil), "invalid"},
		"a certificate of two callers":       {withCertificate("reports", []string{"mesh.example.com"}), "invalid"},
		"a name of the authority, not of it": {withCertificate("the authority", nil), "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			caller, err := file.Authenticate(t.Context(), c.credentials)
			if got := outcome(caller, err); got != c.want {
				t.Errorf("%s (%v), want %s", got, err, c.want)
			}
		})
	}
}

// outcome is the caller's name, or which error it was.
func outcome(caller *callers.Caller, err error) string {
	var refused *callers.Invalid
	switch {
	case err == nil:
		return caller.Name
	case errors.Is(err, callers.ErrMissing):
		return "missing"
	case errors.As(err, &refused):
		return "invalid"
	case errors.Is(err, callers.ErrUnavailable):
		return "unavailable"
	default:
		return err.Error()
	}
}

func TestWhatACallerMay(t *testing.T) {
	file, _ := open(t, listed)
	shop, _ := file.Authenticate(t.Context(), withToken("shop-new"))
	if !shop.Scopes.Has(callers.Read|callers.Write) || shop.Scopes.String() != "checkouts:read checkouts:write" {
		t.Errorf("shop has %q", shop.Scopes)
	}
	if !slices.Equal(shop.Organizations, []string{organization}) || shop.Key() != "file:shop" {
		t.Errorf("%+v", shop)
	}
	reports, _ := file.Authenticate(t.Context(), withToken("reports"))
	if !reports.Scopes.Has(callers.Read) || reports.Scopes.Has(callers.Write) || reports.Scopes.Has(callers.Read|callers.Write) {
		t.Errorf("reports has %q", reports.Scopes)
	}
	if reports.Organizations != nil {
		t.Error("organizations were listed for reports")
	}
	for range 1000 {
		if ok, _ := reports.Allow(); !ok {
			t.Fatal("a limit that nobody set")
		}
	}
}

// TestBrokenFiles: what is wrong is named, with its entry, its field and the way out, and no token is shown.
func TestBrokenFiles(t *testing.T) {
	scoped := `"scopes":["checkouts:read"]`
	token := `"token_sha256":"` + hash("a") + `"`
	for text, wants := range map[string][]string{
		``:                              {},
		`{`:                             {},
		`[]`:                            {},
		`{}`:                            {"callers", "nobody"},
		`{"callers":[]}`:                {"callers", "nobody"},
		`{"callers":{}}`:                {"callers"},
		`{"caller":[]}`:                 {"caller"},
		`{"callers":[{}]} {}`:           {},
		`{"callers":[null]}`:            {"callers[0]", "name"},
		`{"callers":["secret-token"]}`:  {"callers[0]"},
		`{"callers":[{` + token + `}]}`: {"callers[0]", "no name", "name"},
		one(`"name":"a b",` + token + `,` + scoped):                                                                             {"callers[0]", "name"},
		one(`"name":"a",` + scoped):                                                                                             {"callers[0] (a)", "token_sha256", "certificate"},
		one(`"name":"a","token":"secret-token",` + scoped):                                                                      {"callers[0]", "token"},
		one(`"name":"a","token_sha256":"secret-token",` + scoped):                                                               {"callers[0] (a)", "token_sha256", "64", "sha256sum"},
		one(`"name":"a","token_sha256":"secret-token` + hash("a")[12:] + `",` + scoped):                                         {"token_sha256", "64"},
		one(`"name":"a","token_sha256":"` + hash("a") + `00",` + scoped):                                                        {"token_sha256", "64"},
		one(`"name":"a","token_sha256":"",` + scoped):                                                                           {"token_sha256", "64"},
		one(`"name":"a","token_sha256":"` + hash("test") + `",` + scoped):                                                       {"token_sha256", `"test"`, "openssl rand"},
		one(`"name":"a","token_sha256":"` + hash("password\n") + `",` + scoped):                                                 {"token_sha256", `"password"`},
		one(`"name":"a","token_sha256":"` + hash("") + `",` + scoped):                                                           {"token_sha256", `""`},
		one(`"name":"a","token_sha256":[],` + scoped):                                                                           {"token_sha256", "certificate"},
		one(`"name":"a","token_sha256":{"secret-token":1},` + scoped):                                                           {"callers[0]", "token_sha256"},
		one(`"name":"a","token_sha256":["` + hash("a") + `","` + hash("a") + `"],` + scoped):                                    {"token_sha256", `"a" has already`},
		one(`"name":"a","certificate":"CN=",` + scoped):                                                                         {"certificate", "CN="},
		one(`"name":"a","certificate":"O=x,CN=y",` + scoped):                                                                    {"certificate", "CN="},
		one(`"name":"a","certificate":"*.example.com",` + scoped):                                                               {"certificate", "DNS"},
		one(`"name":"a","certificate":":x",` + scoped):                                                                          {"certificate", "URI"},
		one(`"name":"a",` + token):                                                                                              {"scopes", "checkouts:read"},
		one(`"name":"a",` + token + `,"scopes":[]`):                                                                             {"scopes", "checkouts:read"},
		one(`"name":"a",` + token + `,"scopes":["read"]`):                                                                       {"scopes", `"read"`, "checkouts:read"},
		one(`"name":"a",` + token + `,"scopes":"checkouts:read"`):                                                               {"scopes", "type"},
		one(`"name":"a",` + token + `,` + scoped + `,"organizations":["shop"]`):                                                 {"organizations", `"shop"`, "UUID"},
		one(`"name":"a",` + token + `,` + scoped + `,"organizations":[]`):                                                       {"organizations", "leave it out"},
		one(`"name":"a",` + token + `,` + scoped + `,"requests_per_second":0`):                                                  {"requests_per_second", "leave it out"},
		one(`"name":"a",` + token + `,` + scoped + `,"requests_per_second":-1`):                                                 {"requests_per_second"},
		one(`"name":"a",` + token + `,` + scoped + `,"requests_per_second":"1"`):                                                {"requests_per_second", "type"},
		one(`"name":"a",` + token + `,` + scoped + `,"burst":5`):                                                                {"burst", "requests_per_second"},
		one(`"name":"a",` + token + `,` + scoped + `,"requests_per_second":1,"burst":0`):                                        {"burst", "at least 1"},
		`{"callers":[{"name":"a",` + token + `,` + scoped + `},{"name":"b",` + token + `,` + scoped + `}]}`:                     {"callers[1] (b)", "token_sha256", `"a" has already`},
		`{"callers":[{"name":"a",` + token + `,` + scoped + `},{"name":"a","certificate":"x",` + scoped + `}]}`:                 {"callers[1] (a)", "name", "twice"},
		`{"callers":[{"name":"a","certificate":"CN=x",` + scoped + `},{"name":"b","certificate":["y","CN=x"],` + scoped + `}]}`: {"callers[1] (b)", "certificate", `"a" has already`},
	} {
		path := filepath.Join(t.TempDir(), "callers.json")
		write(t, path, text)
		_, err := callers.OpenFile(path, nil)
		if err == nil {
			t.Errorf("%s was taken", text)
			continue
		}
		for _, want := range append(wants, path) {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v; %q is not named", text, err, want)
			}
		}
		if strings.Contains(err.Error(), "secret-token") {
			t.Errorf("%s: %v shows what may be a token", text, err)
		}
	}
}

func one(entry string) string { return `{"callers":[{` + entry + `}]}` }

func TestMissingFile(t *testing.T) {
	if _, err := callers.OpenFile(filepath.Join(t.TempDir(), "missing"), nil); err == nil {
		t.Error("a file that is not there was read")
	}
}

// limited is a file whose only caller may make 2 calls in a second.
func limited(burst int, more string) string {
	return fmt.Sprintf(`{"callers":[{"name":"shop","token_sha256":%q,"scopes":["checkouts:read"],"requests_per_second":2,"burst":%d%s}]}`,
		hash("shop"), burst, more)
}

func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, path := open(t, limited(3, ""))
		allowed := func() (n int, wait time.Duration) {
			caller, err := file.Authenticate(t.Context(), withToken("shop"))
			if err != nil {
				t.Fatal(err)
			}
			for {
				ok, wait := caller.Allow()
				if !ok {
					return n, wait
				}
				n++
			}
		}
		if n, wait := allowed(); n != 3 || wait != 500*time.Millisecond {
			t.Errorf("%d calls at once, then one after %s", n, wait)
		}
		pass(499 * time.Millisecond)
		if n, wait := allowed(); n != 0 || wait != time.Millisecond {
			t.Errorf("%d calls too early, then one after %s", n, wait)
		}
		pass(time.Millisecond)
		if n, _ := allowed(); n != 1 {
			t.Errorf("%d calls when one was promised", n)
		}

		write(t, path, limited(3, `,"certificate":"CN=shop"`))
		pass(1500 * time.Millisecond)
		if n, _ := allowed(); n != 3 {
			t.Errorf("%d calls", n)
		}
		write(t, path, limited(3, ""))
		pass(1001 * time.Millisecond)
		if n, _ := allowed(); n != 2 {
			t.Errorf("%d calls: the reload gave another limit than the time that passed", n)
		}
		write(t, path, limited(7, ""))
		pass(1001 * time.Millisecond)
		if n, _ := allowed(); n != 7 {
			t.Errorf("%d calls under the new limit", n)
		}
		file.Close()
	})
}

// TestBrokenReload keeps the last good file, limits included, and tells once.
func TestBrokenReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "callers.json")
		write(t, path, listed)
		told := make(chan error, 10)
		file, err := callers.OpenFile(path, func(err error) { told <- err })
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		write(t, path, listed[:len(listed)/2])
		pass(5 * time.Second)
		if caller, err := file.Authenticate(t.Context(), withToken("shop-new")); err != nil || caller.Name != "shop" {
			t.Error("the broken file lost a caller:", err)
		}
		if len(told) != 1 || file.Problem() == "" {
			t.Errorf("told %d times, problem %q", len(told), file.Problem())
		}
		write(t, path, one(`"name":"other","token_sha256":"`+hash("other")+`","scopes":["checkouts:read"]`))
		pass(2 * time.Second)
		if _, err := file.Authenticate(t.Context(), withToken("shop-new")); outcome(nil, err) != "invalid" {
			t.Error("a caller that was taken out still calls:", err)
		}
		if file.Problem() != "" || len(file.Callers()) != 1 || len(told) != 2 {
			t.Errorf("problem %q, %d callers, told %d times", file.Problem(), len(file.Callers()), len(told))
		}
	})
}

// TestRotationUnderLoad: while the file goes back and forth, the token that stands in all of its versions is never refused.
func TestRotationUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		version := func(tokens ...string) string {
			var hashes []string
			for _, token := range tokens {
				hashes = append(hashes, `"`+hash(token)+`"`)
			}
			return one(`"name":"shop","token_sha256":[` + strings.Join(hashes, ",") + `],"scopes":["checkouts:read"],"requests_per_second":1e9`)
		}
		file, path := open(t, version("always"))
		defer file.Close()
		names := map[string]int{}
		var mu sync.Mutex
		var calls sync.WaitGroup
		for range 4 {
			calls.Go(func() {
				for range 200 {
					caller, err := file.Authenticate(t.Context(), withToken("always"))
					if err == nil {
						caller.Allow()
					}
					mu.Lock()
					names[outcome(caller, err)]++
					mu.Unlock()
					<-time.After(50 * time.Millisecond)
				}
			})
		}
		for i := range 8 {
			write(t, path, version("always", fmt.Sprint("other", strings.Repeat("x", i))))
			pass(1100 * time.Millisecond)
			if caller, err := file.Authenticate(t.Context(), withToken(fmt.Sprint("other", strings.Repeat("x", i)))); err != nil {
				t.Error("the new version is not in use:", caller, err)
			}
		}
		calls.Wait()
		if !maps.Equal(names, map[string]int{"shop": 800}) {
			t.Error(names)
		}
	})
}
