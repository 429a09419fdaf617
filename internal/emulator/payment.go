package emulator

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// Outcome is what the payment processor's stand-in does with a confirmation token. The zero value charges at once and
// reports success chargeDelay later.
type Outcome struct {
	// Status of the intent that the buyer's browser sees: "" for succeeded, or processing, requires_action, ...
	Status string `json:"status,omitempty"`
	// Refuse makes the confirm fail as PaymentError, with Message if there is one.
	Refuse  bool   `json:"refuse,omitempty"`
	Message string `json:"message,omitempty"`
	// Event is what follows: "" or "success", "failure", or "none" for never.
	Event string `json:"event,omitempty"`
	// EventAfter is when; 0 for chargeDelay.
	EventAfter Duration `json:"event_after,omitzero"`
	// AnswerAfter lets the confirm wait, with the session locked.
	AnswerAfter Duration `json:"answer_after,omitzero"`
	// Fingerprint identifies the card for limits per customer and trials.
	Fingerprint string `json:"fingerprint,omitempty"`
	// WalletName is the name in the buyer's wallet, used where the session has none.
	WalletName string `json:"wallet_name,omitempty"`
}

// Duration is a time.Duration whose JSON is a string such as "1.5s" or a number of seconds.
type Duration struct{ time.Duration }

// UnmarshalJSON reads both forms.
func (d *Duration) UnmarshalJSON(data []byte) (err error) {
	var seconds float64
	if json.Unmarshal(data, &seconds) == nil {
		d.Duration = time.Duration(seconds * float64(time.Second))
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("a duration is a string such as \"1.5s\" or a number of seconds: %w", err)
	}
	d.Duration, err = time.ParseDuration(text)
	return err
}

// MarshalJSON writes the string form.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// How long things take that Polar does in the background.
const (
	chargeDelay   = 700 * time.Millisecond // until the processor reports a charge
	workerDelay   = 100 * time.Millisecond // until a free session is done
	slowProcessor = 4 * time.Second
)

// words are the outcomes that a confirmation token can name, between underscores; see docs/emulator.md.
var words = map[string]func(*Outcome){
	"decline":    func(o *Outcome) { o.Refuse, o.Message = true, "Your card was declined." },
	"nomsg":      func(o *Outcome) { o.Message = "" },
	"apierror":   func(o *Outcome) { o.Refuse, o.Message = true, "Something went wrong on the processor's end." },
	"3ds":        func(o *Outcome) { o.Status, o.Event = "requires_action", "none" },
	"processing": func(o *Outcome) { o.Status, o.Event = "processing", "none" },
	"hold":       func(o *Outcome) { o.Event = "none" },
	"faillater":  func(o *Outcome) { o.Status, o.Event = "processing", "failure" },
	"slow":       func(o *Outcome) { o.AnswerAfter = Duration{slowProcessor} },
	"wallet":     func(o *Outcome) { o.WalletName = "Wallet Holder" },
}

// outcomeOf is what has been scripted for a confirmation token, else what the words in it say.
func (s *store) outcomeOf(tokenID string) Outcome {
	o, scripted := s.outcomes[tokenID]
	if !scripted {
		for word := range strings.SplitSeq(tokenID, "_") {
			if apply := words[word]; apply != nil {
				apply(&o)
			}
			if fingerprint, found := strings.CutPrefix(word, "fp-"); found {
				o.Fingerprint = fingerprint
			}
		}
	}
	if o.Status == "" {
		o.Status = "succeeded"
	}
	if o.EventAfter.Duration == 0 {
		o.EventAfter.Duration = chargeDelay
	}
	return o
}

// refusal is the PaymentError of an outcome, nil where the charge is taken.
func (o Outcome) refusal() error {
	if !o.Refuse {
		return nil
	}
	return paymentError(o.Message)
}

