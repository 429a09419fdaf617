package emulator

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// renderCheckoutDiscount is a discount inside a session, which shows no counters (B 1.4); nil without a discount.
func renderCheckoutDiscount(d *discount) *ordered.Object {
	if d == nil {
		return nil
	}
	out := renderDiscountHead(d)
	out.Set("id", ordered.String(d.id))
	out.Set("name", ordered.String(d.name))
	out.Set("code", ordered.Of(d.code))
	return out
}

// renderDiscount is a discount of the discounts API.
func renderDiscount(d *discount) *ordered.Object {
	out := renderDiscountHead(d)
	products := make([]ordered.Value, len(d.products))
	for i, p := range d.products {
		products[i] = renderDiscountProduct(p).Value()
	}
	for key, value := range ordered.NewObject(
		"created_at", stamp(d.createdAt),
		"modified_at", stampPtr(d.modifiedAt),
		"id", d.id,
		"metadata", d.metadata,
		"name", d.name,
		"code", d.code,
		"starts_at", stampPtr(d.startsAt),
		"ends_at", stampPtr(d.endsAt),
		"max_redemptions", d.maximum,
		"max_redemptions_per_customer", d.perCustomer,
		"redemptions_count", d.count,
		"organization_id", d.org.id,
		"products", products,
	).All() {
		out.Set(key, value)
	}
	return out
}

func renderDiscountHead(d *discount) *ordered.Object {
	out := ordered.NewObject("duration", d.duration)
	if d.months != nil {
		out.Set("duration_in_months", ordered.Int(*d.months))
	}
	out.Set("type", ordered.String(d.kind))
	if d.kind == "percentage" {
		out.Set("basis_points", ordered.Int(d.basisPoints))
		return out
	}
	currency := d.defaultCurrency()
	out.Set("amount", d.amounts.Get(currency))
	out.Set("currency", ordered.String(currency))
	out.Set("amounts", d.amounts.Value())
	return out
}

func renderDiscountProduct(p *product) *ordered.Object {
	out := ordered.NewObject("metadata", p.metadata)
	for key, value := range renderProductHead(p).All() {
		out.Set(key, value)
	}
	return out
}

func renderCustomer(c *customer) *ordered.Object {
	taxID := ordered.Null
	if c.taxID != nil {
		taxID = ordered.Strings(c.taxID.number, c.taxID.kind)
	}
	return ordered.NewObject(
		"id", c.id,
		"created_at", stamp(c.createdAt),
		"modified_at", stampPtr(c.modifiedAt),
		"metadata", c.metadata,
		"external_id", c.externalID,
		"email", c.email,
		"email_verified", false,
		"type", c.kind,
		"name", c.name,
		"billing_name", c.shownBillingName(),
		"billing_address", canonicalAddress(c.address),
		"tax_id", taxID,
		"locale", c.locale,
		"organization_id", c.org.id,
		"default_payment_method_id", ordered.Null,
		"deleted_at", stampPtr(c.deletedAt),
		"first_user_event_at", ordered.Null,
		"avatar_url", avatar(c),
	)
}

// avatar is the address of the picture that goes with an e-mail; without one the id stands for it.
func avatar(c *customer) string {
	subject := c.id
	if c.email != nil {
		subject = strings.ToLower(*c.email)
	}
	return fmt.Sprintf("https://www.gravatar.com/avatar/%x?d=404", sha256.Sum256([]byte(subject)))
}

// legacyStatus is the older set of values in which an organization's status is shown (B 1.4).
func legacyStatus(status string) string {
	switch status {
	case "created", "active", "denied":
		return status
	case "review":
		return "under_review"
	case "blocked", "offboarded":
		return "denied"
	}
	return "active"
}

func renderOrganization(o *organization) *ordered.Object {
	return ordered.NewObject(
		"created_at", stamp(o.createdAt),
		"modified_at", stampPtr(o.modifiedAt),
		"id", o.id,
		"name", o.name,
		"slug", o.slug,
		"avatar_url", ordered.Null,
		"proration_behavior", "prorate",
		"allow_customer_updates", true,
		"bio", ordered.Null, "company", ordered.Null, "blog", ordered.Null, "location", ordered.Null,
		"twitter_username", ordered.Null,
		"pledge_minimum_amount", 0,
		"pledge_badge_show_amount", false,
		"default_upfront_split_to_contributors", ordered.Null,
		"email", o.email,
		"website", ordered.Null,
		"socials", []ordered.Value{},
		"status", legacyStatus(o.status),
		"details_submitted_at", ordered.Null,
		"feature_settings", renderFeatures(o),
		"subscription_settings", ordered.NewObject(
			"allow_multiple_subscriptions", o.flags.AllowMultipleSubscriptions,
			"proration_behavior", "prorate",
			"benefit_revocation_grace_period", 0,
			"prevent_trial_abuse", o.flags.PreventTrialAbuse,
			"allow_customer_updates", true,
		),
		"customer_email_settings", renderEmailSettings(),
	)
}

func renderFeatures(o *organization) *ordered.Object {
	return ordered.NewObject(
		"issue_funding_enabled", false,
		"seat_based_pricing_enabled", o.flags.SeatBasedPricing,
		"unit_based_pricing_enabled", o.flags.UnitBasedPricing,
		"wallets_enabled", false,
		"member_model_enabled", o.flags.MemberModel,
		"checkout_localization_enabled", o.flags.CheckoutLocalization,
		"overview_metrics", ordered.Null,
		"reset_proration_behavior_enabled", false,
		"off_session_charges_enabled", false,
		"meter_cycling_enabled", false,
		"slack_benefit_enabled", false,
		"preview_access_enabled", false,
		"disputes_enabled", false,
		"sso_enabled", false,
		"dispute_auto_accept_enabled", false,
		"compass_enabled", false,
		"merchant_migration_enabled", false,
	)
}

func renderEmailSettings() *ordered.Object {
	out := ordered.NewObject()
	for _, occasion := range []string{
		"order_confirmation", "payment_method_expiration_reminder", "subscription_cancellation", "subscription_confirmation",
		"subscription_cycled", "subscription_cycled_after_trial", "subscription_past_due", "subscription_paused",
		"subscription_resumed", "subscription_renewal_reminder", "subscription_revoked",
		"subscription_trial_conversion_reminder", "subscription_uncanceled", "subscription_updated",
	} {
		out.Set(occasion, ordered.Bool(true))
	}
	return out
}
