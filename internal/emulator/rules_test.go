package emulator

import (
	"fmt"
	"math"
	"regexp"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

func TestPercentagesAreRoundedInDoubles(t *testing.T) {
	for _, tc := range []struct{ amount, basisPoints, want int64 }{
		{50, 2900, 14}, {2250, 860, 193}, {2900, 1450, 420}, {1000, 2500, 250}, {999, 5000, 500}, {0, 10000, 0},
	} {
		if got := percentage(tc.amount, tc.basisPoints); got != tc.want {
			t.Errorf("%d basis points of %d: %d, want %d (B 2.8)", tc.basisPoints, tc.amount, got, tc.want)
		}
	}
}

func TestTiers(t *testing.T) {
	steps := []tier{{bound: ptr(int64(4)), rate: 1000}, {bound: ptr(int64(9)), rate: 900}, {rate: 800}}
	capped := []tier{{bound: ptr(int64(4)), rate: 1000}}
	for _, tc := range []struct {
		name     string
		tiers    tiers
		quantity int64
		want     int64
		refused  bool
	}{
		{"volume charges all at the rate of the last tier", tiers{steps: steps}, 10, 8000, false},
		{"graduated charges each slice at its own", tiers{steps: steps, graduated: true}, 10, 4*1000 + 5*900 + 800, false},
		{"volume refuses beyond its last tier", tiers{steps: capped}, 5, 0, true},
		{"graduated charges nothing beyond its last tier", tiers{steps: capped, graduated: true}, 9, 4000, false},
		{"what 64 bits cannot hold is refused", tiers{steps: []tier{{rate: 1 << 60}}}, 10000, 0, true},
	} {
		got, err := tc.tiers.charge(&tc.quantity)
		if got != tc.want || (err != nil) != tc.refused {
			t.Errorf("%s: %d, %v; want %d", tc.name, got, err, tc.want)
		}
	}
}

func TestDecimalsComeBackAtTheColumnsScale(t *testing.T) {
	for in, want := range map[string]string{
		"0.5": "0.500000000000", "12": "12.000000000000", "1E+2": "100.000000000000", "0.000000000001": "1E-12",
		"1.2e-7": "1.20000E-7", "0.000001": "0.000001000000", "": "",
	} {
		if got := scaled(in); got != want {
			t.Errorf("%q comes back as %q, want %q (B 1.1)", in, got, want)
		}
	}
}

func TestIdentifiersHaveTheFormOfPolars(t *testing.T) {
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	secret := regexp.MustCompile(`^polar_c_[0-9A-Za-z]{43}$`)
	for range 100 {
		if id := newID(); !uuid.MatchString(id) {
			t.Fatalf("%q is no UUID of version 4", id)
		}
		if s := newSecret(clientSecretPrefix); !secret.MatchString(s) {
			t.Fatalf("%q is no client secret", s)
		}
	}
}

func TestStamps(t *testing.T) {
	at := time.Date(2024, time.January, 2, 3, 4, 5, 0, time.UTC)
	if got := stamp(at); got != "2024-01-02T03:04:05Z" {
		t.Errorf("a whole second is printed %s", got)
	}
	if got := stamp(at.Add(120 * time.Millisecond)); got != "2024-01-02T03:04:05.120000Z" {
		t.Errorf("120 ms are printed %s", got)
	}
}

func TestConfirmationTokensNameTheirOutcome(t *testing.T) {
	s := newStore()
	for id, check := range map[string]func(Outcome) bool{
		"tok":                func(o Outcome) bool { return o.Status == "succeeded" && o.Event == "" && !o.Refuse },
		"ctoken_decline":     func(o Outcome) bool { return o.Refuse && o.Message == "Your card was declined." },
		"decline_nomsg":      func(o Outcome) bool { return o.Refuse && o.Message == "" },
		"ctoken_faillater":   func(o Outcome) bool { return o.Status == "processing" && o.Event == "failure" },
		"ctoken_hold_fp-AAA": func(o Outcome) bool { return o.Event == "none" && o.Fingerprint == "AAA" },
		"hold_wallet":        func(o Outcome) bool { return o.WalletName == "Wallet Holder" },
		"hold_walletnoname":  func(o Outcome) bool { return o.WalletName == "" },
		"slow_hold":          func(o Outcome) bool { return o.AnswerAfter.Duration == slowProcessor },
	} {
		if o := s.outcomeOf(id); !check(o) {
			t.Errorf("%s leads to %+v", id, o)
		}
	}
}

func TestTaxIsRoundedHalfUp(t *testing.T) {
	for _, tc := range []struct {
		amount, percent int64
		behavior        string
		want            int64
	}{
		{1000, 20, "inclusive", 167}, {1000, 20, "exclusive", 200}, {25, 10, "exclusive", 3}, {1000, 0, "inclusive", 0},
	} {
		if got := taxOn(tc.amount, tc.percent, tc.behavior); got != tc.want {
			t.Errorf("%d %% on %d, %s: %d, want %d", tc.percent, tc.amount, tc.behavior, got, tc.want)
		}
	}
}

func TestTheOldestRowsAreForgotten(t *testing.T) {
	s := newStore()
	s.checkouts.limit = 3
	for _, id := range []string{"a", "b", "c", "d"} {
		s.bySecret["secret-"+id] = id
		s.checkouts.insert(id, &checkout{id: id, secret: "secret-" + id})
	}
	if s.checkouts.get("a") != nil || s.bySecret["secret-a"] != "" || len(s.checkouts.order) != 3 {
		t.Errorf("of four sessions with room for three, %v are left and secrets %v", s.checkouts.order, s.bySecret)
	}
}

func TestWhatATestHasSetUpIsNotForgotten(t *testing.T) {
	e := New(Options{})
	defer e.Close()
	e.store.customers.limit, e.store.tokens.limit, e.store.checkouts.limit = 3, 3, 3
	for i := range 10 {
		purchase(t, e, fmt.Sprintf("f%d@example.com", i))
	}
	if e.store.customers.get(DemoCustomerID) == nil || e.store.tokens.get(DefaultToken) == nil {
		t.Error("the demo customer or token was forgotten")
	}
	if len(e.store.customers.order) != 3 || len(e.store.tokens.order) != 3 || len(e.store.bySecret) != 3 || len(e.store.byName) > 4 {
		t.Errorf("left are %d customers, %d tokens, %d secrets, %d names", len(e.store.customers.order),
			len(e.store.tokens.order), len(e.store.bySecret), len(e.store.byName))
	}
}

func TestMetadataOfCustomersHasNoFractions(t *testing.T) {
	if !floatless(ordered.NewObject("a", 1.0, "b", "x")) || floatless(ordered.NewObject("a", 1.5)) {
		t.Error("only a fraction breaks an answer (B 1.7)")
	}
}

func TestWholeRatesOfAnySizeCostNothing(t *testing.T) {
	for text, want := range map[string]int64{
		"100.0": 100, "1.5E+2": 150, "1E+18": 1e18, "1E+999999999": math.MaxInt64, "0E-999999999": 0, "0.00": 0,
	} {
		if got := integral(ordered.String(text)); got != want {
			t.Errorf("%s is %d, want %d", text, got, want)
		}
	}
}
