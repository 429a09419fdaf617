// Package server puts the service on the network: the gRPC server, its interceptors, and the life of the process from
// the first listener to the last answer.
package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/callers"
	"github.com/checkoutsvc/checkoutsvc/internal/inproc"
	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/service"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/telemetry"
	"github.com/checkoutsvc/checkoutsvc/internal/tlsfiles"
)

// Config is what a server is made of. Every field must be set unless it says otherwise.
type Config struct {
	// GRPCListen and RESTListen are the addresses of the two servers, host:port.
	GRPCListen, RESTListen string
	// AdminListen is the address for operators: health, readiness, metrics and profiles, on loopback; "" is none.
	AdminListen string
	// MetricsListen is one more address for health, readiness and metrics, which may be reached from outside; "" is none.
	MetricsListen string
	// ProbeEvery is how often Polar is asked whether it still takes token and version; 0 never asks.
	ProbeEvery time.Duration
	// Trouble tells what else than the breaker makes the service degraded, in a sentence each; nil tells nothing.
	Trouble []func() []string
	// RESTPrefix is a path below which the REST facade stands; "" is none.
	RESTPrefix string
	// ForwardOtherPaths passes paths that are no checkout operation to Polar; only with callers' own credentials.
	ForwardOtherPaths bool
	// CORSOrigins are the origins whose browsers may call the REST facade, or where BuyerListen is set the buyers' server
	// alone; "*" for all, empty answers none.
	CORSOrigins []string
	// TLS is what the servers for callers and buyers speak; nil is plain text.
	TLS *tlsfiles.Files
	// Callers recognizes who may call; nil lets everybody who reaches the server.
	Callers callers.Authenticator
	// AnyHost takes REST calls under any host name although nobody is asked who calls.
	AnyHost bool
	// ClientOperations says what buyers' operations need of a caller; "" is Open over REST and Scoped over gRPC.
	ClientOperations ClientOperations
	// BuyerListen is the address of a server that serves buyers' operations alone; "" is none. BuyerRate bounds what each
	// address may call there in a second; 0 does not.
	BuyerListen string
	BuyerRate   float64
	// BuyerIPHeader is the header, or over gRPC the metadata, in which TrustedProxies tell the address of the buyer whom
	// they speak for; "" is none.
	BuyerIPHeader  string
	TrustedProxies []netip.Prefix
	// Organizations are several; nil where the service has one token, or none.
	Organizations Organizations
	// Polar says where Polar is and whose credential it sees.
	Polar polarhttp.Config
	// Limits are those of Polar's that are kept; the zero value keeps none but rests after Polar's own 429.
	Limits limit.Config
	// Store keeps what must outlive a call; nil keeps it in memory. It is the caller's to close after Run.
	Store store.Store
	// ConfirmGuard is how long a confirm of unknown outcome holds back one with another token; 0 is 30 min.
	ConfirmGuard time.Duration
	// ResolveFor bounds how long the outcome of a confirm is looked for; 0 is 10 s.
	ResolveFor time.Duration
	// RefreshToken reads the token for an organization again, and reports whether it is another than the rejected one now;
	// nil where it cannot change.
	RefreshToken func(organization, rejected string) bool
	// Embedded is the emulator that stands for Polar, and EmbeddedListener where it answers; nil where Polar is elsewhere.
	Embedded         http.Handler
	EmbeddedListener net.Listener
	// Reloads say why something could not be read anew, "" where it could, by the names that package metrics has.
	Reloads map[string]func() string
	// Telemetry sends traces and metrics; nil sends none. It is the caller's to close after Run.
	Telemetry *telemetry.Telemetry
	// DrainDelay is how long a stopping server still takes calls after it has said that it is not ready, for balancers to
	// hear of it.
	DrainDelay time.Duration
	// DrainTimeout bounds how long a stopping server waits for calls in flight.
	DrainTimeout time.Duration
	// HeaderTimeout and BodyTimeout bound how long the facade waits for the head of a request and for all of it; 0 for
	// 10 s and 60 s.
	HeaderTimeout, BodyTimeout time.Duration
	Logger                     *slog.Logger
}

