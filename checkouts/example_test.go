package checkouts_test

import (
	"context"
	"errors"
	"fmt"
	"time"

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

// Change the name and remove the discount. What is neither set nor cleared stays as it is.
func ExampleClear() {
	client, err := checkouts.Dial(addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	checkout, err := client.UpdateCheckout(context.Background(), checkouts.Clear(&checkoutsv1.UpdateCheckoutRequest{
		Id:             "e4b478fa-cd25-4253-9f1f-8a41e6370ede",
		CheckoutUpdate: &checkoutsv1.CheckoutUpdate{CustomerName: new("Ada Lovelace")},
	}, "discount_id"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(checkout.GetCustomerName(), checkout.DiscountId == nil)
	// Output: Ada Lovelace true
}

// A service on another machine: the calls go over TLS, with a token and within 10 seconds.
func ExampleDial() {
	client, err := checkouts.Dial("dns:///checkouts.internal:443",
		checkouts.WithToken("the token of this program"),
		checkouts.WithTimeout(10*time.Second))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	// Output:
}

// Repeat what may be repeated, and nothing else.
func ExampleError_RetrySafe() {
	client, err := checkouts.Dial(addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	_, err = client.UpdateClientCheckout(context.Background(), &checkoutsv1.UpdateClientCheckoutRequest{
		ClientSecret: "polar_c_example",
	})
	if failed, ok := errors.AsType[*checkouts.Error](err); ok && failed.RetrySafe() && failed.RetryDelay > 0 {
		fmt.Println("again in", failed.RetryDelay)
	}
	// Output: again in 500ms
}

// A member that Polar added after this version was made.
func ExampleUnmodelled() {
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
	var loyalty struct{ Points int }
	if found, err := checkouts.Unmodelled(checkout, "loyalty", &loyalty); found && err == nil {
		fmt.Println(loyalty.Points)
	}
	// Output: 3
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
