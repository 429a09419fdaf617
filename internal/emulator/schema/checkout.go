package schema

import (
	"slices"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

// CheckoutCreate is the body of POST /v1/checkouts/ in its three forms (B 1.5): by products, by product_id and by
// product_price_id. The cleaned body has exactly one of these members, the booleans but is_business_customer and the
// maps always, the others if they were sent.
var CheckoutCreate = validate.Union(
	createForm("CheckoutProductsCreate",
		validate.Optional("currency", validate.Nullable(currency)),
		validate.Required("products", validate.Checked(validate.List(validate.UUID4(), 1), uniqueProducts)),
		validate.Optional("prices", validate.Nullable(validate.Map(validate.UUID4(), priceList, 0)))),
	createForm("CheckoutProductCreate",
		validate.Optional("currency", validate.Nullable(currency)),
		validate.Required("product_id", validate.UUID4())),
	createForm("CheckoutPriceCreate",
		validate.Required("product_price_id", validate.UUID4())),
)

func createForm(label string, fields ...validate.Field) validate.Schema {
	return validate.After(
		validate.Model(label, slices.Concat(trialFields(), createFields(), fields)...),
		[]string{"is_complete_configuration", "_validate_seat_constraints", "_validate_unit_constraints"},
		completeTrial, ordinals("seats"), ordinals("units"))
}

// createFields are the members that the three forms share.
func createFields() []validate.Field {
	no, yes := ordered.Bool(false), ordered.Bool(true)
	return []validate.Field{
		validate.Default("metadata", metadata, emptyMap),
		validate.Default("custom_field_data", customFieldData, emptyMap),
		validate.Optional("discount_id", optionalUUID),
		validate.Default("allow_discount_codes", validate.Bool(), yes),
		validate.Default("require_billing_address", validate.Bool(), no),
		validate.Optional("amount", validate.Nullable(validate.Int(validate.Ge(0)))),
		validate.Optional("seats", optionalCount(maxSeats)),
		validate.Optional("min_seats", optionalCount(maxSeats)),
		validate.Optional("max_seats", optionalCount(maxSeats)),
		validate.Optional("units", optionalCount(maxInt32)),
		validate.Optional("min_units", optionalCount(maxInt32)),
		validate.Optional("max_units", optionalCount(maxInt32)),
		validate.Default("allow_trial", validate.Bool(), yes),
		validate.Optional("customer_id", optionalUUID),
		validate.Optional("is_business_customer", validate.Bool()),
		validate.Optional("external_customer_id", optionalText).Alias("customer_external_id"),
		validate.Optional("customer_name", name),
		validate.Optional("customer_email", optionalEmail),
		validate.Optional("customer_ip_address", optionalIP),
		validate.Optional("customer_billing_name", tidyText),
		validate.Optional("customer_billing_address", address),
		validate.Optional("customer_tax_id", tidyText),
		validate.Default("customer_metadata", metadata, emptyMap),
		validate.Optional("subscription_id", optionalUUID),
		validate.Optional("success_url", successURL),
		validate.Optional("return_url", optionalURL),
		validate.Optional("embed_origin", optionalText),
		validate.Optional("locale", locale),
	}
}

func uniqueProducts(v ordered.Value) *validate.Item {
	seen := map[string]bool{}
	for _, id := range v.Items() {
		if seen[id.Text()] {
			return validate.RefuseValue("Product IDs must be unique.")
		}
		seen[id.Text()] = true
	}
	return nil
}

// ordinals demands that the least, chosen and most of noun, as far as they were sent, are in that order.
func ordinals(noun string) validate.Check {
	return func(v ordered.Value) *validate.Item {
		n, hasN := v.Get(noun).Int64()
		least, hasLeast := v.Get("min_" + noun).Int64()
		most, hasMost := v.Get("max_" + noun).Int64()
		switch {
		case hasLeast && hasMost && least > most:
			return validate.RefuseValue("min_" + noun + " must be less than or equal to max_" + noun)
		case hasN && hasLeast && n < least:
			return validate.RefuseValue(noun + " must be greater than or equal to min_" + noun)
		case hasN && hasMost && n > most:
			return validate.RefuseValue(noun + " must be less than or equal to max_" + noun)
		}
		return nil
	}
}

// CheckoutUpdate is the body of PATCH /v1/checkouts/{id} (B 1.6). The cleaned body has the members that were sent.
var CheckoutUpdate = validate.After(
	validate.Model("CheckoutUpdate", slices.Concat(updateFields(), trialFields(), []validate.Field{
		validate.Optional("metadata", metadata),
		validate.Optional("currency", validate.Nullable(currency)),
		validate.Optional("discount_id", optionalUUID),
		validate.Optional("allow_discount_codes", optionalBool),
		validate.Optional("require_billing_address", optionalBool),
		validate.Optional("allow_trial", optionalBool),
		validate.Optional("customer_ip_address", optionalIP),
		validate.Optional("customer_metadata", validate.Nullable(metadata)),
		validate.Optional("success_url", successURL),
		validate.Optional("return_url", optionalURL),
		validate.Optional("embed_origin", optionalText),
	})...),
	[]string{"is_complete_configuration"}, completeTrial)

// CheckoutUpdatePublic is the body of PATCH /v1/checkouts/client/{client_secret} (B 1.6).
var CheckoutUpdatePublic = validate.Model("CheckoutUpdatePublic", slices.Concat(updateFields(), publicFields())...)

// CheckoutConfirmStripe is the body of POST /v1/checkouts/client/{client_secret}/confirm (B 1.6).
var CheckoutConfirmStripe = validate.Model("CheckoutConfirmStripe", slices.Concat(updateFields(), publicFields(), []validate.Field{
	validate.Optional("confirmation_token_id", optionalText),
})...)

// updateFields are the members that the updates and the confirm share.
func updateFields() []validate.Field {
	return []validate.Field{
		validate.Optional("custom_field_data", customFieldData),
		validate.Optional("product_id", optionalUUID),
		validate.Optional("product_price_id", optionalUUID),
		validate.Optional("amount", validate.Nullable(validate.Int(validate.Ge(0)))),
		validate.Optional("seats", optionalCount(maxSeats)),
		validate.Optional("units", optionalCount(maxInt32)),
		validate.Optional("is_business_customer", optionalBool),
		validate.Optional("customer_name", name),
		validate.Optional("customer_email", optionalEmail),
		validate.Optional("customer_billing_name", tidyText),
		validate.Optional("customer_billing_address", address),
		validate.Optional("customer_tax_id", tidyText),
		validate.Optional("locale", locale),
	}
}

// publicFields are the members that only the customer's own update and confirm have.
func publicFields() []validate.Field {
	return []validate.Field{
		validate.Optional("payment_method_type", tidyText),
		validate.Optional("discount_code", validate.Nullable(validate.Then(validate.Str(), validate.Strip))),
		validate.Optional("allow_trial", validate.Nullable(validate.False())),
	}
}

// CheckoutOpened is the body of the hidden POST /v1/checkouts/client/{client_secret}/opened (B 0.5).
var CheckoutOpened = validate.Model("CheckoutOpened", validate.Optional("distinct_id", optionalText))
