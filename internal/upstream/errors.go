package upstream

import (
	"fmt"
	"time"
)

// Open says that a call was not sent because Polar has been failing. Nothing was changed.
type Open struct {
	// RetryAfter is when a call may be tried again.
	RetryAfter time.Duration
}

// Error says so in one sentence.
func (e *Open) Error() string {
	return fmt.Sprintf("polar has been failing; not called again for %s", e.RetryAfter.Round(time.Millisecond))
}

// Overloaded says that a call was not sent because too many others are in flight. Nothing was changed.
type Overloaded struct {
	// RetryAfter is a guess at when there is room again.
	RetryAfter time.Duration
}

// Error says so in one sentence.
func (*Overloaded) Error() string { return "too many calls to polar are in flight" }
