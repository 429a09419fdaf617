package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"github.com/checkoutsvc/checkoutsvc/internal/callers"
	"github.com/checkoutsvc/checkoutsvc/internal/inproc"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/service"
	"github.com/checkoutsvc/checkoutsvc/internal/tokens"
)

// Organizations tells which of several organizations a call means; *tokens.Organizations is it.
type Organizations interface {
	// Select gives the one that wanted names, or with "" the only one; its errors are those of package tokens.
	Select(wanted string) (organization string, err error)
	// IDs are all of them.
	IDs() []string
}

// organizationHeader selects an organization, as Polar's SDKs do. It never reaches Polar.
const organizationHeader = "Polar-Organization"

// access decides who may call what, and for which organization.
type access struct {
	// callers recognizes them; nil where everybody who reaches the server may call.
	callers callers.Authenticator
	// organizations are several; nil where there is only one token, or none.
	organizations Organizations
	// oneToken is set where the service has a token, and only one.
	oneToken bool
	// clientToken is set where buyers' operations carry an organization's token too.
	clientToken bool
	buyers      *buyers
}

// newAccess gives nil where there is nothing to decide.
func newAccess(config *Config) *access {
	if config.Callers == nil && config.Organizations == nil && config.BuyerIPHeader == "" {
		return nil
	}
	return &access{
		callers: config.Callers, organizations: config.Organizations,
		oneToken: config.Organizations == nil && !config.Polar.ForwardAuthorization, clientToken: config.Polar.ClientToken,
		buyers: newBuyers(config.BuyerIPHeader, config.TrustedProxies),
	}
}

// arrival is what a call says of its caller on either road.
type arrival struct {
	operation   *polarhttp.Operation
	credentials callers.Credentials
	// organization is the one that was asked for; "" is none.
	organization string
	// open lets everybody in who knows the client secret, where the operation is a buyer's.
	open bool
	peer netip.Addr
	// told are the values of the header in which a proxy tells whom it speaks for.
	told []string
}

// admit finds out who calls, or refuses.
func (a *access) admit(ctx context.Context, at *arrival) (inproc.Origin, error) {
	var origin inproc.Origin
	var caller *callers.Caller
	if a.callers != nil && (!at.open || at.operation.Credential != polarhttp.Buyer) {
		var err error
		caller, err = a.recognize(ctx, at)
		if caller != nil {
			origin.Caller = caller.Key()
		}
		if err != nil {
			return origin, err
		}
	}
	carriesToken := at.operation.Credential == polarhttp.Merchant || a.clientToken
	if carriesToken && a.oneToken && caller != nil && len(caller.Organizations) > 0 {
		// Whose the one token is, nobody here knows.
		return origin, service.OrganizationNotPermitted("this server has one token and cannot tell whose it is; it needs --organizations-file for callers with organizations")
	}
	if carriesToken && a.organizations != nil {
		var err error
		if origin.Organization, err = a.organization(caller, at.organization); err != nil {
			return origin, err
		}
	}
	if at.operation.Consequence == polarhttp.Creates {
		// Whoever creates a checkout is a merchant's back end: its own address is nobody's to fill in.
		origin.Buyer = a.buyers.onCreate(at.peer, at.told)
	}
	return origin, nil
}

// recognize asks for a caller who may call the operation now. Who is known and may not is told beside the error.
func (a *access) recognize(ctx context.Context, at *arrival) (*callers.Caller, error) {
	caller, err := a.callers.Authenticate(ctx, at.credentials)
	var refused *callers.Invalid
	switch {
	case errors.Is(err, callers.ErrMissing):
		return nil, service.Unauthorized()
	case errors.As(err, &refused):
		return nil, service.InvalidToken(refused.Reason)
	case err != nil:
		return nil, service.CallersUnverifiable()
	}
	if lacking := missingScope(at.operation, caller.Scopes); lacking != "" {
		return caller, service.InsufficientScope(lacking)
	}
	if ok, retryAfter := caller.Allow(); !ok {
		return caller, service.CallerRateLimited(retryAfter)
	}
	return caller, nil
}

// missingScope names what an operation needs and scopes lack. As at Polar, who may write may read (B 3.6).
func missingScope(op *polarhttp.Operation, scopes callers.Scopes) string {
	if scopes.Has(callers.Write) || op.Consequence == polarhttp.Reads && scopes.Has(callers.Read) {
		return ""
	}
	if op.Consequence == polarhttp.Reads {
		return (callers.Read | callers.Write).String()
	}
	return callers.Write.String()
}

