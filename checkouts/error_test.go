package checkouts_test

import (
	"context"
	"errors"
	"net"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// named holds every message of errors.proto that is an error, as the service sends it and as errors.As gives it.
var named = []struct {
	sent protoadapt.MessageV1
	want error
}{
	{&checkoutsv1.ResourceNotFound{Detail: "d"}, &checkouts.ResourceNotFound{Detail: "d"}},
	{&checkoutsv1.ExpiredCheckoutError{Detail: "d"}, &checkouts.ExpiredCheckoutError{Detail: "d"}},
	{
		&checkoutsv1.NotOpenCheckout{Detail: "d", Status: checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_CONFIRMED},
		&checkouts.NotOpenCheckout{Detail: "d", Status: checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_CONFIRMED},
	},
	{&checkoutsv1.AlreadyActiveSubscriptionError{Detail: "d"}, &checkouts.AlreadyActiveSubscriptionError{Detail: "d"}},
	{&checkoutsv1.PaymentNotReady{Detail: "d"}, &checkouts.PaymentNotReady{Detail: "d"}},
	{&checkoutsv1.PaymentError{Detail: "d"}, &checkouts.PaymentError{Detail: "d"}},
	{&checkoutsv1.TrialAlreadyRedeemed{Detail: "d"}, &checkouts.TrialAlreadyRedeemed{Detail: "d"}},
	{&checkoutsv1.DiscountRedemptionLimitReached{Detail: "d"}, &checkouts.DiscountRedemptionLimitReached{Detail: "d"}},
	{&checkoutsv1.CheckoutLocked{Detail: "d"}, &checkouts.CheckoutLocked{Detail: "d"}},
	{&checkoutsv1.CheckoutCustomerDeleted{Detail: "d"}, &checkouts.CheckoutCustomerDeleted{Detail: "d"}},
	{
		&checkoutsv1.CheckoutCustomerExternalIdMismatch{Detail: "d"},
		&checkouts.CheckoutCustomerExternalIdMismatch{Detail: "d"},
	},
	{&checkoutsv1.InvalidQuantityError{Detail: "d"}, &checkouts.InvalidQuantityError{Detail: "d"}},
	{&checkoutsv1.NotPermitted{Detail: "d"}, &checkouts.NotPermitted{Detail: "d"}},
	{&checkoutsv1.Unauthorized{Detail: "d"}, &checkouts.Unauthorized{Detail: "d"}},
	{
		&checkoutsv1.TokenError{Error: "invalid_token", ErrorDescription: "d"},
		&checkouts.TokenError{Name: "invalid_token", Description: "d"},
	},
	{
		&checkoutsv1.HTTPValidationError{
			Detail:       []*checkoutsv1.ValidationError{{Msg: "Field required", Field: "products"}},
			OmittedItems: 2,
		},
		&checkouts.HTTPValidationError{
			Items:        []*checkoutsv1.ValidationError{{Msg: "Field required", Field: "products"}},
			OmittedItems: 2,
		},
	},
	{&checkoutsv1.TaxCalculationTechnicalError{Detail: "d"}, &checkouts.TaxCalculationTechnicalError{Detail: "d"}},
	{&checkoutsv1.NoPricesForCurrencies{Detail: "d"}, &checkouts.NoPricesForCurrencies{Detail: "d"}},
	{
		&checkoutsv1.ConfirmOutcomeUnknown{LiftsAt: timestamppb.New(time.Unix(1, 0)), Detail: "d"},
		&checkouts.ConfirmOutcomeUnknown{LiftsAt: time.Unix(1, 0).UTC(), Detail: "d"},
	},
	{&checkoutsv1.RequestIdReused{Detail: "d"}, &checkouts.RequestIdReused{Detail: "d"}},
	{&checkoutsv1.RequestInProgress{Detail: "d"}, &checkouts.RequestInProgress{Detail: "d"}},
	{&checkoutsv1.RateLimited{RetryAfter: new(int32(30))}, &checkouts.RateLimited{RetryAfter: 30 * time.Second}},
	{
		&checkoutsv1.SDKError{
			StatusCode: 418, Body: "short and stout", BodyTruncated: true, Headers: map[string]string{"content-type": "text/plain"},
		},
		&checkouts.SDKError{
			StatusCode: 418, Body: "short and stout", BodyTruncated: true, Headers: map[string]string{"content-type": "text/plain"},
		},
	},
	{
		&checkoutsv1.OutcomeUnknown{Operation: "CreateCheckout", RetrySafe: true, Detail: "d"},
		&checkouts.OutcomeUnknown{Operation: "CreateCheckout", RetrySafe: true, Detail: "d"},
	},
}

func TestErrorsAsByName(t *testing.T) {
	for _, c := range named {
		name := reflect.TypeOf(c.want).Elem().Name()
		t.Run(name, func(t *testing.T) {
			info := &errdetails.ErrorInfo{Domain: "polar.sh", Reason: "SOME_REASON"}
			client := dial(t, always(failure(codes.FailedPrecondition, "said", info, c.sent)))
			err := methods["UpdateCheckout"](t.Context(), client)

			got := reflect.New(reflect.TypeOf(c.want))
			if !errors.As(err, got.Interface()) {
				t.Fatalf("%v holds no %s", err, name)
			}
			if diff := cmp.Diff(c.want, got.Elem().Interface(), protocmp.Transform()); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if c.want.Error() == "" {
				t.Error("the error has no text")
			}
		})
	}
}

func TestEveryErrorMessageHasAType(t *testing.T) {
	covered := map[string]bool{"ValidationError": true} // a part of HTTPValidationError, no error by itself
	for _, c := range named {
		name := string(protoadapt.MessageV2Of(c.sent).ProtoReflect().Descriptor().Name())
		if goName := reflect.TypeOf(c.want).Elem().Name(); goName != name {
			t.Errorf("%s has the Go type %s", name, goName)
		}
		covered[name] = true
	}
	messages := checkoutsv1.File_polar_checkouts_v1_errors_proto.Messages()
	for i := range messages.Len() {
		if name := string(messages.Get(i).Name()); !covered[name] {
			t.Errorf("%s has no Go type", name)
		}
	}
}

func TestErrorCarriesWhatTheServiceTells(t *testing.T) {
	sent := failure(codes.InvalidArgument, "HTTPValidationError: products: Field required",
		&errdetails.ErrorInfo{
			Domain: "polar.sh", Reason: "HTTP_VALIDATION_ERROR", Metadata: map[string]string{"http_status": "422"},
		},
		&checkoutsv1.HTTPValidationError{},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "products", Description: "Field required"},
		}},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(3 * time.Second)},
	)
	err := methods["CreateCheckout"](t.Context(), dial(t, always(sent)))

	var got *checkouts.Error
	if !errors.As(err, &got) {
		t.Fatalf("%v is no *checkouts.Error", err)
	}
	want := &checkouts.Error{
		Method:     "CreateCheckout",
		Code:       codes.InvalidArgument,
		Message:    "HTTPValidationError: products: Field required",
		Domain:     "polar.sh",
		Reason:     "HTTP_VALIDATION_ERROR",
		HTTPStatus: 422,
		RetryDelay: 3 * time.Second,
		Violations: []checkouts.FieldViolation{{Field: "products", Description: "Field required"}},
		Metadata:   map[string]string{"http_status": "422"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(checkouts.Error{})); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	wantText := "CreateCheckout: InvalidArgument: HTTPValidationError: products: Field required"
	if got.Error() != wantText {
		t.Errorf("text is %q, not %q", got.Error(), wantText)
	}
	if diff := cmp.Diff(status.Convert(sent).Proto(), status.Convert(err).Proto(), protocmp.Transform()); diff != "" {
		t.Errorf("status (-sent +got):\n%s", diff)
	}
}

