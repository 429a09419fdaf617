package emulator

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// answerError is a refusal with Polar's own body (B 3.1).
type answerError struct {
	status int
	body   []byte
	header http.Header
}

func (e *answerError) Error() string { return fmt.Sprintf("%d %s", e.status, e.body) }

// errInternal is what an exception that Polar does not catch becomes: the plain-text 500 of its outermost layer, which
// carries none of the usual headers (B 3.8).
var errInternal = &answerError{
	status: http.StatusInternalServerError,
	body:   []byte("Internal Server Error"),
	header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
}

// domainError makes a refusal of shape E1.
func domainError(status int, name, detail string) *answerError {
	return &answerError{status: status, body: []byte(ordered.NewObject("error", name, "detail", detail).String())}
}

// The refusals of B 3.2 whose text never changes.
var (
	errNotFound           = domainError(http.StatusNotFound, "ResourceNotFound", "Not found")
	errNotPermitted       = domainError(http.StatusForbidden, "NotPermitted", "Not permitted")
	errExpired            = domainError(http.StatusGone, "ExpiredCheckoutError", "This checkout session has expired.")
	errLocked             = domainError(http.StatusConflict, "CheckoutLocked", "Checkout is currently being processed. Please try again.")
	errActiveSubscription = domainError(http.StatusForbidden, "AlreadyActiveSubscriptionError",
		"You already have an active subscription.")
	errPaymentNotReady = domainError(http.StatusForbidden, "PaymentNotReady",
		"Organization is not ready to accept payments")
	errTrialRedeemed = domainError(http.StatusForbidden, "TrialAlreadyRedeemed",
		"You have already used a trial for this product. Trials can only be used once per customer.")
	errRedemptionLimit = domainError(http.StatusForbidden, "DiscountRedemptionLimitReached",
		"You have already redeemed this discount the maximum number of times allowed per customer.")
	errCustomerDeleted = domainError(http.StatusConflict, "CheckoutCustomerDeleted",
		"The customer associated with this checkout has been deleted.")
	errExternalIDMismatch = domainError(http.StatusUnprocessableEntity, "CheckoutCustomerExternalIdMismatch",
		"A customer with this external ID already exists but with a different email address.")
	errTaxUnavailable = domainError(http.StatusInternalServerError, "TaxCalculationTechnicalError",
		"All tax processors failed to calculate tax")
	errUnauthorized = &answerError{
		status: http.StatusUnauthorized,
		body:   []byte(`{"error":"Unauthorized","detail":"Unauthorized"}`),
		header: http.Header{"Www-Authenticate": {`Bearer realm="polar"`}},
	}
)

// The refusals of routing and framing; those with spaces come from another layer of Polar (B 3.4, 3.7).
var (
	errNoRoute    = &answerError{status: http.StatusNotFound, body: []byte(`{"detail":"Not Found"}`)}
	errUnreadable = &answerError{status: http.StatusBadRequest, body: []byte(`{"detail":"There was an error parsing the body"}`)}
	errNoLength   = &answerError{
		status: http.StatusLengthRequired,
		body:   []byte(`{"error": "LengthRequired", "detail": "A Content-Length header is required."}`),
	}
	errTooLarge = &answerError{
		status: http.StatusRequestEntityTooLarge,
		body: []byte(`{"error": "RequestBodyTooLarge", "detail": ` +
			`"Request body exceeded the maximum allowed size of 10485760 bytes."}`),
	}
)

func methodNotAllowed(allow string) *answerError {
	return &answerError{
		status: http.StatusMethodNotAllowed,
		body:   []byte(`{"detail":"Method Not Allowed"}`),
		header: http.Header{"Allow": {allow}},
	}
}

const (
	invalidTokenText = "The access token provided is expired, revoked, malformed, or invalid for other reasons."
	scopeText        = "The request requires higher privileges than provided by the access token."
)

// errInvalidToken refuses a bearer token that is nobody's, on whatever route (B 3.6).
var errInvalidToken = credentialError(http.StatusUnauthorized, "invalid_token", invalidTokenText, "")

// insufficientScope refuses a token that has none of the scopes.
func insufficientScope(scopes string) *answerError {
	return credentialError(http.StatusForbidden, "insufficient_scope", scopeText, fmt.Sprintf("scope=%q, ", scopes))
}

// credentialError makes a refusal of shape E4.
func credentialError(status int, code, text, scope string) *answerError {
	return &answerError{
		status: status,
		body:   fmt.Appendf(nil, `{"error": %q, "error_description": %q}`, code, text),
		header: http.Header{
			"Cache-Control":    {"no-store"},
			"Pragma":           {"no-cache"},
			"Www-Authenticate": {fmt.Sprintf(`Bearer realm="polar", %serror=%q, error_description=%q`, scope, code, text)},
		},
	}
}

func notOpen(c *checkout) *answerError {
	return domainError(http.StatusForbidden, "NotOpenCheckout", fmt.Sprintf("Checkout %s is not open: %s", c.id, c.status))
}

func invalidQuantity(detail string) *answerError {
	return domainError(http.StatusBadRequest, "InvalidQuantityError", detail)
}

// paymentError is a charge that the processor refused; message is the processor's, "" for none.
func paymentError(message string) *answerError {
	detail := "The payment failed. Please try again with a different payment method."
	if message != "" {
		detail = "The payment failed: " + message + " Please try again with a different payment method."
	}
	return domainError(http.StatusBadRequest, "PaymentError", detail)
}

// noPricesForCurrencies prints the currencies as a Python list, as Polar does.
func noPricesForCurrencies(currencies []string) *answerError {
	list := "['" + strings.Join(currencies, "', '") + "']"
	return domainError(http.StatusInternalServerError, "NoPricesForCurrencies", "No prices found for currencies: "+list)
}

// problem is one item of a business-level 422 (B 3.5).
type problem struct {
	kind  string
	loc   []any // strings and ints below "body"
	msg   string
	input ordered.Value
}

// problems is a business-level 422 of shape E3: unlike a schema-level one it never has ctx.
type problems []problem

func (p problems) Error() string { return string(p.body()) }

func (p problems) body() []byte {
	items := make([]ordered.Value, len(p))
	for i, each := range p {
		loc := []ordered.Value{ordered.String("body")}
		for _, step := range each.loc {
			loc = append(loc, ordered.Of(step))
		}
		items[i] = ordered.NewObject("type", each.kind, "loc", loc, "msg", each.msg, "input", each.input).Value()
	}
	return ordered.NewObject("error", "PolarRequestValidationError", "detail", items).Value().AppendError(nil)
}

// invalid is a business-level 422 of one item.
func invalid(kind, msg string, input ordered.Value, loc ...any) problems {
	return problems{{kind: kind, loc: loc, msg: msg, input: input}}
}

// invalidValue is the commonest of them.
func invalidValue(msg string, input ordered.Value, loc ...any) problems {
	return invalid("value_error", msg, input, loc...)
}
