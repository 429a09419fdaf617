package checkouts

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

const modulePath = "github.com/checkoutsvc/checkoutsvc"

// maxReceive is the size of the largest answer that a client takes, in bytes. It is what the service takes from Polar;
// gRPC's own 4 MiB would refuse a full page of checkouts with many products.
const maxReceive = 64 << 20

// alive keeps idle connections open through firewalls and notices a dead peer within 40 seconds. The service permits a
// ping every 10 seconds.
var alive = keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second, PermitWithoutStream: true}

// serviceConfig spreads calls over all addresses of the target and repeats the three reads, and only them, where the
// service could not be reached or could not reach Polar. Writes are repeated by nobody but the service (B 8.3).
const serviceConfig = `{
	"loadBalancingConfig": [{"round_robin": {}}],
	"methodConfig": [{
		"name": [
			{"service": "polar.checkouts.v1.CheckoutService", "method": "ListCheckouts"},
			{"service": "polar.checkouts.v1.CheckoutService", "method": "GetCheckout"},
			{"service": "polar.checkouts.v1.CheckoutService", "method": "GetClientCheckout"}
		],
		"retryPolicy": {
			"maxAttempts": 3,
			"initialBackoff": "0.1s",
			"maxBackoff": "1s",
			"backoffMultiplier": 3,
			"retryableStatusCodes": ["UNAVAILABLE"]
		}
	}],
	"retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1}
}`

// A Client calls one checkoutsvc, from any number of goroutines. Its methods are those of the generated client; their
// errors can be taken with errors.As, see Error.
type Client struct {
	checkoutsv1.CheckoutServiceClient
	conn *grpc.ClientConn
}

// Dial makes a client of the service at target, in gRPC's syntax: "127.0.0.1:9090", "dns:///checkouts.internal:443".
// It does not connect yet: the first call does.
//
// Off this machine Dial insists on transport credentials, for the client secrets and personal data in the calls:
//
//	checkouts.Dial(target, grpc.WithTransportCredentials(credentials.NewTLS(nil)))
//
// Plain text to another machine needs insecure.NewCredentials() there. On loopback and Unix sockets plain text is the
// default.
//
// Besides, the defaults are: keepalive pings, calls spread over all addresses, the three reads repeated up to twice
// when UNAVAILABLE, answers up to 64 MiB. Options in opts win over them. No call has a deadline unless its context has
// one.
func Dial(target string, opts ...grpc.DialOption) (*Client, error) {
	conn, err := connect(target, append(defaults(), opts...))
	if err != nil {
		return nil, fmt.Errorf("checkouts: dial %s: %w", target, err)
	}
	return &Client{CheckoutServiceClient: New(conn), conn: conn}, nil
}

// Close ends the connections. Calls under way fail with codes.Canceled.
func (c *Client) Close() error { return c.conn.Close() }

func defaults() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithKeepaliveParams(alive),
		grpc.WithDefaultServiceConfig(serviceConfig),
		grpc.WithDisableServiceConfig(), // or a TXT record would be looked up, and could have writes repeated
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReceive)),
		grpc.WithUserAgent(userAgent()),
	}
}

// connect falls back to plain text where opts hold no credentials and the target is on this machine. gRPC does not
// tell what opts hold; but if only plain text makes them complete, credentials were what they lacked.
func connect(target string, opts []grpc.DialOption) (*grpc.ClientConn, error) {
	conn, err := grpc.NewClient(target, opts...)
	if err == nil {
		return conn, nil
	}
	plain, plainErr := grpc.NewClient(target, append(opts, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if plainErr != nil {
		return nil, err
	}
	if isLocal(plain.CanonicalTarget()) {
		return plain, nil
	}
	return nil, errors.Join(errNoCredentials, plain.Close())
}

var errNoCredentials = errors.New("not on this machine, so plain text is refused; pass " +
	"grpc.WithTransportCredentials with credentials.NewTLS(nil), or with insecure.NewCredentials() if the network is trusted")

// isLocal tells whether a target in gRPC's canonical form, scheme://authority/endpoint, stays on this machine.
func isLocal(canonical string) bool {
	target, err := url.Parse(canonical)
	if err != nil {
		return false
	}
	switch target.Scheme {
	case "unix", "unix-abstract":
		return true
	case "dns", "passthrough":
		return target.Host == "" && isLoopback(strings.TrimPrefix(target.Path, "/"))
	default:
		return false
	}
}

func isLoopback(endpoint string) bool {
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		host = strings.Trim(endpoint, "[]")
	}
	if host == "localhost" || host == "" && err == nil { // gRPC takes ":9090" for this machine
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

func userAgent() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "checkoutsvc-go"
	}
	for _, module := range append(info.Deps, &info.Main) {
		if module.Path == modulePath && module.Version != "" {
			return "checkoutsvc-go/" + module.Version
		}
	}
	return "checkoutsvc-go"
}