func TestErrorOfANewerService(t *testing.T) {
	unknown, err := structpb.NewStruct(map[string]any{"of": "tomorrow"})
	if err != nil {
		t.Fatal(err)
	}
	info := &errdetails.ErrorInfo{Domain: "polar.sh", Reason: "CHECKOUT_ON_MARS"}
	st := status.Convert(failure(codes.FailedPrecondition, "CheckoutOnMars: too far", info, unknown)).Proto()
	st.Details[1].TypeUrl = "type.googleapis.com/polar.checkouts.v1.CheckoutOnMars"
	err = methods["ConfirmClientCheckout"](t.Context(), dial(t, always(status.ErrorProto(st))))

	var got *checkouts.Error
	if !errors.As(err, &got) || got.Reason != "CHECKOUT_ON_MARS" || got.Message != "CheckoutOnMars: too far" {
		t.Errorf("got %#v", err)
	}
	if status.Code(err) != codes.FailedPrecondition {
		t.Errorf("code is %v", status.Code(err))
	}
	if named := got.Unwrap(); len(named) > 0 {
		t.Errorf("%v was taken for %T", err, named[0])
	}
}

// A gateway's answer to a confirm leads to an OutcomeUnknown, with the answer beside it, in whatever order.
func TestUncertaintyIsNotHiddenByTheAnswerBehindIt(t *testing.T) {
	unknown := &checkoutsv1.OutcomeUnknown{Operation: "ConfirmClientCheckout"}
	answer := &checkoutsv1.SDKError{StatusCode: 504}
	for _, details := range [][]protoadapt.MessageV1{{unknown, answer}, {answer, unknown}} {
		info := &errdetails.ErrorInfo{Domain: "checkoutsvc", Reason: "OUTCOME_UNKNOWN"}
		err := methods["ConfirmClientCheckout"](t.Context(), dial(t, always(failure(codes.Unknown, "lost", info, details...))))
		failed, ok := errors.AsType[*checkouts.Error](err)
		if !ok || failed.RetrySafe() {
			t.Errorf("%v counts as safe to repeat", err)
		}
		for _, want := range []any{new(*checkouts.OutcomeUnknown), new(*checkouts.SDKError)} {
			if !errors.As(err, want) {
				t.Errorf("%v holds no %T", err, want)
			}
		}
		if first := reflect.TypeOf(failed.Unwrap()[0]); first != reflect.TypeFor[*checkouts.OutcomeUnknown]() {
			t.Errorf("%v comes first", first)
		}
	}
}

