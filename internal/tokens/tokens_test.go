package tokens_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/tokens"
)

const (
	shop   = "11111111-1111-4111-8111-111111111111"
	market = "22222222-2222-4222-8222-222222222222"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTokenIsReadAgain(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "token"), "polar_oat_old\n")
	source, err := tokens.FromFile(path, func(error) {})
	if err != nil || source.Token() != "polar_oat_old" {
		t.Fatal(source, err)
	}
	defer source.Close()
	if source.Refresh("polar_oat_old") {
		t.Error("an unchanged file is a new token")
	}
	write(t, path, "two\nlines")
	if source.Refresh("polar_oat_old") || source.Token() != "polar_oat_old" {
		t.Error("a broken file changed the token")
	}
	write(t, path, "polar_oat_new")
	for range 2 { // whoever comes second with the old one gets the new one, too
		if !source.Refresh("polar_oat_old") || source.Token() != "polar_oat_new" {
			t.Error("the new token was not taken")
		}
	}
}

// TestTokenFileIsWatched: a new token is taken before Polar refuses the old one, and a broken file shows at once, not when Polar refuses.
func TestTokenFileIsWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		path := write(t, filepath.Join(dir, "token"), "polar_oat_old")
		list := write(t, filepath.Join(dir, "organizations.json"), `{"organizations":[{"id":"`+shop+`","token_file":"token"},{"id":"`+market+`","token":"x"}]}`)
		told := make(chan error, 10)
		one, err := tokens.FromFile(path, func(err error) { told <- err })
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		several, err := tokens.OpenOrganizations(list, func(err error) { told <- err })
		if err != nil {
			t.Fatal(err)
		}
		defer several.Close()

		write(t, path, "")
		pass()
		if one.Token() != "polar_oat_old" || several.Token(shop) != "polar_oat_old" {
			t.Error("a broken file changed the token")
		}
		for _, problem := range []string{one.Problem(), several.Problem(), (<-told).Error(), (<-told).Error()} {
			if !strings.Contains(problem, path) || !strings.Contains(problem, "empty") {
				t.Errorf("problem %q", problem)
			}
		}
		write(t, path, "polar_oat_newer")
		pass()
		if one.Token() != "polar_oat_newer" || several.Token(shop) != "polar_oat_newer" || one.Problem() != "" || several.Problem() != "" {
			t.Error("the new token was not taken")
		}
		if len(told) != 2 || <-told != nil || <-told != nil {
			t.Error("not told that the file is good again")
		}
	})
}

func TestErrorsShowNoToken(t *testing.T) {
	dir := t.TempDir()
	_, err := tokens.FromFile(write(t, filepath.Join(dir, "token"), "polar_oat_secret and more"), func(error) {})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	for _, text := range []string{
		`{`, `[]`, `{}`, `{"organizations":[]}`, `{"organizations":[{}]}`, `{"organisations":[]}`, `{"organizations":[],"x":1}`,
		`{"organizations":[{"id":"shop","token":"polar_oat_secret"}]}`,
		`{"organizations":[{"id":"` + shop + `"}]}`,
		`{"organizations":[{"id":"` + shop + `","token":"polar_oat_secret","token_file":"x"}]}`,
		`{"organizations":[{"id":"` + shop + `","token":"polar_oat_secret x"}]}`,
		`{"organizations":[{"id":"` + shop + `","token":{"polar_oat_secret":1}}]}`,
		`{"organizations":[{"id":"` + shop + `","token_file":"missing"}]}`,
		`{"organizations":[{"id":"` + shop + `","token":"polar_oat_secret"},{"id":"` + shop + `","token":"polar_oat_secret"}]}`,
		`{"organizations":[{"id":"` + shop + `","token":"polar_oat_secret"}]} {}`,
	} {
		path := write(t, filepath.Join(dir, "organizations.json"), text)
		_, err := tokens.OpenOrganizations(path, func(error) {})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSelect(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "shop.token"), "polar_oat_shop")
	one := `{"organizations":[{"id":"` + shop + `","token_file":"shop.token"}]}`
	path := write(t, filepath.Join(dir, "organizations.json"), one)
	o, err := tokens.OpenOrganizations(path, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if id, err := o.Select(""); id != shop || err != nil || o.Token(id) != "polar_oat_shop" {
		t.Error("the only organization is not the one without a name:", id, err)
	}
	if _, err := o.Select(market); !errors.Is(err, tokens.ErrUnknown) {
		t.Error(err)
	}
	if o.Token(market) != "" {
		t.Error("an unknown organization has a token")
	}
}

// TestFileChanges: organizations come and go with the file, and a broken one changes nothing but tells.
func TestFileChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		both := `{"organizations":[{"id":"` + shop + `","token":"polar_oat_shop"},{"id":"` + market + `","token":"polar_oat_market"}]}`
		path := write(t, filepath.Join(dir, "organizations.json"), both)
		var told []error
		o, err := tokens.OpenOrganizations(path, func(err error) { told = append(told, err) })
		if err != nil {
			t.Fatal(err)
		}
		defer o.Close()
		if _, err := o.Select(""); !errors.Is(err, tokens.ErrNoneSelected) {
			t.Error(err)
		}
		if ids := o.IDs(); len(ids) != 2 || !slices.Contains(ids, market) {
			t.Error(ids)
		}

		write(t, path, `{"organizations":[`)
		pass()
		for range 3 {
			if id, err := o.Select(market); id != market || err != nil {
				t.Error("a broken file lost an organization:", err)
			}
			pass()
		}
		if len(told) != 1 || o.Problem() == "" {
			t.Errorf("told %d times of one problem: %q", len(told), o.Problem())
		}

		write(t, path, `{"organizations":[{"id":"`+shop+`","token":"polar_oat_newer"}]}`)
		pass()
		if _, err := o.Select(market); !errors.Is(err, tokens.ErrUnknown) {
			t.Error("an organization that was taken out is still served:", err)
		}
		if o.Token(shop) != "polar_oat_newer" || o.Problem() != "" {
			t.Error("the new file is not in use:", o.Problem())
		}
	})
}

// TestRefused: a token that Polar refuses is looked for again at once, wherever it stands.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	token := write(t, filepath.Join(dir, "shop.token"), "polar_oat_old")
	path := write(t, filepath.Join(dir, "organizations.json"), `{"organizations":[{"id":"`+shop+`","token_file":"`+token+`"}]}`)
	o, err := tokens.OpenOrganizations(path, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if o.Refresh(shop, "polar_oat_old") || o.Refresh(market, "") {
		t.Error("nothing changed")
	}
	write(t, token, "polar_oat_new")
	for range 2 { // whoever comes second with the old one gets the new one, too
		if !o.Refresh(shop, "polar_oat_old") || o.Token(shop) != "polar_oat_new" {
			t.Error("the new token was not taken")
		}
	}
}

func pass() {
	<-time.After(2 * time.Second)
	synctest.Wait() // what falls due at that moment is over
}
