package emulator

import (
	"fmt"
	"math"
	"slices"
)

// tiers is the rate schedule of a seat or unit price, with the quantity that may be bought.
type tiers struct {
	graduated bool // each slice at its own rate; else the whole quantity at the rate of its tier (volume)
	steps     []tier
	minimum   *int64 // smallest quantity, nil for 1
	maximum   *int64 // largest quantity
}

// tier is a rate up to and including bound; it starts after the bound of the tier before. A nil bound has no end.
type tier struct {
	bound *int64
	rate  int64
}

func (t tiers) kind() string {
	if t.graduated {
		return "graduated"
	}
	return "volume"
}

func (t tiers) free() bool {
	return !slices.ContainsFunc(t.steps, func(step tier) bool { return step.rate != 0 })
}

// least is the smallest quantity that can be bought.
func (t tiers) least() int64 {
	if t.minimum == nil || *t.minimum < 1 {
		return 1
	}
	return *t.minimum
}

// most is the largest quantity, nil for no limit.
func (t tiers) most() *int64 {
	if t.maximum != nil {
		return t.maximum
	}
	return t.steps[len(t.steps)-1].bound
}

// charge is the price of a quantity. A volume price without a tier for it is Polar's InvalidQuantityError; a graduated
// one charges nothing beyond its last tier (B 2.6).
func (t tiers) charge(quantity *int64) (int64, error) {
	if quantity == nil {
		return 0, errInternal
	}
	if t.graduated {
		return t.slices(*quantity), nil
	}
	for _, step := range t.steps {
		if step.bound == nil || *quantity <= *step.bound {
			return product64(step.rate, *quantity)
		}
	}
	return 0, invalidQuantity(fmt.Sprintf("No tier covers quantity %d", *quantity))
}

// product64 multiplies; what the database's 64 bits cannot hold is its plain 500.
func product64(rate, quantity int64) (int64, error) {
	if quantity > 0 && rate > math.MaxInt64/quantity {
		return 0, errInternal
	}
	return rate * quantity, nil
}

func (t tiers) slices(quantity int64) int64 {
	var total, from int64
	for _, step := range t.steps {
		if quantity <= from {
			break
		}
		to := quantity
		if step.bound != nil {
			to = min(to, *step.bound)
		}
		total += (to - from) * step.rate
		from = to
	}
	return total
}
