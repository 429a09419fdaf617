package upstream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// organization is the identity of all that carries the service's own token; where it has several, their organization's
// id follows.
const organization = "organization"

// admit asks the limiter, and says whom Polar counts the attempt for.
func (c *Client) admit(ctx context.Context, req *polarhttp.Request, caller string) (identity string, err error) {
	if c.config.Limiter == nil {
		return "", nil
	}
	call := limit.Call{
		Path: req.Path(), Identity: c.identity(req), Caller: caller,
		Write: req.Operation.Consequence != polarhttp.Reads,
	}
	if req.Operation.Consequence == polarhttp.Confirms {
		// A segment that cannot be decoded is no client secret of Polar's; the limiter knows what to do with such.
		call.ClientSecret, _ = url.PathUnescape(req.Segment)
	}
	return call.Identity, notSent(ctx, req.Operation, c.config.Limiter.Admit(ctx, call))
}

// heed stops an identity that Polar has told to wait. The limiter knows how long where the answer does not say.
func (c *Client) heed(identity string, res *polarhttp.Response) {
	if res.Status == http.StatusTooManyRequests && c.config.Limiter != nil {
		c.config.Limiter.Blocked(identity, res.RetryAfter())
	}
}

// identity is whom Polar counts a request for (B 6.2): the token's owner, or without a token the egress address.
func (c *Client) identity(req *polarhttp.Request) string {
	if c.config.ForwardAuthorization {
		return CallersIdentity(req.Authorization)
	}
	if req.Operation.Credential == polarhttp.Buyer && !c.config.ClientToken {
		return limit.Address
	}
	if req.Organization != "" {
		return organization + ":" + req.Organization
	}
	return organization
}

// CallersIdentity is whom Polar counts a call for that carries authorization as its header: the token, or without one the
// egress address. It names the token by a hash.
func CallersIdentity(authorization string) string {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return limit.Address
	}
	hash := sha256.Sum256([]byte(token))
	return "token:" + hex.EncodeToString(hash[:16])
}
