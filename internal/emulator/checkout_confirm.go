package emulator

import (
	"errors"
	"net/http"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
)

// confirmation is a confirm on its way (B 2.5). Nothing of it is stored before it has succeeded.
type confirmation struct {
	change
	errors  problems
	token   *string
	outcome Outcome
	buyer   buyer
}

// confirmCheckout starts the payment of a session.
func (c *call) confirmCheckout() (*answer, error) {
	in, err := c.input(schema.CheckoutConfirmStripe)
	if err != nil {
		return nil, err
	}
	found, err := c.clientCheckout(true)
	if err != nil {
		return nil, err
	}
	v := &confirmation{change: change{call: c, form: formConfirm, in: in, checkout: found.draft()}}
	v.token = in.Get("confirmation_token_id").TextPtr()
	v.outcome = c.store.outcomeOf(textOr(v.token, ""))
	sessionToken, err := v.run()
	if err != nil {
		return nil, err
	}
	return reply(http.StatusOK, c.renderConfirmed(v.checkout, sessionToken)), nil
}

// run takes the steps in order and answers the buyer's session token, nil where they get none.
func (v *confirmation) run() (*string, error) {
	for _, step := range []func() error{
		v.apply, v.lockDiscount, v.settleTax, v.checkSale, v.checkFields, v.findBuyer, v.checkBuyer,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if err := v.pay(); err != nil {
		return nil, err
	}
	if !v.storable() {
		return nil, errInternal
	}
	return v.commit(), nil
}

// lockDiscount refuses a discount that is used up, or that another confirm is using up right now.
func (v *confirmation) lockDiscount() error {
	d := v.discount
	if d != nil && (d.redeeming || !d.redeemable(v.now)) {
		return invalidValue("Discount is no longer redeemable.", ordered.String(d.id), "discount_id")
	}
	return nil
}

func (v *confirmation) settleTax() error {
	err := v.store.applyTax(v.checkout)
	if errors.Is(err, errTaxLocation) {
		v.errors = append(v.errors, invalidValue(err.Error(), ordered.Null, "customer_billing_address")...)
		err = nil
	}
	v.dropPaymentFields()
	return err
}

// checkSale collects an archived price, and refuses at once what an organization cannot take payment for.
func (v *confirmation) checkSale() error {
	if v.price.archived {
		v.errors = append(v.errors, invalidValue("Price is archived.", ordered.String(v.price.id), "product_price_id")...)
	}
	if v.paymentFormRequired() && !v.org.canAcceptPayments() {
		return errPaymentNotReady
	}
	if v.name == nil && v.token != nil && v.outcome.WalletName != "" {
		v.name = &v.outcome.WalletName
	}
	return nil
}

// checkFields collects what is missing and refuses everything collected.
func (v *confirmation) checkFields() error {
	for _, field := range v.requiredFields() {
		if v.fieldMissing(field) {
			v.errors = append(v.errors, invalid("missing", "Field is required.", ordered.Null, field...)...)
		}
	}
	if v.addressRequired() && (v.address == nil || !detailed(v.address)) {
		v.errors = append(v.errors, invalidValue("Full billing address is required.", v.address.Value(), "customer_billing_address")...)
	}
	if v.paymentFormRequired() && v.token == nil {
		v.errors = append(v.errors, invalid("missing", "Confirmation token is required.", ordered.Null, "confirmation_token_id")...)
	}
	if v.errors != nil {
		return v.errors
	}
	return nil
}

// requiredFields lists the paths that must have a value. Polar walks them in an order that is constant within one of its
// processes; this one is that of the recordings.
func (v *confirmation) requiredFields() [][]any {
	const address = "customer_billing_address"
	var fields [][]any
	if v.business {
		fields = append(fields, []any{"customer_billing_name"})
	}
	if v.business || v.paymentFormRequired() {
		fields = append(fields, []any{address})
	}
	if v.paymentFormRequired() {
		flags := v.addressFlags()
		for _, key := range []string{"country", "state", "postal_code", "line1", "city"} {
			if flags.Get(key).Truth() {
				fields = append(fields, []any{address, key})
			}
		}
	}
	if v.customer == nil {
		fields = append(fields, []any{"customer_email"})
	}
	return fields
}

func (v *confirmation) fieldMissing(path []any) bool {
	switch path[0] {
	case "customer_billing_name":
		return v.billingName == nil
	case "customer_email":
		return v.email == nil
	}
	if len(path) == 1 {
		return v.address == nil
	}
	return v.address.Get(path[1].(string)).IsNull()
}

// checkBuyer refuses a buyer who has used the discount as often as one may, before any charge.
func (v *confirmation) checkBuyer() error {
	if v.discount != nil && v.discount.exhausted(v.checkout, v.buyer.customer, v.outcome.Fingerprint) {
		return errRedemptionLimit
	}
	return nil
}

// pay charges the buyer or sets their card up, where a payment form is needed. While the processor is slow the session
// stays locked and others are served.
func (v *confirmation) pay() error {
	v.setProcessorKey("customer_id", v.buyer.processorID)
	if v.paymentFormRequired() {
		if err := v.await(v.outcome.AnswerAfter.Duration); err != nil {
			return err
		}
		if refused := v.outcome.refusal(); refused != nil {
			return refused
		}
		prefix := "seti"
		if v.paymentRequired() {
			prefix = "pi"
		}
		v.setProcessorKey("intent_client_secret", v.store.processorID(prefix)+"_secret_standin")
		v.setProcessorKey("intent_status", v.outcome.Status)
	}
	return v.checkTrial()
}

// await waits with the rows locked that Polar would hold in its transaction. A reset meanwhile ends the confirm.
func (v *confirmation) await(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	before := v.store
	before.locks[v.checkout.id] = true
	capped := v.discount != nil && v.discount.maximum != nil
	if capped {
		v.discount.redeeming = true
	}
	v.unlocked(func() { v.clock.sleep(d) })
	delete(before.locks, v.checkout.id)
	if capped {
		v.discount.redeeming = false
	}
	v.now = v.clock.Now()
	if v.store != before {
		return errInternal
	}
	return nil
}

// checkTrial refuses a second trial where the organization prevents that, after the charge (B 2.5, 14).
func (v *confirmation) checkTrial() error {
	email := v.buyer.customer.email
	if v.trialEnd == nil || !v.org.flags.PreventTrialAbuse || email == nil {
		return nil
	}
	fingerprint := ""
	if v.paymentFormRequired() {
		fingerprint = v.outcome.Fingerprint
	}
	for _, used := range v.store.trials {
		if used.org == v.org && (used.email == unaliased(*email) || fingerprint != "" && used.fingerprint == fingerprint) {
			return errTrialRedeemed
		}
	}
	return nil
}

// setProcessorKey adds a key to a copy of the metadata: the stored session shares the old one.
func (v *confirmation) setProcessorKey(key, value string) {
	v.processorMetadata = v.processorMetadata.Clone()
	v.processorMetadata.Set(key, ordered.String(value))
}

// commit stores everything that the confirm has brought about and answers the buyer's session token.
func (v *confirmation) commit() *string {
	c := v.checkout
	v.buyer.store()
	c.customer = v.buyer.customer
	if c.discount != nil {
		c.discount.redeem(redemption{
			checkout: c.id, customer: c.customer.id,
			email: unaliased(textOr(c.email, "")), ownEmail: unaliased(textOr(c.customer.email, "")),
		})
	}
	c.status = statusConfirmed
	v.store.update(c, v.now)
	v.streams.publish(c.secret, updatedEvents(c.status)...)
	v.follow(c.id, v.outcome, v.paymentFormRequired())
	if !v.buyer.trusted {
		return nil
	}
	return ptr(v.store.newCustomerSession(c.customer, v.now))
}
