package checkouts

import checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"

// IsPaid tells whether a checkout is paid, or free and done: only then deliver. CONFIRMED is not paid: the payment has
// begun, and if it fails the checkout is OPEN again (B 2.1).
func IsPaid(status checkoutsv1.CheckoutStatus) bool {
	return status == checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_SUCCEEDED
}

// IsFinal tells whether a checkout will never change its status again: it SUCCEEDED, EXPIRED or FAILED (B 2.1). A
// status that this version does not know counts as not final.
func IsFinal(status checkoutsv1.CheckoutStatus) bool {
	switch status {
	case checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_SUCCEEDED,
		checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_EXPIRED,
		checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_FAILED:
		return true
	default:
		return false
	}
}
