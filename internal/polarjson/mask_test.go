package polarjson

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

func TestMaskSaysWhatIsSent(t *testing.T) {
	codec := MustRequest(descriptor(&checkoutsv1.CheckoutUpdate{}))
	update := &checkoutsv1.CheckoutUpdate{
		Amount:                 proto.Int64(500),
		CustomerName:           proto.String(""),
		CustomerBillingAddress: &checkoutsv1.AddressInput{Country: proto.String("FR")},
		Metadata: map[string]*checkoutsv1.MetadataInputValue{
			"k": {Value: &checkoutsv1.MetadataInputValue_DoubleValue{DoubleValue: 1}},
		},
		UnmodelledJson: map[string]string{"new": `{"a":null}`},
	}
	for _, c := range []struct {
		name   string
		update *checkoutsv1.CheckoutUpdate
		mask   []string
		want   string
	}{
		{
			"no mask: what is set", update, nil,
			`{"amount":500,"customer_name":"","customer_billing_address":{"country":"FR"},"metadata":{"k":1.0},"new":{"a":null}}`,
		},
		{
			"only what is listed", update,
			[]string{"amount", "customer_billing_address"},
			`{"amount":500,"customer_billing_address":{"country":"FR"},"new":{"a":null}}`,
		},
		{
			"set and unset", update,
			[]string{"metadata", "customer_name", "discount_id"},
			`{"customer_name":"","discount_id":null,"metadata":{"k":1.0},"new":{"a":null}}`,
		},
		{
			"listed twice, and unmodelled_json", update,
			[]string{"amount", "unmodelled_json", "amount"},
			`{"amount":500,"new":{"a":null}}`,
		},
		{
			"unset of every kind", &checkoutsv1.CheckoutUpdate{},
			[]string{"seats", "customer_email", "trial_interval", "allow_trial", "customer_billing_address", "metadata"},
			`{"seats":null,"customer_email":null,"trial_interval":null,"allow_trial":null,"customer_billing_address":null,"metadata":{}}`,
		},
		{
			"UNSPECIFIED is unset", &checkoutsv1.CheckoutUpdate{TrialInterval: checkoutsv1.TrialInterval(0).Enum()},
			[]string{"trial_interval"},
			`{"trial_interval":null}`,
		},
		{
			"listed and unmodelled", &checkoutsv1.CheckoutUpdate{UnmodelledJson: map[string]string{"seats": "1.0"}},
			[]string{"seats"},
			`{"seats":1.0}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := codec.AppendJSONMask(nil, c.update, c.mask)
			if err != nil {
				t.Fatal(err)
			}
			checkEqual(t, []byte(c.want), got)
		})
	}
}

func TestMaskedListIsEmptied(t *testing.T) {
	mt, codec := thingInput(t)
	got, err := codec.AppendJSONMask(nil, mt.New().Interface(), []string{"tags", "groups"})
	if want := `{"tags":[],"groups":{}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestMaskDoesNotReachIntoUnions(t *testing.T) {
	mt, codec := thingInput(t)
	for _, path := range []string{"kind", "round", "radius"} {
		if _, err := codec.AppendJSONMask(nil, mt.New().Interface(), []string{path}); err == nil {
			t.Errorf("%s was accepted", path)
		}
	}
}

func TestOtherMaskPathsAreRefused(t *testing.T) {
	codec := MustRequest(descriptor(&checkoutsv1.CheckoutUpdate{}))
	for _, path := range []string{"*", "", "nothing", "customer_billing_address.city", "metadata.k", "customerName", "amount "} {
		_, err := codec.AppendJSONMask(nil, &checkoutsv1.CheckoutUpdate{}, []string{"amount", path})
		var got *FieldError
		if !errors.As(err, &got) || got.Field != path {
			t.Errorf("%q: got %v", path, err)
		}
	}
}

func TestMaskStillRefusesConflicts(t *testing.T) {
	codec := MustRequest(descriptor(&checkoutsv1.CheckoutUpdate{}))
	update := &checkoutsv1.CheckoutUpdate{Amount: proto.Int64(1), UnmodelledJson: map[string]string{"amount": "2"}}
	for _, mask := range [][]string{{"amount"}, {"seats"}} {
		_, err := codec.AppendJSONMask(nil, update, mask)
		var got *FieldError
		if !errors.As(err, &got) || got.Field != "amount" {
			t.Errorf("mask %v: got %v", mask, err)
		}
	}
}
