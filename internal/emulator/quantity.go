package emulator

import (
	"fmt"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// quantityRule is what seats and units have in common (B 2.7).
type quantityRule struct {
	noun  string // seats, units: the name of the field, too
	kind  string // of the price
	title string // begins the text of a refusal
	model string // names the pricing in a refusal
}

var (
	seatRule = quantityRule{noun: "seats", kind: "seat_based", title: "Seats", model: "seat-based"}
	unitRule = quantityRule{noun: "units", kind: "unit_based", title: "Units", model: "unit-based"}
)

// choose reads quantity and bounds of a create. Without a quantity the smallest possible one is taken.
func (r quantityRule) choose(in *ordered.Object, set priceSet) (quantity, least, most *int64, err error) {
	low, high, wanted := in.Get("min_"+r.noun), in.Get("max_"+r.noun), in.Get(r.noun)
	p := set.of(r.kind)
	if err := r.checkBounds(p, low, high); err != nil {
		return nil, nil, nil, err
	}
	least, most = intPtr(low), intPtr(high)
	if p == nil {
		return nil, least, most, r.unexpected(wanted)
	}
	smallest := p.tiers.least()
	quantity = firstSet(intPtr(wanted), least, &smallest)
	return quantity, least, most, r.check(p, *quantity, least, most)
}

// unexpected refuses a quantity where no price takes one.
func (r quantityRule) unexpected(wanted ordered.Value) error {
	if wanted.IsNull() {
		return nil
	}
	return invalidValue(fmt.Sprintf("%s can only be set for %s pricing.", r.title, r.model), wanted, r.noun)
}

// checkBounds holds the bounds of a session to those of its price.
func (r quantityRule) checkBounds(p *price, low, high ordered.Value) error {
	if p == nil {
		return r.unexpectedBounds(low, high)
	}
	if least := p.tiers.least(); !low.IsNull() && clamped(low) < least {
		return invalid("greater_than_equal", fmt.Sprintf("min_%s must be at least %d.", r.noun, least), low, "min_"+r.noun)
	}
	if most := p.tiers.most(); most != nil && !high.IsNull() && clamped(high) > *most {
		return invalid("less_than_equal", fmt.Sprintf("max_%s must be at most %d.", r.noun, *most), high, "max_"+r.noun)
	}
	return nil
}

func (r quantityRule) unexpectedBounds(low, high ordered.Value) error {
	var found problems
	for _, bound := range []struct {
		name  string
		value ordered.Value
	}{{"min_" + r.noun, low}, {"max_" + r.noun, high}} {
		if !bound.value.IsNull() {
			text := fmt.Sprintf("%s can only be set for %s pricing.", bound.name, r.model)
			found = append(found, invalidValue(text, bound.value, bound.name)...)
		}
	}
	if found == nil {
		return nil
	}
	return found
}

// check holds a quantity to the bounds of its price and of its session.
func (r quantityRule) check(p *price, quantity int64, least, most *int64) error {
	low, high := p.tiers.least(), p.tiers.most()
	if least != nil {
		low = max(low, *least)
	}
	if most != nil && (high == nil || *most < *high) {
		high = most
	}
	switch {
	case quantity < low:
		return invalid("greater_than_equal", fmt.Sprintf("Minimum %d %s required.", low, r.noun), ordered.Int(quantity), r.noun)
	case high != nil && quantity > *high:
		return invalid("less_than_equal", fmt.Sprintf("Maximum %d %s allowed.", *high, r.noun), ordered.Int(quantity), r.noun)
	}
	return nil
}

// reset is the quantity after a change of product or currency: the requested one or the price's smallest, whatever the
// session's own bounds (B 2.7). It is nil where no price takes one.
func (r quantityRule) reset(in *ordered.Object, set priceSet) (*int64, error) {
	p := set.of(r.kind)
	if p == nil {
		return nil, nil
	}
	quantity := p.tiers.least()
	if wanted := intPtr(in.Get(r.noun)); wanted != nil && *wanted != 0 {
		quantity = *wanted
	}
	return &quantity, r.check(p, quantity, nil, nil)
}
