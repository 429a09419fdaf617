package checkouts_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/protoadapt"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// addr is where the examples find their service.
var addr string

func TestMain(m *testing.M) {
	stop := startExampleService()
	code := m.Run()
	stop()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func startExampleService() (stop func()) {
	server := newServer(exampleService)
	addr = serveOnLoopback(server)
	return server.Stop
}

// serveOnLoopback serves until the server is stopped.
func serveOnLoopback(server *grpc.Server) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { _ = server.Serve(listener) }() // ends with the server
	return listener.Addr().String()
}

// serve serves on loopback until the test ends.
func serve(t *testing.T, server *grpc.Server) (address string) {
	t.Helper()
	t.Cleanup(server.Stop)
	return serveOnLoopback(server)
}

// script answers a call, known by the name of its method.
type script func(ctx context.Context, method string, req any) (any, error)

// always makes a script that answers every call with the same error.
func always(err error) script {
	return func(context.Context, string, any) (any, error) { return nil, err }
}

func newServer(answer script, opts ...grpc.ServerOption) *grpc.Server {
	answered := func(ctx context.Context, req any, info *grpc.UnaryServerInfo, _ grpc.UnaryHandler) (any, error) {
		return answer(ctx, path.Base(info.FullMethod), req)
	}
	server := grpc.NewServer(append(opts, grpc.UnaryInterceptor(answered))...)
	checkoutsv1.RegisterCheckoutServiceServer(server, checkoutsv1.UnimplementedCheckoutServiceServer{})
	return server
}

// dial serves a script in memory and gives a client of it. Both end with the test.
func dial(t *testing.T, answer script) *checkouts.Client {
	t.Helper()
	server := newServer(answer)
	t.Cleanup(server.Stop)
	return dialServer(t, server)
}

func dialServer(t *testing.T, server *grpc.Server) *checkouts.Client {
	t.Helper()
	return dialWith(t, serveInMemory(server))
}

// dialer connects a client to a server.
type dialer = func(context.Context, string) (net.Conn, error)

func serveInMemory(server *grpc.Server) dialer {
	listener := bufconn.Listen(1 << 16)
	go func() { _ = server.Serve(listener) }() // ends with the server
	return func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }
}

func dialWith(t *testing.T, connect dialer, opts ...grpc.DialOption) *checkouts.Client {
	t.Helper()
	client, err := checkouts.Dial("passthrough:///memory", append(opts,
		grpc.WithContextDialer(connect), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// methods calls each of the seven.
var methods = map[string]func(context.Context, checkoutsv1.CheckoutServiceClient) error{
	"ListCheckouts": func(ctx context.Context, client checkoutsv1.CheckoutServiceClient) error {
		_, err := client.ListCheckouts(ctx, &checkoutsv1.ListCheckoutsRequest{})
		return err
	},
	"CreateCheckout": func(ctx context.Context, client checkoutsv1.CheckoutServiceClient) error {
		_, err := client.CreateCheckout(ctx, &checkoutsv1.CreateCheckoutRequest{})
		return err
	},
	"GetCheckout": func(ctx context.Context, client checkoutsv1.CheckoutServiceClient) error {
		_, err := client.GetCheckout(ctx, &checkoutsv1.GetCheckoutRequest{})
		return err
	},
	"UpdateCheckout": func(ctx context.Context, client checkoutsv1.CheckoutServiceClient) error {
		_, err := client.UpdateCheckout(ctx, &checkoutsv1.UpdateCheckoutRequest{})
		return err
	},
	"GetClientCheckout": func(ctx context.Context, client checkoutsv1.CheckoutServiceClient) error {
		_, err := client.GetClientCheckout(ctx, &checkoutsv1.GetClientCheckoutRequest{})
		return err
	},
	"UpdateClientCheckout": func(ctx context.Context, client checkoutsv1.CheckoutServiceClient) error {
		_, err := client.UpdateClientCheckout(ctx, &checkoutsv1.UpdateClientCheckoutRequest{})
		return err
	},
	"ConfirmClientCheckout": func(ctx context.Context, client checkoutsv1.CheckoutServiceClient) error {
		_, err := client.ConfirmClientCheckout(ctx, &checkoutsv1.ConfirmClientCheckoutRequest{})
		return err
	},
}

// isRead tells the methods that change nothing.
var isRead = map[string]bool{"ListCheckouts": true, "GetCheckout": true, "GetClientCheckout": true}

// failure makes the status that the service answers: an ErrorInfo and further details.
func failure(code codes.Code, message string, info *errdetails.ErrorInfo, details ...protoadapt.MessageV1) error {
	st, err := status.New(code, message).WithDetails(append([]protoadapt.MessageV1{info}, details...)...)
	if err != nil {
		panic(err)
	}
	return st.Err()
}
