// Package inproc carries REST calls to the service inside one process: a client connection that runs the interceptors
// and methods of the gRPC server without a socket, and the raw exchange that travels on it.
package inproc

import (
	"context"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// Exchange is a REST call as it came and Polar's answer as it is. With one in its context a service method passes
// bytes through instead of translating messages.
type Exchange struct {
	// Request is what goes to Polar; the operation is filled in by the service method that is called.
	Request polarhttp.Request
	// Response is Polar's answer, valid where Answered says so.
	Response polarhttp.Response
	Answered bool
}

type exchangeKey struct{}

// NewContext gives a context with the exchange. Only this process can make one: nothing that a gRPC caller sends turns
// into a context value.
func NewContext(ctx context.Context, exchange *Exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, exchange)
}

// FromContext gives the exchange, or nil where the call is typed.
func FromContext(ctx context.Context) *Exchange {
	exchange, _ := ctx.Value(exchangeKey{}).(*Exchange)
	return exchange
}
