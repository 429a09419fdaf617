package checkouts

import (
	"context"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// New makes a client on a connection of one's own, with the errors of this package but none of Dial's defaults. The
// connection stays the caller's to close.
func New(conn grpc.ClientConnInterface) checkoutsv1.CheckoutServiceClient {
	return checkoutsv1.NewCheckoutServiceClient(typedConn{conn})
}

// typedConn turns the status of a failed call into an *Error. It stands around the connection rather than among its
// interceptors, so those of the caller see what gRPC gave.
type typedConn struct{ grpc.ClientConnInterface }

// Invoke makes one call.
func (c typedConn) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	var server peer.Peer
	err := c.ClientConnInterface.Invoke(ctx, method, args, reply, append(slices.Clip(opts), grpc.Peer(&server))...)
	if err == nil {
		return nil
	}
	// gRPC names the peer once the call has a stream: without one nothing of it has left this machine.
	return typed(err, method, server.Addr != nil)
}
