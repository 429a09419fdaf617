package checkouts_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// Create a checkout and send the buyer to its page. The address is that of the service, such as "127.0.0.1:9090".
func Example() {
	client, err := checkouts.Dial(addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	checkout, err := client.CreateCheckout(ctx, &checkoutsv1.CreateCheckoutRequest{
		CheckoutCreate: &checkoutsv1.CheckoutCreate{
			Products:      []string{"1dbfc517-0bbf-4301-9ba8-555ca42b9737"},
			CustomerEmail: new("ada@buyer.example"),
			Metadata: map[string]*checkoutsv1.MetadataInputValue{
				"campaign": checkouts.Metadata("spring"),
				"visits":   checkouts.Metadata(3),
			},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(checkout.GetStatus(), checkout.GetUrl())
	// Output: CHECKOUT_STATUS_OPEN https://polar.sh/checkout/polar_c_example
}

// An error by Polar's name, with what Polar says about it.
func ExampleNotOpenCheckout() {
	client, err := checkouts.Dial(addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	_, err = client.ConfirmClientCheckout(context.Background(), &checkoutsv1.ConfirmClientCheckoutRequest{
		ClientSecret: "polar_c_example",
	})
	var notOpen *checkouts.NotOpenCheckout
	var unknown *checkouts.OutcomeUnknown
	switch {
	case errors.As(err, &notOpen) && checkouts.IsPaid(notOpen.Status):
		fmt.Println("It is paid already.")
	case errors.As(err, &unknown):
		fmt.Println("Read the checkout before confirming again.")
	case err != nil:
		fmt.Println(err)
	}
	// Output: It is paid already.
}

// What every failed call tells, whatever its name.
func ExampleError() {
	client, err := checkouts.Dial(addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	_, err = client.CreateCheckout(context.Background(), &checkoutsv1.CreateCheckoutRequest{})
	if failed, ok := errors.AsType[*checkouts.Error](err); ok {
		fmt.Println(failed.Code, failed.Reason, failed.HTTPStatus)
		for _, v := range failed.Violations {
			fmt.Printf("%s: %s\n", v.Field, v.Description)
		}
	}
	// Output:
	// InvalidArgument HTTP_VALIDATION_ERROR 422
	// products: Field required
}

// Loop over all checkouts; the pages are fetched as the loop goes on.
func ExampleAll() {
	client, err := checkouts.Dial(addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	req := &checkoutsv1.ListCheckoutsRequest{
		Status: []checkoutsv1.CheckoutStatus{checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_SUCCEEDED},
	}
	for checkout, err := range checkouts.All(context.Background(), client, req) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(checkout.GetId())
	}
	// Output:
	// 3
	// 2
	// 1
}

// Go through the list page by page.
func ExampleNextPage() {
	client, err := checkouts.Dial(addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	req := &checkoutsv1.ListCheckoutsRequest{Limit: new(int64(2))}
	for req != nil {
		res, err := client.ListCheckouts(context.Background(), req)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(res.GetItems()), "of", res.GetPagination().GetTotalCount())
		req = checkouts.NextPage(req, res)
	}
	// Output:
	// 2 of 3
	// 1 of 3
}

// Remove the discount: list the field in the update mask and leave it unset. Only listed fields are sent.
func Example_clearField() {
	client, err := checkouts.Dial(addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	checkout, err := client.UpdateCheckout(context.Background(), &checkoutsv1.UpdateCheckoutRequest{
		Id:             "e4b478fa-cd25-4253-9f1f-8a41e6370ede",
		CheckoutUpdate: &checkoutsv1.CheckoutUpdate{CustomerName: new("Ada Lovelace")},
		UpdateMask:     &fieldmaskpb.FieldMask{Paths: []string{"customer_name", "discount_id"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(checkout.GetCustomerName(), checkout.DiscountId == nil)
	// Output: Ada Lovelace true
}

// Read metadata as Go values.
func ExampleValue() {
	client, err := checkouts.Dial(addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	checkout, err := client.GetCheckout(context.Background(), &checkoutsv1.GetCheckoutRequest{
		Id: "e4b478fa-cd25-4253-9f1f-8a41e6370ede",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if visits, ok := checkouts.Value(checkout.GetMetadata()["visits"]).(int64); ok {
		fmt.Println(visits + 1)
	}
	// Output: 4
}
