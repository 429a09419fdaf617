package emulator

import (
	"errors"
	"slices"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// taxRates is the emulator's own tax table, in percent; other countries have none. It stands in for a tax engine and is
// no evidence of real rates.
var taxRates = map[string]int64{"FR": 20, "DE": 19, "GB": 20, "SE": 25, "US": 10, "CA": 5, "IN": 18}

// Cities that make the tax engine fail: one as a refusal, one as an exception.
const (
	cityTaxDown  = "TaxDown"
	cityTaxCrash = "TaxCrash"
)

// errTaxLocation is the engine's refusal of an address that it cannot place: swallowed while the session is edited, a
// 422 when it is confirmed (B 2.9).
var errTaxLocation = errors.New("Required tax location information is missing.") //nolint:revive,staticcheck // the text is the answer

// applyTax computes net and tax of a session. On errTaxLocation the session has been left without tax.
func (s *store) applyTax(c *checkout) error {
	c.netAmount = c.amount - c.discount.off(c.amount, c.currency)
	if !c.paymentFormRequired() || c.product.notTaxable {
		zero := int64(0)
		c.taxAmount, c.taxCalculation = &zero, ""
		return nil
	}
	if c.address == nil {
		return nil
	}
	if err := taxable(c.address); err != nil {
		if errors.Is(err, errTaxLocation) {
			c.taxAmount, c.taxBehavior, c.taxCalculation = nil, nil, ""
		}
		return err
	}
	behavior := c.behavior()
	tax := taxOn(c.netAmount, c.taxRate(), behavior)
	c.taxAmount, c.taxBehavior, c.taxCalculation = &tax, &behavior, s.processorID("taxcalc")
	if behavior == "inclusive" {
		c.netAmount -= tax
	}
	return nil
}

// taxable tells whether the engine can place an address.
func taxable(address *ordered.Object) error {
	switch address.Get("city").Text() {
	case cityTaxDown:
		return errTaxUnavailable
	case cityTaxCrash:
		return errInternal
	}
	country := address.Get("country").Text()
	if country == "US" && address.Get("postal_code").IsNull() || country == "CA" && address.Get("state").IsNull() {
		return errTaxLocation
	}
	return nil
}

// taxRate is 0 for whoever has a tax id.
func (c *checkout) taxRate() int64 {
	if c.taxID != nil {
		return 0
	}
	return taxRates[c.address.Get("country").Text()]
}

// behavior tells whether the price holds the tax: the price says so, else the organization, else the country.
func (c *checkout) behavior() string {
	option := textOr(c.price.taxBehavior, c.org.taxBehavior)
	if option != "location" {
		return option
	}
	if slices.Contains([]string{"CA", "IN", "US"}, c.address.Get("country").Text()) {
		return "exclusive"
	}
	return "inclusive"
}

// taxOn is the tax in or on top of an amount, rounded half up.
func taxOn(amount, percent int64, behavior string) int64 {
	if behavior == "inclusive" {
		return (2*amount*percent + (100 + percent)) / (2 * (100 + percent))
	}
	return (2*amount*percent + 100) / 200
}
