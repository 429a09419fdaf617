package emulator

import (
	"fmt"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// The fixed ids of what every emulator starts with. Prices are 0c..., numbered by demoPriceID.
const (
	DemoOrganizationID = "0a000000-0000-4000-8000-000000000001"

	DemoOneTimeID = "0b000000-0000-4000-8000-000000000001" // $10.00 once
	DemoMonthlyID = "0b000000-0000-4000-8000-000000000002" // $15.00 a month
	DemoFreeID    = "0b000000-0000-4000-8000-000000000003" // free, once
	DemoCustomID  = "0b000000-0000-4000-8000-000000000004" // pay what you want from $5.00, $20.00 suggested
	DemoSeatsID   = "0b000000-0000-4000-8000-000000000005" // $12.00 a seat and month, $10.00 from 10 seats
	DemoTrialID   = "0b000000-0000-4000-8000-000000000006" // $20.00 a month after 14 days
	DemoMultiID   = "0b000000-0000-4000-8000-000000000007" // $10.00, EUR 9.00 or GBP 8.00 once

	DemoHalfDiscountID  = "0d000000-0000-4000-8000-000000000001" // code HALF: 50 % once
	DemoFixedDiscountID = "0d000000-0000-4000-8000-000000000002" // code FIVER: $5.00 off, once
	DemoCustomerID      = "0e000000-0000-4000-8000-000000000001" // ada@example.com, external id ada
)

// demoTime is when the demo catalogue came into being.
var demoTime = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// seed adds the demo organization and its token, and unless empty the demo catalogue.
func (e *Emulator) seed(empty bool) {
	org := &organization{
		id: DemoOrganizationID, slug: "demo", name: "Demo Inc", email: "hello@demo.example.com", createdAt: demoTime,
		status: "active", currency: "usd", taxBehavior: "location", rateGroup: groupDefault,
		flags: OrganizationFlags{SeatBasedPricing: true, UnitBasedPricing: true, MemberModel: true},
	}
	e.store.organizations.insert(org.id, org)
	e.store.tokens.insert(e.options.Token, &token{value: e.options.Token, kind: organizationToken, org: org, scopes: AllScopes})
	if empty {
		return
	}
	e.seedProducts(org)
	e.seedDiscounts(org)
	ada := &customer{
		id: DemoCustomerID, createdAt: demoTime, org: org, kind: "individual", email: ptr("ada@example.com"), name: ptr("Ada Lovelace"),
		externalID: ptr("ada"), address: canonicalAddress(ordered.NewObject("country", "GB")), metadata: ordered.NewObject(),
	}
	e.store.insertCustomer(ada)
}

func (e *Emulator) seedProducts(org *organization) {
	fixed := func(currency string, amount int64) *price {
		return &price{kind: "fixed", currency: currency, amount: amount}
	}
	once, month := "", "month"
	for i, demo := range []struct {
		id, name, interval string
		prices             []*price
	}{
		{DemoOneTimeID, "Handbook", once, []*price{fixed("usd", 1000)}},
		{DemoMonthlyID, "Membership", month, []*price{fixed("usd", 1500)}},
		{DemoFreeID, "Sampler", once, []*price{fixed("usd", 0)}},
		{DemoCustomID, "Donation", once, []*price{{kind: "custom", currency: "usd", minimum: 500, preset: ptr(int64(2000))}}},
		{DemoSeatsID, "Team plan", month, []*price{{kind: "seat_based", currency: "usd", tiers: tiers{
			steps: []tier{{bound: ptr(int64(9)), rate: 1200}, {rate: 1000}}, minimum: ptr(int64(1)),
		}}}},
		{DemoTrialID, "Workshop", month, []*price{fixed("usd", 2000)}},
		{DemoMultiID, "Poster", once, []*price{fixed("usd", 1000), fixed("eur", 900), fixed("gbp", 800)}},
	} {
		p := &product{id: demo.id, createdAt: demoTime, org: org, name: demo.name, visibility: "public", metadata: ordered.NewObject(), prices: demo.prices}
		if demo.interval != once {
			p.interval, p.intervalCount = ptr(demo.interval), ptr(int64(1))
		}
		for j, each := range demo.prices {
			each.id, each.createdAt, each.productID = demoPriceID(10*(i+1)+j), demoTime, p.id
		}
		e.store.products.insert(p.id, p)
	}
	trial := e.store.products.get(DemoTrialID)
	trial.trialInterval, trial.trialIntervalCount = ptr("day"), ptr(int64(14))
}

func (e *Emulator) seedDiscounts(org *organization) {
	for _, d := range []*discount{
		{id: DemoHalfDiscountID, name: "Half off", code: ptr("HALF"), kind: "percentage", basisPoints: 5000},
		{id: DemoFixedDiscountID, name: "Five dollars off", code: ptr("FIVER"), kind: "fixed", amounts: ordered.NewObject("usd", 500)},
	} {
		d.org, d.createdAt, d.duration, d.metadata = org, demoTime, "once", ordered.NewObject()
		e.store.discounts.insert(d.id, d)
	}
}

// demoPriceID numbers the demo prices: ten times the product's number, and from 0 within it.
func demoPriceID(n int) string { return fmt.Sprintf("0c000000-0000-4000-8000-%012d", n) }
