package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// CheckoutChange is what the control calls can do to a session's row, past every rule of the API.
type CheckoutChange struct {
	// Status is open, expired, confirmed, succeeded or failed.
	Status *string `json:"status"`
	// ExpiresAt moves the expiry; Overdue moves it a minute into the past. The status stays as it is.
	ExpiresAt *time.Time `json:"expires_at"`
	Overdue   bool       `json:"overdue"`
	// Deleted hides the session as Polar's soft deletion does.
	Deleted *bool `json:"deleted"`
	// Columns sets fields by their name in Polar's bodies, such as customer_billing_address.
	Columns map[string]json.RawMessage `json:"columns"`
}

// UpdateCheckout changes the row of a session. Neither modified_at nor any event follows.
func (e *Emulator) UpdateCheckout(id string, in CheckoutChange) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := e.store.checkouts.get(id)
	if found == nil {
		return fmt.Errorf("checkout %q: %w", id, ErrUnknown)
	}
	changed := found.draft()
	changed.expiresAt = *firstSet(in.ExpiresAt, &changed.expiresAt)
	if in.Overdue {
		changed.expiresAt = e.clock.Now().Add(-time.Minute)
	}
	changed.status = *firstSet(in.Status, &changed.status)
	changed.deleted = *firstSet(in.Deleted, &changed.deleted)
	for column, text := range in.Columns {
		if err := changed.setColumn(column, text); err != nil {
			return err
		}
	}
	e.store.checkouts.insert(id, changed)
	if changed.status == statusOpen {
		e.sweep.watch(e, changed.expiresAt)
	}
	return nil
}

func (c *checkout) setColumn(column string, text []byte) error {
	value, parseErr := ordered.Parse(text)
	if parseErr != nil {
		return fmt.Errorf("column %s: %s", column, parseErr.Msg)
	}
	if column == "customer_billing_address" {
		c.address = canonicalAddress(value.Object())
		return nil
	}
	set := plainFields[column]
	if set == nil {
		return fmt.Errorf("column %q cannot be set", column)
	}
	set(c, value)
	return nil
}

func (e *Emulator) controlCheckout(r *http.Request) (any, error) {
	var in CheckoutChange
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return nil, e.UpdateCheckout(r.PathValue("id"), in)
}

// LockCheckout locks a session's row for d on the emulator's clock, as another transaction would: updates and confirms
// answer 409 meanwhile.
func (e *Emulator) LockCheckout(id string, d time.Duration) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.store.checkouts.get(id) == nil {
		return fmt.Errorf("checkout %q: %w", id, ErrUnknown)
	}
	locked := e.store
	locked.locks[id] = true
	e.clock.after(d, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(locked.locks, id)
	})
	return nil
}

// CopyCheckout makes count copies of a session, each a minute older than the one before.
func (e *Emulator) CopyCheckout(id string, count int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := e.store.checkouts.get(id)
	if found == nil {
		return fmt.Errorf("checkout %q: %w", id, ErrUnknown)
	}
	for i := range count {
		copied := found.draft()
		copied.id, copied.secret = newID(), newSecret(clientSecretPrefix)
		copied.createdAt = found.createdAt.Add(-time.Duration(i+1) * time.Minute)
		e.store.insert(copied)
	}
	return nil
}

// SetOutcome decides what a confirmation token leads to, in place of the words in it.
func (e *Emulator) SetOutcome(confirmationTokenID string, o Outcome) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.store.outcomes[confirmationTokenID] = o
}

// DiscountChange is what the control calls can change of a discount.
type DiscountChange struct {
	// Redemptions is how often the discount counts as used.
	Redemptions int64 `json:"redemptions"`
}

// UpdateDiscount sets the redemption counter of a discount.
func (e *Emulator) UpdateDiscount(id string, in DiscountChange) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := e.store.discounts.get(id)
	if found == nil {
		return fmt.Errorf("discount %q: %w", id, ErrUnknown)
	}
	found.count = in.Redemptions
	return nil
}

func (e *Emulator) controlDiscount(r *http.Request) (any, error) {
	var in DiscountChange
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return nil, e.UpdateDiscount(r.PathValue("id"), in)
}