// organization is the one that the call goes for. A caller that nobody recognized is a buyer, or everybody may call.
func (a *access) organization(caller *callers.Caller, wanted string) (string, error) {
	selected, err := a.organizations.Select(wanted)
	switch {
	case errors.Is(err, tokens.ErrNoneSelected):
		return "", service.OrganizationRequired()
	case err != nil, caller != nil && !slices.Contains(caller.Organizations, selected):
		return "", service.OrganizationNotPermitted("the selected polar-organization is none that the caller may use")
	}
	return selected, nil
}

// interceptors is what decides it, nothing where there is nothing to decide.
func (a *access) interceptors(open bool) []grpc.UnaryServerInterceptor {
	if a == nil {
		return nil
	}
	return []grpc.UnaryServerInterceptor{a.unary(open)}
}

// takeDecision takes over what was found out of a REST call, which was looked at before its body was read. A refusal comes
// by here to be logged and counted.
func takeDecision(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	exchange := inproc.FromContext(ctx)
	if exchange == nil {
		return handler(ctx, req)
	}
	seen := observedOf(ctx)
	if seen.caller = exchange.Origin.Caller; exchange.Failure != nil {
		seen.from = exchange.From
		return nil, exchange.Failure
	}
	return handler(ctx, req)
}

// unary decides it for calls over gRPC; takeDecision knows what was decided for one over REST.
func (a *access) unary(open bool) grpc.UnaryServerInterceptor {
	operations := map[string]*polarhttp.Operation{}
	for _, op := range polarhttp.Operations {
		operations[methodPrefix+op.Name] = op
	}
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		op := operations[info.FullMethod]
		if op == nil || inproc.FromContext(ctx) != nil { // gRPC's own services, which everybody may ask, or decided
			return handler(ctx, req)
		}
		at := a.fromGRPC(ctx, op, open)
		origin, err := a.admit(ctx, at)
		seen := observedOf(ctx)
		if seen.caller = origin.Caller; err != nil {
			seen.from = a.buyers.text(at.peer, at.told)
			return nil, err
		}
		return handler(inproc.WithOrigin(ctx, &origin), req)
	}
}

// stream asks the same of who looks at reflection; health is for everybody.
func (a *access) stream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if a.callers != nil && strings.HasPrefix(info.FullMethod, "/grpc.reflection.") {
		if _, err := a.recognize(stream.Context(), a.fromGRPC(stream.Context(), polarhttp.GetCheckout, false)); err != nil {
			return err
		}
	}
	return handler(server, stream)
}

// callersOnly lets nobody else pass to what is no operation of ours.
func (a *access) callersOnly(next http.Handler) http.Handler {
	if a == nil || a.callers == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		op := polarhttp.UpdateCheckout // what changes something
		if isRead(r.Method) {
			op = polarhttp.GetCheckout
		}
		caller, err := a.recognize(r.Context(), a.fromREST(r, op, false))
		visitOf(w).by(caller, err)
		if err != nil {
			writeFailure(w, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

const methodPrefix = "/polar.checkouts.v1.CheckoutService/"

func (a *access) fromGRPC(ctx context.Context, op *polarhttp.Operation, open bool) *arrival {
	incoming, _ := metadata.FromIncomingContext(ctx)
	at := &arrival{operation: op, open: open, organization: only(incoming.Get(organizationHeader)), told: incoming.Get(a.buyers.header)}
	at.credentials.Authorization = only(incoming.Get("authorization"))
	from, ok := peer.FromContext(ctx)
	if !ok {
		return at
	}
	at.peer = addressOf(from.Addr.String())
	if encrypted, ok := from.AuthInfo.(credentials.TLSInfo); ok && len(encrypted.State.VerifiedChains) > 0 {
		at.credentials.Certificates = encrypted.State.VerifiedChains[0]
	}
	return at
}

func (a *access) fromREST(r *http.Request, op *polarhttp.Operation, open bool) *arrival {
	at := &arrival{
		operation: op, open: open, organization: only(r.Header[organizationHeader]),
		peer: addressOf(r.RemoteAddr), told: r.Header[a.buyers.header],
	}
	at.credentials.Authorization = only(r.Header["Authorization"])
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		at.credentials.Certificates = r.TLS.VerifiedChains[0]
	}
	return at
}

// only is the single value; of several nobody knows which is meant.
func only(values []string) string {
	if len(values) != 1 {
		return strings.Join(values, ", ")
	}
	return values[0]
}

// addressOf is the address of a peer, the zero Addr for what has none, such as a Unix socket.
func addressOf(hostPort string) netip.Addr {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		return netip.Addr{}
	}
	address, _ := netip.ParseAddr(host)
	return address.Unmap()
}
