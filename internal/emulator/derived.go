package emulator

import "github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"

// The flags of a session that Polar computes on every read (B 2.8).

func (c *checkout) totalAmount() int64 {
	if c.taxAmount == nil {
		return c.netAmount
	}
	return c.netAmount + *c.taxAmount
}

func (c *checkout) discountAmount() int64 { return c.discount.off(c.amount, c.currency) }

func (c *checkout) discountApplicable() bool { return discountable(c.selected().prices()) }

// freePrice tells whether every price of the product is free, in all currencies and with the metered ones.
func (c *checkout) freePrice() bool { return !discountable(c.selected().prices()) }

func (c *checkout) paymentRequired() bool { return c.totalAmount() > 0 && c.trialEnd == nil }

// paymentSetupRequired tells whether a payment method has to be kept for what a subscription costs later.
func (c *checkout) paymentSetupRequired() bool {
	if c.freePrice() || c.discount.total() || c.amount == 0 && !c.metered() {
		return false
	}
	return c.product.recurring()
}

func (c *checkout) paymentFormRequired() bool { return c.paymentRequired() || c.paymentSetupRequired() }

// metered tells whether the product has usage to be billed. While Polar creates a session its product is not linked yet
// when the tax is computed, so that this is false then: a metered product's session begins with a tax of 0.
func (c *checkout) metered() bool {
	if c.fresh {
		return false
	}
	for _, p := range c.selected().prices() {
		if !p.static() {
			return true
		}
	}
	return false
}

// addressRequired tells whether a country alone is not enough.
func (c *checkout) addressRequired() bool {
	return c.requireBillingAddress || c.business || textOr(c.paymentMethod, "") == "upi"
}

func (c *checkout) country() string { return c.address.Get("country").Text() }

// addressModes says of each field of the billing address whether it is required, optional or disabled.
func (c *checkout) addressModes() *ordered.Object {
	full := c.addressRequired() || c.country() == "US"
	detail, optional := "disabled", "disabled"
	if full {
		detail, optional = "required", "optional"
	}
	state := optional
	if c.stateRequired() {
		state = "required"
	}
	return ordered.NewObject("country", "required", "state", state, "city", detail, "postal_code", detail,
		"line1", detail, "line2", optional)
}

// addressFlags is the older form of addressModes: required or not.
func (c *checkout) addressFlags() *ordered.Object {
	full := c.addressRequired() || c.country() == "US"
	return ordered.NewObject("country", true, "state", c.stateRequired(), "city", full, "postal_code", full,
		"line1", full, "line2", false)
}

func (c *checkout) stateRequired() bool { return c.country() == "US" || c.country() == "CA" }

// detailed tells whether an address has more than a country and a state.
func detailed(address *ordered.Object) bool {
	for _, key := range []string{"line1", "line2", "city", "postal_code"} {
		if !address.Get(key).IsNull() {
			return true
		}
	}
	return false
}
