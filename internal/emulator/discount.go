package emulator

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// discount is a reduction that a merchant offers, by id or by code.
type discount struct {
	id         string
	createdAt  time.Time
	modifiedAt *time.Time
	org        *organization
	deleted    bool
	metadata   *ordered.Object

	kind             string // fixed or percentage
	duration         string // once, forever or repeating
	months           *int64 // of a repeating one
	basisPoints      int64
	amounts          *ordered.Object // currency to minor units
	name             string
	code             *string
	startsAt, endsAt *time.Time
	maximum          *int64 // redemptions in all
	perCustomer      *int64 // redemptions of one customer
	products         []*product

	redemptions []redemption
	// count is what the database counts: it differs from the redemptions only where a test has set it.
	count int64
	// redeeming is set while a confirm holds the row of a discount with a global limit.
	redeeming bool
}

// redemption is one use of a discount, with the signs by which its customer is known again (B 2.5).
type redemption struct {
	checkout, customer string // ids
	email, ownEmail    string // of the session and of the customer, without alias
	fingerprint        string // of the card, once it has been charged
}

// off is the reduction of an amount (B 2.8).
func (d *discount) off(amount int64, currency string) int64 {
	if d == nil {
		return 0
	}
	if d.kind == "fixed" {
		return min(d.amounts.Get(currency).Int64Or(0), amount)
	}
	return percentage(amount, d.basisPoints)
}

// percentage is the part of an amount that basis points make, rounded half up in IEEE double arithmetic as Polar does
// it: 29 % of 50 is 14, where exact arithmetic has 14.5 (B 2.8).
func percentage(amount, basisPoints int64) int64 {
	rate := float64(basisPoints) / 10000
	return int64(math.Floor(float64(float64(amount)*rate) + 0.5))
}

// total tells whether the discount makes a subscription free for good.
func (d *discount) total() bool {
	return d != nil && d.duration == "forever" && d.kind == "percentage" && d.basisPoints == 10_000
}

// fits tells whether the discount may stand on a session of that product and currency.
func (d *discount) fits(p *product, currency string) bool {
	if d.kind == "fixed" && !d.amounts.Has(currency) {
		return false
	}
	return len(d.products) == 0 || slices.Contains(d.products, p)
}

// redeemable tells whether the discount can be used now, by anybody.
func (d *discount) redeemable(now time.Time) bool {
	switch {
	case d.startsAt != nil && d.startsAt.After(now):
		return false
	case d.endsAt != nil && d.endsAt.Before(now):
		return false
	}
	return d.maximum == nil || d.count < *d.maximum
}

// defaultCurrency is the currency of the deprecated single amount: the organization's if there is one (B 1.4).
func (d *discount) defaultCurrency() string {
	if d.amounts.Has(d.org.currency) {
		return d.org.currency
	}
	for currency := range d.amounts.All() {
		return currency
	}
	return d.org.currency
}

// exhausted tells whether this buyer has used the discount as often as one may. The session itself does not count.
func (d *discount) exhausted(c *checkout, buyer *customer, fingerprint string) bool {
	if d.perCustomer == nil {
		return false
	}
	signs := redemption{fingerprint: fingerprint, email: unaliased(textOr(c.email, ""))}
	if buyer = firstSet(buyer, c.customer); buyer != nil {
		signs.customer = buyer.id
		if buyer.email != nil && *buyer.email != "" {
			signs.email = unaliased(*buyer.email)
		}
	}
	var used int64
	for _, r := range d.redemptions {
		if r.checkout != c.id && r.matches(signs) {
			used++
		}
	}
	return used >= *d.perCustomer
}

func (r redemption) matches(signs redemption) bool {
	return signs.customer != "" && r.customer == signs.customer ||
		signs.email != "" && (r.email == signs.email || r.ownEmail == signs.email) ||
		signs.fingerprint != "" && r.fingerprint == signs.fingerprint
}

// redeem records a use of the discount by a session.
func (d *discount) redeem(r redemption) {
	d.redemptions = append(d.redemptions, r)
	d.count++
	if len(d.redemptions) > maxRedemptions {
		d.redemptions = d.redemptions[1:]
	}
}

// release takes the uses of a session back.
func (d *discount) release(checkoutID string) {
	before := len(d.redemptions)
	d.redemptions = slices.DeleteFunc(slices.Clone(d.redemptions), func(r redemption) bool { return r.checkout == checkoutID })
	d.count -= int64(before - len(d.redemptions))
}

// unaliased drops what follows a plus in the local part, and the case: the same person's addresses become one.
func unaliased(email string) string {
	local, domain, found := strings.Cut(strings.ToLower(email), "@")
	if !found {
		return ""
	}
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + domain
}

// discountable tells whether any catalog price of a product costs something.
func discountable(prices []*price) bool {
	return slices.ContainsFunc(prices, func(p *price) bool { return !p.free() })
}

// discountByID finds the discount that a merchant puts on a session, refusing it as Polar does (B 2.9).
func (s *store) discountByID(id ordered.Value, p *product, currency string, now time.Time) (*discount, error) {
	return s.usableDiscount("discount_id", id, s.discounts.get(id.Text()), p, currency, now)
}

// discountByCode finds the discount whose code a buyer entered. The code is not echoed in a refusal.
func (s *store) discountByCode(code string, p *product, currency string, now time.Time) (*discount, error) {
	found, _ := s.discountWithCode(p.org, code)
	return s.usableDiscount("discount_code", ordered.Null, found, p, currency, now)
}

// discountWithCode finds an organization's discount by its code, in any case.
func (s *store) discountWithCode(org *organization, code string) (*discount, bool) {
	found := s.discounts.find(func(d *discount) bool {
		return d.org == org && !d.deleted && d.code != nil && strings.EqualFold(*d.code, code)
	})
	return found, found != nil
}

func (s *store) usableDiscount(field string, input ordered.Value, d *discount, p *product, currency string, now time.Time) (*discount, error) {
	if !discountable(p.catalog()) {
		return nil, invalidValue("Discounts are not applicable to this product.", input, field)
	}
	if d == nil || d.org != p.org || d.deleted || !d.fits(p, currency) || !d.redeemable(now) {
		return nil, invalidValue("Discount does not exist.", input, field)
	}
	return d, nil
}
