package limit

import (
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

func TestClassify(t *testing.T) {
	for path, want := range map[string]class{
		"/v1/checkouts/":                              read,
		"/v1/checkouts/client/polar_c_x":              read,
		"/v1/checkouts/client/polar_c_x/confirm":      confirm,
		"/v1/checkouts/client/polar_c_x/confirmation": confirm, // the pattern has no end
		"/v1/checkouts/x/confirm/y":                   confirm,
		"/v1/checkouts/confirm":                       read, // nothing between the slashes
		"/v1/checkouts//confirm":                      read,
		"/v1/checkouts//confirm/confirm":              confirm,
		"/v1/checkouts/client/x/%63onfirm":            confirm, // matched when decoded
		"/v1/checkouts/client/x%2Fconfirm":            confirm,
		"/v1/checkouts/a%0A/confirm":                  read,
		"/v1/checkouts/a%zz/confirm":                  confirm,
		"/v1/checkouts/x/Confirm":                     read,
		"/v1/products/x/confirm":                      read,
		"/v10":                                        read, // the pattern has no slash
		"/healthz":                                    unlimited,
	} {
		if got := classify(&Call{Path: path}); got != want {
			t.Errorf("%s: class %d, want %d", path, got, want)
		}
	}
	if got := classify(&Call{Path: "/v1/checkouts/", Write: true}); got != write {
		t.Errorf("a create is of class %d", got)
	}
}

func TestRecordedSecretsAreWellFormed(t *testing.T) {
	scenarios, err := recordings.Load()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, s := range scenarios {
		for _, e := range s.Exchanges {
			_, rest, _ := strings.Cut(string(e.Response.Body), `"client_secret":"`)
			secret, _, closed := strings.Cut(rest, `"`)
			if !closed || strings.Contains(secret, "_bulk") { // put into the database by hand
				continue
			}
			found++
			if !wellFormed(secret) {
				t.Errorf("%s: Polar's own secret %q is taken for malformed", s.Name, secret)
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d secrets in the recordings", found)
	}
}

func TestMalformedSecrets(t *testing.T) {
	good := secretNumber(1)
	for _, secret := range []string{
		"", "polar_c_", good + "0", good[:len(good)-1], strings.Replace(good, "polar_c_", "polar_s_", 1),
		strings.Replace(good, "1", "2", 1), good[:20] + "-" + good[21:], good[:len(good)-1] + "é",
	} {
		if secretTag(secret) != tagMalformed {
			t.Errorf("%q is taken for a secret of Polar's", secret)
		}
	}
	if a, b := secretTag(good), secretTag(secretNumber(2)); a == b || a == tagMalformed || b == tagMalformed {
		t.Errorf("two secrets have tags %d and %d", a, b)
	}
}