func TestRetrySafe(t *testing.T) {
	service := &errdetails.ErrorInfo{Domain: "checkoutsvc", Reason: "NEW"}
	polar := &errdetails.ErrorInfo{Domain: "polar.sh", Reason: "PAYMENT_ERROR"}
	for name, c := range map[string]struct {
		method string
		sent   error
		want   bool
	}{
		"a read that failed":              {"GetCheckout", failure(codes.Internal, "x", service), true},
		"a refused confirm":               {"ConfirmClientCheckout", failure(codes.FailedPrecondition, "x", polar, &checkoutsv1.PaymentError{}), true},
		"a create of unknown outcome":     {"CreateCheckout", failure(codes.Unknown, "x", service, &checkoutsv1.OutcomeUnknown{RetrySafe: true}), true},
		"a confirm of unknown outcome":    {"ConfirmClientCheckout", failure(codes.Unknown, "x", service, &checkoutsv1.OutcomeUnknown{}), false},
		"a confirm that was held back":    {"ConfirmClientCheckout", failure(codes.FailedPrecondition, "x", service, &checkoutsv1.ConfirmOutcomeUnknown{}), false},
		"a confirm that failed somehow":   {"ConfirmClientCheckout", failure(codes.Internal, "x", service), false},
		"an update that failed somehow":   {"UpdateCheckout", failure(codes.Internal, "x", service), true},
		"a confirm that was not sent":     {"ConfirmClientCheckout", failure(codes.Unavailable, "x", service), true},
		"a confirm refused on the way":    {"ConfirmClientCheckout", status.Error(codes.PermissionDenied, "x"), true},
		"a confirm that got no answer":    {"ConfirmClientCheckout", status.Error(codes.Unavailable, "x"), false},
		"an update that got no answer":    {"UpdateClientCheckout", status.Error(codes.Unavailable, "x"), true},
		"the service's token was refused": {"ConfirmClientCheckout", failure(codes.Internal, "x", service, &checkoutsv1.TokenError{}), true},
	} {
		t.Run(name, func(t *testing.T) {
			err := methods[c.method](t.Context(), dial(t, always(c.sent)))
			if failed, ok := errors.AsType[*checkouts.Error](err); !ok || failed.RetrySafe() != c.want {
				t.Errorf("%v: safe to repeat is not %v", err, c.want)
			}
		})
	}
}

