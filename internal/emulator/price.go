package emulator

import (
	"strconv"
	"strings"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
)

// price is one price of a product, of any kind (B 1.4). Which fields count depends on kind.
type price struct {
	id          string
	createdAt   time.Time
	modifiedAt  *time.Time
	productID   string
	kind        string // fixed, custom, seat_based, unit_based or metered_unit
	currency    string
	taxBehavior *string
	adHoc       bool
	archived    bool
	settled     bool // is in the database's form
	// legacyInterval is set on old-style prices, which carry the interval of their product.
	legacyInterval *string

	amount    int64           // fixed
	minimum   int64           // custom
	maximum   *int64          // custom
	preset    *int64          // custom
	tiers     tiers           // seat_based, unit_based
	unitLabel *ordered.Object // unit_based

	unitAmount string // metered_unit: a decimal
	cap        *int64 // metered_unit
	meter      *meter // metered_unit
}

// static prices are due at once; metered ones are billed later.
func (p *price) static() bool { return p.kind != "metered_unit" }

// free tells whether the price never costs anything; custom and metered prices are never free (B 2.8).
func (p *price) free() bool {
	switch p.kind {
	case "fixed":
		return p.amount == 0
	case "seat_based", "unit_based":
		return p.tiers.free()
	}
	return false
}

// decimalScale is how many digits the database keeps after the point of a decimal.
const decimalScale = 12

// storedPrices are copies of ad-hoc prices as the database gives them back: decimals at full scale.
func storedPrices(prices []*price) []*price {
	if prices == nil {
		return nil
	}
	stored := make([]*price, len(prices))
	for i, p := range prices {
		stored[i] = p.stored()
	}
	return stored
}

// stored is p itself once it is in the form that the database gives back, so that an unchanged session keeps its prices.
func (p *price) stored() *price {
	if p.settled {
		return p
	}
	s := *p
	s.settle()
	return &s
}

// settle brings a new price into the form in which the database gives it back.
func (p *price) settle() {
	p.unitAmount, p.unitLabel, p.settled = scaled(p.unitAmount), storedMap(p.unitLabel), true
}

// scaled pads a decimal to decimalScale digits after the point, resolving an exponent.
func scaled(decimal string) string {
	if decimal == "" {
		return ""
	}
	whole, fraction, _ := strings.Cut(plain(decimal), ".")
	fraction = (fraction + strings.Repeat("0", decimalScale))[:decimalScale]
	if small := strings.TrimLeft(whole+fraction, "0"); small != "" && len(small) < decimalScale-smallestPlain+1 {
		return scientific(small)
	}
	return whole + "." + fraction
}

// smallestPlain is how many places a decimal's first digit may lie behind the point before Python prints an exponent.
const smallestPlain = 6

// scientific prints the significant digits of a decimal at full scale as Python does: 1E-12, 1.20000E-7.
func scientific(digits string) string {
	exponent := strconv.Itoa(len(digits) - 1 - decimalScale)
	if len(digits) == 1 {
		return digits + "E" + exponent
	}
	return digits[:1] + "." + digits[1:] + "E" + exponent
}

// plain writes a decimal without an exponent.
func plain(decimal string) string {
	digits, exponent, found := strings.Cut(strings.ToLower(decimal), "e")
	if !found {
		return decimal
	}
	return shifted(digits, atoi(exponent))
}

// shifted moves the decimal point of digits to the right by n places.
func shifted(digits string, n int) string {
	whole, fraction, _ := strings.Cut(digits, ".")
	for ; n > 0; n-- {
		fraction += "0"
		whole, fraction = whole+fraction[:1], fraction[1:]
	}
	for ; n < 0; n++ {
		whole = "0" + whole
		fraction, whole = whole[len(whole)-1:]+fraction, whole[:len(whole)-1]
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// priceSet is the prices of a product in one currency (B 2.6).
type priceSet struct {
	currency string
	prices   []*price
}

// pricesIn is the set of the first currency that has a price.
func pricesIn(prices []*price, currencies ...string) (priceSet, error) {
	for _, currency := range currencies {
		set := priceSet{currency: currency}
		for _, p := range prices {
			if p.currency == currency {
				set.prices = append(set.prices, p)
			}
		}
		if len(set.prices) > 0 {
			return set, nil
		}
	}
	return priceSet{}, noPricesForCurrencies(currencies)
}

// standard is the price that decides the behaviour of the session: the first static one, else the first.
func (s priceSet) standard() *price {
	for _, p := range s.prices {
		if p.static() {
			return p
		}
	}
	return s.prices[0]
}

// of is the one price of a kind, or nil.
func (s priceSet) of(kind string) *price {
	for _, p := range s.prices {
		if p.kind == kind {
			return p
		}
	}
	return nil
}

// upfront is what is due at once: custom is the buyer's own amount for a custom price, nil for its default (B 2.6).
func (s priceSet) upfront(custom, seats, units *int64) (int64, error) {
	var total int64
	for _, p := range s.prices {
		due, err := p.upfront(custom, seats, units)
		if err != nil {
			return 0, err
		}
		total += due
	}
	return total, nil
}

func (p *price) upfront(custom, seats, units *int64) (int64, error) {
	switch p.kind {
	case "fixed":
		return p.amount, nil
	case "custom":
		return *firstSet(custom, p.preset, &p.minimum), nil
	case "seat_based":
		return p.tiers.charge(seats)
	case "unit_based":
		return p.tiers.charge(units)
	}
	return 0, nil
}

// checkCustom refuses an amount out of the bounds of a custom price or of its currency; the first failure wins (B 2.7).
func (p *price) checkCustom(input ordered.Value, currency string) error {
	amount := clamped(input)
	smallest, largest := schema.MinimumAmount(currency), schema.MaximumAmount(currency)
	switch {
	case amount < p.minimum:
		return invalid("greater_than_equal", "Amount is below minimum.", input, "amount")
	case amount > 0 && amount < smallest:
		return invalid("invalid_amount", "Amount must be 0 or at least "+schema.FormatAmount(smallest, currency)+".", input, "amount")
	case p.maximum != nil && amount > *p.maximum:
		return invalid("less_than_equal", "Amount is above maximum.", input, "amount")
	case amount > largest:
		return invalid("less_than_equal", "Amount must be at most "+schema.FormatAmount(largest, currency)+".", input, "amount")
	}
	return nil
}
