package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// say prints one line of a step.
func (p *purchase) say(label, text string) {
	fmt.Fprintf(p.out, "   %-9s %s\n", label, text)
}

// wholeUnits are the currencies without a minor unit (B 10.1).
const wholeUnits = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"

// money writes an amount in minor units, such as "-5.00 USD".
func money(amount int64, currency string) string {
	unit := strings.ToUpper(currency)
	if strings.Contains(wholeUnits, currency) {
		return fmt.Sprintf("%d %s", amount, unit)
	}
	return fmt.Sprintf("%.2f %s", float64(amount)/100, unit)
}

// metadata writes the merchant's notes, sorted.
func metadata(notes map[string]*checkoutsv1.MetadataValue) string {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(notes)) {
		pairs = append(pairs, fmt.Sprintf("%s = %#v", key, checkouts.Value(notes[key])))
	}
	return strings.Join(pairs, ", ")
}

// conceal shortens the client secret in a text: whoever has it can change and pay the checkout.
func conceal(text, secret string) string {
	const shown = len("polar_c_") + 4
	if len(secret) <= shown {
		return text
	}
	return strings.ReplaceAll(text, secret, secret[:shown]+"…")
}

// word writes a status as Polar does.
func word(status checkoutsv1.CheckoutStatus) string {
	return strings.ToLower(strings.TrimPrefix(status.String(), "CHECKOUT_STATUS_"))
}

func clock(t time.Time) string { return t.Format("2 Jan 15:04 UTC") }
