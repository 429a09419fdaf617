package emulator

import (
	"errors"
	"net/http"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
)

// form is which body changes a session; they differ in a few fields and rules (B 1.6).
type form int

const (
	formUpdate  form = iota // by id, with a token
	formPublic              // by client secret
	formConfirm             // the body of a confirm
)

// change is a body on its way into a session.
type change struct {
	*call
	form form
	in   *ordered.Object
	*checkout
	// nullBusiness tells that is_business_customer was sent as null, which the database takes only if it is reset later.
	nullBusiness bool
	// nullSwitch tells that another column was set to null that the database takes no null for. It says so at the end.
	nullSwitch bool
}

// updateCheckout changes a session by its id.
func (c *call) updateCheckout() (*answer, error) {
	id, wrong := c.id()
	in, err := c.input(schema.CheckoutUpdate, wrong...)
	if err != nil {
		return nil, err
	}
	found := c.store.checkout(id)
	switch {
	case found == nil || !c.subject.sees(found.org):
		return nil, errNotFound
	case c.store.locks[id]:
		return nil, errLocked
	}
	draft, err := c.change(found, in, formUpdate)
	if err != nil {
		return nil, err
	}
	return reply(http.StatusOK, c.renderCheckout(draft)), nil
}

// updateClientCheckout changes a session by its client secret.
func (c *call) updateClientCheckout() (*answer, error) {
	in, err := c.input(schema.CheckoutUpdatePublic)
	if err != nil {
		return nil, err
	}
	found, err := c.clientCheckout(true)
	if err != nil {
		return nil, err
	}
	draft, err := c.change(found, in, formPublic)
	if err != nil {
		return nil, err
	}
	return reply(http.StatusOK, c.renderPublic(draft)), nil
}

// clientCheckout finds the session of the client secret in the path. To write, its row must be free.
func (c *call) clientCheckout(write bool) (*checkout, error) {
	secret := c.params["client_secret"]
	if holdsNUL(secret) || !ordered.String(secret).Encodable() {
		return nil, errInternal
	}
	found := c.read(c.store.bySecret[secret])
	switch {
	case found == nil:
		return nil, errNotFound
	case write && c.store.locks[found.id]:
		return nil, errLocked
	case found.expiresAt.Before(c.now):
		return nil, errExpired
	case !found.org.canAuthenticate():
		return nil, errNotPermitted
	}
	return found, nil
}

// change runs the steps of B 2.4 and stores the result.
func (c *call) change(found *checkout, in *ordered.Object, how form) (*checkout, error) {
	draft := found.draft()
	u := &change{call: c, form: how, in: in, checkout: draft}
	if err := u.apply(); err != nil {
		return nil, err
	}
	if err := c.store.applyTax(draft); err != nil && !errors.Is(err, errTaxLocation) {
		return nil, err
	}
	draft.dropPaymentFields()
	if !u.storable() {
		return nil, errInternal
	}
	c.store.update(draft, c.now)
	c.streams.publish(draft.secret, updatedEvents(draft.status)...)
	return draft, nil
}

