package main

import (
	"path"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// limit is what a descriptor cannot say about a field. Polar checks it; the facade repeats none of it.
type limit struct {
	// required: a sent member that must be there.
	required bool
	// nullable overrules the convention.
	nullable *bool
	// schema is merged into the schema of the value, items into that of a list's or map's values.
	schema, items object
}

func (l limit) apply(schema object) object {
	for _, m := range l.schema {
		if m.value == nil {
			schema = schema.without(m.name)
			continue
		}
		schema = schema.set(m.name, m.value)
	}
	for _, inner := range []string{"items", "additionalProperties"} {
		values, ok := schema.get(inner).(object)
		if !ok || len(l.items) == 0 {
			continue
		}
		schema = schema.set(inner, limit{schema: l.items}.apply(append(object{}, values...)))
	}
	return schema
}

// limits are looked up by Message.field, and remember what was.
type limits struct {
	used map[string]bool
}

func newLimits() *limits { return &limits{used: map[string]bool{}} }

// field gathers all entries for a field.
func (l *limits) field(field protoreflect.FieldDescriptor, s side) (sum limit) {
	name := string(field.Parent().Name()) + "." + string(field.Name())
	for _, entry := range fieldLimits[s] {
		if ok, _ := path.Match(entry.fields, name); !ok {
			continue
		}
		l.used[entry.fields] = true
		sum.required = sum.required || entry.required
		if entry.nullable != nil {
			sum.nullable = entry.nullable
		}
		sum.schema = slices.Concat(sum.schema, entry.schema)
		sum.items = slices.Concat(sum.items, entry.items)
	}
	return sum
}

// message is what is to be added to the schema of a message.
func (l *limits) message(md protoreflect.MessageDescriptor) object {
	l.used[string(md.Name())] = true
	return messageLimits[string(md.Name())]
}

func (l *limits) unused() (unused []string) {
	for _, entry := range slices.Concat(fieldLimits[sent], fieldLimits[answered]) {
		if !l.used[entry.fields] {
			unused = append(unused, entry.fields)
		}
	}
	for name := range messageLimits {
		if !l.used[name] {
			unused = append(unused, name)
		}
	}
	return unused
}

func between(least, most int64) object { return object{{"minimum", least}, {"maximum", most}} }

var (
	yes, no = true, false

	atLeast0  = object{{"minimum", 0}}
	atLeast1  = object{{"minimum", 1}}
	oneOrMore = object{{"minLength", 1}}
	notEmpty  = object{{"minItems", 1}}
	webURL    = object{{"format", "uri"}, {"minLength", 1}, {"maxLength", 2083}}
	threeLong = object{{"minLength", 3}, {"maxLength", 3}}
	ipAddress = object{{"format", "ipvanyaddress"}}
	uuidNames = object{{"propertyNames", object{{"format", "uuid4"}}}}
	onlyFalse = object{{"enum", list{false}}}
	// A decimal may also be sent as a number, which then must not lose digits on its way.
	decimalIn = object{{"type", list{"string", "number"}}}

	metadataMap   = object{{"maxProperties", 50}, {"propertyNames", object{{"minLength", 1}, {"maxLength", 40}}}}
	metadataValue = object{{"minLength", 1}, {"maxLength", 500}}

	sorting = list{"created_at", "-created_at", "expires_at", "-expires_at", "status", "-status"}
)

// messageLimits are the conditions on a whole object.
var messageLimits = map[string]object{
	// The three forms of the body (B 1.5), said in a way that validators read and that pages and generators of code skip: three
	// alternatives would show everything three times.
	"CheckoutCreate": {
		{"if", object{{"not", object{{"anyOf", list{
			object{{"required", list{"product_id"}}},
			object{{"required", list{"product_price_id"}}},
		}}}}}},
		{"then", object{{"required", list{"products"}}}},
	},
}

// fieldLimit is for the fields that a pattern Message.field fits, with * for any text.
type fieldLimit struct {
	fields string
	limit
}

// fieldLimits are those of B 1.2 to 1.7 and 4.
var fieldLimits = map[side][]fieldLimit{sent: sentLimits, answered: answeredLimits}

var sentLimits = []fieldLimit{
	{"ListCheckoutsRequest.page", limit{schema: object{{"exclusiveMinimum", 0}, {"default", 1}}}},
	{"ListCheckoutsRequest.limit", limit{schema: object{{"exclusiveMinimum", 0}, {"default", 10}}}},
	{"ListCheckoutsRequest.sorting", limit{schema: object{{"default", list{"-created_at"}}}, items: object{{"enum", sorting}}}},
	{"ListCheckoutsRequest.query", limit{nullable: &no}},
	{"CreateCheckoutRequest.request_id", limit{schema: object{{"format", nil}, {"maxLength", 255}}}},

	{"CheckoutCreate.products", limit{schema: notEmpty}},
	{"CheckoutCreate.product_id", limit{nullable: &no}},
	{"CheckoutCreate.product_price_id", limit{nullable: &no}},
	{"CheckoutCreate.prices", limit{nullable: &yes, schema: uuidNames, items: notEmpty}},
	{"CheckoutCreate.allow_discount_codes", limit{schema: object{{"default", true}}}},
	{"CheckoutCreate.require_billing_address", limit{schema: object{{"default", false}}}},
	{"CheckoutCreate.allow_trial", limit{schema: object{{"default", true}}}},
	{"CheckoutCreate.is_business_customer", limit{schema: object{{"default", false}}}},
	{"CheckoutCreate.m[ai][xn]_seats", limit{schema: between(1, 10000)}},
	{"CheckoutCreate.m[ai][xn]_units", limit{schema: between(1, 1<<31-1)}},

	{"Checkout*.amount", limit{schema: atLeast0}},
	{"Checkout*.seats", limit{schema: between(1, 10000)}},
	{"Checkout*.units", limit{schema: between(1, 1<<31-1)}},
	{"Checkout*.trial_interval_count", limit{schema: between(1, 1000)}},
	{"Checkout*.currency", limit{schema: threeLong}},
	{"Checkout*.customer_name", limit{schema: object{{"maxLength", 256}}}},
	{"Checkout*.customer_email", limit{schema: object{{"format", "email"}}}},
	{"Checkout*.metadata", limit{schema: metadataMap, items: metadataValue}},
	{"Checkout*.customer_metadata", limit{schema: metadataMap, items: metadataValue}},
	{"Checkout*.success_url", limit{schema: webURL.without("format")}}, // {CHECKOUT_ID} makes it no URI
	{"Checkout*.return_url", limit{schema: webURL}},
	{"Checkout*.customer_ip_address", limit{schema: ipAddress}},
	{"CheckoutUpdate.customer_metadata", limit{nullable: &yes}}, // Polar's document allows it, and Polar then fails
	{"CheckoutUpdatePublic.allow_trial", limit{schema: onlyFalse}},
	{"CheckoutConfirmStripe.allow_trial", limit{schema: onlyFalse}},

	{"AddressInput.country", limit{required: true}},

	{"ProductPriceCreate.price_currency", limit{schema: object{{"default", "usd"}}}},
	{"ProductPriceFixedCreate.price_amount", limit{required: true, schema: atLeast0}},
	{"ProductPriceCustomCreate.minimum_amount", limit{schema: object{{"minimum", 0}, {"default", 50}}}},
	{"ProductPriceCustomCreate.maximum_amount", limit{schema: atLeast1}},
	{"ProductPriceCustomCreate.preset_amount", limit{schema: atLeast0}},
	{"ProductPriceSeatBasedCreate.seat_tiers", limit{required: true}},
	{"ProductPriceSeatTiersInput.seat_tier_type", limit{schema: object{{"default", "volume"}}}},
	{"ProductPriceSeatTiersInput.tiers", limit{required: true, schema: notEmpty}},
	{"ProductPriceSeatTierInput.min_seats", limit{required: true, schema: atLeast1}},
	{"ProductPriceSeatTierInput.max_seats", limit{schema: atLeast1}},
	{"ProductPriceSeatTierInput.price_per_seat", limit{required: true, schema: atLeast0}},
	{"ProductPriceUnitBasedCreate.tiers", limit{required: true}},
	{"ProductPriceUnitBasedCreate.minimum_units", limit{schema: atLeast1}},
	{"ProductPriceUnitBasedCreate.unit_label", limit{nullable: &yes}},
	{"ProductPriceUnitTiersInput.type", limit{schema: object{{"default", "volume"}}}},
	{"ProductPriceUnitTiersInput.tiers", limit{required: true, schema: notEmpty}},
	{"ProductPriceUnitTierInput.bound", limit{schema: atLeast1}},
	{"ProductPriceUnitTierInput.unit_amount", limit{required: true, schema: decimalIn}},
	{"ProductPriceMeteredUnitCreate.meter_id", limit{required: true}},
	{"ProductPriceMeteredUnitCreate.unit_amount", limit{required: true, schema: decimalIn}},
	{"ProductPriceMeteredUnitCreate.cap_amount", limit{schema: between(0, 1<<31-1)}},
}

var answeredLimits = []fieldLimit{
	{"Checkout*.customer_ip_address", limit{schema: ipAddress}},
	{"Checkout.prices", limit{schema: uuidNames}},
	{"CheckoutPublic*.prices", limit{schema: uuidNames}},
	{"Checkout.customer_metadata", limit{items: object{{"type", list{"string", "integer", "boolean"}}}}}, // no fractions (B 1.7)
	// Fractions are read, should one come, but Polar answers none (B 1.7).
	{"Checkout*.custom_field_data", limit{items: object{{"type", list{"string", "integer", "boolean", "null"}}}}},
	{"CheckoutPublicConfirmed.status", limit{schema: object{{"$ref", nil}, {"type", "string"}, {"const", "confirmed"}}}},
	{"CustomField*Properties.form_*", limit{schema: oneOrMore}},
	{"CustomFieldTextProperties.m[ai][xn]_length", limit{schema: between(0, 1<<31-1)}},
	{"CustomField*Properties.[gl]e", limit{schema: between(-1<<31, 1<<31-1)}},
	{"CustomFieldSelectProperties.options", limit{schema: notEmpty}},
	{"CustomFieldSelectOption.*", limit{schema: oneOrMore}},
	{"ProductPriceSeatTiers.tiers", limit{schema: notEmpty}},
	{"ProductPriceSeatTier.m[ai][xn]_seats", limit{schema: atLeast1}},
	{"ProductPriceSeatTier.price_per_seat", limit{schema: atLeast0}},
	{"Address.country", limit{schema: object{{"pattern", "^[A-Z]{2}$"}}}},
	{"ProductMediaFileRead.service", limit{schema: object{{"const", "product_media"}}}},
}
