package oasdiff

// The reasons that come more than once. None of the differences is of our making: the facade passes on what Polar
// sends. Our document says more of Polar's wire, and says some of it in fewer schemas.
const (
	wire          = "Polar sends it, and its document does not have it (B 0.2, 0.3)"
	takes         = "Polar takes it, and its document does not have it (B 0.2, 1.5, 1.7)"
	always        = "Polar writes every declared member (B 1.1)"
	undeclared    = "Polar answers it, and its document is silent about it (B 0.4)"
	otherErrors   = "Polar answers further errors under the same status (B 3.2 to 3.7); the one that Polar's document has is among the alternatives, and its members are the same"
	openList      = "a list that changes: 249 countries, 126 currencies"
	fewerForms    = "the variants of one price type and of one discount type are one schema each, with what only some of them have as optional members: the same objects fit"
	ownHeader     = "this server's own, against double checkouts and charges"
	ownFailure    = "a failure of this server's own, under a status that no operation of Polar's has"
	formsOfCreate = "not more than Polar's document asks: products is required but beside one of the deprecated forms (B 1.5)"
	naming        = "schemas have the names of the proto messages; no name is on the wire"
	decimals      = "Polar also writes and takes exponents such as 1E+2, which its own pattern refuses (B 1.1)"
)

// allowed are the differences between Polar's document and ours. A text is a regular expression for the whole of
// oasdiff's words, without statuses. Those that oasdiff calls breaking come first.
var allowed = []struct{ id, text, reason string }{
	{"response-body-any-of-added", "added .* to the response body `anyOf` list for the response status `4..`", otherErrors},
	{"response-body-type-changed", "the response's body `type` changed from `object` to `any` for status `4..`", otherErrors},
	{"response-required-property-removed", "removed the required property `(error|detail)`", otherErrors},
	{"response-property-one-of-added", ".*ProductPriceUnitBased.*prices.*`oneOf` list", wire},
	{"response-property-one-of-added", ".*ProductPriceUnitBased.*`product_price/.*`oneOf` list", wire},
	{"response-property-one-of-added", ".*CheckoutDiscountFixed, .*CheckoutDiscountPercentage.*`discount/.*`oneOf` list", fewerForms},
	{"response-property-became-not-enum", "removed the enum constraint from the `customer_billing_address/.*/country` response property", openList},
	{"response-property-pattern-removed", "the `.*ProductPriceMeteredUnit./unit_amount` response's property pattern .* was removed", decimals},
	{"request-body-if-added", "added 'if' subschema to the request body", formsOfCreate},
	{"request-body-then-added", "added 'then' subschema to the request body", formsOfCreate},

	{"response-property-one-of-removed", "removed `.*LegacyRecurringProductPriceFixed, .*LegacyRecurringProductPriceCustom` from .*", fewerForms},
	{"response-property-one-of-removed", "removed `.*CheckoutDiscountFixedOnceForeverDuration.*` from the `discount/.*", fewerForms},
	{"response-property-discriminator-added", ".*", "the list of prices has a discriminator, as the price has in Polar's document"},
	{"response-optional-property-added", "added the optional property `.*/legacy`", fewerForms},
	{"response-optional-property-added", "added the optional property `.*/type`", wire},
	{"response-optional-property-added", "added the optional property `.*/price_per_seat`", wire},
	{"response-optional-property-added", "added the optional property `subtotal_amount`", wire},
	{"response-optional-property-added", "added the optional property `organization/.*`", wire},
	{"response-required-property-added", "added the required property `organization/.*`", wire},
	{"response-required-property-added", "added the required property `.*/recurring_interval`", wire},
	{"response-required-property-added", "added the required property `(units|min_units|max_units)`", wire},
	{"response-required-property-added", "added the required property `(customer_billing_address_fields|customer_external_id)`", wire},
	{"response-required-property-added", "added the required property `error`", "a 422 has a name like every other error (B 3.1)"},
	{"response-optional-property-removed", "removed the optional property `detail`", "the 422 of a confirm is one of two errors, both of which have it"},
	{"response-property-became-required", "the response property `detail` became required", "every 422 has it (B 3.1)"},
	{"response-property-became-required", "the response property `customer_billing_address/.*` became required", always},
	{"response-property-became-required", "the response property `(custom_field_data|locale|seats|min_seats|max_seats)` became required", always},
	{"response-property-became-required", "the response property `.*/seat_tiers/.*` became required", always},
	{"response-property-default-value-removed", "the `seat_tier_type` .*", "always sent, so it has no default"},
	{"response-property-pattern-added", "the `customer_billing_address/.*/country` .*", "what all values of Polar's list have in common"},
	{"response-required-property-became-not-read-only", ".*", "nothing else can be sent in answers anyway; what is sent has schemas of its own"},
	{"response-body-any-of-removed", "removed .*PaymentNotReady.*TrialAlreadyRedeemed.* from the response body `anyOf` list for the response status `403`", "an update cannot answer it; Polar's document has one list for updates and confirm (B 3.2)"},

	{"response-non-success-status-added", ".*status `(400|401|403|404|409|411|413|429|500)`", undeclared},
	{"response-non-success-status-added", ".*status `(501|502|503|504)`", ownFailure},
	{"response-header-added", "the response header `Polar-Version` was added", undeclared},
	{"response-header-added", "the response header `WWW-Authenticate` was added", undeclared},

	{"new-optional-request-property", "added the new optional request property `(units|min_units|max_units)`", takes},
	{"new-optional-request-property", "added the new optional request property `(customer_external_id|product_id|product_price_id)`", takes},
	{"new-optional-request-parameter", ".*`header` request parameter `Polar-Version`", "Polar's answer can be chosen by version; its document is that of one version"},
	{"new-optional-request-parameter", ".*`header` request parameter `(Idempotency-Key|Checkoutsvc-Accept-Second-Charge-Risk)`", ownHeader},
	{"response-header-added", "the response header `(Idempotency-Replayed|Checkoutsvc-Reconciled)` was added", ownHeader},
	{"request-property-became-optional", ".*`products`.*", takes},
	{"request-property-one-of-added", ".*ProductPriceFreeCreate, .*ProductPriceUnitBasedCreate.*", takes},
	{"request-property-discriminator-mapping-added", ".*`free, unit_based`.*", takes},
	{"request-property-type-generalized", ".*`custom_field_data/.*", takes},
	{"request-property-type-generalized", "the `success_url` request property `format` .*", "with {CHECKOUT_ID} in it, as Polar's own words propose, it is no URI"},
	{"request-property-became-not-enum", ".*country`", openList},
	{"request-property-became-not-enum", ".*currency`", openList},
	{"request-property-pattern-removed", ".*/unit_amount`", decimals},
	{"request-property-exclusive-min-unset", ".*/unit_amount`.*", decimals},

	{"api-security-anonymous-access-added", ".*", "the server has a token of its own unless it runs with --credentials=caller"},
	{"api-security-component-removed", ".*`(customer_session|member_session)`.*", "no checkout operation takes it"},
	{"api-security-component-removed", ".*`oidc`.*", "a bearer token like the others; where Polar's log-in stands is Polar's to say"},
	{"api-tag-removed", "api tag `public` removed", "says what Polar publishes, and would list every operation twice"},
	{"api-schema-removed", ".*", naming},
}
