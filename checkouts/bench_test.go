package checkouts_test

import (
	"context"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// instant answers every call with nothing, at no cost.
type instant struct{ grpc.ClientConnInterface }

func (instant) Invoke(context.Context, string, any, any, ...grpc.CallOption) error { return nil }

// maxAllocations is what a call through this package may allocate besides what the generated client does: the peer that
// tells whether a call left this machine, the option that asks for it, and the list of options.
const maxAllocations = 3

func TestCallsAllocateLittle(t *testing.T) {
	req := &checkoutsv1.GetCheckoutRequest{Id: "x"}
	allocations := func(client checkoutsv1.CheckoutServiceClient) float64 {
		return testing.AllocsPerRun(100, func() {
			if _, err := client.GetCheckout(t.Context(), req); err != nil {
				t.Fatal(err)
			}
		})
	}
	generated, ours := allocations(checkoutsv1.NewCheckoutServiceClient(instant{})), allocations(checkouts.New(instant{}))
	if more := ours - generated; more > maxAllocations {
		t.Errorf("a call allocates %v times more than one of the generated client, not %d", more, maxAllocations)
	}
}

// BenchmarkGet compares a call through this package with one of the generated client, over loopback.
func BenchmarkGet(b *testing.B) {
	server := newServer(func(context.Context, string, any) (any, error) { return &checkoutsv1.Checkout{Id: "x"}, nil })
	b.Cleanup(server.Stop)
	address := serveOnLoopback(server)
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	client, err := checkouts.Dial(address, checkouts.WithToken("t"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { client.Close() })
	b.Run("generated", func(b *testing.B) { get(b, checkoutsv1.NewCheckoutServiceClient(conn)) })
	b.Run("checkouts", func(b *testing.B) { get(b, client) })
}

func get(b *testing.B, client checkoutsv1.CheckoutServiceClient) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.GetCheckout(b.Context(), &checkoutsv1.GetCheckoutRequest{Id: "x"}); err != nil {
			b.Fatal(err)
		}
	}
}
