package checkouts

import (
	"fmt"
	"strings"
	"time"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// The errors by Polar's names. Each is found with errors.As; Error beside it has the status code, the reason and the
// rest. Detail holds Polar's words: show or log them, don't build on them.

// ResourceNotFound says that there is no such checkout, or that it belongs to another organization. Check the id or
// secret; don't repeat the call.
type ResourceNotFound struct{ Detail string }

// ExpiredCheckoutError says that the checkout expired. Create a new one; this one cannot be revived.
type ExpiredCheckoutError struct{ Detail string }

// NotOpenCheckout says that the checkout is not open, so it cannot be changed or confirmed. Act by its status: on
// CONFIRMED wait for the payment and read it again, on SUCCEEDED treat it as paid, on the others create a new one.
type NotOpenCheckout struct {
	// Detail is in Polar's words.
	Detail string
	// Status is where the checkout stands; UNSPECIFIED if Polar's words name none that is known.
	Status checkoutsv1.CheckoutStatus
}

// AlreadyActiveSubscriptionError says that the buyer has an active subscription and the organization allows only one.
// Lead the buyer to the customer portal.
type AlreadyActiveSubscriptionError struct{ Detail string }

// PaymentNotReady says that the organization may not take payments yet. The merchant must finish its set-up with Polar.
type PaymentNotReady struct{ Detail string }

// PaymentError says that the payment was refused; the checkout is still open. Ask the buyer for another payment method
// and confirm with a new confirmation token. The detail may be shown to the buyer.
type PaymentError struct{ Detail string }

// TrialAlreadyRedeemed says that the buyer had a trial of this product before. Set allow_trial to false and confirm
// again.
type TrialAlreadyRedeemed struct{ Detail string }

// DiscountRedemptionLimitReached says that the buyer used this discount as often as it may be. Remove the discount and
// go on.
type DiscountRedemptionLimitReached struct{ Detail string }

// CheckoutLocked says that another call is working on the checkout. An update can be repeated after a moment; before a
// confirm is repeated, read the checkout: the other call may have confirmed it.
type CheckoutLocked struct{ Detail string }

// CheckoutCustomerDeleted says that the customer of the checkout was deleted. Create a new checkout.
type CheckoutCustomerDeleted struct{ Detail string }

// CheckoutCustomerExternalIdMismatch says that a customer with this external ID exists under another e-mail address.
// Use that address, or another external ID in a new checkout.
type CheckoutCustomerExternalIdMismatch struct{ Detail string } //nolint:revive // Polar's spelling

// InvalidQuantityError says that the price has no tier for this number of seats or units. Choose another number.
type InvalidQuantityError struct{ Detail string }

// NotPermitted says that the organization is blocked or deleted, or that the user may not do this. Only Polar or the
// merchant can change that.
type NotPermitted struct{ Detail string }

// Unauthorized says that the call brought no credential: none for the service, if Error's Domain is "checkoutsvc" and its
// code codes.Unauthenticated (see WithToken), else none that Polar can use. With codes.Unauthenticated the caller must bring
// one; with codes.Internal it was the service's own, and its operator must act.
type Unauthorized struct{ Detail string }

// TokenError says that a token was refused or lacks the scope: by the service, if Error's Domain is "checkoutsvc", else by
// Polar. With codes.Unauthenticated or codes.PermissionDenied the caller needs another token; with codes.Internal it was the
// service's own, and its operator must act.
type TokenError struct {
	// Name is "invalid_token" or "insufficient_scope".
	Name string
	// Description is the same in a sentence.
	Description string
}

// HTTPValidationError says that Polar refused the values of the request. Correct the fields and send it again. Error
// has the same fields and texts as Violations, and those of the service's own refusals too.
type HTTPValidationError struct {
	// Items is what was wrong, in Polar's order. They may hold personal data.
	Items []*checkoutsv1.ValidationError
	// OmittedItems is the number of items that were left out because the answer would have been too large.
	OmittedItems int
}

// TaxCalculationTechnicalError says that Polar could not compute the tax. Nothing was charged or stored; the same call
// may work later.
type TaxCalculationTechnicalError struct{ Detail string }

// NoPricesForCurrencies says that the product has no price in a currency that the checkout can use. The merchant must
// correct its prices.
type NoPricesForCurrencies struct{ Detail string }

// RateLimited says that there were too many calls, for Polar or for the service. Nothing was done.
type RateLimited struct {
	// RetryAfter is how long to wait before the next call; 0 if not known.
	RetryAfter time.Duration
}

// SDKError is an answer of Polar's that stands for none of the other errors, or something that is no answer of
// Polar's. The status code tells what to do; this is for those who look into it.
type SDKError struct {
	// StatusCode is the HTTP status.
	StatusCode int
	// Body is the body of the answer, cut off if BodyTruncated is set. It may hold anything: don't show it to buyers.
	Body          string
	BodyTruncated bool
	// Headers holds some headers of the answer, by name in lower case.
	Headers map[string]string
}

// OutcomeUnknown says that a write was sent and no answer came: it may have been carried out. It stands for an answer
// that got lost between Polar and the service, and likewise for one that got lost between the service and this
// program (a broken connection, a deadline).
type OutcomeUnknown struct {
	// Operation is the name of the method, such as "ConfirmClientCheckout".
	Operation string
	// RetrySafe tells whether sending the same call again does no harm: true for an update, and for a create, which
	// leaves at worst an open checkout that expires unused. False for a confirm: read the checkout first, and confirm
	// again only if it is still open after a while.
	RetrySafe bool
	// Detail says what happened.
	Detail string
}

// ConfirmOutcomeUnknown says that a confirm was held back: an earlier one of the same checkout, with another
// confirmation token, was sent and its outcome is not known, so that this one could charge the buyer twice. Read the
// checkout; if it is still open at LiftsAt, confirm again.
type ConfirmOutcomeUnknown struct {
	// LiftsAt is when a confirm is let through again.
	LiftsAt time.Time
	// Detail says what happened.
	Detail string
}

// RequestIdReused says that the request_id was used for another checkout before. Nothing was done.
type RequestIdReused struct { //nolint:revive // the spelling of the message
	// Detail says what happened.
	Detail string
}

// RequestInProgress says that the same request_id is at work elsewhere and did not finish before the deadline. The
// same call, after a pause, gives the same checkout.
type RequestInProgress struct {
	// Detail says what happened.
	Detail string
}

func (e *ConfirmOutcomeUnknown) Error() string              { return e.Detail }
func (e *RequestIdReused) Error() string                    { return e.Detail }
func (e *RequestInProgress) Error() string                  { return e.Detail }
func (e *ResourceNotFound) Error() string                   { return e.Detail }
func (e *ExpiredCheckoutError) Error() string               { return e.Detail }
func (e *NotOpenCheckout) Error() string                    { return e.Detail }
func (e *AlreadyActiveSubscriptionError) Error() string     { return e.Detail }
func (e *PaymentNotReady) Error() string                    { return e.Detail }
func (e *PaymentError) Error() string                       { return e.Detail }
func (e *TrialAlreadyRedeemed) Error() string               { return e.Detail }
func (e *DiscountRedemptionLimitReached) Error() string     { return e.Detail }
func (e *CheckoutLocked) Error() string                     { return e.Detail }
func (e *CheckoutCustomerDeleted) Error() string            { return e.Detail }
func (e *CheckoutCustomerExternalIdMismatch) Error() string { return e.Detail }
func (e *InvalidQuantityError) Error() string               { return e.Detail }
func (e *NotPermitted) Error() string                       { return e.Detail }
func (e *Unauthorized) Error() string                       { return e.Detail }
func (e *TokenError) Error() string                         { return e.Name + ": " + e.Description }
func (e *TaxCalculationTechnicalError) Error() string       { return e.Detail }
func (e *NoPricesForCurrencies) Error() string              { return e.Detail }
func (e *OutcomeUnknown) Error() string                     { return e.Operation + ": outcome unknown: " + e.Detail }

// Error lists the fields and what is wrong with each; what was entered stays out of it.
func (e *HTTPValidationError) Error() string {
	texts := make([]string, 0, len(e.Items)+1)
	for _, item := range e.Items {
		text := item.GetMsg()
		if item.GetField() != "" {
			text = item.GetField() + ": " + text
		}
		texts = append(texts, text)
	}
	if e.OmittedItems > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", e.OmittedItems))
	}
	return strings.Join(texts, "; ")
}

// Error names the pause, if it is known.
func (e *RateLimited) Error() string {
	if e.RetryAfter == 0 {
		return "too many calls"
	}
	return fmt.Sprintf("too many calls; the next may be made in %v", e.RetryAfter)
}

// Error names the status only: the body may hold anything.
func (e *SDKError) Error() string {
	return fmt.Sprintf("unexpected answer with HTTP status %d", e.StatusCode)
}
