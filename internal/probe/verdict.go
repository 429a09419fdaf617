package probe

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// Kind is what one read of Polar's list says of the service's token and version, as metrics label it.
type Kind string

// The kinds.
const (
	// Well: Polar knows token and version.
	Well Kind = "well"
	// TokenRejected: the token is expired, revoked, of another Polar, or of a kind that serves no merchant (B 3.6).
	TokenRejected Kind = "token_rejected"
	// ScopeMissing: the token may not even read checkouts (B 3.6).
	ScopeMissing Kind = "scope_missing"
	// VersionRejected: the pinned version is gone (B 3.7).
	VersionRejected Kind = "version_rejected"
	// RateLimited: Polar answers 429, which says nothing of token and version.
	RateLimited Kind = "rate_limited"
	// Unanswered: no answer, or a 5XX.
	Unanswered Kind = "unanswered"
	// NotPolar: an answer that Polar does not give. Something stands in between, or the address is another.
	NotPolar Kind = "not_polar"
)

// Verdict is a kind with a sentence for a person, which holds nothing secret.
type Verdict struct {
	Kind Kind
	Text string
}

// Question is the read that Judge judges: the cheapest that needs a token.
func Question(organization string) *polarhttp.Request {
	return &polarhttp.Request{Operation: polarhttp.ListCheckouts, RawQuery: "limit=1", Accept: "application/json", Organization: organization}
}

// Judge tells what an answer to Question means, or the failure of one.
func Judge(answer *polarhttp.Response, err error) Verdict {
	if err != nil {
		return Verdict{Unanswered, "Polar did not answer: " + err.Error()}
	}
	name := errorName(answer.Body)
	switch {
	case answer.Status == http.StatusOK && isList(answer.Body):
		return Verdict{Well, "Polar knows the token and the version"}
	case answer.Status == http.StatusUnauthorized && name == "invalid_token":
		return Verdict{TokenRejected, "Polar rejects the service's token: it is expired, revoked, or of another Polar than this"}
	case answer.Status == http.StatusUnauthorized && name != "":
		return Verdict{TokenRejected, "Polar takes the service's token for none of a merchant's; it must be an organization access token"}
	case answer.Status == http.StatusForbidden && name == "insufficient_scope":
		return Verdict{ScopeMissing, "the service's token lacks the scopes checkouts:read and checkouts:write"}
	case answer.Status == http.StatusNotFound && answer.Header.Get("Polar-Version") != "":
		return Verdict{NotPolar, "Polar answers, but its API does not stand at this address"} // the router's 404, not the version's (B 3.10)
	case answer.Status == http.StatusNotFound && name == "" && isObject(answer.Body):
		return Verdict{VersionRejected, "Polar does not know the pinned version any more, or not yet"}
	case answer.Status == http.StatusTooManyRequests:
		return Verdict{RateLimited, fmt.Sprintf("Polar's rate limit is exceeded; it lets nothing through for %s", answer.RetryAfter())}
	case answer.Status >= http.StatusInternalServerError:
		return Verdict{Unanswered, fmt.Sprintf("Polar answers %d", answer.Status)}
	default:
		return Verdict{NotPolar, fmt.Sprintf("what answers is not Polar, or something changes its answers (status %d)", answer.Status)}
	}
}

// errorName is the name that all errors of Polar's have but those of its router (B 3.1).
func errorName(body []byte) string {
	var named struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &named) != nil {
		return ""
	}
	return named.Error
}

func isList(body []byte) bool {
	var list struct {
		Items      *[]json.RawMessage `json:"items"`
		Pagination *struct{}          `json:"pagination"`
	}
	return json.Unmarshal(body, &list) == nil && list.Items != nil && list.Pagination != nil
}

func isObject(body []byte) bool {
	var object map[string]json.RawMessage
	return json.Unmarshal(body, &object) == nil && object != nil
}

// decisive says whether a verdict is about the token and the version, whatever the state of Polar.
func (v Verdict) decisive() bool { return v.Kind != Unanswered && v.Kind != RateLimited }
