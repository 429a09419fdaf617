package emulator

import (
	"net/http"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
)

// read is the session with that id. A stale call sees the version before the last change, and nothing of a session that
// is new.
func (c *call) read(id string) *checkout {
	found := c.store.checkout(id)
	if c.stale && found != nil {
		return found.before
	}
	return found
}

// getCheckout answers a session whatever its state, expired or not (B 2.2).
func (c *call) getCheckout() (*answer, error) {
	id, wrong := c.id()
	if err := invalidInput(wrong); err != nil {
		return nil, err
	}
	found := c.read(id)
	if found == nil || !c.subject.sees(found.org) {
		return nil, errNotFound
	}
	return reply(http.StatusOK, c.renderCheckout(found)), nil
}

// getClientCheckout answers a session to its buyer.
func (c *call) getClientCheckout() (*answer, error) {
	found, err := c.clientCheckout(false)
	if err != nil {
		return nil, err
	}
	return reply(http.StatusOK, c.renderPublic(found)), nil
}

// openedCheckout is told by Polar's page that the buyer sees it. The first time is noted in the row, which shows in
// modified_at alone (B 0.5).
func (c *call) openedCheckout() (*answer, error) {
	if _, err := c.input(schema.CheckoutOpened); err != nil {
		return nil, err
	}
	found, err := c.clientCheckout(false)
	if err != nil {
		return nil, err
	}
	draft := found.draft()
	draft.opened = true
	if !found.opened {
		c.store.update(draft, c.now)
	}
	return reply(http.StatusOK, c.renderPublic(draft)), nil
}
