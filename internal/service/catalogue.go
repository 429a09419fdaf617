package service

import (
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/protoadapt"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// entry is one of Polar's errors: the code that a gRPC caller sees, the pause after which trying again makes sense (0:
// it makes none), and the typed message.
type entry struct {
	code  codes.Code
	retry time.Duration
	// detail makes the typed message of Polar's words.
	detail func(words string) protoadapt.MessageV1
}

// words is the common case: a message with nothing but Polar's words.
func words[M any, P interface {
	*M
	protoadapt.MessageV1
}](set func(P, string)) func(string) protoadapt.MessageV1 {
	return func(text string) protoadapt.MessageV1 {
		m := P(new(M))
		set(m, truncate(text, 1<<10))
		return m
	}
}

// catalogue has a row for each error that Polar names in its body's `error` and that carries a text (B 3.2).
var catalogue = map[string]entry{
	"ResourceNotFound":                   {codes.NotFound, 0, words(func(m *pb.ResourceNotFound, s string) { m.Detail = s })},
	"ExpiredCheckoutError":               {codes.FailedPrecondition, 0, words(func(m *pb.ExpiredCheckoutError, s string) { m.Detail = s })},
	"NotOpenCheckout":                    {codes.FailedPrecondition, 0, notOpen},
	"AlreadyActiveSubscriptionError":     {codes.AlreadyExists, 0, words(func(m *pb.AlreadyActiveSubscriptionError, s string) { m.Detail = s })},
	"PaymentNotReady":                    {codes.FailedPrecondition, 0, words(func(m *pb.PaymentNotReady, s string) { m.Detail = s })},
	"PaymentError":                       {codes.FailedPrecondition, 0, words(func(m *pb.PaymentError, s string) { m.Detail = s })},
	"TrialAlreadyRedeemed":               {codes.FailedPrecondition, 0, words(func(m *pb.TrialAlreadyRedeemed, s string) { m.Detail = s })},
	"DiscountRedemptionLimitReached":     {codes.FailedPrecondition, 0, words(func(m *pb.DiscountRedemptionLimitReached, s string) { m.Detail = s })},
	"CheckoutLocked":                     {codes.Aborted, 500 * time.Millisecond, words(func(m *pb.CheckoutLocked, s string) { m.Detail = s })},
	"CheckoutCustomerDeleted":            {codes.FailedPrecondition, 0, words(func(m *pb.CheckoutCustomerDeleted, s string) { m.Detail = s })},
	"CheckoutCustomerExternalIdMismatch": {codes.InvalidArgument, 0, words(func(m *pb.CheckoutCustomerExternalIdMismatch, s string) { m.Detail = s })},
	"InvalidQuantityError":               {codes.InvalidArgument, 0, words(func(m *pb.InvalidQuantityError, s string) { m.Detail = s })},
	"NotPermitted":                       {codes.PermissionDenied, 0, words(func(m *pb.NotPermitted, s string) { m.Detail = s })},
	"Unauthorized":                       {codes.Unauthenticated, 0, words(func(m *pb.Unauthorized, s string) { m.Detail = s })},
	"TaxCalculationTechnicalError":       {codes.Internal, time.Second, words(func(m *pb.TaxCalculationTechnicalError, s string) { m.Detail = s })},
	"NoPricesForCurrencies":              {codes.Internal, 0, words(func(m *pb.NoPricesForCurrencies, s string) { m.Detail = s })},
}

// notOpen parses the checkout's status out of the text, the only place where Polar says it (B 3.2).
func notOpen(text string) protoadapt.MessageV1 {
	m := &pb.NotOpenCheckout{Detail: truncate(text, 1<<10)}
	if i := strings.LastIndex(text, ": "); i >= 0 {
		m.Status = pb.CheckoutStatus(pb.CheckoutStatus_value["CHECKOUT_STATUS_"+strings.ToUpper(strings.TrimSpace(text[i+2:]))])
	}
	return m
}
