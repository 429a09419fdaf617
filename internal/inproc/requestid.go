package inproc

import "context"

// RequestIDKey is the key under which the context of a call has its name in the log, a string.
type RequestIDKey struct{}

// RequestID is the name of a call in the log; "" outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(RequestIDKey{}).(string)
	return id
}