// What is wrong between program and service is said in words that lead on.
func TestErrorGivesAdvice(t *testing.T) {
	for name, c := range map[string]struct {
		sent   error
		advice string
	}{
		"nobody there":        {status.Error(codes.Unavailable, "x"), "address"},
		"somebody else there": {status.Error(codes.Unimplemented, "x"), "checkoutsvc"},
		"no time left":        {status.Error(codes.DeadlineExceeded, "x"), "WithTimeout"},
		"a refused token":     {failure(codes.Unauthenticated, "x", &errdetails.ErrorInfo{Domain: "checkoutsvc", Reason: "TOKEN"}), "WithToken"},
		"Polar's refusal":     {failure(codes.Unauthenticated, "x", &errdetails.ErrorInfo{Domain: "polar.sh", Reason: "UNAUTHORIZED"}), ""},
		"the service's words": {failure(codes.Unavailable, "x", &errdetails.ErrorInfo{Domain: "checkoutsvc", Reason: "OVERLOADED"}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := methods["UpdateCheckout"](t.Context(), dial(t, always(c.sent)))
			_, advice, found := strings.Cut(err.Error(), "x (")
			if found != (c.advice != "") || !strings.Contains(advice, c.advice) {
				t.Errorf("%q", err)
			}
		})
	}
}

// A write that got lost between this program and the service is as uncertain as one lost between service and Polar.
func TestUnansweredWriteIsOutcomeUnknown(t *testing.T) {
	for name, call := range methods {
		t.Run(name, func(t *testing.T) {
			arrived := make(chan struct{}, 3)
			server := newServer(func(ctx context.Context, _ string, _ any) (any, error) {
				arrived <- struct{}{}
				<-ctx.Done()
				return nil, ctx.Err()
			})
			t.Cleanup(server.Stop)
			client := dialServer(t, server)
			go func() {
				<-arrived
				server.Stop()
			}()
			err := call(t.Context(), client)
			if status.Code(err) != codes.Unavailable {
				t.Errorf("code is %v", status.Code(err))
			}
			checkUnknown(t, err, name)
		})
	}
}

func TestDeadlineAfterAWriteWasSentIsOutcomeUnknown(t *testing.T) {
	for name, call := range methods {
		synctest.Test(t, func(t *testing.T) {
			client := dial(t, func(ctx context.Context, _ string, _ any) (any, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := call(ctx, client)
			if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v is no missed deadline", name, err)
			}
			checkUnknown(t, err, name)
		})
	}
}

// checkUnknown wants an OutcomeUnknown of writes and none of reads.
func checkUnknown(t *testing.T, err error, method string) {
	t.Helper()
	var unknown *checkouts.OutcomeUnknown
	if found := errors.As(err, &unknown); found == isRead[method] {
		t.Fatalf("%s: OutcomeUnknown is %v in %v", method, found, err)
	}
	if isRead[method] {
		return
	}
	if unknown.Operation != method || unknown.RetrySafe == (method == "ConfirmClientCheckout") {
		t.Errorf("%s: %+v", method, *unknown)
	}
}

func TestWriteThatNeverLeftIsNotUnknown(t *testing.T) {
	nobody := func(context.Context, string) (net.Conn, error) { return nil, errors.New("nobody listens") }
	err := methods["ConfirmClientCheckout"](t.Context(), dialWith(t, nobody))
	if status.Code(err) != codes.Unavailable {
		t.Errorf("code is %v", status.Code(err))
	}
	if unknown := (*checkouts.OutcomeUnknown)(nil); errors.As(err, &unknown) {
		t.Errorf("a call that was never sent is %+v", *unknown)
	}
}

func TestRefusedWriteIsNotUnknown(t *testing.T) {
	answers := map[string]error{
		"refused on the way": status.Error(codes.PermissionDenied, "not through this proxy"),
		"answered by the service": failure(codes.Unavailable, "PolarUnreachable: nothing was changed",
			&errdetails.ErrorInfo{Domain: "checkoutsvc", Reason: "POLAR_UNREACHABLE"}),
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			err := methods["ConfirmClientCheckout"](t.Context(), dial(t, always(answer)))
			if unknown := (*checkouts.OutcomeUnknown)(nil); errors.As(err, &unknown) {
				t.Errorf("got %+v", *unknown)
			}
		})
	}
}

func TestCanceledCall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	client := dial(t, func(ctx context.Context, _ string, _ any) (any, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	})
	err := methods["GetCheckout"](ctx, client)
	if !errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is no cancellation", err)
	}
}
