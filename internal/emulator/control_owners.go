package emulator

import (
	"fmt"
	"net/http"
	"time"
)

// OrganizationFlags are the settings of an organization that change what its sessions do.
type OrganizationFlags struct {
	// SeatBasedPricing and UnitBasedPricing allow prices of these kinds.
	SeatBasedPricing bool `json:"seat_based_pricing"`
	UnitBasedPricing bool `json:"unit_based_pricing"`
	// MemberModel makes whoever buys seats a team.
	MemberModel bool `json:"member_model"`
	// CheckoutLocalization keeps the locale of a session; without it every session is in English.
	CheckoutLocalization bool `json:"checkout_localization"`
	// AllowMultipleSubscriptions lets a customer have more than one.
	AllowMultipleSubscriptions bool `json:"allow_multiple_subscriptions"`
	// PreventTrialAbuse refuses a second trial to the same person or card.
	PreventTrialAbuse bool `json:"prevent_trial_abuse"`
}

// Organization is a merchant as the control calls make and change it.
type Organization struct {
	ID   string `json:"id"` // "" for a random one
	Slug string `json:"slug"`
	Name string `json:"name"` // "" for the slug
	// Email of the merchant; "" for hello@SLUG.example.com.
	Email string `json:"email"`
	// Status is created (may not take payments), review, snoozed, active ("" too), offboarding, denied, offboarded or
	// blocked (its tokens and sessions are refused).
	Status  string `json:"status"`
	Deleted bool   `json:"deleted"`
	// Currency is the default presentment currency, "" for usd.
	Currency string `json:"currency"`
	// TaxBehavior is location (also for ""), inclusive or exclusive.
	TaxBehavior string `json:"tax_behavior"`
	// RateGroup is default (also for ""), restricted or elevated.
	RateGroup string            `json:"rate_group"`
	Flags     OrganizationFlags `json:"flags"`
	CreatedAt *time.Time        `json:"created_at"`
	// ModifiedAt is shown in sessions; nil for never.
	ModifiedAt *time.Time `json:"modified_at"`
}

// AddOrganization makes an organization, or replaces the one with its id, and answers the id.
func (e *Emulator) AddOrganization(in Organization) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if in.ID == "" {
		in.ID = newID()
	}
	org := e.store.organizations.get(in.ID)
	if org == nil {
		org = &organization{id: in.ID, createdAt: e.store.born(e.clock.Now())}
		e.store.organizations.insert(in.ID, org)
	}
	org.take(in)
	return in.ID
}

func (o *organization) take(in Organization) {
	or := func(value, fallback string) string {
		if value == "" {
			return fallback
		}
		return value
	}
	o.slug, o.name, o.deleted, o.flags = in.Slug, or(in.Name, in.Slug), in.Deleted, in.Flags
	o.email = or(in.Email, "hello@"+in.Slug+".example.com")
	o.status = or(in.Status, "active")
	o.currency = or(in.Currency, "usd")
	o.taxBehavior = or(in.TaxBehavior, "location")
	o.rateGroup = rateGroup(or(in.RateGroup, string(groupDefault)))
	o.modifiedAt = in.ModifiedAt
	if in.CreatedAt != nil {
		o.createdAt = *in.CreatedAt
	}
}

func (o *organization) show() Organization {
	return Organization{
		ID: o.id, Slug: o.slug, Name: o.name, Email: o.email, Status: o.status, Deleted: o.deleted, Currency: o.currency,
		TaxBehavior: o.taxBehavior, RateGroup: string(o.rateGroup), Flags: o.flags, CreatedAt: &o.createdAt, ModifiedAt: o.modifiedAt,
	}
}

// UpdateOrganization changes an organization.
func (e *Emulator) UpdateOrganization(id string, change func(*Organization) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	org := e.store.organizations.get(id)
	if org == nil {
		return fmt.Errorf("organization %q: %w", id, ErrUnknown)
	}
	shown := org.show()
	if err := change(&shown); err != nil {
		return err
	}
	org.take(shown)
	return nil
}

func (e *Emulator) controlAddOrganization(r *http.Request) (any, error) {
	var in Organization
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return map[string]string{"id": e.AddOrganization(in)}, nil
}

func (e *Emulator) controlOrganization(r *http.Request) (any, error) {
	return nil, e.UpdateOrganization(r.PathValue("id"), func(o *Organization) error { return decode(r, o) })
}

// Token is an access token as the control calls make it.
type Token struct {
	Value string `json:"token"` // "" for a random one
	// Kind is organization (also for ""), user or customer.
	Kind string `json:"kind"`
	// OrganizationID is whose token it is; "" for the demo organization. A user's token may name several organizations in
	// OrganizationIDs instead.
	OrganizationID  string   `json:"organization_id"`
	OrganizationIDs []string `json:"organization_ids"`
	// CustomerID is whose session token it is, for kind customer.
	CustomerID string `json:"customer_id"`
	// Scopes; nil for AllScopes, of a user only those of checkouts.
	Scopes    []string   `json:"scopes"`
	ExpiresAt *time.Time `json:"expires_at"`
}

