package clients

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	"github.com/checkoutsvc/checkoutsvc/checkouts/checkoutstest"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// Go's snippets for docs/clients.md, each below a comment with its heading, up to the end of its function. The guide
// shows them as they are compiled here.

func connect(address string) (*checkouts.Client, error) {
	// Connect
	client, err := checkouts.Dial(address, checkouts.WithToken(os.Getenv("CHECKOUTSVC_TOKEN")))
	if err != nil {
		return nil, err
	}
	return client, nil // client.Close() when the program ends
}

func create(ctx context.Context, client *checkouts.Client) (*checkoutsv1.Checkout, error) {
	// Create
	return client.CreateCheckout(ctx, &checkoutsv1.CreateCheckoutRequest{
		RequestId: "order-7", // a second call for order 7 gives the same checkout
		CheckoutCreate: &checkoutsv1.CheckoutCreate{
			Products:      []string{"0b000000-0000-4000-8000-000000000001"},
			CustomerEmail: new("buyer@example.com"),
			Metadata: map[string]*checkoutsv1.MetadataInputValue{
				"order": checkouts.Metadata(7), "express": checkouts.Metadata(true), "note": checkouts.Metadata("by the door"),
			},
		},
	})
}

func list(ctx context.Context, client *checkouts.Client) error {
	// List
	open := &checkoutsv1.ListCheckoutsRequest{
		Status: []checkoutsv1.CheckoutStatus{checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_OPEN},
	}
	for checkout, err := range checkouts.All(ctx, client, open) {
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, checkout.GetId(), checkout.GetCustomerEmail(), checkouts.Value(checkout.GetMetadata()["order"]))
	}
	return nil
}

func update(ctx context.Context, client *checkouts.Client, id string) (*checkoutsv1.Checkout, error) {
	// Update
	return client.UpdateCheckout(ctx, checkouts.Clear(&checkoutsv1.UpdateCheckoutRequest{
		Id:             id,
		CheckoutUpdate: &checkoutsv1.CheckoutUpdate{CustomerName: new("Ada Lovelace")},
	}, "discount_id")) // what is neither set nor cleared stays
}

func confirm(ctx context.Context, client *checkouts.Client, secret string) (string, error) {
	// Confirm and handle errors
	_, err := client.ConfirmClientCheckout(ctx, &checkoutsv1.ConfirmClientCheckoutRequest{
		ClientSecret: secret,
		CheckoutConfirmStripe: &checkoutsv1.CheckoutConfirmStripe{
			ConfirmationTokenId: new("ctoken_1"), CustomerBillingAddress: &checkoutsv1.AddressInput{Country: new("GB")},
		},
	})
	var refused *checkouts.PaymentError
	var notOpen *checkouts.NotOpenCheckout
	var unknown *checkouts.OutcomeUnknown
	switch {
	case errors.As(err, &refused):
		return "another card, please: " + refused.Detail, nil
	case errors.As(err, &notOpen):
		return "too late, it is " + notOpen.Status.String(), nil
	case errors.As(err, &unknown):
		return "perhaps charged: look before you confirm again", nil
	case err != nil:
		return "", err
	}
	now, err := client.GetClientCheckout(ctx, &checkoutsv1.GetClientCheckoutRequest{ClientSecret: secret})
	if err != nil || !checkouts.IsPaid(now.GetStatus()) { // CONFIRMED is not paid yet
		return "wait", err
	}
	return "deliver", nil
}

func TestGoSnippets(t *testing.T) {
	service := checkoutstest.New(t)
	client, err := connect(service.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	checkout, err := create(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := create(t.Context(), client); err != nil || again.GetId() != checkout.GetId() {
		t.Errorf("order 7 has two checkouts (%v)", err)
	}
	if err := list(t.Context(), client); err != nil {
		t.Error(err)
	}
	if updated, err := update(t.Context(), client, checkout.GetId()); err != nil || updated.GetCustomerName() != "Ada Lovelace" {
		t.Errorf("updated to %v (%v)", updated.GetCustomerName(), err)
	}
	for _, want := range []string{"wait", "too late, it is CHECKOUT_STATUS_SUCCEEDED"} {
		if did, err := confirm(t.Context(), client, checkout.GetClientSecret()); err != nil || did != want {
			t.Errorf("confirmed with %q (%v), not %q", did, err, want)
		}
		service.Polar("POST /_emulator/clock", `{"move": "2s"}`)
	}
}
