package emulator

import (
	"slices"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// organization is a merchant of Polar (B 10.2).
type organization struct {
	id, slug, name, email string
	createdAt             time.Time
	modifiedAt            *time.Time
	// status is created, review, snoozed, active, offboarding, denied, offboarded or blocked.
	status      string
	deleted     bool
	currency    string // default presentment currency
	taxBehavior string // default: location, inclusive or exclusive
	rateGroup   rateGroup
	flags       OrganizationFlags
}

// canAcceptPayments and canAuthenticate are capabilities that come with the status (B 10.2).
func (o *organization) canAcceptPayments() bool {
	return slices.Contains([]string{"review", "snoozed", "active", "offboarding"}, o.status)
}

func (o *organization) canAuthenticate() bool { return !o.deleted && o.status != "blocked" }

// user is a person with a personal token, member of organizations.
type user struct {
	id            string
	organizations []*organization
}

type product struct {
	id         string
	createdAt  time.Time
	modifiedAt *time.Time
	org        *organization

	name, visibility             string
	description                  *string
	interval, meterInterval      *string
	intervalCount                *int64
	meterIntervalCount           *int64
	trialInterval                *string
	trialIntervalCount           *int64
	archived, deleted            bool
	notTaxable, legacyRecurrence bool

	metadata *ordered.Object
	prices   []*price
	benefits []*benefit
	medias   []*ordered.Object
	fields   []attachedField
}

// recurring tells subscriptions from one-time purchases; old-style products carry the interval in their prices.
func (p *product) recurring() bool { return p.interval != nil || p.legacyRecurrence }

// kindOrder is the order in which a product lists its prices (B 1.4).
var kindOrder = map[string]int{"fixed": 0, "custom": 0, "metered_unit": 1, "seat_based": 2, "unit_based": 2}

// catalog lists the prices that are not archived: fixed and custom, then metered, then the rest, each by age.
func (p *product) catalog() []*price {
	prices := make([]*price, 0, len(p.prices))
	for _, each := range p.prices {
		if !each.archived {
			prices = append(prices, each)
		}
	}
	slices.SortStableFunc(prices, func(a, b *price) int { return kindOrder[a.kind] - kindOrder[b.kind] })
	return prices
}

type attachedField struct {
	field    *customField
	required bool
}

type benefit struct {
	id                            string
	createdAt                     time.Time
	org                           *organization
	kind, description, visibility string
	metadata, properties          *ordered.Object
}

type customField struct {
	id                   string
	createdAt            time.Time
	org                  *organization
	kind, slug, name     string
	metadata, properties *ordered.Object
}

type meter struct {
	id                  string
	createdAt           time.Time
	modifiedAt          *time.Time
	org                 *organization
	name, unit          string
	customLabel         *string
	customMultiplier    *int64
	filter, aggregation *ordered.Object
	metadata            *ordered.Object
}

type customer struct {
	id                      string
	createdAt               time.Time
	modifiedAt              *time.Time
	deletedAt               *time.Time
	org                     *organization
	kind                    string // individual or team
	externalID, email, name *string
	billingName, locale     *string // billingName is the customer's own, without the fallback to name
	address                 *ordered.Object
	taxID                   *taxID
	metadata                *ordered.Object
	processorID             *string // id at the payment processor
	ownerEmail              *string // of a team
	bought                  bool    // made by a confirm, not by a set-up call
}

// shownBillingName falls back to the customer's name (B 2.3).
func (c *customer) shownBillingName() *string {
	if c.billingName != nil {
		return c.billingName
	}
	return c.name
}

// taxID is a validated number and what it is a number of ("eu_vat").
type taxID struct{ number, kind string }

type subscription struct {
	id         string
	createdAt  time.Time
	modifiedAt *time.Time
	customer   *customer
	product    *product
	prices     []*price
	discount   *discount
	checkout   string // id of the session that made it, "" for none
	status     string
	amount     int64
	currency   string
	seats      *int64
	units      *int64
	start, end time.Time
	trialEnd   *time.Time
	metadata   *ordered.Object
	fieldData  *ordered.Object
}

// billable subscriptions keep a customer from a second one (B 2.4).
func (s *subscription) billable() bool {
	return s.status == "trialing" || s.status == "active" || s.status == "past_due"
}

// trialRedemption remembers who has had a trial of an organization (B 2.5).
type trialRedemption struct {
	org                *organization
	email, fingerprint string
}