// apply brings the body into the draft; the first step that refuses ends it.
func (u *change) apply() error {
	if u.status != statusOpen {
		return notOpen(u.checkout)
	}
	steps := []func() error{
		u.selectProduct, u.dropUnfitDiscount, u.setQuantities, u.setDiscount, u.setAddressAndTaxID, u.setFieldData,
		u.copyFields, u.checkRedemptions, u.checkSubscriptions,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// setDiscount handles discount_id by id, and discount_code of a buyer where the session allows codes at all.
func (u *change) setDiscount() (err error) {
	field := "discount_id"
	if u.form != formUpdate {
		field = "discount_code"
		if !u.allowDiscountCodes {
			return nil
		}
	}
	value, sent := u.in.Lookup(field)
	switch {
	case !sent:
	case value.IsNull():
		u.discount = nil
	case u.form == formUpdate:
		u.discount, err = u.store.discountByID(value, u.product, u.currency, u.now)
	default:
		u.discount, err = u.store.discountByCode(value.Text(), u.product, u.currency, u.now)
	}
	return err
}

// setAddressAndTaxID replaces the address, and checks the tax id, new or stored, against it.
func (u *change) setAddressAndTaxID() (err error) {
	if address := u.in.Get("customer_billing_address").Object(); address != nil {
		u.address = canonicalAddress(address)
	}
	number, sent := u.in.Lookup("customer_tax_id")
	switch {
	case u.leavesBusiness(), sent && number.IsNull():
		u.taxID = nil
	case sent:
		u.taxID, err = validTaxID(number.Text(), u.address)
	case u.taxID != nil:
		u.taxID, err = validTaxID(u.taxID.number, u.address)
	}
	return err
}

// leavesBusiness tells that the body makes the buyer a private person, which clears the fields of a business.
func (u *change) leavesBusiness() bool {
	business, sent := u.in.Lookup("is_business_customer")
	return sent && business.Kind() == ordered.KindBool && !business.Truth()
}

// setFieldData merges custom field data on an update; a confirm replaces it and needs the required fields (B 1.6).
func (u *change) setFieldData() error {
	sent, has := u.in.Lookup("custom_field_data")
	if !has && u.form != formConfirm {
		return nil
	}
	data, err := validFieldData(u.product, object(sent), u.form == formConfirm)
	if err != nil {
		return err
	}
	if u.form == formConfirm {
		u.fieldData = data
		return nil
	}
	merged := u.fieldData.Clone()
	if merged == nil {
		merged = ordered.NewObject()
	}
	for slug, value := range data.All() {
		merged.Set(slug, value)
	}
	u.fieldData = merged
	return nil
}

// copyFields copies what needs no further look, null included. The billing country comes from the address stored
// before this request (B 2.4, 9).
func (u *change) copyFields() error {
	if u.form != formConfirm {
		u.locate(u.ip)
	}
	for key, value := range u.in.All() {
		set, plain := plainFields[key]
		switch {
		case !plain, key == "customer_email" && u.customer != nil:
		default:
			set(u.checkout, value)
		}
	}
	u.copySwitches()
	if u.leavesBusiness() {
		u.billingName = nil
	}
	u.settleLocale()
	u.startTrial(u.now)
	return nil
}

// copySwitches copies the booleans that the database takes no null for: storable tells of those, and of the metadata.
func (u *change) copySwitches() {
	switches := map[string]*bool{
		"allow_discount_codes":    &u.allowDiscountCodes,
		"require_billing_address": &u.requireBillingAddress,
		"is_business_customer":    &u.business,
	}
	for key, target := range switches {
		if value, sent := u.in.Lookup(key); sent {
			*target = value.Truth()
		}
	}
	null := func(key string) bool {
		value, sent := u.in.Lookup(key)
		return sent && value.IsNull()
	}
	u.nullBusiness = null("is_business_customer")
	u.nullSwitch = null("allow_discount_codes") || null("require_billing_address") || null("customer_metadata")
}

// storable tells whether the database and Polar's own answer take the changed session: else it is Polar's plain 500
// (B 1.6).
func (u *change) storable() bool {
	if u.nullSwitch || u.nullBusiness && (u.paymentFormRequired() || u.requireBillingAddress) {
		return false
	}
	return u.checkout.storable() && floatless(u.customerMetadata)
}

// checkRedemptions tells a buyer early that a discount is used up for them.
func (u *change) checkRedemptions() error {
	if u.form == formPublic && u.discount != nil && u.discount.exhausted(u.checkout, nil, "") {
		return errRedemptionLimit
	}
	return nil
}

// checkSubscriptions keeps a customer from a second subscription where the organization allows one only (B 2.4, 12).
func (u *change) checkSubscriptions() error {
	if u.org.flags.AllowMultipleSubscriptions || !u.product.recurring() || u.subscription != nil {
		return nil
	}
	buyer := u.customer
	if buyer == nil && u.email != nil {
		buyer = u.store.customerByEmail(u.org, *u.email)
	}
	if buyer == nil {
		return nil
	}
	active := u.store.subscriptions.find(func(s *subscription) bool { return s.customer == buyer && s.billable() })
	if active != nil {
		return errActiveSubscription
	}
	return nil
}

// dropPaymentFields clears what only a payment form asks for, once no form is needed any more (B 2.4, 14).
func (draft *checkout) dropPaymentFields() {
	if draft.paymentFormRequired() {
		return
	}
	draft.paymentMethod = nil
	if !draft.requireBillingAddress {
		draft.business, draft.taxID, draft.billingName = false, nil, nil
	}
}
