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
	"google.golang.org/grpc/credentials"
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

// A Client calls one checkoutsvc, from any number of goroutines. Its methods are those of the generated client; their
// errors can be taken with errors.As, see Error.
type Client struct {
	checkoutsv1.CheckoutServiceClient
	conn *grpc.ClientConn
}

// Dial makes a client of the service at target, in gRPC's syntax: "127.0.0.1:9090", "dns:///checkouts.internal:443".
// It does not connect yet: the first call does.
//
// On loopback and Unix sockets the calls go in plain text, to other machines over TLS with the system's roots. To choose
// otherwise, say so:
//
//	grpc.WithTransportCredentials(credentials.NewTLS(config)) // own roots, a client certificate, TLS on loopback
//	grpc.WithTransportCredentials(insecure.NewCredentials())  // plain text in a network that is trusted
//
// WithToken, WithOrganization and WithTimeout are this package's own options. Besides, the defaults are: keepalive pings,
// calls spread over all addresses, the three reads repeated up to twice when UNAVAILABLE, answers up to 64 MiB. Options
// in opts win over them.
func Dial(target string, opts ...grpc.DialOption) (*Client, error) {
	conn, err := connect(target, opts)
	if err != nil {
		return nil, fmt.Errorf("checkouts: dial %s: %w", target, err)
	}
	return &Client{CheckoutServiceClient: New(conn), conn: conn}, nil
}

// Close ends the connections. Calls under way fail with codes.Canceled.
func (c *Client) Close() error { return c.conn.Close() }

// connect makes the connection, with the defaults before opts.
func connect(target string, opts []grpc.DialOption) (*grpc.ClientConn, error) {
	local, err := isOnThisMachine(target)
	if err != nil {
		return nil, err
	}
	all := append(defaults(settingsIn(opts), local), opts...)
	conn, err := grpc.NewClient(target, all...)
	if err == nil {
		return conn, nil
	}
	// gRPC does not tell whether opts hold credentials, but if these make them complete, they were what was missing.
	conn, missing := grpc.NewClient(target, append([]grpc.DialOption{grpc.WithTransportCredentials(transport(local))}, all...)...)
	if missing != nil {
		return nil, err
	}
	return conn, nil
}

func defaults(own settings, local bool) []grpc.DialOption {
	opts := []grpc.DialOption{
		grpc.WithKeepaliveParams(alive),
		grpc.WithDefaultServiceConfig(own.serviceConfig()),
		grpc.WithDisableServiceConfig(), // or a TXT record would be looked up, and could have writes repeated
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReceive)),
		grpc.WithUserAgent(userAgent()),
	}
	if own.token != nil {
		opts = append(opts, grpc.WithPerRPCCredentials(bearer{header: own.token, plainText: local}))
	}
	return opts
}

func transport(local bool) credentials.TransportCredentials {
	if local {
		return insecure.NewCredentials()
	}
	return credentials.NewTLS(nil)
}

// isOnThisMachine tells whether calls to target stay here. Only gRPC knows what a target means, so it is asked.
func isOnThisMachine(target string) (bool, error) {
	parsed, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return false, err
	}
	canonical := parsed.CanonicalTarget()
	if strings.HasSuffix(canonical, "/") {
		return false, errors.Join(errNoAddress, parsed.Close())
	}
	return isLocal(canonical), parsed.Close()
}

var errNoAddress = errors.New("the target names no address; it is host:port, or one of gRPC's schemes")

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
