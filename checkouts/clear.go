package checkouts

import (
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// Update is a request that changes a checkout.
type Update interface {
	*checkoutsv1.UpdateCheckoutRequest | *checkoutsv1.UpdateClientCheckoutRequest
}

// Clear makes an update empty the named fields, which leaving them unset does not. It sets the request's update mask to
// these and all that the update sets, and gives the request back:
//
//	client.UpdateCheckout(ctx, checkouts.Clear(&checkoutsv1.UpdateCheckoutRequest{
//		Id:             id,
//		CheckoutUpdate: &checkoutsv1.CheckoutUpdate{CustomerName: new("Ada Lovelace")},
//	}, "discount_id", "metadata"))
//
// Req must not be nil. Fields are named as in the proto files. One that has a value in the update keeps it. Names that are none, and fields
// that Polar cannot clear, such as "seats", are refused by the service with codes.InvalidArgument.
func Clear[R Update](req R, fields ...string) R {
	switch r := any(req).(type) {
	case *checkoutsv1.UpdateCheckoutRequest:
		r.UpdateMask = mask(r.GetCheckoutUpdate().ProtoReflect(), fields)
	case *checkoutsv1.UpdateClientCheckoutRequest:
		r.UpdateMask = mask(r.GetCheckoutUpdatePublic().ProtoReflect(), fields)
	}
	return req
}

// mask lists the fields to clear and those that update sets. Unmodelled members need no mask.
func mask(update protoreflect.Message, cleared []string) *fieldmaskpb.FieldMask {
	listed := make(map[string]bool, len(cleared))
	paths := make([]string, 0, len(cleared))
	list := func(name string) {
		if !listed[name] {
			listed[name] = true
			paths = append(paths, name)
		}
	}
	for _, name := range cleared {
		list(name)
	}
	update.Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		if field.Name() != "unmodelled_json" {
			list(string(field.Name()))
		}
		return true
	})
	return &fieldmaskpb.FieldMask{Paths: paths}
}
