package schema

import (
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

func unitPrice(rest string) string { return `{"amount_type":"unit_based","tiers":` + rest + `}` }

func TestUnitPricesAreTidied(t *testing.T) {
	got := accept(t, price, unitPrice(`{"type":"graduated","tiers":[{"unit_amount":"100.0"},{"bound":123456789012345678901,"unit_amount":1E2},`+
		`{"bound":8,"unit_amount":2900}]},"minimum_units":7,"unit_label":{"en":{"=1":" seat ","few":"  ","other":"seats"}}`))
	want := `{"amount_type":"unit_based","price_currency":"usd","tax_behavior":null,"tiers":{"type":"graduated","tiers":` +
		`[{"bound":8,"unit_amount":"2900"},{"bound":123456789012345678901,"unit_amount":"100.0"},{"bound":null,"unit_amount":"100.0"}]},` +
		`"minimum_units":7,"unit_label":{"en":{"=1":"seat","other":"seats"}}}`
	if got.String() != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestUnitPriceRules(t *testing.T) {
	const open = `{"type":"volume","tiers":[{"unit_amount":100}]}`
	const upTo8 = `{"type":"volume","tiers":[{"bound":8,"unit_amount":100}]}`
	long := `"123456789012345678901234567890123"`
	wrong := `{"type":"value_error","loc":["unit_based"],"msg":"Value error, `
	label := `"loc":["unit_based","unit_label"],"msg":`
	for _, tc := range []struct{ name, in, want, ctx string }{
		{
			"the kind of tiers has no default", `{"tiers":[{"unit_amount":1}]}`,
			`{"type":"missing","loc":["unit_based","tiers","type"],"msg":"Field required"`, ``,
		},
		{
			"two open tiers", `{"type":"volume","tiers":[{"unit_amount":1},{"unit_amount":2}]}`,
			`{"type":"unbounded_tier_not_last","loc":["unit_based","tiers","tiers"],"msg":"Only the last tier can be unbounded"`, ``,
		},
		{
			"a bound twice", `{"type":"volume","tiers":[{"unit_amount":1},{"bound":8,"unit_amount":1},{"bound":8.0,"unit_amount":2}]}`,
			`{"type":"duplicate_tier_bound","loc":["unit_based","tiers","tiers"],"msg":"Tier bound values must be unique, got 8 twice"`, `{"bound":8}`,
		},
		{
			"a fraction of a cent", `{"type":"volume","tiers":[{"bound":8,"unit_amount":2},{"unit_amount":"1.50"}]}`,
			wrong + `Unit tier rates must be in smallest currency unit, got 1.50"`, `{"error":{}}`,
		},
		{
			"a float with a fraction", `{"type":"volume","tiers":[{"unit_amount":100.5}]}`,
			wrong + `Unit tier rates must be in smallest currency unit, got 100.5"`, `{"error":{}}`,
		},
		{
			"a minimum beyond the last tier", upTo8 + `,"minimum_units":9`,
			wrong + `minimum_units must not exceed the last tier's bound, got 9 > 8"`, `{"error":{}}`,
		},
		{
			"no locale", open + `,"unit_label":{}`,
			`{"type":"too_short",` + label + `"Value should have at least 1 item after validation, not 0"`,
			`{"field_type":"Value","min_length":1,"actual_length":0}`,
		},
		{
			"a locale without the general form", open + `,"unit_label":{"en":{"one":"x","other":" "}}`,
			`{"type":"missing_other_plural",` + label + `"Each locale must include a non-empty 'other' form"`, ``,
		},
		{
			"a long form", open + `,"unit_label":{"en":{"one":` + long + `}}`,
			`{"type":"unit_label_form_too_long",` + label + `"Unit label forms must be at most 32 characters"`, `{"max_length":32}`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, items := price.Validate(parse(t, unitPrice(tc.in)))
			if len(items) != 1 {
				t.Fatalf("%d items: %s", len(items), validate.RequestValidationError(items))
			}
			detail := parse(t, string(validate.RequestValidationError(items))).Get("detail").Items()[0].Object()
			input, ctx := detail.Get("input"), detail.Get("ctx")
			if input.IsNull() {
				t.Error("the item shows no input")
			}
			detail.Delete("input")
			want := tc.want + `}`
			if tc.ctx != "" {
				want = tc.want + `,"ctx":` + tc.ctx + `}`
			}
			if got := detail.Value().String(); got != want {
				t.Errorf("got  %s\nwant %s (ctx %s)", got, want, ctx)
			}
		})
	}
}