// ClientOperations says what the operations of buyers need besides the client secret.
type ClientOperations string

const (
	// Open lets everybody in who knows the client secret.
	Open ClientOperations = "open"
	// Scoped asks for a caller with the scope, as for other operations.
	Scoped ClientOperations = "scoped"
)

// Server is a built server; Listen and Run bring it to life once.
type Server struct {
	config   Config
	outbound *outbound
	client   pb.CheckoutServiceClient
	grpc     *grpc.Server
	health   *health.Server
	rest     *http.Server
	buyers   *http.Server
	embedded *http.Server
	admin    *http.Server
	watched  *http.Server
	open     []*endpoint
	// notReady is set once the server is to stop.
	notReady atomic.Bool
	// stopping is closed when nobody needs to hear of the stop any more.
	stopping chan struct{}
}

// New builds a server; nothing listens yet.
func New(config Config) (*Server, error) {
	s := &Server{stopping: make(chan struct{}), outbound: newOutbound(&config)}
	s.config = config
	checkouts := service.New(s.outbound.options(&config))
	access := newAccess(&config)
	chain := interceptors(config.Logger, s.outbound.metrics, access.interceptors(config.ClientOperations == Open)...)
	s.grpc, s.health = newGRPC(checkouts, chain, s.streams(access), config.TLS, config.Telemetry)
	s.client = inproc.NewClient(checkouts, chain)
	gateway, err := newGateway(s.client)
	if err != nil {
		return nil, err
	}
	s.rest = newREST(&config, gateway, access, s.outbound)
	s.buyers = newBuyerServer(&config, gateway, access, s.outbound)
	s.admin, s.watched = s.newAdmin(), s.newWatched()
	s.open = s.endpoints()
	if config.Embedded != nil {
		s.embedded = &http.Server{Handler: config.Embedded, ReadHeaderTimeout: 10 * time.Second}
	}
	return s, nil
}

// Run serves until ctx ends, then lets the calls in flight finish and returns nil. It returns early with the first
// error of a listener.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, e := range s.open {
		group.Go(func() error { return unlessClosed(e.serve(e.listener)) })
	}
	if s.config.Polar.BaseURL.Scheme == "https" {
		group.Go(func() error { s.outbound.client.Warm(ctx, warmConnections); return nil })
	}
	if s.outbound.probe != nil {
		group.Go(func() error { s.outbound.probe.Run(ctx); return nil })
	}
	if s.embedded != nil {
		group.Go(func() error { return unlessClosed(s.embedded.Serve(s.config.EmbeddedListener)) })
	}
	group.Go(func() error {
		<-ctx.Done()
		s.stop()
		return nil
	})
	return group.Wait()
}

// warmConnections is how many connections to Polar are opened at the start.
const warmConnections = 4

// stop goes in the order in which calls depend on each other: not ready, drain, writes in flight, and Polar last.
func (s *Server) stop() {
	s.config.Logger.Info("stopping", "drain_timeout", s.config.DrainTimeout.String())
	s.notReady.Store(true)
	s.health.Shutdown()
	<-time.After(s.config.DrainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), s.config.DrainTimeout)
	defer cancel()
	s.drain(ctx)
	s.outbound.settle(ctx, s.config.Logger)
	if s.embedded != nil {
		_ = s.embedded.Close()
	}
	_, _ = s.admin.Close(), s.watched.Close()
}

// drain lets the calls in flight end, and takes none any more: on all addresses at once, or what came late to one would be
// cut with too little time.
func (s *Server) drain(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { shutDown(ctx, s.rest) })
	all.Go(func() { shutDown(ctx, s.buyers) })
	all.Go(func() {
		heard := time.AfterFunc(streamGrace, func() { close(s.stopping) })
		drained := context.AfterFunc(ctx, s.grpc.Stop)
		s.grpc.GracefulStop()
		drained()
		heard.Stop()
	})
	all.Wait()
}

// polarName is where checkouts are sold, for operators.
func (c *Config) polarName() string {
	if c.Embedded != nil {
		return "embedded"
	}
	return c.Polar.BaseURL.Host
}
