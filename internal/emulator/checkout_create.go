package emulator

import (
	"errors"
	"net/http"
	"slices"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
)

// createCheckout opens a session (B 2.3).
func (c *call) createCheckout() (*answer, error) {
	in, err := c.input(schema.CheckoutCreate)
	if err != nil {
		return nil, err
	}
	draft, err := c.newCheckout(in)
	if err != nil {
		return nil, err
	}
	if !draft.storable() || !floatless(draft.customerMetadata) {
		return nil, errInternal
	}
	c.store.insert(draft)
	c.sweep.watch(c.Emulator, draft.expiresAt)
	return reply(http.StatusCreated, c.renderCheckout(draft)), nil
}

// newCheckout runs the steps of B 2.3 in order; the first that refuses ends it.
func (c *call) newCheckout(in *ordered.Object) (*checkout, error) {
	chosen, err := c.chooseOffer(in)
	if err != nil {
		return nil, err
	}
	draft := c.blankCheckout(in, chosen)
	steps := []func(*checkout, *ordered.Object, offer) error{
		c.checkSeller, checkCustomAmount, c.takeDiscount, takeTaxID, takeSeats, takeUnits, c.linkCustomer,
		takeAmount, takeFields,
	}
	for _, step := range steps {
		if err := step(draft, in, *chosen); err != nil {
			return nil, err
		}
	}
	draft.copyCreated(in)
	draft.prefill(in.Has("is_business_customer"))
	if err := c.processorKeys(draft); err != nil {
		return nil, err
	}
	draft.settleLocale()
	draft.locate(draft.ip)
	draft.startTrial(c.now)
	if err := c.store.applyTax(draft); err != nil && !errors.Is(err, errTaxLocation) {
		return nil, err
	}
	draft.fresh = false
	c.linkAdHocPrice(draft)
	return draft, nil
}

// offer is what a new session sells: its products, the prices made for it, and the price set that it begins with.
type offer struct {
	products []*product
	adHoc    map[*product][]*price
	set      priceSet
}

func (c *call) blankCheckout(in *ordered.Object, o *offer) *checkout {
	draft := &checkout{
		id: newID(), secret: newSecret(clientSecretPrefix), createdAt: c.store.born(c.now), expiresAt: c.now.Add(sessionLife),
		status: statusOpen, fresh: true, org: o.products[0].org, product: o.products[0], price: o.set.standard(), currency: o.set.currency,
		metadata: object(in.Get("metadata")), customerMetadata: object(in.Get("customer_metadata")),
		processorMetadata: ordered.NewObject(),
	}
	for _, p := range o.products {
		draft.products = append(draft.products, checkoutProduct{product: p, adHoc: o.adHoc[p]})
	}
	return draft
}

// linkAdHocPrice writes the row of the session's own price a second time, after the session's: that moves its
// modified_at, and only its.
func (c *call) linkAdHocPrice(draft *checkout) {
	if draft.price.adHoc {
		draft.price.modifiedAt = ptr(c.store.born(c.now))
	}
}

// checkSeller refuses to sell for an organization that may not use the API.
func (c *call) checkSeller(draft *checkout, _ *ordered.Object, _ offer) error {
	if !draft.org.canAuthenticate() {
		return errNotPermitted
	}
	return nil
}

func checkCustomAmount(draft *checkout, in *ordered.Object, _ offer) error {
	if amount := in.Get("amount"); !amount.IsNull() && draft.price.kind == "custom" {
		return draft.price.checkCustom(amount, draft.currency)
	}
	return nil
}

func (c *call) takeDiscount(draft *checkout, in *ordered.Object, _ offer) (err error) {
	if id := in.Get("discount_id"); !id.IsNull() {
		draft.discount, err = c.store.discountByID(id, draft.product, draft.currency, c.now)
	}
	return err
}

func takeTaxID(draft *checkout, in *ordered.Object, _ offer) (err error) {
	if number := in.Get("customer_tax_id"); !number.IsNull() {
		draft.taxID, err = validTaxID(number.Text(), in.Get("customer_billing_address").Object())
	}
	return err
}

func takeSeats(draft *checkout, in *ordered.Object, o offer) (err error) {
	draft.seats, draft.minSeats, draft.maxSeats, err = seatRule.choose(in, o.set)
	return err
}

func takeUnits(draft *checkout, in *ordered.Object, o offer) (err error) {
	draft.units, draft.minUnits, draft.maxUnits, err = unitRule.choose(in, o.set)
	return err
}

func takeAmount(draft *checkout, in *ordered.Object, o offer) (err error) {
	draft.amount, err = o.set.upfront(intPtr(in.Get("amount")), draft.seats, draft.units)
	return err
}

func takeFields(draft *checkout, in *ordered.Object, _ offer) (err error) {
	draft.fieldData, err = validFieldData(draft.product, object(in.Get("custom_field_data")), false)
	return err
}

// linkCustomer finds the customer that the request names: by subscription, id or external id, the first wins.
func (c *call) linkCustomer(draft *checkout, in *ordered.Object, _ offer) error {
	switch subscription, id, external := in.Get("subscription_id"), in.Get("customer_id"), in.Get("external_customer_id"); {
	case !subscription.IsNull():
		return c.linkSubscription(draft, subscription)
	case !id.IsNull():
		found := c.store.customers.get(id.Text())
		if found == nil || found.org != draft.org || found.deletedAt != nil {
			return invalidValue("Customer does not exist.", id, "customer_id")
		}
		draft.customer = found
	case !external.IsNull():
		draft.customer = c.store.customerByExternalID(draft.org, external.Text())
	}
	return nil
}

