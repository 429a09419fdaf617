package upstream

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// Strategy is whether a call is repeated.
type Strategy int

// The strategies of Polar's SDKs, and that of a caller who named none.
const (
	// Unset leaves it to the service.
	Unset Strategy = iota
	// None makes one attempt.
	None
	// Backoff makes more, with growing pauses.
	Backoff
)

// Retries are a caller's wishes, with the meaning they have in Polar's SDKs: what is repeated are 429 and 5XX, and
// calls without an answer where RetryConnectionErrors says so; always within what is safe for the operation, and
// within the deadline. A Retry-After takes the place of a pause.
type Retries struct {
	Strategy Strategy
	// InitialInterval is the first pause, Exponent the factor to the next and MaxInterval the longest. Each is varied by
	// a quarter at most.
	InitialInterval, MaxInterval time.Duration
	Exponent                     float64
	// MaxElapsedTime is when to give up, counted from the start of the first attempt.
	MaxElapsedTime time.Duration
	// RetryConnectionErrors is whether a call without an answer is repeated too.
	RetryConnectionErrors bool
}

// BackoffDefaults are the SDKs' defaults. The zero value of a field is taken as it stands, so start from these.
func BackoffDefaults() Retries {
	return Retries{
		Strategy: Backoff, InitialInterval: 500 * time.Millisecond, MaxInterval: time.Minute,
		Exponent: 1.5, MaxElapsedTime: time.Hour,
	}
}

// ending is how an attempt ended, as far as it matters to the next one. Endings make sets.
type ending uint

const (
	// unsent: no answer, and Polar certainly received nothing.
	unsent ending = 1 << iota
	// lost: no answer, and Polar may have received the request.
	lost
	// locked: 409 CheckoutLocked. Polar did nothing.
	locked
	// limited: 429. Polar did nothing.
	limited
	// cutOff: 502, 503 or 504. As good as lost.
	cutOff
	// crashed: another 5XX in which Polar names no error. As good as lost.
	crashed
	// failed: another 5XX in which Polar names its error, having undone what it did.
	failed

	final   ending = 0
	nothing        = unsent | locked | limited | failed // Polar did nothing
	perhaps        = lost | cutOff | crashed            // Polar may have done it
	all            = nothing | perhaps
)

// policy is which endings are followed by another attempt: at most which are safe, and by default; and the pauses.
type policy struct {
	safe, byDefault ending
	first, longest  time.Duration // pauses, doubling
	within          time.Duration // since the start of the first attempt
	attempts        int
	most            int // attempts, whatever the caller wishes; 0 is any number
}

// policies is B 8.3. That a create may be repeated when its outcome is unknown is keyedCreate.
var policies = [...]policy{
	polarhttp.Reads: {
		safe: all, byDefault: unsent | lost | limited | cutOff,
		first: 100 * time.Millisecond, longest: time.Second, within: 4 * time.Second, attempts: 4,
	},
	polarhttp.Converges: {
		safe: all, byDefault: unsent | locked,
		first: 200 * time.Millisecond, longest: 2 * time.Second, within: 4 * time.Second, attempts: 5,
	},
	polarhttp.Creates: {
		safe: nothing, byDefault: unsent,
		first: 200 * time.Millisecond, longest: 2 * time.Second, within: 15 * time.Second, attempts: 4,
	},
	// A confirm is sent again only if not one byte of it left, and only once: it takes money.
	polarhttp.Confirms: {
		safe: unsent, byDefault: unsent,
		first: 200 * time.Millisecond, longest: 200 * time.Millisecond, within: 15 * time.Second, attempts: 2, most: 2,
	},
}

// keyedCreate: an unanswered create left at most a checkout that nobody knows, which expires by itself.
var keyedCreate = policy{
	safe: all, byDefault: unsent | lost | cutOff | crashed,
	first: 200 * time.Millisecond, longest: 2 * time.Second, within: 15 * time.Second, attempts: 4,
}

// repeated is which endings the caller's wishes name.
func (r *Retries) repeated() ending {
	named := limited | cutOff | crashed | failed
	if r.RetryConnectionErrors {
		named |= unsent | lost
	}
	return named
}

// classify says how an attempt ended. What ended with its call is final, whatever it was.
func classify(ctx context.Context, res *polarhttp.Response, err error) ending {
	switch {
	case ctx.Err() != nil:
		return final
	case err != nil:
		return classifyFailure(err)
	case res.Status == http.StatusConflict && errorName(res.Body) == "CheckoutLocked":
		return locked
	case res.Status == http.StatusTooManyRequests:
		return limited
	case unavailable(res.Status):
		return cutOff
	case res.Status >= 500 && errorName(res.Body) == "":
		return crashed
	case res.Status >= 500:
		return failed
	default:
		return final
	}
}

func classifyFailure(err error) ending {
	var failure *polarhttp.Error
	switch {
	case !errors.As(err, &failure):
		return lost
	case failure.Reason == polarhttp.TooLarge:
		return final
	case !failure.Written:
		return unsent
	default:
		return lost
	}
}

// errorName is the name of the error in Polar's answer, or "" (B 3.1).
func errorName(body []byte) string {
	var named struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &named) != nil {
		return ""
	}
	return named.Error
}
