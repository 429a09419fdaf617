package hostile

import (
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/server"
)

// falling is a transport that panics at every read.
type falling struct{ http.RoundTripper }

func (f falling) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		panic("polar_oat_secret fell over")
	}
	return f.RoundTripper.RoundTrip(r)
}

// TestPanic: what falls over inside takes nobody else along. The caller gets a number to ask the operator with, and no
// word of what happened.
func TestPanic(t *testing.T) {
	s := start(t, func(c *server.Config) { c.Polar.Transport = falling{c.Polar.Transport} })
	s.panics = true
	client := pb.NewCheckoutServiceClient(dial(t, s))
	_, err := client.ListCheckouts(t.Context(), &pb.ListCheckoutsRequest{})
	if status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "request id ") || strings.Contains(err.Error(), "secret") {
		t.Errorf("over gRPC: %v", err)
	}
	answers := s.send(t, request("GET /v1/checkouts/", ""))
	if len(answers) != 1 {
		t.Fatalf("over REST: %v", answers)
	}
	answers[0].check(t, `502 "error":"InternalError"`)
	if strings.Contains(answers[0].body, "secret") {
		t.Errorf("over REST: %s", answers[0].body)
	}
	if _, err := client.CreateCheckout(t.Context(), &pb.CreateCheckoutRequest{CheckoutCreate: &pb.CheckoutCreate{Products: []string{"x"}}}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("afterwards: %v", err)
	}
}