// follow plans what happens to a confirmed session.
func (e *Emulator) follow(id string, o Outcome, charged bool) {
	switch {
	case !charged:
		e.clock.after(workerDelay, func() { e.succeed(id, "") })
	case o.Event == "" || o.Event == "success":
		e.clock.after(o.EventAfter.Duration, func() { e.succeed(id, o.Fingerprint) })
	case o.Event == "failure":
		e.clock.after(o.EventAfter.Duration, func() { e.fail(id) })
	}
}

// succeed fulfils a confirmed session (B 2.1); in any other state the event changes nothing.
func (e *Emulator) succeed(id, fingerprint string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := e.store.checkout(id)
	if found == nil || found.status != statusConfirmed {
		return
	}
	now := e.clock.Now()
	draft := found.draft()
	events := e.fulfil(draft, fingerprint, now)
	draft.status = statusSucceeded
	draft.processorMetadata = draft.processorMetadata.Clone()
	draft.processorMetadata.Set("intent_status", ordered.String("succeeded"))
	e.store.update(draft, now)
	e.streams.publish(draft.secret, append(events, fulfilledEvents()...)...)
}

// fulfil records what a purchase brings: a subscription, a used trial, the card of a redemption.
func (e *Emulator) fulfil(c *checkout, fingerprint string, now time.Time) []streamEvent {
	events := []streamEvent{{key: "checkout.order_created"}}
	if c.product.recurring() {
		if c.subscription == nil {
			events = append([]streamEvent{{key: "checkout.subscription_created"}}, events...)
		}
		e.store.subscribe(c, now)
		c.customer.modifiedAt = ptr(e.store.born(now))
	}
	if c.trialEnd != nil && c.customer.email != nil {
		e.store.trials = append(e.store.trials, trialRedemption{org: c.org, email: unaliased(*c.customer.email), fingerprint: fingerprint})
		if len(e.store.trials) > maxRedemptions {
			e.store.trials = e.store.trials[1:]
		}
	}
	if c.discount != nil {
		for i := range c.discount.redemptions {
			if c.discount.redemptions[i].checkout == c.id {
				c.discount.redemptions[i].fingerprint = fingerprint
			}
		}
	}
	if c.seats != nil && c.customer.kind == "individual" && c.org.flags.MemberModel {
		c.customer.kind, c.customer.ownerEmail = "team", c.customer.email
	}
	return events
}

// subscribe makes the subscription of a session, or upgrades the one that it was opened for.
func (s *store) subscribe(c *checkout, now time.Time) {
	made := c.subscription
	if made == nil {
		made = &subscription{id: newID(), createdAt: s.born(now), checkout: c.id, customer: c.customer, metadata: c.metadata}
	} else {
		made.modifiedAt = ptr(s.born(now))
	}
	made.product, made.discount, made.currency, made.amount = c.product, c.discount, c.currency, c.netAmount
	made.prices = subscribedPrices(c)
	made.seats, made.units, made.fieldData = c.seats, c.units, c.fieldData
	made.status, made.start, made.trialEnd = "active", s.born(now), c.trialEnd
	made.end = later(made.start, textOr(c.product.interval, "month"), int(*firstSet(c.product.intervalCount, ptr(int64(1)))))
	if c.trialEnd != nil {
		made.status, made.end = "trialing", *c.trialEnd
	}
	s.subscriptions.insert(made.id, made)
}

func subscribedPrices(c *checkout) []*price {
	set, err := pricesIn(c.selected().prices(), c.currency)
	if err != nil {
		return []*price{c.price}
	}
	return set.prices
}

// fail opens a session again whose payment failed later, unless it has reached its end meanwhile (B 2.1).
func (e *Emulator) fail(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := e.store.checkout(id)
	if found == nil || found.status != statusConfirmed && found.status != statusOpen {
		return
	}
	draft := found.draft()
	draft.status = statusOpen
	draft.processorMetadata = draft.processorMetadata.Clone()
	draft.processorMetadata.Delete("intent_status")
	draft.processorMetadata.Delete("intent_client_secret")
	if draft.discount != nil {
		draft.discount.release(id)
	}
	e.store.update(draft, e.clock.Now())
	e.streams.publish(draft.secret, updatedEvents(draft.status)...)
}
