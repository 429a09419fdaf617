package schema

import (
	"slices"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

// The inputs of the calls that set a catalogue up. They take what the recordings send and hold numbers to the ranges of
// B 1.2. How Polar words a refusal of these calls is not recorded: the items have the common form, without the labels
// of its unions.

var (
	anything   = validate.Schema{}
	uuidList   = validate.List(validate.UUID4(), 0)
	visibility = validate.Enum("ProductVisibility", "draft", "private", "public")
	interval   = validate.Nullable(validate.Enum("RecurringInterval", "day", "week", "month", "year"))
	optional   = validate.Nullable
)

// ProductCreate is the body of POST /v1/products/.
var ProductCreate = validate.After(
	validate.Model("ProductCreate", slices.Concat(trialFields(), []validate.Field{
		validate.Default("metadata", metadata, emptyMap),
		validate.Required("name", validate.Str()),
		validate.Default("description", optionalText, ordered.Null),
		validate.Default("visibility", visibility, ordered.String("public")),
		validate.Default("recurring_interval", interval, ordered.Null),
		validate.Default("recurring_interval_count", optionalCount(999), ordered.Null),
		validate.Default("meter_interval", interval, ordered.Null),
		validate.Default("meter_interval_count", optionalCount(999), ordered.Null),
		validate.Required("prices", priceList),
		validate.Default("medias", optional(uuidList), ordered.Null),
		validate.Default("attached_custom_fields", validate.List(attachedField, 0), ordered.Array()),
		validate.Default("organization_id", optionalUUID, ordered.Null),
	})...),
	[]string{"is_complete_configuration"}, completeTrial)

// ProductUpdate is the body of PATCH /v1/products/{id}. A price that is to stay is sent as {"id": its id}.
var ProductUpdate = validate.After(
	validate.Model("ProductUpdate", slices.Concat(trialFields(), []validate.Field{
		validate.Optional("metadata", metadata),
		validate.Optional("name", optionalText),
		validate.Optional("description", optionalText),
		validate.Optional("visibility", optional(visibility)),
		validate.Optional("recurring_interval", interval),
		validate.Optional("recurring_interval_count", optionalCount(999)),
		validate.Optional("meter_interval", interval),
		validate.Optional("meter_interval_count", optionalCount(999)),
		validate.Optional("is_archived", optionalBool),
		validate.Optional("prices", optional(validate.List(validate.Union(existingPrice, price), 1))),
		validate.Optional("medias", optional(uuidList)),
		validate.Optional("attached_custom_fields", optional(validate.List(attachedField, 0))),
	})...),
	[]string{"is_complete_configuration"}, completeTrial)

var existingPrice = validate.Model("ExistingProductPrice", validate.Required("id", validate.UUID4()))

var attachedField = validate.Model("AttachedCustomFieldCreate",
	validate.Required("custom_field_id", validate.UUID4()),
	validate.Required("required", validate.Bool()))

// ProductBenefitsUpdate is the body of POST /v1/products/{id}/benefits.
var ProductBenefitsUpdate = validate.Model("ProductBenefitsUpdate", validate.Required("benefits", uuidList))

// BenefitCreate is the body of POST /v1/benefits/. The properties are taken as they come.
var BenefitCreate = validate.Model("BenefitCreate",
	validate.Default("metadata", metadata, emptyMap),
	validate.Required("type", validate.Enum("BenefitType", "custom", "discord", "github_repository", "downloadables",
		"license_keys", "meter_credit", "feature_flag", "slack_shared_channel")),
	validate.Required("description", validate.Str()),
	validate.Default("visibility", visibility, ordered.String("public")),
	validate.Default("organization_id", optionalUUID, ordered.Null),
	validate.Default("properties", anything, emptyMap))

// MeterCreate is the body of POST /v1/meters/. Filter and aggregation are taken as they come.
var MeterCreate = validate.Model("MeterCreate",
	validate.Default("metadata", metadata, emptyMap),
	validate.Required("name", validate.Str()),
	validate.Required("filter", anything),
	validate.Required("aggregation", anything),
	validate.Default("unit", validate.Enum("MeterUnit", "scalar", "token", "custom"), ordered.String("scalar")),
	validate.Default("custom_label", optionalText, ordered.Null),
	validate.Default("custom_multiplier", optionalCount(maxInt32), ordered.Null),
	validate.Default("organization_id", optionalUUID, ordered.Null))

// DiscountCreate is the body of POST /v1/discounts/: a share of the price or a fixed amount in one or more currencies.
var DiscountCreate = validate.Tagged("type", printDiscountType,
	validate.Tag{Value: "fixed", Schema: validate.Model("DiscountFixedCreate", slices.Concat(discountFields(), []validate.Field{
		validate.Default("amount", optional(discountAmount), ordered.Null),
		validate.Default("currency", optional(currency), ordered.Null),
		validate.Default("amounts", optional(validate.Map(currency, discountAmount, 0)), ordered.Null),
	})...)},
	validate.Tag{Value: "percentage", Schema: validate.Model("DiscountPercentageCreate", append(discountFields(),
		validate.Required("basis_points", validate.Int(validate.Ge(1), validate.Le(10_000))),
	)...)},
)

var discountAmount = validate.Int(validate.Ge(0), validate.Le(999_999_999_999))

func printDiscountType(tag string) string { return "<DiscountType." + tag + ": '" + tag + "'>" }

func discountFields() []validate.Field {
	return []validate.Field{
		validate.Default("metadata", metadata, emptyMap),
		validate.Required("name", validate.Str()),
		validate.Required("type", validate.Str()),
		validate.Default("code", tidyText, ordered.Null),
		validate.Default("starts_at", optional(validate.Datetime()), ordered.Null),
		validate.Default("ends_at", optional(validate.Datetime()), ordered.Null),
		validate.Default("max_redemptions", optionalCount(maxInt32), ordered.Null),
		validate.Default("max_redemptions_per_customer", optionalCount(maxInt32), ordered.Null),
		validate.Default("products", optional(uuidList), ordered.Null),
		validate.Default("organization_id", optionalUUID, ordered.Null),
		validate.Required("duration", validate.Enum("DiscountDuration", "once", "forever", "repeating")),
		validate.Default("duration_in_months", optionalCount(999), ordered.Null),
	}
}

// CustomerCreate is the body of POST /v1/customers/.
var CustomerCreate = validate.Model("CustomerCreate",
	validate.Default("metadata", metadata, emptyMap),
	validate.Default("external_id", optionalText, ordered.Null),
	validate.Default("type", validate.Enum("CustomerType", "individual", "team"), ordered.String("individual")),
	validate.Default("email", optionalEmail, ordered.Null),
	validate.Default("name", name, ordered.Null),
	validate.Default("billing_name", tidyText, ordered.Null),
	validate.Default("billing_address", address, ordered.Null),
	validate.Default("tax_id", tidyText, ordered.Null),
	validate.Default("locale", locale, ordered.Null),
	validate.Default("organization_id", optionalUUID, ordered.Null),
	validate.Default("owner", optional(customerOwner), ordered.Null))

var customerOwner = validate.Model("MemberOwnerCreate",
	validate.Default("email", optionalEmail, ordered.Null),
	validate.Default("name", name, ordered.Null),
	validate.Default("external_id", optionalText, ordered.Null))

// CustomFieldCreate is the body of POST /v1/custom-fields/. The cleaned properties are those that were sent.
var CustomFieldCreate = validate.Tagged("type", printCustomFieldType,
	customField("text",
		validate.Optional("textarea", validate.Bool()),
		validate.Optional("min_length", validate.Int(validate.Ge(0), validate.Le(maxInt32))),
		validate.Optional("max_length", validate.Int(validate.Ge(0), validate.Le(maxInt32)))),
	customField("number", bounds()...),
	customField("date", bounds()...),
	customField("checkbox"),
	customField("select", validate.Required("options", validate.List(selectOption, 1))),
)

func printCustomFieldType(tag string) string { return "<CustomFieldType." + tag + ": '" + tag + "'>" }

func bounds() []validate.Field {
	return []validate.Field{
		validate.Optional("ge", validate.Int(validate.Ge(-maxInt32-1), validate.Le(maxInt32))),
		validate.Optional("le", validate.Int(validate.Ge(-maxInt32-1), validate.Le(maxInt32))),
	}
}

var selectOption = validate.Model("CustomFieldSelectOption",
	validate.Required("value", validate.SizedStr(1, 0)),
	validate.Required("label", validate.SizedStr(1, 0)))

func customField(kind string, properties ...validate.Field) validate.Tag {
	properties = append([]validate.Field{
		validate.Optional("form_label", validate.SizedStr(1, 0)),
		validate.Optional("form_help_text", validate.SizedStr(1, 0)),
		validate.Optional("form_placeholder", validate.SizedStr(1, 0)),
	}, properties...)
	return validate.Tag{Value: kind, Schema: validate.Model("CustomFieldCreate",
		validate.Default("metadata", metadata, emptyMap),
		validate.Required("type", validate.Str()),
		validate.Required("slug", validate.SizedStr(1, 0)),
		validate.Required("name", validate.SizedStr(1, 0)),
		validate.Default("organization_id", optionalUUID, ordered.Null),
		validate.Required("properties", validate.Model("CustomFieldProperties", properties...)))}
}
