package emulator

import (
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

// pending holds the set-up calls' bodies, which are taken as they come until their declarations are there.
var pending = struct {
	ProductCreate, ProductUpdate, ProductBenefits, MeterCreate, BenefitCreate, CustomFieldCreate, DiscountCreate,
	CustomerCreate validate.Schema
}{
	ProductCreate: validate.Then(validate.Schema{}, withPriceDefaults),
	ProductUpdate: validate.Then(validate.Schema{}, withPriceDefaults),
}

func withPriceDefaults(v ordered.Value) ordered.Value {
	if v.Get("prices").Kind() != ordered.KindArray {
		return v
	}
	out := v.Object().Clone()
	var prices []ordered.Value
	for _, in := range v.Get("prices").Items() {
		p := ordered.NewObject("amount_type", in.Get("amount_type"), "price_currency", "usd", "tax_behavior", nil)
		if in.Get("amount_type").Text() == "free" {
			p.Set("amount_type", ordered.String("fixed"))
			p.Set("price_amount", ordered.Int(0))
		}
		for key, value := range in.Object().All() {
			if key == "unit_amount" && value.Kind() != ordered.KindString {
				value = ordered.String(value.String())
			}
			if key != "amount_type" {
				p.Set(key, value)
			}
		}
		prices = append(prices, p.Value())
	}
	out.Set("prices", ordered.Array(prices...))
	return out.Value()
}
