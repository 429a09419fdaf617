package checkoutstest_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	"github.com/checkoutsvc/checkoutsvc/checkouts/checkoutstest"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func create(t *testing.T, client *checkoutstest.Service, product string) *checkoutsv1.Checkout {
	t.Helper()
	checkout, err := client.CreateCheckout(t.Context(), &checkoutsv1.CreateCheckoutRequest{
		CheckoutCreate: &checkoutsv1.CheckoutCreate{Products: []string{product}, CustomerEmail: new("buyer@example.com")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return checkout
}

func TestPurchase(t *testing.T) {
	client := checkoutstest.New(t)
	checkout := create(t, client, checkoutstest.Handbook)
	_, err := client.ConfirmClientCheckout(t.Context(), &checkoutsv1.ConfirmClientCheckoutRequest{
		ClientSecret: checkout.GetClientSecret(),
		CheckoutConfirmStripe: &checkoutsv1.CheckoutConfirmStripe{
			ConfirmationTokenId: new("ctoken_1"), CustomerBillingAddress: &checkoutsv1.AddressInput{Country: new("GB")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	client.Polar("POST /_emulator/clock", `{"move": "2s"}`)
	checkout, err = client.GetCheckout(t.Context(), &checkoutsv1.GetCheckoutRequest{Id: checkout.GetId()})
	if err != nil || !checkouts.IsPaid(checkout.GetStatus()) {
		t.Errorf("the checkout is %v (%v)", checkout.GetStatus(), err)
	}
}

// Everything that the catalogue promises can be sold.
func TestCatalogue(t *testing.T) {
	client := checkoutstest.New(t)
	for _, product := range []string{
		checkoutstest.Handbook, checkoutstest.Membership, checkoutstest.Sampler, checkoutstest.Donation,
		checkoutstest.TeamPlan, checkoutstest.Workshop, checkoutstest.Poster,
	} {
		create(t, client, product)
	}
	for _, discount := range []string{checkoutstest.Half, checkoutstest.Fiver} {
		checkout, err := client.CreateCheckout(t.Context(), &checkoutsv1.CreateCheckoutRequest{CheckoutCreate: &checkoutsv1.CheckoutCreate{
			Products: []string{checkoutstest.Handbook}, DiscountId: &discount, CustomerId: new(checkoutstest.Ada),
		}})
		if err != nil || checkout.GetDiscountAmount() != 500 || checkout.GetOrganizationId() != checkoutstest.Organization {
			t.Errorf("the discount %s gives %d off (%v)", discount, checkout.GetDiscountAmount(), err)
		}
	}
}

func TestScriptedFailure(t *testing.T) {
	client := checkoutstest.New(t)
	client.Polar("POST /_emulator/next", `{"method": "POST", "path": "^/v1/checkouts/$", "cut": true}`)
	_, err := client.CreateCheckout(t.Context(), &checkoutsv1.CreateCheckoutRequest{
		CheckoutCreate: &checkoutsv1.CheckoutCreate{Products: []string{checkoutstest.Handbook}},
	})
	if unknown := (*checkouts.OutcomeUnknown)(nil); !errors.As(err, &unknown) {
		t.Errorf("a create whose answer is lost gives %v", err)
	}
}

// A write that hangs at the end of a test does not hold it up.
func TestHangingEnd(t *testing.T) {
	client := checkoutstest.New(t, checkouts.WithTimeout(100_000_000))
	client.Polar("POST /_emulator/next", `{"hang": true, "count": -1}`)
	_, err := client.ConfirmClientCheckout(t.Context(), &checkoutsv1.ConfirmClientCheckoutRequest{ClientSecret: "polar_c_x"})
	if status.Code(err) != codes.DeadlineExceeded && status.Code(err) != codes.Unknown {
		t.Errorf("got %v", err)
	}
}

func TestEachHasItsOwnPolar(t *testing.T) {
	t.Parallel()
	for range 2 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			client := checkoutstest.New(t)
			create(t, client, checkoutstest.Sampler)
			list, err := client.ListCheckouts(t.Context(), nil)
			if err != nil || list.GetPagination().GetTotalCount() != 1 {
				t.Errorf("%d checkouts (%v), not 1", list.GetPagination().GetTotalCount(), err)
			}
		})
	}
}

func TestFacadeAndPolarsOwnCalls(t *testing.T) {
	client := checkoutstest.New(t)
	product := client.Polar("POST /v1/products/", `{"name": "Course", "prices": [{"amount_type": "fixed", "price_amount": 4900}]}`)
	checkout := create(t, client, product["id"].(string))
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Get(client.REST + "/v1/checkouts/" + checkout.GetId())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	var read struct{ Amount int }
	if err := json.Unmarshal(body, &read); err != nil || read.Amount != 4900 {
		t.Errorf("the facade answers %s", body)
	}
}
