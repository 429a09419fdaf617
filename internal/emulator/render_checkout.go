package emulator

import (
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// renderCheckout is a session as the merchant sees it. The order of keys is that of the wire (B 1.3).
func (e *Emulator) renderCheckout(c *checkout) *ordered.Object {
	out := e.renderShared(c)
	out.Set("trial_interval", ordered.Of(c.trialInterval))
	out.Set("trial_interval_count", ordered.Of(c.trialIntervalCount))
	out.Set("metadata", c.metadata.Value())
	out.Set("external_customer_id", ordered.Of(c.externalID))
	out.Set("customer_external_id", ordered.Of(c.externalID))
	setOffer(out, c)
	out.Set("subscription_id", idOf(c.subscription != nil, func() string { return c.subscription.id }))
	out.Set("attached_custom_fields", renderAttachedFields(c.product))
	out.Set("customer_metadata", wholeNumbers(c.customerMetadata).Value())
	out.Set("subtotal_amount", ordered.Int(c.netAmount))
	return out
}

// renderPublic is a session as the buyer sees it.
func (e *Emulator) renderPublic(c *checkout) *ordered.Object {
	out := e.renderBuyer(c)
	out.Set("subtotal_amount", ordered.Int(c.netAmount))
	return out
}

// renderConfirmed is the answer of a confirm; sessionToken is null where the buyer gets none.
func (e *Emulator) renderConfirmed(c *checkout, sessionToken *string) *ordered.Object {
	out := e.renderBuyer(c)
	out.Set("customer_session_token", ordered.Of(sessionToken))
	out.Set("subtotal_amount", ordered.Int(c.netAmount))
	return out
}

func (e *Emulator) renderBuyer(c *checkout) *ordered.Object {
	out := e.renderShared(c)
	setOffer(out, c)
	out.Set("organization", renderOrganization(c.org).Value())
	out.Set("attached_custom_fields", renderAttachedFields(c.product))
	return out
}

// renderShared is what all forms of a session begin with.
func (e *Emulator) renderShared(c *checkout) *ordered.Object {
	page := e.options.FrontendURL + "/checkout/" + c.secret
	interval, count := c.activeTrial()
	return ordered.NewObject(
		"id", c.id,
		"created_at", stamp(c.createdAt),
		"modified_at", stampPtr(c.modifiedAt),
		"custom_field_data", c.fieldData,
		"payment_processor", "stripe",
		"status", c.status,
		"client_secret", c.secret,
		"url", page,
		"expires_at", stamp(c.expiresAt),
		"success_url", strings.ReplaceAll(textOr(c.successURL, page+"/confirmation"), "{CHECKOUT_ID}", c.id),
		"return_url", c.returnURL,
		"embed_origin", c.embedOrigin,
		"amount", c.amount,
		"seats", c.seats, "min_seats", c.minSeats, "max_seats", c.maxSeats,
		"units", c.units, "min_units", c.minUnits, "max_units", c.maxUnits,
		"discount_amount", c.discountAmount(),
		"net_amount", c.netAmount,
		"tax_amount", c.taxAmount,
		"tax_behavior", c.taxBehavior,
		"total_amount", c.totalAmount(),
		"currency", c.currency,
		"allow_trial", c.allowTrial,
		"active_trial_interval", interval,
		"active_trial_interval_count", count,
		"trial_end", stampPtr(c.trialEnd),
		"organization_id", c.org.id,
		"product_id", c.product.id,
		"product_price_id", c.price.id,
		"discount_id", idOf(c.discount != nil, func() string { return c.discount.id }),
		"allow_discount_codes", c.allowDiscountCodes,
		"require_billing_address", c.requireBillingAddress,
		"is_discount_applicable", c.discountApplicable(),
		"is_free_product_price", c.freePrice(),
		"is_payment_required", c.paymentRequired(),
		"is_payment_setup_required", c.paymentSetupRequired(),
		"is_payment_form_required", c.paymentFormRequired(),
		"customer_id", idOf(c.customer != nil, func() string { return c.customer.id }),
		"is_business_customer", c.business,
		"customer_name", c.name,
		"customer_email", c.email,
		"customer_ip_address", c.ip,
		"customer_billing_name", c.billingName,
		"customer_billing_address", canonicalAddress(c.address),
		"customer_tax_id", c.taxNumber(),
		"locale", c.locale,
		"payment_method_type", c.paymentMethod,
		"payment_processor_metadata", c.processorMetadata,
		"customer_billing_address_fields", c.addressFlags(),
		"billing_address_fields", c.addressModes(),
	)
}

// setOffer sets what the session sells.
func setOffer(out *ordered.Object, c *checkout) {
	prices := ordered.NewObject()
	products := make([]ordered.Value, len(c.products))
	for i, entry := range c.products {
		products[i] = renderCheckoutProduct(entry.product).Value()
		prices.Set(entry.product.id, renderPrices(entry.prices(), entry.product))
	}
	out.Set("products", ordered.Array(products...))
	out.Set("product", renderCheckoutProduct(c.product).Value())
	out.Set("product_price", renderPrice(c.price, c.product).Value())
	out.Set("prices", prices.Value())
	out.Set("discount", renderCheckoutDiscount(c.discount).Value())
}

func (c *checkout) taxNumber() *string {
	if c.taxID == nil {
		return nil
	}
	return &c.taxID.number
}

// wholeNumbers prints 1.0 as 1: the output type of customer metadata has no floats (B 1.1).
func wholeNumbers(metadata *ordered.Object) *ordered.Object {
	out := ordered.NewObject()
	for key, v := range metadata.All() {
		if f, _ := v.Float64(); v.Kind() == ordered.KindFloat && f == float64(int64(f)) {
			v = ordered.Int(int64(f))
		}
		out.Set(key, v)
	}
	return out
}

func idOf(present bool, id func() string) ordered.Value {
	if !present {
		return ordered.Null
	}
	return ordered.String(id())
}
