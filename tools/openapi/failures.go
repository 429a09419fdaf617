package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// statusOf is the HTTP status of each error that a method's comment can name (B 3.2).
var statusOf = map[string]int{
	"PaymentError":                       http.StatusBadRequest,
	"InvalidQuantityError":               http.StatusBadRequest,
	"NotPermitted":                       http.StatusForbidden,
	"NotOpenCheckout":                    http.StatusForbidden,
	"AlreadyActiveSubscriptionError":     http.StatusForbidden,
	"PaymentNotReady":                    http.StatusForbidden,
	"TrialAlreadyRedeemed":               http.StatusForbidden,
	"DiscountRedemptionLimitReached":     http.StatusForbidden,
	"ResourceNotFound":                   http.StatusNotFound,
	"CheckoutLocked":                     http.StatusConflict,
	"CheckoutCustomerDeleted":            http.StatusConflict,
	"ExpiredCheckoutError":               http.StatusGone,
	"HTTPValidationError":                http.StatusUnprocessableEntity,
	"CheckoutCustomerExternalIdMismatch": http.StatusUnprocessableEntity,
	"TaxCalculationTechnicalError":       http.StatusInternalServerError,
	"NoPricesForCurrencies":              http.StatusInternalServerError,
}

// ownConflicts are failures of the service's own that have a message. All are 409: no client sends such a call again
// by itself.
var ownConflicts = []protoreflect.Name{"OutcomeUnknown", "ConfirmOutcomeUnknown", "RequestIdReused", "RequestInProgress"}

// statusTexts say what a status means here, whatever error it comes with.
var statusTexts = map[int]string{
	http.StatusBadRequest:            "The body cannot be read, or what it asks for cannot be had.",
	http.StatusUnauthorized:          "The token is missing, or Polar or this server refused it.",
	http.StatusForbidden:             "The state of the checkout, the organization or the token does not allow it.",
	http.StatusNotFound:              "There is no such checkout, or no such Polar-Version.",
	http.StatusConflict:              "Something else is going on with the checkout, or it is not known whether the call was carried out.",
	http.StatusGone:                  "The checkout expired.",
	http.StatusLengthRequired:        "The request has no Content-Length.",
	http.StatusRequestEntityTooLarge: "The body is larger than 10 MiB.",
	http.StatusUnprocessableEntity:   "The request is not valid.",
	http.StatusInternalServerError:   "Polar failed. After a write read the checkout before you send it again.",
}

// refusals gathers what a status can come with: names of error schemas.
type refusals map[int][]string

func (r refusals) add(status int, schema string) {
	if !slices.Contains(r[status], schema) {
		r[status] = append(r[status], schema)
	}
}

// refusalsOf are Polar's errors of one operation: those of its comment, and those that every operation of its kind has
// (B 3.4 to 3.8).
func (g *generator) refusalsOf(at *polarhttp.Operation, method protoreflect.MethodDescriptor, hasBody bool) (refusals, error) {
	r := refusals{}
	for _, name := range errorNames(g.words.raw(method)) {
		if slices.Contains(ownConflicts, protoreflect.Name(name)) {
			r.add(http.StatusConflict, "CheckoutsvcError")
			continue
		}
		status, known := statusOf[name]
		if !known {
			return nil, fmt.Errorf("%s: the status of %s is not known; add it to failures.go", method.Name(), name)
		}
		r.add(status, name)
	}
	if at.Credential == polarhttp.Merchant {
		r.add(http.StatusUnauthorized, "Unauthorized")
		r.add(http.StatusForbidden, "TokenError")
	}
	r.add(http.StatusUnauthorized, "TokenError")
	r.add(http.StatusNotFound, "UnnamedError")
	if hasBody {
		r.add(http.StatusBadRequest, "UnnamedError")
		r.add(http.StatusLengthRequired, "RequestRefused")
		r.add(http.StatusRequestEntityTooLarge, "RequestRefused")
	}
	if at.Consequence != polarhttp.Reads {
		r.add(http.StatusConflict, "CheckoutsvcError")
	}
	if _, named := r[http.StatusInternalServerError]; !named {
		r[http.StatusInternalServerError] = nil
	}
	return r, nil
}

// ownFailures are the statuses of answers that are not Polar's. No operation of Polar's has them.
var ownFailures = []struct {
	status      int
	name        string
	description string
}{
	{http.StatusNotImplemented, "NotServedHere", "This server does not serve the call."},
	{http.StatusBadGateway, "BadGateway", "Polar refused this server's credential or version, or answered what it should not. UpstreamCredentialRejected, PolarVersionRejected, UnexpectedAnswer or InternalError; from something between this server and Polar also without a body like this."},
	{http.StatusServiceUnavailable, "Unavailable", "Polar, or what this server stores in, cannot be reached, or too much is going on; nothing was changed. PolarUnreachable, PolarUnavailable, Overloaded, StoreUnavailable, CallersUnverifiable or Canceled. Safe to send again after the pause."},
	{http.StatusGatewayTimeout, "Timeout", "The deadline passed before Polar answered; nothing was changed. DeadlineExceeded. Safe to send again."},
}

// sharedResponses are the answers that are the same for all operations.
func (g *generator) sharedResponses() object {
	failure := object{{"application/json", object{{"schema", g.errorSchema("CheckoutsvcError")}}}}
	retryAfter := object{{"Retry-After", object{{"$ref", "#/components/headers/RetryAfter"}}}}
	all := object{{"RateLimited", object{
		{"description", "Too many calls; nothing was done. Wait for as long as Retry-After says. Polar's own answer has no body, this server's has one."},
		{"headers", retryAfter},
		{"content", failure},
	}}}
	for _, own := range ownFailures {
		response := object{{"description", own.description}}
		if own.status == http.StatusServiceUnavailable {
			response = append(response, member{"headers", retryAfter})
		}
		all = append(all, member{own.name, append(response, member{"content", failure})})
	}
	return all
}

// errorSchema refers to the schema of an error.
func (g *generator) errorSchema(name string) object {
	return g.component(name, func() object {
		if name == "CheckoutsvcError" {
			return g.ownError()
		}
		if special, ok := specialErrors[name]; ok {
			if name == "HTTPValidationError" {
				g.errorSchema("ValidationError")
			}
			return special
		}
		md := checkoutsv1.File_polar_checkouts_v1_errors_proto.Messages().ByName(protoreflect.Name(name))
		m := &members{}
		m.add("error", object{{"type", "string"}, {"const", name}, {"description", "The error's name."}}, true)
		m.add("detail", object{{"type", "string"}, {"description", g.words.of(md.Fields().ByName("detail"))}}, true)
		return m.schema(name, g.words.of(md), nil)
	})
}

// ownError is the schema of all failures of the service's own. It lists their names and what to do about each.
func (g *generator) ownError() object {
	var description strings.Builder
	description.WriteString("A failure of this server's own and not of Polar's.")
	for _, name := range ownConflicts {
		md := checkoutsv1.File_polar_checkouts_v1_errors_proto.Messages().ByName(name)
		fmt.Fprintf(&description, "\n- `%s`: %s", name, g.words.of(md))
		if name == "OutcomeUnknown" {
			description.WriteString(" Read the checkout before you confirm again; an update or create may be sent again.")
		}
	}
	for _, line := range ownFailureNames {
		description.WriteString("\n- " + line)
	}
	return errorObject("CheckoutsvcError", description.String(), text("The failure's name."), text("What happened and what to do."))
}
