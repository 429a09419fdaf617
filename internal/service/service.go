// Package service implements the seven RPCs on Polar's REST API, and is the one place that knows what an error of
// Polar's means to a caller.
package service

import (
	"context"
	"log/slog"
	"time"

	"google.golang.org/protobuf/proto"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// Polar is what the service needs of Polar's client: a call whose answer is in res, how often it was sent, or an error
// of packages polarhttp, upstream or limit. *upstream.Client is it.
type Polar interface {
	Call(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response, options upstream.Options) (attempts int, err error)
}

// Options say how the service stands to Polar.
type Options struct {
	Polar Polar
	// BaseURL is Polar's address; what is remembered about one Polar does not count at another.
	BaseURL string
	// Keys makes creates with a request_id idempotent. With KeysInMemory their callers are told that a restart forgets them.
	Keys         Keys
	KeysInMemory bool
	// Guard stands before confirms. ResolveFor bounds how long the outcome of a confirm is looked for; 0 is 10 s.
	Guard      Guard
	ResolveFor time.Duration
	// CallersCredential is set where each caller brings its own token; what Polar says of it is then the caller's concern.
	CallersCredential bool
	// RefreshToken reads the service's token for an organization again and reports whether it is another than the rejected
	// one now. It is asked when Polar refuses the token; nil never refreshes.
	RefreshToken func(organization, rejected string) bool
	// Refused is told when Polar has refused the service's own token or version for good; nil is not.
	Refused func()
	Logger  *slog.Logger
}

// Service is the CheckoutService. Its answers hold Polar's data in wire form only: marshalled they are complete, but
// their Go fields are empty, so whoever looks into one in this process must unmarshal it first.
type Service struct {
	pb.UnimplementedCheckoutServiceServer
	options Options
}

// New makes the service.
func New(options Options) *Service {
	if options.RefreshToken == nil {
		options.RefreshToken = func(string, string) bool { return false }
	}
	if options.Refused == nil {
		options.Refused = func() {}
	}
	if options.ResolveFor == 0 {
		options.ResolveFor = 10 * time.Second
	}
	return &Service{options: options}
}

// ListCheckouts lists the checkouts that pass the filters, one page at a time.
func (s *Service) ListCheckouts(ctx context.Context, req *pb.ListCheckoutsRequest) (*pb.ListCheckoutsResponse, error) {
	return invoke[pb.ListCheckoutsResponse](ctx, s, call{operation: polarhttp.ListCheckouts, request: req, query: listQuery(req), answer: listAnswer, essential: listPagination})
}

// CreateCheckout creates a checkout.
func (s *Service) CreateCheckout(ctx context.Context, req *pb.CreateCheckoutRequest) (*pb.Checkout, error) {
	return invoke[pb.Checkout](ctx, s, call{operation: polarhttp.CreateCheckout, request: req, body: createBody, answer: checkoutAnswer, essential: checkoutID})
}

// GetCheckout reads a checkout.
func (s *Service) GetCheckout(ctx context.Context, req *pb.GetCheckoutRequest) (*pb.Checkout, error) {
	return invoke[pb.Checkout](ctx, s, call{operation: polarhttp.GetCheckout, request: req, segment: req.GetId(), answer: checkoutAnswer, essential: checkoutID})
}

// UpdateCheckout changes an open checkout.
func (s *Service) UpdateCheckout(ctx context.Context, req *pb.UpdateCheckoutRequest) (*pb.Checkout, error) {
	return invoke[pb.Checkout](ctx, s, call{operation: polarhttp.UpdateCheckout, request: req, segment: req.GetId(), body: updateBody, answer: checkoutAnswer, essential: checkoutID})
}

// GetClientCheckout reads a checkout as its buyer.
func (s *Service) GetClientCheckout(ctx context.Context, req *pb.GetClientCheckoutRequest) (*pb.CheckoutPublic, error) {
	return invoke[pb.CheckoutPublic](ctx, s, call{operation: polarhttp.GetClientCheckout, request: req, segment: req.GetClientSecret(), answer: publicAnswer, essential: checkoutID})
}

// UpdateClientCheckout changes an open checkout as its buyer.
func (s *Service) UpdateClientCheckout(ctx context.Context, req *pb.UpdateClientCheckoutRequest) (*pb.CheckoutPublic, error) {
	return invoke[pb.CheckoutPublic](ctx, s, call{operation: polarhttp.UpdateClientCheckout, request: req, segment: req.GetClientSecret(), body: publicUpdateBody, answer: publicAnswer, essential: checkoutID})
}

// ConfirmClientCheckout confirms a checkout; it is sent to Polar once, whatever happens.
func (s *Service) ConfirmClientCheckout(ctx context.Context, req *pb.ConfirmClientCheckoutRequest) (*pb.CheckoutPublicConfirmed, error) {
	return invoke[pb.CheckoutPublicConfirmed](ctx, s, call{operation: polarhttp.ConfirmClientCheckout, request: req, segment: req.GetClientSecret(), body: confirmBody, answer: confirmedAnswer, essential: checkoutID})
}

var _ pb.CheckoutServiceServer = (*Service)(nil)

// message is a generated message type with the methods of its pointer.
type message[M any] interface {
	*M
	proto.Message
}
