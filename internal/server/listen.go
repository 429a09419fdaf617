package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"

	"google.golang.org/grpc"

	"github.com/checkoutsvc/checkoutsvc/internal/tlsfiles"
)

// endpoint is one of the server's addresses.
type endpoint struct {
	// flag is what the operator set it with; it names the endpoint in errors.
	flag, address string
	serve         func(net.Listener) error
	listener      net.Listener
}

// endpoints are those that config asks for, in the order in which they are opened.
func (s *Server) endpoints() []*endpoint {
	config := &s.config
	all := []*endpoint{
		{flag: "grpc-listen", address: config.GRPCListen, serve: s.grpc.Serve},
		{flag: "rest-listen", address: config.RESTListen, serve: overHTTP(s.rest, config.TLS, true)},
		{flag: "buyer-listen", address: config.BuyerListen, serve: overHTTP(s.buyers, config.TLS, false)},
		{flag: "admin-listen", address: config.AdminListen, serve: s.admin.Serve},
		{flag: "metrics-listen", address: config.MetricsListen, serve: s.watched.Serve},
	}
	wanted := all[:0]
	for _, e := range all {
		if e.address != "" {
			wanted = append(wanted, e)
		}
	}
	return wanted
}

// overHTTP serves plain text, or TLS where there are files for it. Buyers' browsers are not asked for a certificate.
func overHTTP(server *http.Server, files *tlsfiles.Files, mutual bool) func(net.Listener) error {
	if files == nil {
		return func(l net.Listener) error { return server.Serve(gatherer{l}) }
	}
	server.TLSConfig = files.ServerConfig("h2", "http/1.1")
	if !mutual {
		asked := server.TLSConfig.GetConfigForClient
		server.TLSConfig.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			config, err := asked(hello)
			if err == nil {
				config.ClientAuth = tls.NoClientCert
			}
			return config, err
		}
	}
	return func(l net.Listener) error { return server.ServeTLS(l, "", "") }
}

// Listen opens the listeners. Calls that arrive before Run wait.
func (s *Server) Listen(ctx context.Context) error {
	var config net.ListenConfig
	for _, e := range s.open {
		listener, err := config.Listen(ctx, "tcp", e.address)
		if err != nil {
			for _, opened := range s.open {
				if opened.listener != nil {
					_ = opened.listener.Close()
				}
			}
			return fmt.Errorf("--%s: %w", e.flag, err)
		}
		e.listener = listener
	}
	return nil
}

// Addresses are where the server listens, known after Listen; "" is nowhere.
type Addresses struct {
	// GRPC and REST are callers', Buyers is for buyers' browsers, Admin and Metrics for operators.
	GRPC, REST, Buyers, Admin, Metrics string
}

// Addresses tells where the server listens.
func (s *Server) Addresses() Addresses {
	at := func(flag string) string {
		for _, e := range s.open {
			if e.flag == flag && e.listener != nil {
				return e.listener.Addr().String()
			}
		}
		return ""
	}
	return Addresses{at("grpc-listen"), at("rest-listen"), at("buyer-listen"), at("admin-listen"), at("metrics-listen")}
}

// shutDown lets HTTP calls end, and ends them with ctx.
func shutDown(ctx context.Context, server *http.Server) {
	if err := server.Shutdown(ctx); err != nil {
		_ = server.Close()
	}
}

func unlessClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, grpc.ErrServerStopped) {
		return nil
	}
	return err
}
