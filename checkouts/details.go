package checkouts

import (
	"time"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// named gives a detail of a status, a message of errors.proto, its Go type. Nil if it is none of them.
func named(detail any) error {
	switch d := detail.(type) {
	case *checkoutsv1.ResourceNotFound:
		return &ResourceNotFound{Detail: d.GetDetail()}
	case *checkoutsv1.ExpiredCheckoutError:
		return &ExpiredCheckoutError{Detail: d.GetDetail()}
	case *checkoutsv1.AlreadyActiveSubscriptionError:
		return &AlreadyActiveSubscriptionError{Detail: d.GetDetail()}
	case *checkoutsv1.PaymentNotReady:
		return &PaymentNotReady{Detail: d.GetDetail()}
	case *checkoutsv1.PaymentError:
		return &PaymentError{Detail: d.GetDetail()}
	case *checkoutsv1.TrialAlreadyRedeemed:
		return &TrialAlreadyRedeemed{Detail: d.GetDetail()}
	case *checkoutsv1.DiscountRedemptionLimitReached:
		return &DiscountRedemptionLimitReached{Detail: d.GetDetail()}
	case *checkoutsv1.CheckoutLocked:
		return &CheckoutLocked{Detail: d.GetDetail()}
	case *checkoutsv1.CheckoutCustomerDeleted:
		return &CheckoutCustomerDeleted{Detail: d.GetDetail()}
	case *checkoutsv1.CheckoutCustomerExternalIdMismatch:
		return &CheckoutCustomerExternalIdMismatch{Detail: d.GetDetail()}
	case *checkoutsv1.InvalidQuantityError:
		return &InvalidQuantityError{Detail: d.GetDetail()}
	case *checkoutsv1.NotPermitted:
		return &NotPermitted{Detail: d.GetDetail()}
	case *checkoutsv1.Unauthorized:
		return &Unauthorized{Detail: d.GetDetail()}
	case *checkoutsv1.TaxCalculationTechnicalError:
		return &TaxCalculationTechnicalError{Detail: d.GetDetail()}
	case *checkoutsv1.NoPricesForCurrencies:
		return &NoPricesForCurrencies{Detail: d.GetDetail()}
	case *checkoutsv1.NotOpenCheckout:
		return &NotOpenCheckout{Detail: d.GetDetail(), Status: d.GetStatus()}
	case *checkoutsv1.TokenError:
		return &TokenError{Name: d.GetError(), Description: d.GetErrorDescription()}
	case *checkoutsv1.HTTPValidationError:
		return &HTTPValidationError{Items: d.GetDetail(), OmittedItems: int(d.GetOmittedItems())}
	case *checkoutsv1.RateLimited:
		return &RateLimited{RetryAfter: time.Duration(d.GetRetryAfter()) * time.Second}
	case *checkoutsv1.OutcomeUnknown:
		return &OutcomeUnknown{Operation: d.GetOperation(), RetrySafe: d.GetRetrySafe(), Detail: d.GetDetail()}
	case *checkoutsv1.ConfirmOutcomeUnknown:
		return &ConfirmOutcomeUnknown{LiftsAt: d.GetLiftsAt().AsTime(), Detail: d.GetDetail()}
	case *checkoutsv1.RequestIdReused:
		return &RequestIdReused{Detail: d.GetDetail()}
	case *checkoutsv1.RequestInProgress:
		return &RequestInProgress{Detail: d.GetDetail()}
	case *checkoutsv1.SDKError:
		return &SDKError{
			StatusCode: int(d.GetStatusCode()), Body: d.GetBody(), BodyTruncated: d.GetBodyTruncated(), Headers: d.GetHeaders(),
		}
	default:
		return nil
	}
}
