package server

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/encoding/gzip" // callers may compress
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/telemetry"
	"github.com/checkoutsvc/checkoutsvc/internal/tlsfiles"
)

const (
	// maxRequest is the largest message that is taken, in bytes: Polar takes bodies up to 10 MiB and refuses larger ones
	// itself (B 3.4).
	maxRequest = 12 << 20
	// maxHeader bounds the metadata of a call, in bytes.
	maxHeader = 64 << 10
	// maxStreams bounds the calls of one connection that run at a time.
	maxStreams = 1000
)

// newGRPC makes the gRPC server with the service, health and reflection on it.
func newGRPC(
	checkouts pb.CheckoutServiceServer, chain []grpc.UnaryServerInterceptor, streams []grpc.StreamServerInterceptor, files *tlsfiles.Files,
	traces *telemetry.Telemetry,
) (*grpc.Server, *health.Server) {
	encryption := insecure.NewCredentials()
	if files != nil {
		encryption = credentials.NewTLS(files.ServerConfig("h2"))
	}
	options := []grpc.ServerOption{
		grpc.Creds(encryption),
		grpc.ChainUnaryInterceptor(chain...),
		grpc.ChainStreamInterceptor(streams...),
		grpc.UnknownServiceHandler(unknownMethod),
		grpc.MaxRecvMsgSize(maxRequest),
		grpc.MaxHeaderListSize(maxHeader),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.ConnectionTimeout(20 * time.Second),
		// Callers behind load balancers keep idle connections alive with pings; fewer than one in ten seconds is no abuse.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute, Timeout: 20 * time.Second}),
	}
	if traces != nil {
		options = append(options, grpc.StatsHandler(traces.GRPC(pb.CheckoutService_ServiceDesc.ServiceName)))
	}
	server := grpc.NewServer(options...)
	pb.RegisterCheckoutServiceServer(server, checkouts)
	status := health.NewServer()
	healthpb.RegisterHealthServer(server, status)
	reflection.Register(server)
	status.SetServingStatus(pb.CheckoutService_ServiceDesc.ServiceName, healthpb.HealthCheckResponse_SERVING)
	return server, status
}
