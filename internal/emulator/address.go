package emulator

import (
	"net/netip"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/taxid"
)

// addressKeys are the members of every address, in the order of Polar's answers.
var addressKeys = []string{"line1", "line2", "postal_code", "city", "state", "country"}

// canonicalAddress has all members, null where there is none.
func canonicalAddress(in *ordered.Object) *ordered.Object {
	if in == nil {
		return nil
	}
	out := ordered.NewObject()
	for _, key := range addressKeys {
		out.Set(key, in.Get(key))
	}
	return out
}

// embargoed countries are not accepted in an address (B 1.7).
var embargoed = []string{"CU", "IR", "KP", "RU", "SY"}

// networks is the emulator's own table of IP addresses by country; all others are unknown.
var networks = []struct{ prefix, country string }{
	{"2.0.0.0/8", "FR"},
	{"2a01::/16", "FR"},
	{"3.0.0.0/8", "US"},
	{"8.8.0.0/16", "US"},
	{"5.0.0.0/8", "DE"},
	{"24.0.0.0/8", "CA"},
	{"46.0.0.0/8", "RU"},
	{"1.0.1.0/24", "CN"},
}

// countryOf is the country of an IP address, "" if unknown.
func countryOf(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	for _, network := range networks {
		if netip.MustParsePrefix(network.prefix).Contains(address) {
			return network.country
		}
	}
	return ""
}

// localCurrencies are the currencies of the countries that countryOf knows.
var localCurrencies = map[string]string{"FR": "eur", "DE": "eur", "US": "usd", "CA": "cad", "CN": "cny"}

func currencyOf(country string) string { return localCurrencies[country] }

// validTaxID checks a number by the country of an address.
func validTaxID(number string, address *ordered.Object) (*taxID, error) {
	if address == nil {
		return nil, invalid("missing", "Country is required to validate tax ID.", ordered.Null, "customer_billing_address")
	}
	normalised, kind, ok := taxid.Validate(number, address.Get("country").Text())
	if !ok {
		return nil, invalidValue("Invalid tax ID.", ordered.String(number), "customer_tax_id")
	}
	return &taxID{number: normalised, kind: kind}, nil
}

func containsWord(text, word string) bool { return strings.Contains(text, word) }
