package schema

import (
	"fmt"
	"math/big"
	"slices"
	"unicode/utf8"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

// unitTiers is the schedule of a unit price; a cleaned one has its tiers in the order of their bounds.
var unitTiers = validate.Model("Tiers",
	validate.Required("type", validate.Enum("TierType", "volume", "graduated")),
	validate.Required("tiers", validate.Then(validate.Checked(validate.List(unitTier, 1), distinctBounds), byBound)))

var unitTier = validate.Model("Tier",
	validate.Default("bound", validate.Nullable(validate.Int(validate.Gt(0))), ordered.Null),
	validate.Required("unit_amount", validate.Decimal(0, 0, validate.Ge(0))))

// byBound puts tiers in the order of their bounds, an open one last.
func byBound(v ordered.Value) ordered.Value {
	tiers := slices.Clone(v.Items())
	slices.SortStableFunc(tiers, func(a, b ordered.Value) int { return compareBounds(a.Get("bound"), b.Get("bound")) })
	return ordered.Array(tiers...)
}

// compareBounds compares two integers of any size, or null, which is no bound and beyond all of them.
func compareBounds(a, b ordered.Value) int {
	switch {
	case a.IsNull() && b.IsNull():
		return 0
	case a.IsNull():
		return 1
	case b.IsNull():
		return -1
	}
	return number(a).Cmp(number(b))
}

func number(v ordered.Value) *big.Int {
	n, _ := new(big.Int).SetString(v.Text(), 10)
	return n
}

// distinctBounds refuses a bound that two tiers share.
func distinctBounds(v ordered.Value) *validate.Item {
	tiers := byBound(v).Items()
	for i, tier := range tiers[1:] {
		bound := tiers[i].Get("bound")
		switch {
		case bound.IsNull():
			return validate.Refuse("unbounded_tier_not_last", "Only the last tier can be unbounded")
		case compareBounds(bound, tier.Get("bound")) == 0:
			return validate.Refuse("duplicate_tier_bound", "Tier bound values must be unique, got "+bound.Text()+" twice", "bound", bound)
		}
	}
	return nil
}

// wholeRates refuses fractions of a cent.
func wholeRates(v ordered.Value) *validate.Item {
	for _, tier := range v.Get("tiers").Get("tiers").Items() {
		if rate := tier.Get("unit_amount"); !validate.IsWhole(rate) {
			return validate.RefuseValue("Unit tier rates must be in smallest currency unit, got " + rate.Text())
		}
	}
	return nil
}

// minimumWithinTiers refuses a smallest quantity for which there is no tier.
func minimumWithinTiers(v ordered.Value) *validate.Item {
	tiers := v.Get("tiers").Get("tiers").Items()
	least, last := v.Get("minimum_units"), tiers[len(tiers)-1].Get("bound")
	if least.IsNull() || compareBounds(least, last) <= 0 {
		return nil
	}
	return validate.RefuseValue(fmt.Sprintf("minimum_units must not exceed the last tier's bound, got %s > %s", least.Text(), last.Text()))
}

// maxFormLength is how many characters a form of a unit's noun may have.
const maxFormLength = 32

// unitLabel maps a locale to the forms of a noun: "other", the general one, and others that a plural rule or a number
// ("=1") chooses.
var unitLabel = validate.Checked(
	validate.Then(validate.Checked(validate.Map(validate.Str(), validate.Map(validate.Str(), validate.Str(), 0), 0), properForms), tidyForms),
	anyLocale)

// tidyForms drops the white space around the forms, and forms that are nothing else.
func tidyForms(v ordered.Value) ordered.Value {
	locales := ordered.NewObject()
	for locale, forms := range v.Object().All() {
		tidied := ordered.NewObject()
		for name, form := range forms.Object().All() {
			if form = validate.Strip(form); form.Text() != "" {
				tidied.Set(name, form)
			}
		}
		locales.Set(locale, tidied.Value())
	}
	return locales.Value()
}

// properForms refuses a form that is too long, and a locale without the general form.
func properForms(v ordered.Value) *validate.Item {
	for _, forms := range tidyForms(v).Object().All() {
		for _, form := range forms.Object().All() {
			if utf8.RuneCountInString(form.Text()) > maxFormLength {
				return validate.Refuse("unit_label_form_too_long",
					fmt.Sprintf("Unit label forms must be at most %d characters", maxFormLength), "max_length", maxFormLength)
			}
		}
		if !forms.Object().Has("other") {
			return validate.Refuse("missing_other_plural", "Each locale must include a non-empty 'other' form")
		}
	}
	return nil
}

// anyLocale refuses a label without a locale.
func anyLocale(v ordered.Value) *validate.Item {
	if v.Object().Len() > 0 {
		return nil
	}
	return validate.Refuse("too_short", "Value should have at least 1 item after validation, not 0",
		"field_type", "Value", "min_length", 1, "actual_length", 0)
}
