package emulator

import (
	"slices"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// selectProduct handles a change of product, price or currency. It looks at the catalog's prices even where the session
// has its own (B 2.4).
func (u *change) selectProduct() error {
	currency := ordered.Null
	if u.form == formUpdate {
		currency = u.in.Get("currency")
	}
	id := u.in.Get("product_id")
	switch {
	case !id.IsNull():
		return u.switchProduct(id, currency)
	case !currency.IsNull():
		return u.switchCurrency(u.product, currency)
	}
	return nil
}

func (u *change) switchCurrency(p *product, currency ordered.Value) error {
	set, err := pricesIn(p.catalog(), currency.Text())
	if err != nil {
		return invalidValue(noPriceText, currency, "currency")
	}
	return u.reprice(set)
}

func (u *change) switchProduct(id, currency ordered.Value) error {
	i := slices.IndexFunc(u.products, func(entry checkoutProduct) bool { return entry.product.id == id.Text() && !entry.product.deleted })
	if i < 0 {
		return invalidValue("Product is not available in this checkout.", id, "product_id")
	}
	entry := u.products[i]
	if entry.product.archived {
		return invalidValue("Product is archived.", id, "product_id")
	}
	u.product = entry.product
	switch price := u.in.Get("product_price_id"); {
	case !price.IsNull():
		return u.switchPrice(entry, price)
	case !currency.IsNull():
		return u.switchCurrency(entry.product, currency)
	}
	set, err := pricesIn(entry.product.catalog(), u.currency, u.org.currency)
	if err != nil {
		return err
	}
	return u.reprice(set)
}

// switchPrice selects exactly one price, and its currency with it.
func (u *change) switchPrice(entry checkoutProduct, id ordered.Value) error {
	for _, p := range entry.prices() {
		if p.id == id.Text() {
			return u.reprice(priceSet{currency: p.currency, prices: []*price{p}})
		}
	}
	return invalidValue("Price is not available in this checkout.", id, "product_price_id")
}

// reprice takes over a price set with fresh quantities and amount.
func (u *change) reprice(set priceSet) (err error) {
	u.currency, u.price = set.currency, set.standard()
	if u.seats, err = seatRule.reset(u.in, set); err != nil {
		return err
	}
	if u.units, err = unitRule.reset(u.in, set); err != nil {
		return err
	}
	u.amount, err = set.upfront(nil, u.seats, u.units)
	return err
}

func (u *change) dropUnfitDiscount() error {
	if u.discount != nil && !u.discount.fits(u.product, u.currency) {
		u.discount = nil
	}
	return nil
}

// setQuantities handles amount, seats and units, against the prices that the session shows.
func (u *change) setQuantities() error {
	set, err := pricesIn(u.selected().prices(), u.currency)
	if err != nil {
		return err
	}
	if amount, custom := u.in.Get("amount"), set.of("custom"); !amount.IsNull() && custom != nil {
		if err := custom.checkCustom(amount, u.currency); err != nil {
			return err
		}
		u.amount = clamped(amount)
	}
	if err := u.setQuantity(seatRule, set, &u.seats, u.minSeats, u.maxSeats); err != nil {
		return err
	}
	return u.setQuantity(unitRule, set, &u.units, u.minUnits, u.maxUnits)
}

func (u *change) setQuantity(rule quantityRule, set priceSet, quantity **int64, least, most *int64) (err error) {
	wanted := u.in.Get(rule.noun)
	p := set.of(rule.kind)
	if wanted.IsNull() || p == nil {
		return rule.unexpected(wanted)
	}
	if err := rule.check(p, clamped(wanted), least, most); err != nil {
		return err
	}
	*quantity = intPtr(wanted)
	u.amount, err = set.upfront(nil, u.seats, u.units)
	return err
}
