package emulator

import (
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// buyer is the customer that a confirm ends at, as it will be stored.
type buyer struct {
	customer    *customer
	processorID string
	// store brings the changes into the customer's row; not before the confirm has succeeded.
	store func()
	// trusted buyers get a session token: not whoever just typed the e-mail of an existing customer (B 2.5).
	trusted bool
}

// findBuyer finds or makes the customer and brings what the session knows into it.
func (v *confirmation) findBuyer() error {
	found, created, err := v.matchCustomer()
	if err != nil {
		return err
	}
	v.buyer = buyer{trusted: created || v.customer != nil}
	if found.processorID != nil && containsWord(*found.processorID, failingProcessorID) {
		return errInternal
	}
	// A customer that stays the same row is changed in place only at commit, so the work is done on a copy.
	updated := *found
	v.enrich(&updated)
	if updated.processorID == nil {
		updated.processorID = ptr(v.store.processorID("cus"))
	}
	v.buyer.processorID = *updated.processorID
	v.buyer.customer = found
	v.buyer.store = func() { v.storeBuyer(found, updated, created) }
	return nil
}

// matchCustomer is the session's customer, else the one with its e-mail, else a new one.
func (v *confirmation) matchCustomer() (found *customer, created bool, err error) {
	if v.customer != nil {
		if v.customer.deletedAt != nil {
			return nil, false, errCustomerDeleted
		}
		return v.customer, false, nil
	}
	if found = v.store.customerByEmail(v.org, *v.email); found != nil {
		return found, false, nil
	}
	if v.externalID != nil && v.store.customerByExternalID(v.org, *v.externalID) != nil {
		return nil, false, errExternalIDMismatch
	}
	return &customer{
		id: newID(), bought: true, org: v.org, kind: "individual", email: v.email, externalID: v.externalID, metadata: ordered.NewObject(),
	}, true, nil
}

// enrich fills in what the customer lacks and replaces what a purchase renews.
func (v *confirmation) enrich(c *customer) {
	c.name = firstSet(c.name, v.billingName, v.name)
	c.billingName = firstSet(v.billingName, c.billingName)
	c.address = firstSet(v.address, c.address)
	c.taxID = firstSet(v.taxID, c.taxID)
	c.locale = firstSet(v.locale, c.locale)
	metadata := c.metadata.Clone()
	if metadata == nil {
		metadata = ordered.NewObject()
	}
	for key, value := range v.customerMetadata.All() {
		metadata.Set(key, value)
	}
	c.metadata = metadata
}

// storeBuyer stores the customer.
func (v *confirmation) storeBuyer(row *customer, updated customer, created bool) {
	updated.metadata = storedMap(updated.metadata)
	*row = updated
	if created {
		row.createdAt = v.store.born(v.now)
	} else {
		row.modifiedAt = ptr(v.store.born(v.now))
	}
	v.store.insertCustomer(row)
}

// customerSessionLife is how long a buyer's session token is good for.
const customerSessionLife = time.Hour

// newCustomerSession makes a session token of a customer.
func (s *store) newCustomerSession(c *customer, now time.Time) string {
	value := newSecret(customerSessionPrefix)
	s.tokens.insert(value, &token{
		value: value, kind: customerToken, org: c.org, customer: c, expiresAt: ptr(now.Add(customerSessionLife)),
	})
	return value
}
