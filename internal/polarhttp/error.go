package polarhttp

import "fmt"

// Reason is why a call has no answer.
type Reason string

// The reasons. None of their texts holds anything of the request.
const (
	// Timeout: the deadline passed.
	Timeout Reason = "deadline exceeded"
	// Canceled: the caller went away.
	Canceled Reason = "canceled"
	// Unreachable: no connection could be made.
	Unreachable Reason = "no connection to Polar"
	// Cut: the connection broke before the answer was complete, or what came was no HTTP.
	Cut Reason = "connection broke before the answer was complete"
	// TooLarge: the answer is longer than MaxAnswer.
	TooLarge Reason = "answer too large"
)

// Error says that a call has no answer. Its text names the operation and never a path, which would hold the client
// secret.
type Error struct {
	// Operation is the name of the operation.
	Operation string
	Reason    Reason
	// Written is whether Polar may have received the request. False is certain: not one byte of it was sent.
	Written bool
	// Pending is closed when the answer of a create or confirm that is still waited for has come or is given up. It is
	// nil where nothing is waited for.
	Pending <-chan struct{}

	cause error
}

func (e *Error) Error() string {
	if e.Written {
		return fmt.Sprintf("polar %s: %s after the request was written", e.Operation, e.Reason)
	}
	return fmt.Sprintf("polar %s: %s before the request was written", e.Operation, e.Reason)
}

// Unwrap gives what the transport or the context said; its text must not be shown to a caller.
func (e *Error) Unwrap() error { return e.cause }