var userScopes = []string{"checkouts:read", "checkouts:write"}

// AddToken makes an access token and answers its value.
func (e *Emulator) AddToken(in Token) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if in.OrganizationID == "" {
		in.OrganizationID = DemoOrganizationID
	}
	t := &token{value: in.Value, kind: tokenKind(in.Kind), scopes: in.Scopes, expiresAt: in.ExpiresAt, org: e.store.organizations.get(in.OrganizationID)}
	if t.org == nil {
		return "", fmt.Errorf("organization %q: %w", in.OrganizationID, ErrUnknown)
	}
	var prefix string
	switch t.kind {
	case "", organizationToken:
		t.kind, prefix = organizationToken, organizationPrefix
		if t.scopes == nil {
			t.scopes = AllScopes
		}
	case userToken:
		prefix = personalPrefix
		t.user = e.store.newUser(t.org, in.OrganizationIDs)
		if t.scopes == nil {
			t.scopes = userScopes
		}
	case customerToken:
		prefix = customerSessionPrefix
		if t.customer = e.store.customers.get(in.CustomerID); t.customer == nil {
			return "", fmt.Errorf("customer %q: %w", in.CustomerID, ErrUnknown)
		}
	default:
		return "", fmt.Errorf("token kind %q is none of organization, user, customer", in.Kind)
	}
	if t.value == "" {
		t.value = newSecret(prefix)
	}
	e.store.tokens.insert(t.value, t)
	return t.value, nil
}

func (s *store) newUser(org *organization, more []string) *user {
	u := &user{id: newID(), organizations: []*organization{org}}
	for _, id := range more {
		if other := s.organizations.get(id); other != nil && other != org {
			u.organizations = append(u.organizations, other)
		}
	}
	return u
}

func (e *Emulator) controlAddToken(r *http.Request) (any, error) {
	var in Token
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	value, err := e.AddToken(in)
	return map[string]string{"token": value}, err
}

// Customer is what the control calls can change of a customer.
type Customer struct {
	// ProcessorID is the customer's id at the payment processor: with one, sessions carry a customer_session_client_secret.
	// An id with "stripefails" in it makes the processor refuse.
	ProcessorID *string `json:"processor_id"`
}

// UpdateCustomer changes a customer.
func (e *Emulator) UpdateCustomer(id string, in Customer) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := e.store.customers.get(id)
	if found == nil {
		return fmt.Errorf("customer %q: %w", id, ErrUnknown)
	}
	found.processorID = in.ProcessorID
	return nil
}

func (e *Emulator) controlCustomer(r *http.Request) (any, error) {
	var in Customer
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return nil, e.UpdateCustomer(r.PathValue("id"), in)
}

// Subscription is one that a customer already has.
type Subscription struct {
	CustomerID string `json:"customer_id"`
	ProductID  string `json:"product_id"`
	// Status is active (also for ""), trialing, past_due, canceled, ...
	Status string `json:"status"`
}

// AddSubscription gives a customer a subscription and answers its id.
func (e *Emulator) AddSubscription(in Subscription) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	buyer, p := e.store.customers.get(in.CustomerID), e.store.products.get(in.ProductID)
	if buyer == nil || p == nil {
		return "", fmt.Errorf("customer %q or product %q: %w", in.CustomerID, in.ProductID, ErrUnknown)
	}
	set, err := pricesIn(p.catalog(), p.org.currency)
	if err != nil {
		return "", err
	}
	if in.Status == "" {
		in.Status = "active"
	}
	now := e.clock.Now()
	made := &subscription{
		id: newID(), createdAt: e.store.born(now), customer: buyer, product: p, prices: set.prices, status: in.Status,
		currency: set.currency, start: now, end: later(now, textOr(p.interval, "month"), 1),
	}
	e.store.subscriptions.insert(made.id, made)
	return made.id, nil
}

func (e *Emulator) controlAddSubscription(r *http.Request) (any, error) {
	var in Subscription
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	id, err := e.AddSubscription(in)
	return map[string]string{"id": id}, err
}

// SetRateLimits switches to the limits of an environment, with empty counters.
func (e *Emulator) SetRateLimits(environment RateLimits) error {
	switch environment {
	case NoLimits, SandboxLimits, ProductionLimits:
	default:
		return fmt.Errorf("environment %q is none of \"\", sandbox, production", environment)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.limiter = newLimiter(environment)
	return nil
}
