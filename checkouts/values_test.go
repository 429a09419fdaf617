package checkouts_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// What is stored comes back as the same Go value: the messages sent and answered have the same form on the wire.
func TestValuesKeepTheirKind(t *testing.T) {
	check(t, "text", "text")
	check(t, "", "")
	check(t, true, true)
	check(t, false, false)
	check(t, 3, int64(3))
	check(t, int32(-3), int64(-3))
	check(t, int64(1)<<62, int64(1)<<62)
	check(t, 1.0, 1.0)
}

func check[T checkouts.Scalar](t *testing.T, stored T, want any) {
	t.Helper()
	metadata, field := &checkoutsv1.MetadataValue{}, &checkoutsv1.CustomFieldValue{}
	resend(t, checkouts.Metadata(stored), metadata)
	resend(t, checkouts.CustomField(stored), field)
	if diff := cmp.Diff(want, checkouts.Value(metadata)); diff != "" {
		t.Errorf("metadata %v (-want +got):\n%s", stored, diff)
	}
	if diff := cmp.Diff(want, checkouts.Value(field)); diff != "" {
		t.Errorf("custom field %v (-want +got):\n%s", stored, diff)
	}
}

func resend(t *testing.T, from, to proto.Message) {
	t.Helper()
	wire, err := proto.Marshal(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := proto.Unmarshal(wire, to); err != nil {
		t.Fatal(err)
	}
}

func TestValuesThatNoScalarHolds(t *testing.T) {
	const beyond = "9223372036854775808"
	metadata := &checkoutsv1.MetadataValue{Value: &checkoutsv1.MetadataValue_UnmodelledJson{UnmodelledJson: beyond}}
	field := &checkoutsv1.CustomFieldValue{Value: &checkoutsv1.CustomFieldValue_UnmodelledJson{UnmodelledJson: beyond}}
	for name, got := range map[string]any{"metadata": checkouts.Value(metadata), "custom field": checkouts.Value(field)} {
		if diff := cmp.Diff(json.RawMessage(beyond), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	absent := map[string]*checkoutsv1.MetadataValue{}
	if got := checkouts.Value(absent["key"]); got != nil {
		t.Errorf("an absent key has the value %v", got)
	}
	if got := checkouts.Value(&checkoutsv1.CustomFieldValue{}); got != nil {
		t.Errorf("null has the value %v", got)
	}
}

func TestStatusQuestions(t *testing.T) {
	type answers struct{ paid, final bool }
	want := map[checkoutsv1.CheckoutStatus]answers{
		checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_SUCCEEDED: {paid: true, final: true},
		checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_EXPIRED:   {final: true},
		checkoutsv1.CheckoutStatus_CHECKOUT_STATUS_FAILED:    {final: true},
		99: {}, // a status of a newer service
	}
	for number := range checkoutsv1.CheckoutStatus_name {
		status := checkoutsv1.CheckoutStatus(number)
		if got := (answers{checkouts.IsPaid(status), checkouts.IsFinal(status)}); got != want[status] {
			t.Errorf("%v: got %+v", status, got)
		}
	}
	if checkouts.IsPaid(99) || checkouts.IsFinal(99) {
		t.Error("an unknown status counts as settled")
	}
}
