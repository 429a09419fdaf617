// Package server puts the service on the network: the gRPC server, its interceptors, and the life of the process from
// the first listener to the last answer.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/inproc"
	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/service"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

// Config is what a server is made of. Every field must be set unless it says otherwise.
type Config struct {
	// GRPCListen and RESTListen are the addresses of the two servers, host:port on loopback.
	GRPCListen, RESTListen string
	// AdminListen is the address for operators: health, readiness, metrics and profiles, on loopback; "" is none.
	AdminListen string
	// RESTPrefix is a path below which the REST facade stands; "" is none.
	RESTPrefix string
	// ForwardOtherPaths passes paths that are no checkout operation to Polar; only with callers' own credentials.
	ForwardOtherPaths bool
	// CORSOrigins are the origins whose browsers may call the REST facade, "*" for all; empty answers none.
	CORSOrigins []string
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
	// RefreshToken reads the token for an organization again; nil where it cannot change.
	RefreshToken func(organization string) bool
	// Embedded is the emulator that stands for Polar, and EmbeddedListener where it answers; nil where Polar is elsewhere.
	Embedded         http.Handler
	EmbeddedListener net.Listener
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

// Server is a built server; Listen and Run bring it to life once.
type Server struct {
	config   Config
	outbound *outbound
	client   pb.CheckoutServiceClient
	grpc     *grpc.Server
	health   *health.Server
	rest     *http.Server
	embedded *http.Server
	admin    *http.Server
	// notReady is set once the server is to stop.
	notReady atomic.Bool
	// stopping is closed when nobody needs to hear of the stop any more.
	stopping chan struct{}

	grpcListener, restListener, adminListener net.Listener
}

// New builds a server; nothing listens yet.
func New(config Config) (*Server, error) {
	s := &Server{stopping: make(chan struct{}), outbound: newOutbound(&config)}
	s.config = config
	checkouts := service.New(s.outbound.options(&config))
	chain := interceptors(config.Logger, s.outbound.metrics)
	s.grpc, s.health = newGRPC(checkouts, chain, s.stopping)
	s.client = inproc.NewClient(checkouts, chain)
	rest, err := newREST(&config, s.client, s.outbound.limiter)
	if err != nil {
		return nil, err
	}
	s.rest = rest
	s.admin = newAdmin(config.polarName(), s.outbound.calls.State, &s.notReady, s.outbound.metrics)
	if config.Embedded != nil {
		s.embedded = &http.Server{Handler: config.Embedded, ReadHeaderTimeout: 10 * time.Second}
	}
	return s, nil
}

// Listen opens the listeners. Calls that arrive before Run wait.
func (s *Server) Listen(ctx context.Context) (err error) {
	var config net.ListenConfig
	if s.grpcListener, err = config.Listen(ctx, "tcp", s.config.GRPCListen); err != nil {
		return fmt.Errorf("--grpc-listen: %w", err)
	}
	if s.restListener, err = config.Listen(ctx, "tcp", s.config.RESTListen); err != nil {
		_ = s.grpcListener.Close()
		return fmt.Errorf("--rest-listen: %w", err)
	}
	if s.config.AdminListen == "" {
		return nil
	}
	if s.adminListener, err = config.Listen(ctx, "tcp", s.config.AdminListen); err != nil {
		_, _ = s.grpcListener.Close(), s.restListener.Close()
		return fmt.Errorf("--admin-listen: %w", err)
	}
	return nil
}

// AdminAddr is where operators look, known after Listen; "" where there is none.
func (s *Server) AdminAddr() string {
	if s.adminListener == nil {
		return ""
	}
	return s.adminListener.Addr().String()
}

// GRPCAddr is where the gRPC server listens, known after Listen.
func (s *Server) GRPCAddr() string { return s.grpcListener.Addr().String() }

// RESTAddr is where the REST facade listens, known after Listen.
func (s *Server) RESTAddr() string { return s.restListener.Addr().String() }

// Run serves until ctx ends, then lets the calls in flight finish and returns nil. It returns early with the first
// error of a listener.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return unlessClosed(s.grpc.Serve(s.grpcListener)) })
	group.Go(func() error { return unlessClosed(s.rest.Serve(s.restListener)) })
	if s.config.Polar.BaseURL.Scheme == "https" {
		group.Go(func() error { s.outbound.client.Warm(ctx, warmConnections); return nil })
	}
	if s.adminListener != nil {
		group.Go(func() error { return unlessClosed(s.admin.Serve(s.adminListener)) })
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

func unlessClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, grpc.ErrServerStopped) {
		return nil
	}
	return err
}

// stop goes in the order in which calls depend on each other: not ready, drain, writes in flight, and Polar last.
func (s *Server) stop() {
	s.config.Logger.Info("stopping", "drain_timeout", s.config.DrainTimeout.String())
	s.notReady.Store(true)
	s.health.Shutdown()
	<-time.After(s.config.DrainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), s.config.DrainTimeout)
	defer cancel()
	if err := s.rest.Shutdown(ctx); err != nil {
		_ = s.rest.Close()
	}
	heard := time.AfterFunc(streamGrace, func() { close(s.stopping) })
	drained := context.AfterFunc(ctx, s.grpc.Stop)
	s.grpc.GracefulStop()
	drained()
	heard.Stop()
	s.outbound.settle(ctx, s.config.Logger)
	if s.embedded != nil {
		_ = s.embedded.Close()
	}
	_ = s.admin.Close()
}

// polarName is where checkouts are sold, for operators.
func (c *Config) polarName() string {
	if c.Embedded != nil {
		return "embedded"
	}
	return c.Polar.BaseURL.Host
}