// linkSubscription lets the session upgrade a subscription, which must be free.
func (c *call) linkSubscription(draft *checkout, id ordered.Value) error {
	found := c.store.subscriptions.get(id.Text())
	if found == nil || found.product.org != draft.org {
		return invalidValue("Subscription does not exist.", id, "subscription_id")
	}
	if slices.ContainsFunc(found.prices, func(p *price) bool { return !p.free() }) {
		return invalidValue("Only free subscriptions can be upgraded.", id, "subscription_id")
	}
	draft.subscription, draft.customer = found, found.customer
	return nil
}

// copyCreated copies the fields that a create stores as they are.
func (draft *checkout) copyCreated(in *ordered.Object) {
	for key, value := range in.All() {
		set, plain := plainFields[key]
		if plain && key != seatRule.noun && key != unitRule.noun {
			set(draft, value)
		}
	}
	draft.allowDiscountCodes = in.Get("allow_discount_codes").Truth()
	draft.requireBillingAddress = in.Get("require_billing_address").Truth()
	draft.business = in.Get("is_business_customer").Truth()
	draft.externalID = in.Get("external_customer_id").TextPtr()
	draft.address = canonicalAddress(in.Get("customer_billing_address").Object())
	foreignState := !draft.address.Get("state").IsNull() && !draft.stateRequired()
	if draft.address != nil && (detailed(draft.address) || foreignState) {
		draft.requireBillingAddress = true
	}
}

// prefill takes from the linked customer what the request left open (B 2.3, 13).
func (draft *checkout) prefill(businessChosen bool) {
	known := draft.customer
	if known == nil {
		return
	}
	draft.email = firstSet(draft.email, known.email)
	draft.billingName = firstSet(draft.billingName, known.shownBillingName())
	draft.address = firstSet(draft.address, known.address)
	draft.taxID = firstSet(draft.taxID, known.taxID)
	draft.locale = firstSet(draft.locale, known.locale)
	if known.kind == "team" {
		draft.email = firstSet(draft.email, known.ownerEmail)
	} else {
		draft.name = firstSet(draft.name, known.name)
	}
	if !businessChosen && known.billingName != nil && known.address != nil && detailed(known.address) {
		draft.business = true
	}
}

// failingProcessorID is part of the ids that the payment processor's stand-in refuses.
const failingProcessorID = "stripefails"

// processorKeys adds what the buyer's browser needs to talk to the payment processor.
func (c *call) processorKeys(draft *checkout) error {
	draft.processorMetadata = ordered.NewObject("publishable_key", c.options.PublishableKey)
	if draft.customer == nil || draft.customer.processorID == nil {
		return nil
	}
	if containsWord(*draft.customer.processorID, failingProcessorID) {
		return errInternal
	}
	draft.processorMetadata.Set("customer_session_client_secret", ordered.String(c.store.processorID("cuss_secret")))
	return nil
}

// settleLocale forces English unless the organization has switched localisation on.
func (draft *checkout) settleLocale() {
	if !draft.org.flags.CheckoutLocalization {
		draft.locale = ptr("en")
	}
}

// locate derives a billing country from an IP address where there is no address yet.
func (draft *checkout) locate(ip *string) {
	if draft.address != nil || ip == nil {
		return
	}
	country := countryOf(*ip)
	if country == "" || slices.Contains(embargoed, country) {
		return
	}
	draft.address = canonicalAddress(ordered.NewObject("country", country))
}

// floatless tells whether Polar can answer a customer's metadata, whose output type knows no fraction (B 1.7).
func floatless(metadata *ordered.Object) bool {
	for _, v := range metadata.All() {
		if f, isNumber := v.Float64(); v.Kind() == ordered.KindFloat && isNumber && f != float64(int64(f)) {
			return false
		}
	}
	return true
}

func ptr[T any](v T) *T { return &v }

// plainFields are stored as they come, null included: column setters by their name in a body.
var plainFields = map[string]func(*checkout, ordered.Value){
	"seats":                 func(c *checkout, v ordered.Value) { c.seats = intPtr(v) },
	"units":                 func(c *checkout, v ordered.Value) { c.units = intPtr(v) },
	"allow_trial":           func(c *checkout, v ordered.Value) { c.allowTrial = boolPtr(v) },
	"trial_interval":        func(c *checkout, v ordered.Value) { c.trialInterval = v.TextPtr() },
	"trial_interval_count":  func(c *checkout, v ordered.Value) { c.trialIntervalCount = intPtr(v) },
	"customer_name":         func(c *checkout, v ordered.Value) { c.name = v.TextPtr() },
	"customer_email":        func(c *checkout, v ordered.Value) { c.email = v.TextPtr() },
	"customer_ip_address":   func(c *checkout, v ordered.Value) { c.ip = v.TextPtr() },
	"customer_billing_name": func(c *checkout, v ordered.Value) { c.billingName = v.TextPtr() },
	"metadata":              func(c *checkout, v ordered.Value) { c.metadata = v.Object() },
	"customer_metadata":     func(c *checkout, v ordered.Value) { c.customerMetadata = v.Object() },
	"locale":                func(c *checkout, v ordered.Value) { c.locale = v.TextPtr() },
	"success_url":           func(c *checkout, v ordered.Value) { c.successURL = v.TextPtr() },
	"return_url":            func(c *checkout, v ordered.Value) { c.returnURL = v.TextPtr() },
	"embed_origin":          func(c *checkout, v ordered.Value) { c.embedOrigin = v.TextPtr() },
	"payment_method_type":   func(c *checkout, v ordered.Value) { c.paymentMethod = v.TextPtr() },
}
