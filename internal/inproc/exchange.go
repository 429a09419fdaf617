// Package inproc carries REST calls to the service inside one process: a client connection that runs the interceptors
// and methods of the gRPC server without a socket, and the raw exchange that travels on it.
package inproc

import (
	"context"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// Exchange is a REST call as it came and Polar's answer as it is. With one in its context a service method passes
// bytes through instead of translating messages.
//
// It is the context of its own call: that saves an allocation a call, and only this process can make one, since nothing
// that a gRPC caller sends turns into a context value.
type Exchange struct {
	// Context is that of the REST request.
	context.Context
	// Request is what goes to Polar; the service method that is called fills the operation in.
	Request polarhttp.Request
	// IdempotencyKey is the caller's name for a create; "" is none. It never goes to Polar.
	IdempotencyKey string
	// AcceptSecondChargeRisk lets a confirm past the guard.
	AcceptSecondChargeRisk bool
	// Origin is who calls.
	Origin Origin
	// RequestID names the call in the log: the caller's own name for it, or once the call is made the one that it got.
	RequestID string
	// From is the address of a caller who is refused, for the log; "" where nobody is refused.
	From string
	// Response is Polar's answer, valid where Answered says so.
	Response polarhttp.Response
	Answered bool
	// Failure is what the call ended with; set by whoever called.
	Failure error
}

type exchangeKey struct{}

// Value finds the exchange itself and its origin beside the values of its context.
func (x *Exchange) Value(key any) any {
	switch key.(type) {
	case exchangeKey:
		return x
	case originKey:
		return &x.Origin
	}
	return x.Context.Value(key)
}

// FromContext gives the exchange, or nil where the call is typed.
func FromContext(ctx context.Context) *Exchange {
	exchange, _ := ctx.Value(exchangeKey{}).(*Exchange)
	return exchange
}
