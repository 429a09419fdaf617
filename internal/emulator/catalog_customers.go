package emulator

import (
	"net/http"
	"slices"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
)

func (c *call) createCustomer() (*answer, error) {
	in, err := c.input(schema.CustomerCreate)
	if err != nil {
		return nil, err
	}
	org, err := c.home(in)
	if err != nil {
		return nil, err
	}
	made := &customer{
		id: newID(), createdAt: c.store.born(c.now), org: org, kind: "individual",
		email: in.Get("email").TextPtr(), name: in.Get("name").TextPtr(), externalID: in.Get("external_id").TextPtr(),
		address: canonicalAddress(in.Get("billing_address").Object()), locale: in.Get("locale").TextPtr(),
		metadata: object(in.Get("metadata")),
	}
	if in.Get("type").Text() == "team" {
		made.kind = "team"
		made.ownerEmail = firstSet(in.Get("owner").Get("email").TextPtr(), made.email)
	}
	if err := c.checkNewCustomer(made, in); err != nil {
		return nil, err
	}
	a := reply(http.StatusCreated, renderCustomer(made))
	made.metadata = storedMap(made.metadata)
	c.store.insertCustomer(made)
	return a, nil
}

// checkNewCustomer refuses a customer that would stand beside another of the same name, and a wrong tax id.
func (c *call) checkNewCustomer(made *customer, in *ordered.Object) (err error) {
	var found problems
	if made.email != nil && c.store.customerByEmail(made.org, *made.email) != nil {
		found = append(found, invalidValue("A customer with this email address already exists.", in.Get("email"), "email")...)
	}
	if made.externalID != nil && c.store.customerByExternalID(made.org, *made.externalID) != nil {
		found = append(found, invalidValue("A customer with this external ID already exists.", in.Get("external_id"), "external_id")...)
	}
	if found != nil {
		return found
	}
	if number := customerTaxNumber(in.Get("tax_id")); number != "" {
		made.taxID, err = validTaxID(number, made.address)
	}
	return err
}

// customerTaxNumber takes a bare number and the pair of number and kind that answers have.
func customerTaxNumber(v ordered.Value) string {
	if items := v.Items(); len(items) > 0 {
		return items[0].Text()
	}
	return v.Text()
}

func (c *call) ownCustomer() (*customer, error) {
	id, wrong := c.id()
	if err := invalidInput(wrong); err != nil {
		return nil, err
	}
	found := c.store.customers.get(id)
	if found == nil || found.deletedAt != nil || !c.subject.sees(found.org) {
		return nil, errNotFound
	}
	return found, nil
}

func (c *call) getCustomer() (*answer, error) {
	found, err := c.ownCustomer()
	if err != nil {
		return nil, err
	}
	return reply(http.StatusOK, renderCustomer(found)), nil
}

func (c *call) deleteCustomer() (*answer, error) {
	found, err := c.ownCustomer()
	if err != nil {
		return nil, err
	}
	found.deletedAt = ptr(c.now)
	c.store.unnameCustomer(found)
	return noContent(), nil
}

func (c *call) listCustomers() (*answer, error) {
	email := c.request.URL.Query().Get("email")
	var found []*customer
	for each := range c.store.customers.each {
		matches := email == "" || each.email != nil && strings.EqualFold(*each.email, email)
		if each.deletedAt == nil && matches && c.subject.sees(each.org) {
			found = append(found, each)
		}
	}
	slices.Reverse(found)
	return c.setUpPage(func(in *ordered.Object) (*answer, error) { return page(in, found, renderCustomer) })
}

func (c *call) listSubscriptions() (*answer, error) {
	wanted := c.request.URL.Query()["customer_id"]
	var found []*subscription
	for each := range c.store.subscriptions.each {
		if c.subject.sees(each.product.org) && (len(wanted) == 0 || slices.Contains(wanted, each.customer.id)) {
			found = append(found, each)
		}
	}
	slices.Reverse(found)
	return c.setUpPage(func(in *ordered.Object) (*answer, error) { return page(in, found, renderSubscription) })
}

func renderSubscription(s *subscription) *ordered.Object {
	trialStart := ordered.Null
	if s.trialEnd != nil {
		trialStart = ordered.String(stamp(s.start))
	}
	out := ordered.NewObject(
		"created_at", stamp(s.createdAt), "modified_at", stampPtr(s.modifiedAt), "id", s.id,
		"amount", s.amount, "currency", s.currency,
		"recurring_interval", s.product.interval, "recurring_interval_count", s.product.intervalCount,
		"status", s.status,
		"current_period_start", stamp(s.start), "current_period_end", stamp(s.end),
		"current_meter_period_start", nil, "current_meter_period_end", nil,
		"trial_start", trialStart, "trial_end", stampPtr(s.trialEnd),
		"cancel_at_period_end", false, "canceled_at", nil, "started_at", stamp(s.start), "ends_at", nil, "ended_at", nil,
		"past_due_at", nil, "pause_at_period_end", false, "paused_at", nil, "resumes_at", nil,
		"customer_id", s.customer.id, "product_id", s.product.id,
		"discount_id", idOf(s.discount != nil, func() string { return s.discount.id }),
		"checkout_id", idOf(s.checkout != "", func() string { return s.checkout }),
		"seats", s.seats, "units", s.units,
		"customer_cancellation_reason", nil, "customer_cancellation_comment", nil,
		"price_id", s.prices[0].id, "metadata", s.metadata, "custom_field_data", s.fieldData,
		"customer", renderCustomer(s.customer), "user_id", s.customer.id, "user", renderSubscriber(s.customer),
		"product", renderProduct(s.product),
		"discount", renderCheckoutDiscount(s.discount),
		"price", renderPrice(s.prices[0], s.product), "prices", renderPrices(s.prices, s.product),
		"meters", []ordered.Value{}, "pending_update", nil,
	)
	return out
}

// renderSubscriber is the older form of a subscription's customer.
func renderSubscriber(c *customer) *ordered.Object {
	initial := textOr(firstSet(c.name, c.email), "")
	if len(initial) > 1 {
		initial = initial[:1]
	}
	return ordered.NewObject("id", c.id, "email", c.email, "public_name", initial, "avatar_url", avatar(c), "github_username", nil)
}
