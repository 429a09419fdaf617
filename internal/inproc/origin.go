package inproc

import (
	"context"
	"net/netip"
)

// Origin is who a call is from and for whom it is made, as this process found out. It travels in the context beside the
// call on both roads, and nothing that a caller sends turns into one.
type Origin struct {
	// Caller is the name of an authenticated caller, unique among all; "" where callers are not told apart.
	Caller string
	// Organization is the one whose token the call goes with; "" where the service has only one token, or none is needed.
	Organization string
	// Buyer is the buyer's address, where somebody who is trusted to know it has told; the zero Addr where nobody has.
	Buyer netip.Addr
}

type originKey struct{}

// WithOrigin gives a context that holds origin. A REST call has its origin in its exchange.
func WithOrigin(ctx context.Context, origin *Origin) context.Context {
	return context.WithValue(ctx, originKey{}, origin)
}

var nobody Origin

// OriginOf is the origin of a call; an empty one where none was set. It must not be changed.
func OriginOf(ctx context.Context) *Origin {
	if origin, ok := ctx.Value(originKey{}).(*Origin); ok {
		return origin
	}
	return &nobody
}
