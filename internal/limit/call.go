package limit

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Address is the identity of everything that is sent without a token: Polar counts it by egress address (B 6.2). Every
// other identity is taken for a token's.
const Address = "ip"

// Call is one request that is about to be sent to Polar.
type Call struct {
	// Path is the exact path at Polar, escaped as it is sent, without query. Polar's patterns are applied to it.
	Path string
	// Identity is whom Polar counts it for: Address, "organization" or "organization:<id>" for the service's token, "token:<hash>" for a caller's.
	Identity string
	// Caller is who asked; callers that have to wait are served in turn. It is not Polar's business.
	Caller string
	// Write marks what changes something, and may use the part that is reserved for writes.
	Write bool
	// ClientSecret is that of a confirm; it is never stored. A confirm without one shares the budget of malformed ones.
	ClientSecret string
}

// Zone names the limit that held a call back.
type Zone string

// The limits. ZoneAPI, ZonePendingAuth and ZoneConfirm are Polar's (B 6.1); the others are ours.
const (
	// ZoneAPI is what an identity may send in all.
	ZoneAPI Zone = "api"
	// ZonePendingAuth is what a token may send before Polar knows whose it is, or after five minutes of silence.
	ZonePendingAuth Zone = "pending_auth"
	// ZoneConfirm is what an identity may confirm.
	ZoneConfirm Zone = "checkout-confirm"
	// ZoneClientSecret is what may be confirmed with one client secret, so that it cannot use up ZoneConfirm for others.
	ZoneClientSecret Zone = "client-secret"
	// ZoneMalformedSecret is what all secrets together may confirm that Polar cannot have made.
	ZoneMalformedSecret Zone = "malformed-secret"
	// ZoneBlocked says that Polar has answered 429 and the identity rests.
	ZoneBlocked Zone = "blocked"
)

// Exceeded says that a call was not sent since it would have had to wait too long.
type Exceeded struct {
	// RetryAfter is when the call could go, by what is known now. It is never negative.
	RetryAfter time.Duration
	Zone       Zone
}

// Error names the limit and the wait.
func (e *Exceeded) Error() string {
	return fmt.Sprintf("rate limit %s: retry after %s", e.Zone, e.RetryAfter.Round(time.Millisecond))
}

// class is what decides which logs a call is counted in.
type class int

const (
	unlimited class = iota // no path of Polar's API
	read
	write
	confirm
	classes // how many there are
)

// classify applies Polar's patterns `^/v1/checkouts/.+/confirm` and `^/v1` (B 6.1), whatever the method.
func classify(call *Call) class {
	path := call.Path
	if strings.IndexByte(path, '%') >= 0 {
		// Polar matches the decoded path: an escaped letter hides no confirm.
		if decoded, err := url.PathUnescape(path); err == nil {
			path = decoded
		}
	}
	switch {
	case !strings.HasPrefix(path, "/v1"):
		return unlimited
	case isConfirm(path):
		return confirm
	case call.Write:
		return write
	default:
		return read
	}
}

func isConfirm(path string) bool {
	rest, found := strings.CutPrefix(path, "/v1/checkouts/")
	line, _, _ := strings.Cut(rest, "\n") // the pattern's dot stops there
	return found && strings.LastIndex(line, "/confirm") > 0
}
