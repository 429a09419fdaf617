package emulator

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// The states of a session (B 2.1).
const (
	statusOpen      = "open"
	statusExpired   = "expired"
	statusConfirmed = "confirmed"
	statusSucceeded = "succeeded"
	statusFailed    = "failed"
)

// sessionLife is how long a session can be paid.
const sessionLife = 24 * time.Hour

// checkout is one session. Requests work on a copy, which replaces the stored one when the request succeeds: that is
// how a refused request leaves nothing behind (B 2.5).
type checkout struct {
	id, secret string
	createdAt  time.Time
	modifiedAt *time.Time
	expiresAt  time.Time
	status     string
	deleted    bool
	opened     bool // the buyer has seen Polar's page
	// fresh tells a session that the database has not seen yet; see metered.
	fresh bool

	org          *organization
	products     []checkoutProduct
	product      *product
	price        *price
	discount     *discount
	customer     *customer
	subscription *subscription

	currency                string
	amount, netAmount       int64
	taxAmount               *int64
	taxBehavior             *string
	taxCalculation          string // id of the last calculation: a new one is a change of the row
	seats, minSeats         *int64
	maxSeats                *int64
	units, minUnits         *int64
	maxUnits                *int64
	allowTrial              *bool
	trialInterval           *string
	trialIntervalCount      *int64
	trialEnd                *time.Time
	allowDiscountCodes      bool
	requireBillingAddress   bool
	business                bool
	name, email, ip         *string
	billingName             *string
	address                 *ordered.Object
	taxID                   *taxID
	locale, paymentMethod   *string
	successURL, returnURL   *string
	embedOrigin, externalID *string
	metadata                *ordered.Object
	customerMetadata        *ordered.Object
	fieldData               *ordered.Object
	processorMetadata       *ordered.Object

	// before is the version that the last request replaced: what a lagging replica still shows.
	before *checkout
}

// checkoutProduct is a product that the buyer may choose, with the prices made for this session alone, if any.
type checkoutProduct struct {
	product *product
	adHoc   []*price
}

// prices of a product in a session: the ad-hoc ones if there are any, else the catalog's.
func (p checkoutProduct) prices() []*price {
	if len(p.adHoc) > 0 {
		return p.adHoc
	}
	return p.product.catalog()
}

// selected is the entry of the product that the session sells.
func (c *checkout) selected() checkoutProduct {
	for _, entry := range c.products {
		if entry.product == c.product {
			return entry
		}
	}
	return checkoutProduct{product: c.product}
}

// draft is a copy to work on. What it points to is never changed in place, only replaced.
func (c *checkout) draft() *checkout {
	d := *c
	return &d
}

// stored is the session as the database gives it back (B 1.1): maps in the database's order and number form, decimals
// at the column's scale.
func (c *checkout) stored() *checkout {
	s := c.draft()
	s.metadata = storedMap(c.metadata)
	s.customerMetadata = storedMap(c.customerMetadata)
	s.fieldData = storedMap(c.fieldData)
	s.processorMetadata = storedMap(c.processorMetadata)
	s.products = make([]checkoutProduct, len(c.products))
	for i, entry := range c.products {
		s.products[i] = checkoutProduct{product: entry.product, adHoc: storedPrices(entry.adHoc)}
		s.price = replaced(s.price, entry.adHoc, s.products[i].adHoc)
	}
	return s
}

// replaced follows a price from a list into its stored copy.
func replaced(p *price, from, to []*price) *price {
	for i := range from {
		if from[i] == p {
			return to[i]
		}
	}
	return p
}

// sameRow tells whether storing next would change a column of c (B 1.3: only then modified_at moves).
func (c *checkout) sameRow(next *checkout) bool {
	a, b := *c, *next
	a.before, b.before = nil, nil
	a.modifiedAt, b.modifiedAt = nil, nil
	return reflect.DeepEqual(a, b)
}

// storable tells whether the database would take the session: no NaN and no lone surrogate anywhere in its maps.
func (c *checkout) storable() bool {
	for _, m := range []*ordered.Object{c.metadata, c.customerMetadata, c.fieldData, c.address} {
		if !m.Value().Finite() || !m.Value().Encodable() {
			return false
		}
	}
	for _, text := range []*string{c.name, c.billingName, c.embedOrigin, c.externalID, c.paymentMethod, c.locale} {
		if text != nil && !ordered.String(*text).Encodable() {
			return false
		}
	}
	return !hasNUL(c.address)
}

// hasNUL looks for a character that the database cannot keep; of all inputs only addresses let it through (B 1.1).
func hasNUL(address *ordered.Object) bool {
	for _, value := range address.All() {
		if holdsNUL(value.Text()) {
			return true
		}
	}
	return false
}

// holdsNUL tells whether the database would refuse one of texts, to keep or to look for.
func holdsNUL(texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return strings.ContainsRune(text, 0) })
}

func storedMap(m *ordered.Object) *ordered.Object { return m.Value().Stored().Object() }
