package emulator

import (
	"math"
	"slices"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// composePrices makes the prices of a product from validated input and checks that they go together (B 1.7). loc is
// where the list stands in the body.
func (c *call) composePrices(p *product, list ordered.Value, adHoc bool, loc ...any) ([]*price, problems) {
	var made []*price
	var found problems
	for i, in := range list.Items() {
		each, wrong := c.makePrice(p, in, append(slices.Clone(loc), i))
		if wrong != nil {
			found = append(found, wrong...)
			continue
		}
		each.adHoc = adHoc
		made = append(made, each)
	}
	shown := shownPrices(list)
	refuse := func(text string) { found = append(found, invalidValue(text, shown, loc...)...) }
	if len(made) == 0 {
		found = append(found, invalid("too_short", "At least one price is required.", shown, loc...)...)
	}
	checkComposition(made, refuse)
	found = append(found, repeatedMeters(list, loc)...)
	if !slices.ContainsFunc(made, func(each *price) bool { return each.currency == p.org.currency }) {
		refuse("The organization's default presentment currency must be present in the prices.")
	}
	return made, found
}

// makePrice makes one price, or says why the organization or the product cannot have it.
func (c *call) makePrice(p *product, in ordered.Value, loc []any) (*price, problems) {
	made := priceFrom(in)
	in = shownPrice(in)
	made.id, made.createdAt, made.productID = newID(), c.store.born(c.now), p.id
	switch {
	case made.kind == "seat_based" && !p.org.flags.SeatBasedPricing:
		return nil, invalidValue("Seat-based pricing is not enabled for this organization.", in, loc...)
	case made.kind == "unit_based" && !p.org.flags.UnitBasedPricing:
		return nil, invalidValue("Unit-based pricing is not enabled for this organization.", in, loc...)
	case made.kind == "unit_based" && p.interval == nil:
		return nil, invalidValue("Unit-based pricing is not supported on one-time products.", in, loc...)
	case made.kind == "metered_unit" && p.interval == nil:
		return nil, invalidValue("Metered pricing is not supported on one-time products.", in, loc...)
	}
	if made.kind == "metered_unit" {
		id := in.Get("meter_id")
		if made.meter = c.store.meters.get(id.Text()); made.meter == nil || !c.subject.sees(made.meter.org) {
			return nil, invalidValue("Meter does not exist.", id, append(loc, "meter_id")...)
		}
	}
	return made, nil
}

// shownPrices are price inputs as a refusal shows them.
func shownPrices(list ordered.Value) ordered.Value {
	items := make([]ordered.Value, len(list.Items()))
	for i, in := range list.Items() {
		items[i] = shownPrice(in)
	}
	return ordered.Array(items...)
}

// shownPrice adds what Polar computes from a seat price's tiers.
func shownPrice(in ordered.Value) ordered.Value {
	schedule := in.Get("seat_tiers")
	if schedule.IsNull() {
		return in
	}
	t := seatTiers(schedule)
	shown, shownTiers := in.Object().Clone(), schedule.Object().Clone()
	shownTiers.Set("minimum_seats", ordered.Of(t.minimum))
	shownTiers.Set("maximum_seats", ordered.Of(t.maximum))
	shown.Set("seat_tiers", shownTiers.Value())
	return shown.Value()
}

// composition is how a currency's prices are made up; all currencies of a product must be alike.
type composition struct{ fixed, seat, unit, custom, metered int }

func compositionOf(prices []*price) composition {
	var c composition
	counts := map[string]*int{
		"fixed": &c.fixed, "seat_based": &c.seat, "unit_based": &c.unit, "custom": &c.custom, "metered_unit": &c.metered,
	}
	for _, p := range prices {
		*counts[p.kind]++
	}
	return c
}

// checkComposition tells refuse of every rule that the prices of some currency break.
func checkComposition(prices []*price, refuse func(text string)) {
	var order []string
	byCurrency := map[string][]*price{}
	for _, p := range prices {
		if byCurrency[p.currency] == nil {
			order = append(order, p.currency)
		}
		byCurrency[p.currency] = append(byCurrency[p.currency], p)
	}
	shapes := map[composition]bool{}
	for _, currency := range order {
		shape := compositionOf(byCurrency[currency])
		shape.check(refuse)
		checkTaxBehavior(byCurrency[currency], refuse)
		shapes[composition{min(shape.fixed, 1), min(shape.seat, 1), min(shape.unit, 1), min(shape.custom, 1), shape.metered}] = true
	}
	if len(shapes) > 1 {
		refuse("All price currencies must define the same set of price types.")
	}
}

func (c composition) check(refuse func(text string)) {
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{c.fixed > 1, "Only one fixed price is allowed."},
		{c.seat > 1, "Only one seat-based price is allowed."},
		{c.custom > 1, "Only one custom price is allowed."},
		{c.unit > 1, "Only one unit-based price is allowed."},
		{c.seat > 0 && c.unit > 0, "A seat-based price cannot be combined with a unit-based price."},
		{
			c.custom > 0 && c.fixed+c.seat+c.unit > 0,
			"A custom price cannot be combined with a fixed, seat-based or unit-based price.",
		},
	} {
		if rule.broken {
			refuse(rule.text)
		}
	}
}

