package checkouts_test

import (
	"context"
	"slices"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// exampleService answers the calls of the examples as checkoutsvc does.
func exampleService(ctx context.Context, method string, req any) (any, error) {
	switch r := req.(type) {
	case *checkoutsv1.ListCheckoutsRequest:
		return (&shelf{ids: numbered(3, 1)}).ListCheckouts(ctx, r)
	case *checkoutsv1.CreateCheckoutRequest:
		return exampleCreate(r.GetCheckoutCreate())
	case *checkoutsv1.GetCheckoutRequest:
		return &checkoutsv1.Checkout{Metadata: map[string]*checkoutsv1.MetadataValue{
			"visits": {Value: &checkoutsv1.MetadataValue_IntegerValue{IntegerValue: 3}},
		}, UnmodelledJson: map[string]string{"loyalty": `{"points": 3}`}}, nil
	case *checkoutsv1.UpdateCheckoutRequest:
		return exampleUpdate(r), nil
	case *checkoutsv1.UpdateClientCheckoutRequest:
		return nil, failure(codes.Aborted, "CheckoutLocked: Checkout is currently being processed.",
			&errdetails.ErrorInfo{Domain: "polar.sh", Reason: "CHECKOUT_LOCKED"}, &checkoutsv1.CheckoutLocked{},
			&errdetails.RetryInfo{RetryDelay: durationpb.New(500 * time.Millisecond)})
	case *checkoutsv1.ConfirmClientCheckoutRequest:
		return nil, failure(codes.FailedPrecondition, "NotOpenCheckout: Checkout is not open: succeeded",
			&errdetails.ErrorInfo{Domain: "polar.sh", Reason: "NOT_OPEN_CHECKOUT"},
			&checkoutsv1.NotOpenCheckout{Status: checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_SUCCEEDED})
	default:
		return nil, status.Error(codes.Unimplemented, method)
	}
}

func exampleCreate(create *checkoutsv1.CheckoutCreate) (*checkoutsv1.Checkout, error) {
	if len(create.GetProducts()) == 0 {
		return nil, failure(codes.InvalidArgument, "HTTPValidationError: products: Field required",
			&errdetails.ErrorInfo{
				Domain: "polar.sh", Reason: "HTTP_VALIDATION_ERROR", Metadata: map[string]string{"http_status": "422"},
			},
			&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
				{Field: "products", Description: "Field required"},
			}})
	}
	return &checkoutsv1.Checkout{
		Status: checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_OPEN,
		Url:    "https://polar.sh/checkout/polar_c_example",
	}, nil
}

// exampleUpdate changes what the mask lists of a checkout with a discount.
func exampleUpdate(req *checkoutsv1.UpdateCheckoutRequest) *checkoutsv1.Checkout {
	checkout := &checkoutsv1.Checkout{DiscountId: new("a discount"), CustomerName: new("Nobody")}
	if slices.Contains(req.GetUpdateMask().GetPaths(), "discount_id") {
		checkout.DiscountId = req.GetCheckoutUpdate().DiscountId
	}
	if slices.Contains(req.GetUpdateMask().GetPaths(), "customer_name") {
		checkout.CustomerName = req.GetCheckoutUpdate().CustomerName
	}
	return checkout
}
