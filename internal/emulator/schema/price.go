package schema

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

// priceList is a list of new prices, of a product or for one checkout (B 1.7). A cleaned price has every member of its
// kind.
var priceList = validate.List(price, 1)

var price = validate.First(freeAsFixed, validate.Tagged("amount_type", printAmountType,
	validate.Tag{Value: "fixed", Schema: priceOf("ProductPriceFixedCreate",
		validate.Required("price_amount", validate.Int(validate.Ge(0))).Within(inCurrencyLimits))},
	validate.Tag{Value: "custom", Schema: priceOf("ProductPriceCustomCreate",
		validate.Default("minimum_amount", validate.Int(validate.Ge(0)), ordered.Int(usualMinimum)).Within(inCurrencyLimits),
		validate.Default("maximum_amount", validate.Nullable(validate.Int(validate.Ge(1))), ordered.Null).Within(inCurrencyLimits),
		validate.Default("preset_amount", validate.Nullable(validate.Int(validate.Ge(0))), ordered.Null).Within(inCurrencyLimits))},
	validate.Tag{Value: "seat_based", Schema: priceOf("ProductPriceSeatBasedCreate",
		validate.Required("seat_tiers", seatTiers))},
	validate.Tag{Value: "unit_based", Schema: validate.Checked(priceOf("ProductPriceUnitBasedCreate",
		validate.Required("tiers", unitTiers),
		validate.Default("minimum_units", validate.Nullable(validate.Int(validate.Ge(1))), ordered.Null),
		validate.Default("unit_label", validate.Nullable(unitLabel), ordered.Null)), wholeRates, minimumWithinTiers)},
	validate.Tag{Value: "metered_unit", Schema: priceOf("ProductPriceMeteredUnitCreate",
		validate.Required("meter_id", validate.UUID4()),
		validate.Required("unit_amount", validate.Decimal(17, 12, validate.Gt(0))),
		validate.Default("cap_amount", validate.Nullable(validate.Int(validate.Ge(0), validate.Le(maxInt32))), ordered.Null))},
))

func printAmountType(tag string) string { return "<ProductPriceAmountType." + tag + ": '" + tag + "'>" }

func priceOf(label string, fields ...validate.Field) validate.Schema {
	return validate.Model(label, append([]validate.Field{
		validate.Required("amount_type", validate.Str()),
		validate.Default("price_currency", currency, ordered.String("usd")),
		validate.Default("tax_behavior", validate.Nullable(taxBehavior), ordered.Null),
	}, fields...)...)
}

var taxBehavior = validate.Enum("TaxBehaviorOption", "location", "inclusive", "exclusive")

// freeAsFixed turns the old kind "free" into a fixed price of nothing.
func freeAsFixed(v ordered.Value) ordered.Value {
	if v.Get("amount_type").Text() != "free" {
		return v
	}
	fixed := v.Object().Clone()
	fixed.Set("amount_type", ordered.String("fixed"))
	fixed.Set("price_amount", ordered.Int(0))
	return fixed.Value()
}

// inCurrencyLimits demands an amount of 0 or within what the price's currency allows.
func inCurrencyLimits(v ordered.Value, before *ordered.Object) *validate.Item {
	currency := before.Get("price_currency").Text()
	amount, ok := v.Int64()
	switch {
	case v.IsNull() || currency == "" || (ok && amount == 0):
		return nil
	case ok && amount < MinimumAmount(currency):
		return validate.Refuse("minimum_price",
			"Amount must be at least "+FormatAmount(MinimumAmount(currency), currency)+" or 0 for free pricing")
	case !ok || amount > MaximumAmount(currency):
		return validate.Refuse("maximum_price", "Amount must be at most "+FormatAmount(MaximumAmount(currency), currency))
	}
	return nil
}

var seatTiers = validate.Model("ProductPriceSeatTiers",
	validate.Default("seat_tier_type", validate.Enum("SeatTierType", "volume", "graduated"), ordered.String("volume")),
	validate.Required("tiers", validate.Then(validate.Checked(validate.List(seatTier, 1), contiguous), sortedTiers)))

var seatTier = validate.Model("ProductPriceSeatTier",
	validate.Required("min_seats", validate.Int(validate.Ge(1))),
	validate.Default("max_seats", validate.Nullable(validate.Int(validate.Ge(1))), ordered.Null),
	validate.Required("price_per_seat", validate.Int(validate.Ge(0))))

// sortedTiers puts tiers in the order of their first seat.
func sortedTiers(v ordered.Value) ordered.Value {
	tiers := slices.Clone(v.Items())
	slices.SortStableFunc(tiers, func(a, b ordered.Value) int {
		return cmp.Compare(a.Get("min_seats").Int64Or(0), b.Get("min_seats").Int64Or(0))
	})
	return ordered.Array(tiers...)
}

// contiguous demands that each tier, in order, ends right before the next.
func contiguous(v ordered.Value) *validate.Item {
	tiers := sortedTiers(v).Items()
	for i, tier := range tiers[:len(tiers)-1] {
		end, bounded := tier.Get("max_seats").Int64()
		start := tiers[i+1].Get("min_seats").Int64Or(0)
		if !bounded {
			return validate.RefuseValue("Only the last tier can have unlimited max_seats (None)")
		}
		if end+1 != start {
			return validate.RefuseValue(fmt.Sprintf("Gap or overlap between tiers: tier ending at %d and tier starting at %d", end, start))
		}
	}
	return nil
}
