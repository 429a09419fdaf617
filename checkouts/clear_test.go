package checkouts_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

func TestClearListsWhatIsSetAndCleared(t *testing.T) {
	for name, c := range map[string]struct {
		update *checkoutsv1.CheckoutUpdate
		clear  []string
		want   []string
	}{
		"nothing else is changed": {nil, []string{"discount_id"}, []string{"discount_id"}},
		"something is set, too": {
			&checkoutsv1.CheckoutUpdate{CustomerName: new("Ada"), Amount: new(int64(0))},
			[]string{"discount_id", "metadata"},
			[]string{"amount", "customer_name", "discount_id", "metadata"},
		},
		"set and cleared": {&checkoutsv1.CheckoutUpdate{Locale: new("de")}, []string{"locale", "locale"}, []string{"locale"}},
		"a member without a field": {
			&checkoutsv1.CheckoutUpdate{UnmodelledJson: map[string]string{"gift": "1"}}, []string{"locale"}, []string{"locale"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			req := &checkoutsv1.UpdateCheckoutRequest{Id: "x", CheckoutUpdate: c.update}
			if checkouts.Clear(req, c.clear...) != req {
				t.Error("it is another request")
			}
			if got := slices.Sorted(slices.Values(req.GetUpdateMask().GetPaths())); !slices.Equal(got, c.want) {
				t.Errorf("the mask is %v, not %v", got, c.want)
			}
		})
	}
}

func TestClearAsABuyer(t *testing.T) {
	req := checkouts.Clear(&checkoutsv1.UpdateClientCheckoutRequest{
		CheckoutUpdatePublic: &checkoutsv1.CheckoutUpdatePublic{CustomerName: new("Ada")},
	}, "discount_code")
	if got := req.GetUpdateMask().GetPaths(); !slices.Equal(got, []string{"discount_code", "customer_name"}) {
		t.Errorf("the mask is %v", got)
	}
}

func TestUnmodelled(t *testing.T) {
	checkout := &checkoutsv1.Checkout{UnmodelledJson: map[string]string{"loyalty": `{"points":3}`, "huge": "123456789012345678901"}}
	var loyalty struct{ Points int }
	if found, err := checkouts.Unmodelled(checkout, "loyalty", &loyalty); !found || err != nil || loyalty.Points != 3 {
		t.Errorf("got %v, %v, %+v", found, err, loyalty)
	}
	var huge json.Number
	if found, err := checkouts.Unmodelled(checkout, "huge", &huge); !found || err != nil {
		t.Errorf("got %v, %v", found, err)
	}
	if diff := cmp.Diff(json.Number("123456789012345678901"), huge); diff != "" {
		t.Errorf("the number (-want +got):\n%s", diff)
	}
	if found, err := checkouts.Unmodelled(checkout, "absent", &loyalty); found || err != nil {
		t.Errorf("an absent member gives %v, %v", found, err)
	}
	if found, err := checkouts.Unmodelled(checkout, "huge", &loyalty); !found || err == nil {
		t.Errorf("a number in the place of an object gives %v, %v", found, err)
	}
}
