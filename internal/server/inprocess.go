package server

import (
	"net/http"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// Client calls the service within this process, through the interceptors of the gRPC server. Its answers hold Polar's
// data in wire form only (service.Service).
func (s *Server) Client() pb.CheckoutServiceClient { return s.client }

// Handler is the REST facade without its listener.
func (s *Server) Handler() http.Handler { return s.rest.Handler }

// Close stops a server that was built and never run, in the order in which Run stops one.
func (s *Server) Close() { s.stop() }
