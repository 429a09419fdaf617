package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// purchase is one purchase under way.
type purchase struct {
	options

	client checkoutsv1.CheckoutServiceClient
	out    io.Writer

	// created is the checkout: the merchant knows it by its id, the buyer by its client secret.
	created *checkoutsv1.Checkout
}

// walk takes the steps one after another, up to the first that fails. The first call is made before anything is told:
// where the service is missing, that is all there is to say.
func (p *purchase) walk(ctx context.Context) error {
	if err := p.create(ctx); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "A purchase through checkoutsvc at %s\n", p.addr)
	steps := []struct {
		title string
		take  func(context.Context) error
	}{
		{"The merchant creates a checkout, with a discount and notes of its own.", p.tellCreated},
		{"The buyer opens it; the client secret is all it takes.", p.open},
		{"The buyer gives an address, and Polar computes the tax.", p.address},
		{"The buyer pays.", p.confirm},
		{"The merchant waits for the money.", p.wait},
		{"The merchant looks at what was sold.", p.list},
		{"The buyer clicks on Pay once more.", p.confirmAgain},
	}
	for i, step := range steps {
		fmt.Fprintf(p.out, "\n%d. %s\n", i+1, step.title)
		if err := step.take(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p *purchase) create(ctx context.Context) error {
	create := &checkoutsv1.CheckoutCreate{
		Products: []string{p.product},
		Metadata: map[string]*checkoutsv1.MetadataInputValue{
			"campaign": checkouts.Metadata("spring"),
			"visits":   checkouts.Metadata(3),
		},
	}
	if p.discount != "" {
		create.DiscountId = &p.discount
	}
	var err error
	p.created, err = p.client.CreateCheckout(ctx, &checkoutsv1.CreateCheckoutRequest{CheckoutCreate: create})
	return err
}

func (p *purchase) tellCreated(context.Context) error {
	checkout := p.created
	p.say("id", checkout.GetId())
	p.say("product", checkout.GetProduct().GetName())
	p.say("price", money(checkout.GetAmount(), checkout.GetCurrency()))
	if discount := checkout.GetDiscount(); discount != nil {
		p.say("discount", discount.GetName()+", "+money(-checkout.GetDiscountAmount(), checkout.GetCurrency()))
	}
	p.say("metadata", metadata(checkout.GetMetadata()))
	p.say("page", conceal(checkout.GetUrl(), checkout.GetClientSecret()))
	return nil
}

func (p *purchase) open(ctx context.Context) error {
	checkout, err := p.client.GetClientCheckout(ctx, &checkoutsv1.GetClientCheckoutRequest{ClientSecret: p.created.GetClientSecret()})
	if err != nil {
		return err
	}
	p.say("seller", checkout.GetOrganization().GetName())
	p.say("status", word(checkout.GetStatus())+", until "+clock(checkout.GetExpiresAt().AsTime()))
	p.say("to pay", money(checkout.GetTotalAmount(), checkout.GetCurrency()))
	return nil
}

func (p *purchase) address(ctx context.Context) error {
	checkout, err := p.client.UpdateClientCheckout(ctx, &checkoutsv1.UpdateClientCheckoutRequest{
		ClientSecret: p.created.GetClientSecret(),
		CheckoutUpdatePublic: &checkoutsv1.CheckoutUpdatePublic{
			CustomerName:  new("Grace Hopper"),
			CustomerEmail: new("grace@example.org"),
			CustomerBillingAddress: &checkoutsv1.AddressInput{
				Line1:      new("12 rue des Lilas"),
				PostalCode: new("75001"),
				City:       new("Paris"),
				Country:    new("FR"),
			},
		},
	})
	if err != nil {
		return err
	}
	address := checkout.GetCustomerBillingAddress()
	p.say("buyer", fmt.Sprintf("%s, %s", checkout.GetCustomerName(), checkout.GetCustomerEmail()))
	p.say("address", fmt.Sprintf("%s, %s %s, %s", address.GetLine1(), address.GetPostalCode(), address.GetCity(), address.GetCountry()))
	p.say("net", money(checkout.GetNetAmount(), checkout.GetCurrency()))
	p.say("tax", money(checkout.GetTaxAmount(), checkout.GetCurrency()))
	p.say("to pay", money(checkout.GetTotalAmount(), checkout.GetCurrency()))
	return nil
}

func (p *purchase) confirm(ctx context.Context) error {
	checkout, err := p.client.ConfirmClientCheckout(ctx, p.consent())
	if err != nil {
		return err
	}
	p.say("status", word(checkout.GetStatus())+": the payment has begun, nothing is paid yet")
	return nil
}

// consent is the buyer's click on Pay. The confirmation token comes from the payment form in the buyer's browser.
func (p *purchase) consent() *checkoutsv1.ConfirmClientCheckoutRequest {
	return &checkoutsv1.ConfirmClientCheckoutRequest{
		ClientSecret:          p.created.GetClientSecret(),
		CheckoutConfirmStripe: &checkoutsv1.CheckoutConfirmStripe{ConfirmationTokenId: &p.confirmationToken},
	}
}

// wait reads the checkout until it is settled. A payment that fails opens it again. How long it takes depends on the
// payment method; a merchant with webhooks would wait for those.
func (p *purchase) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	start := time.Now()
	for {
		checkout, err := p.client.GetCheckout(ctx, &checkoutsv1.GetCheckoutRequest{Id: p.created.GetId()})
		if err != nil {
			return err
		}
		status := checkout.GetStatus()
		p.say("status", fmt.Sprintf("%s after %.1f s", word(status), time.Since(start).Seconds()))
		switch {
		case checkouts.IsPaid(status):
			p.say("so", "deliver")
			return nil
		case status != checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_CONFIRMED:
			return fmt.Errorf("the payment failed; the checkout is %s", word(status))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the payment is still under way: %w", ctx.Err())
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func (p *purchase) list(ctx context.Context) error {
	res, err := p.client.ListCheckouts(ctx, &checkoutsv1.ListCheckoutsRequest{
		ProductId: []string{p.product},
		Status:    []checkoutsv1.CheckoutStatus{checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_SUCCEEDED},
		Limit:     new(int64(3)),
	})
	if err != nil {
		return err
	}
	p.say("sold", fmt.Sprintf("%d, the latest:", res.GetPagination().GetTotalCount()))
	for _, checkout := range res.GetItems() {
		p.say("", fmt.Sprintf("%s  %10s  %s", clock(checkout.GetCreatedAt().AsTime()),
			money(checkout.GetTotalAmount(), checkout.GetCurrency()), checkout.GetCustomerEmail()))
	}
	return nil
}

// confirmAgain shows an error with its type: Polar refuses to confirm twice, and says where the checkout stands.
func (p *purchase) confirmAgain(ctx context.Context) error {
	_, err := p.client.ConfirmClientCheckout(ctx, p.consent())
	if err == nil {
		return errors.New("the checkout was confirmed twice")
	}
	var failed *checkouts.Error
	var notOpen *checkouts.NotOpenCheckout
	if !errors.As(err, &failed) || !errors.As(err, &notOpen) {
		return err
	}
	p.say("error", fmt.Sprintf("%s (%v, HTTP %d)", failed.Reason, failed.Code, failed.HTTPStatus))
	p.say("type", fmt.Sprintf("%T with the status %s", notOpen, word(notOpen.Status)))
	if checkouts.IsPaid(notOpen.Status) {
		p.say("so", "it is paid already; nothing is charged twice")
	}
	return nil
}
