package inproc

import (
	"context"
	"slices"

	"google.golang.org/grpc"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// Client is the generated client interface over a service in this process: every call runs the interceptors of the
// gRPC server, and messages pass by pointer.
type Client struct {
	list, create, get, update, clientGet, clientUpdate, clientConfirm grpc.UnaryHandler
}

// NewClient makes a client of service behind interceptors, the first outermost.
func NewClient(service pb.CheckoutServiceServer, interceptors []grpc.UnaryServerInterceptor) *Client {
	c := &chain{service: service, interceptors: interceptors}
	return &Client{
		list:          handler(c, pb.CheckoutService_ListCheckouts_FullMethodName, service.ListCheckouts),
		create:        handler(c, pb.CheckoutService_CreateCheckout_FullMethodName, service.CreateCheckout),
		get:           handler(c, pb.CheckoutService_GetCheckout_FullMethodName, service.GetCheckout),
		update:        handler(c, pb.CheckoutService_UpdateCheckout_FullMethodName, service.UpdateCheckout),
		clientGet:     handler(c, pb.CheckoutService_GetClientCheckout_FullMethodName, service.GetClientCheckout),
		clientUpdate:  handler(c, pb.CheckoutService_UpdateClientCheckout_FullMethodName, service.UpdateClientCheckout),
		clientConfirm: handler(c, pb.CheckoutService_ConfirmClientCheckout_FullMethodName, service.ConfirmClientCheckout),
	}
}

type chain struct {
	service      pb.CheckoutServiceServer
	interceptors []grpc.UnaryServerInterceptor
}

// handler wraps one method in the interceptors, once and not at each call.
func handler[Req, Res any](c *chain, method string, call func(context.Context, *Req) (*Res, error)) grpc.UnaryHandler {
	info := &grpc.UnaryServerInfo{Server: c.service, FullMethod: method}
	next := func(ctx context.Context, req any) (any, error) { return call(ctx, req.(*Req)) }
	for _, interceptor := range slices.Backward(c.interceptors) {
		inner := next
		next = func(ctx context.Context, req any) (any, error) { return interceptor(ctx, req, info, inner) }
	}
	return next
}

// invoke calls a wrapped method.
func invoke[Res any](ctx context.Context, handler grpc.UnaryHandler, req any) (*Res, error) {
	answer, err := handler(ctx, req)
	if err != nil {
		return nil, err
	}
	return answer.(*Res), nil
}

// ListCheckouts implements the generated client interface; options do not matter in one process.
func (c *Client) ListCheckouts(ctx context.Context, req *pb.ListCheckoutsRequest, _ ...grpc.CallOption) (*pb.ListCheckoutsResponse, error) {
	return invoke[pb.ListCheckoutsResponse](ctx, c.list, req)
}

// CreateCheckout implements the generated client interface.
func (c *Client) CreateCheckout(ctx context.Context, req *pb.CreateCheckoutRequest, _ ...grpc.CallOption) (*pb.Checkout, error) {
	return invoke[pb.Checkout](ctx, c.create, req)
}

// GetCheckout implements the generated client interface.
func (c *Client) GetCheckout(ctx context.Context, req *pb.GetCheckoutRequest, _ ...grpc.CallOption) (*pb.Checkout, error) {
	return invoke[pb.Checkout](ctx, c.get, req)
}

// UpdateCheckout implements the generated client interface.
func (c *Client) UpdateCheckout(ctx context.Context, req *pb.UpdateCheckoutRequest, _ ...grpc.CallOption) (*pb.Checkout, error) {
	return invoke[pb.Checkout](ctx, c.update, req)
}

// GetClientCheckout implements the generated client interface.
func (c *Client) GetClientCheckout(ctx context.Context, req *pb.GetClientCheckoutRequest, _ ...grpc.CallOption) (*pb.CheckoutPublic, error) {
	return invoke[pb.CheckoutPublic](ctx, c.clientGet, req)
}

// UpdateClientCheckout implements the generated client interface.
func (c *Client) UpdateClientCheckout(ctx context.Context, req *pb.UpdateClientCheckoutRequest, _ ...grpc.CallOption) (*pb.CheckoutPublic, error) {
	return invoke[pb.CheckoutPublic](ctx, c.clientUpdate, req)
}

// ConfirmClientCheckout implements the generated client interface.
func (c *Client) ConfirmClientCheckout(ctx context.Context, req *pb.ConfirmClientCheckoutRequest, _ ...grpc.CallOption) (*pb.CheckoutPublicConfirmed, error) {
	return invoke[pb.CheckoutPublicConfirmed](ctx, c.clientConfirm, req)
}

var _ pb.CheckoutServiceClient = (*Client)(nil)
