package emulator

import (
	"fmt"
	"strings"
	"time"
)

// How many rows are kept of what purchases make over and over. The oldest go first, whatever their state, but nothing
// that a test has set up; so an emulator left running for days stays at some 40 MB.
const (
	maxCheckouts     = 10_000
	maxCustomers     = 10_000
	maxSubscriptions = 10_000
	maxTokens        = 10_000
	maxRedemptions   = 1_000
	maxCatalog       = 10_000
)

// store is the database: everything that a reset throws away. The emulator's mutex guards it.
type store struct {
	organizations *table[*organization]
	products      *table[*product]
	discounts     *table[*discount]
	customers     *table[*customer]
	subscriptions *table[*subscription]
	meters        *table[*meter]
	benefits      *table[*benefit]
	fields        *table[*customField]
	checkouts     *table[*checkout]
	bySecret      map[string]string // client secret to checkout id
	byName        map[customerName]*customer
	tokens        *table[*token]
	trials        []trialRedemption
	locks         map[string]bool // ids of sessions whose row is locked
	outcomes      map[string]Outcome

	serial    int       // of the stand-in's ids
	lastStamp time.Time // of the newest row
}

func newStore() *store {
	s := &store{
		organizations: newTable[*organization](maxCatalog),
		products:      newTable[*product](maxCatalog),
		discounts:     newTable[*discount](maxCatalog),
		customers:     newTable[*customer](maxCustomers),
		subscriptions: newTable[*subscription](maxSubscriptions),
		meters:        newTable[*meter](maxCatalog),
		benefits:      newTable[*benefit](maxCatalog),
		fields:        newTable[*customField](maxCatalog),
		checkouts:     newTable[*checkout](maxCheckouts),
		tokens:        newTable[*token](maxTokens),
		bySecret:      map[string]string{},
		byName:        map[customerName]*customer{},
		locks:         map[string]bool{},
		outcomes:      map[string]Outcome{},
	}
	s.checkouts.forgotten = func(c *checkout) { delete(s.bySecret, c.secret) }
	s.customers.forgotten = s.unnameCustomer
	s.customers.pinned = func(c *customer) bool { return !c.bought }
	s.tokens.pinned = func(t *token) bool { return t.kind != customerToken }
	return s
}

// born is the creation time of a new row: now, but later than every row before it, so that sorting by it is certain
// even where the clock is frozen.
func (s *store) born(now time.Time) time.Time {
	if next := s.lastStamp.Add(time.Microsecond); now.Before(next) {
		now = next
	}
	s.lastStamp = now
	return now
}

// processorID makes an id in the style of the payment processor's stand-in.
func (s *store) processorID(prefix string) string {
	s.serial++
	return fmt.Sprintf("%s_standin%06d", prefix, s.serial)
}

// insert adds a new session.
func (s *store) insert(c *checkout) {
	s.bySecret[c.secret] = c.id
	s.checkouts.insert(c.id, c.stored())
}

// update replaces a session by its next version. An overdue open session expires on the way, and modified_at moves if
// a column has changed (B 1.3, 2.2).
func (s *store) update(next *checkout, now time.Time) {
	if next.status == statusOpen && next.expiresAt.Before(now) {
		next.status = statusExpired
	}
	current := s.checkouts.get(next.id)
	stored := next.stored()
	if current.sameRow(stored) {
		return
	}
	moment := s.born(now)
	next.modifiedAt, stored.modifiedAt = &moment, &moment
	stored.before = current.draft()
	stored.before.before = nil
	s.checkouts.insert(next.id, stored)
}

// checkout is the session with that id, unless it is deleted.
func (s *store) checkout(id string) *checkout {
	if c := s.checkouts.get(id); c != nil && !c.deleted {
		return c
	}
	return nil
}

// price finds a catalog price with its product.
func (s *store) price(id string) (*price, *product) {
	for p := range s.products.each {
		for _, each := range p.prices {
			if each.id == id && !p.deleted {
				return each, p
			}
		}
	}
	return nil, nil
}

// customerName is what a customer of an organization can be found by: an e-mail in lower case or an external id.
type customerName struct{ organization, email, externalID string }

func (c *customer) names() (names []customerName) {
	if c.email != nil {
		names = append(names, customerName{organization: c.org.id, email: strings.ToLower(*c.email)})
	}
	if c.externalID != nil {
		names = append(names, customerName{organization: c.org.id, externalID: "=" + *c.externalID})
	}
	return names
}

// insertCustomer adds or renews a customer.
func (s *store) insertCustomer(c *customer) {
	for _, name := range c.names() {
		s.byName[name] = c
	}
	s.customers.insert(c.id, c)
}

// unnameCustomer makes room for another customer of the same names.
func (s *store) unnameCustomer(c *customer) {
	for _, name := range c.names() {
		if s.byName[name] == c {
			delete(s.byName, name)
		}
	}
}

func (s *store) customerByEmail(org *organization, email string) *customer {
	return s.byName[customerName{organization: org.id, email: strings.ToLower(email)}]
}

func (s *store) customerByExternalID(org *organization, id string) *customer {
	return s.byName[customerName{organization: org.id, externalID: "=" + id}]
}