func checkTaxBehavior(prices []*price, refuse func(text string)) {
	for _, p := range prices {
		if textOr(p.taxBehavior, "") != textOr(prices[0].taxBehavior, "") {
			refuse("All prices for the same currency must have the same tax behavior.")
			return
		}
	}
}

// repeatedMeters refuses a meter that is priced twice in a currency.
func repeatedMeters(list ordered.Value, loc []any) (found problems) {
	seen := map[[2]string]bool{}
	for i, in := range list.Items() {
		id := in.Get("meter_id")
		if id.IsNull() {
			continue
		}
		key := [2]string{in.Get("price_currency").Text(), id.Text()}
		if seen[key] {
			found = append(found, invalidValue("Meter is already used for another price.", id, append(slices.Clone(loc), i, "meter_id")...)...)
		}
		seen[key] = true
	}
	return found
}

// priceFrom reads a validated price input.
func priceFrom(in ordered.Value) *price {
	p := &price{
		kind:        in.Get("amount_type").Text(),
		currency:    in.Get("price_currency").Text(),
		taxBehavior: in.Get("tax_behavior").TextPtr(),
	}
	switch p.kind {
	case "fixed":
		p.amount = clamped(in.Get("price_amount"))
	case "custom":
		p.minimum = clamped(in.Get("minimum_amount"))
		p.maximum, p.preset = intPtr(in.Get("maximum_amount")), intPtr(in.Get("preset_amount"))
	case "seat_based":
		p.tiers = seatTiers(in.Get("seat_tiers"))
	case "unit_based":
		p.tiers = unitTiers(in)
		p.unitLabel = in.Get("unit_label").Object()
	case "metered_unit":
		p.unitAmount, p.cap = in.Get("unit_amount").Text(), intPtr(in.Get("cap_amount"))
	}
	return p
}

// seatTiers reads the seat form of a schedule, in which every tier, in order, names its first and last seat.
func seatTiers(in ordered.Value) tiers {
	steps := in.Get("tiers").Items()
	t := tiers{graduated: in.Get("seat_tier_type").Text() == "graduated"}
	for _, step := range steps {
		t.steps = append(t.steps, tier{bound: intPtr(step.Get("max_seats")), rate: clamped(step.Get("price_per_seat"))})
	}
	t.minimum, t.maximum = intPtr(steps[0].Get("min_seats")), t.steps[len(t.steps)-1].bound
	return t
}

// unitTiers reads the unit form of a schedule, whose tiers are in order of their bounds and whose rates are decimals.
func unitTiers(in ordered.Value) tiers {
	schedule := in.Get("tiers")
	t := tiers{graduated: schedule.Get("type").Text() == "graduated", minimum: intPtr(in.Get("minimum_units"))}
	for _, step := range schedule.Get("tiers").Items() {
		t.steps = append(t.steps, tier{bound: intPtr(step.Get("bound")), rate: integral(step.Get("unit_amount"))})
	}
	return t
}

// integral reads a decimal that the validation has found to be a whole number, of any size.
func integral(v ordered.Value) int64 {
	digits, exponent, _ := strings.Cut(v.Text(), "E")
	switch {
	case strings.Trim(digits, "0.") == "":
		return 0
	case atoi(exponent) >= maxDigits64:
		return math.MaxInt64
	}
	whole, _, _ := strings.Cut(plain(v.Text()), ".")
	return clamped(ordered.BigInt(whole))
}

// maxDigits64 is how many digits an int64 has at most.
const maxDigits64 = 19
