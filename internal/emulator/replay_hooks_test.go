package emulator

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// makeOwners makes the organizations and tokens that the recordings' README names.
func (r *replay) makeOwners() {
	e := r.emulator
	founded := time.Date(2025, time.July, 1, 0, 0, 0, 0, time.UTC)
	all := OrganizationFlags{SeatBasedPricing: true, UnitBasedPricing: true, MemberModel: true}
	lenient := all
	lenient.CheckoutLocalization, lenient.AllowMultipleSubscriptions, lenient.PreventTrialAbuse = true, true, true
	changed := time.Date(2026, time.November, 22, 18, 17, 52, 438631000, time.UTC)
	ids := map[string]string{
		"org":           e.AddOrganization(Organization{Slug: "acme", Name: "Acme Inc", Flags: all, CreatedAt: &founded}),
		"not_ready_org": e.AddOrganization(Organization{Slug: "not-ready", Name: "Not Ready Ltd", Status: "created", Flags: all, CreatedAt: &founded}),
		"lenient_org":   e.AddOrganization(Organization{Slug: "lenient", Name: "Lenient Labs", Flags: lenient, CreatedAt: &founded, ModifiedAt: &changed}),
		"blocked_org":   e.AddOrganization(Organization{Slug: "blocked", Name: "Blocked Co", Flags: all, CreatedAt: &founded}),
		"no_flags_org":  e.AddOrganization(Organization{Slug: "plain", Name: "Plain Co", CreatedAt: &founded}),
	}
	yesterday := e.Clock().Now().Add(-24 * time.Hour)
	tokens := map[string]Token{
		"read_only_token":         {Scopes: []string{"checkouts:read"}},
		"write_only_token":        {Scopes: []string{"checkouts:write"}},
		"no_checkout_scope_token": {Scopes: []string{"products:read"}},
		"expired_token":           {ExpiresAt: &yesterday},
		"user_token":              {Kind: "user"},
		"blocked_user_token":      {Kind: "user", OrganizationID: ids["blocked_org"]},
	}
	for name, id := range ids {
		tokens[name+"_token"] = Token{OrganizationID: id}
	}
	r.tokens = map[string]string{}
	for name, id := range ids {
		r.vars[name+"_id"] = id
	}
	for name, token := range tokens {
		if token.OrganizationID == "" {
			token.OrganizationID = ids["org"]
		}
		value, err := e.AddToken(token)
		r.must(err)
		r.tokens[name] = value
	}
}

// hook does by control calls what was done between two exchanges.
func (r *replay) hook(where string, hook recordings.Hook) {
	e := r.emulator
	text := func(key string) string {
		value, _ := hook.Args[key].(string)
		return value
	}
	number := func(key string) float64 {
		value, _ := hook.Args[key].(float64)
		return value
	}
	id := r.names.forth[text("id")]
	var err error
	switch hook.Name {
	case "wait":
		time.Sleep(time.Duration(number("seconds") * float64(time.Second))) //nolint:forbidigo // in a synctest bubble
	case "wait_status":
		time.Sleep(1500 * time.Millisecond) //nolint:forbidigo // in a synctest bubble
	case "product_not_taxable":
		_, err = e.UpdateProduct(id, ProductChange{Taxable: new(bool)})
	case "discount_maxed":
		err = e.UpdateDiscount(id, DiscountChange{Redemptions: 1})
	case "set_org_status":
		err = e.UpdateOrganization(id, func(o *Organization) error { o.Status = text("status"); return nil })
	case "soft_delete_org":
		err = e.UpdateOrganization(id, func(o *Organization) error { o.Deleted = hook.Args["undo"] != true; return nil })
	case "expire_checkout":
		change := CheckoutChange{Overdue: true}
		if status := text("status"); status != "" {
			change.Status = &status
		}
		err = e.UpdateCheckout(id, change)
	case "set_checkout_status":
		err = e.UpdateCheckout(id, CheckoutChange{Status: ptr(text("status"))})
	case "soft_delete_checkout":
		err = e.UpdateCheckout(id, CheckoutChange{Deleted: ptr(true)})
	case "checkout_column":
		value := strings.Trim(text("value"), "'")
		err = e.UpdateCheckout(id, CheckoutChange{Columns: map[string]json.RawMessage{text("column"): json.RawMessage(value)}})
	case "lock_checkout":
		err = e.LockCheckout(id, time.Duration(number("seconds")*float64(time.Second)))
	case "bulk_checkouts":
		err = e.CopyCheckout(id, int(number("n")))
	case "customer_stripe_id":
		err = e.UpdateCustomer(id, Customer{ProcessorID: ptr(text("stripe_id"))})
	case "add_media":
		_, err = e.UpdateProduct(r.names.forth[text("product_id")], ProductChange{Medias: []Media{recordedMedia}})
	case "legacy_prices":
		var made []string
		made, err = e.UpdateProduct(r.names.forth[text("product_id")], ProductChange{LegacyPrices: recordedLegacyPrices})
		if err == nil {
			r.vars["pr_legacy_month"], r.vars["pr_legacy_year"], r.vars["pr_legacy_custom"] = made[0], made[1], made[2]
		}
	default:
		r.Fatalf("%s: no control call for the hook %s", where, hook.Name)
	}
	if err != nil {
		r.Logf("%s: hook %s: %v", where, hook.Name, err)
	}
}

var recordedLegacyPrices = []LegacyPrice{
	{Interval: "month", Amount: ptr(int64(1000))},
	{Interval: "year", Amount: ptr(int64(10000))},
	{Interval: "month", Minimum: 500, Preset: ptr(int64(700))},
}

// recordedMedia is the picture of scenario 23.
var recordedMedia = Media{
	Name: "cover.png", MIMEType: "image/png", Size: 123456, StorageURL: "http://storage.example/polar-s3-public",
	Extra: map[string]string{
		"storage_version": "v1", "checksum_etag": "etag1", "checksum_sha256_base64": "c2hh", "checksum_sha256_hex": "736861",
		"last_modified_at": "2025-06-01T12:00:00Z",
	},
}
