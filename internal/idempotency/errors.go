package idempotency

import (
	"fmt"
	"time"
)

// retryAfter is when a repeated call may find the answer.
const retryAfter = time.Second

// Reused says that the key belongs to another request. Nothing was sent.
type Reused struct{}

func (*Reused) Error() string { return "the idempotency key was used for another request" }

// InProgress says that a call under this key was still under way when time ran out: this one, or the one it waited for.
// Repeated under the same key it gets the answer.
type InProgress struct {
	// RetryAfter is when to repeat.
	RetryAfter time.Duration
}

func (*InProgress) Error() string { return "a call with this idempotency key is under way" }

// Unrecorded says that Polar made a checkout, but its answer could not be recorded, which is withheld for that reason: a
// repeated call could not give it again. The store was away, or was away for longer than the lease and another request has
// taken the key. Repeating is safe and makes another checkout; this one expires by itself.
type Unrecorded struct {
	// Err is the store's error, or says that the key was taken.
	Err error
}

func (e *Unrecorded) Error() string {
	return fmt.Sprintf("the answer under the idempotency key could not be recorded: %v", e.Err)
}

// Unwrap gives Err.
func (e *Unrecorded) Unwrap() error { return e.Err }
