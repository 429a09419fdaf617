package server

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// streamGrace is what the streams of health and reflection have to hear that the server stops.
const streamGrace = time.Second

// streams is the chain that streams pass: those of health and reflection.
func (s *Server) streams(a *access) []grpc.StreamServerInterceptor {
	chain := []grpc.StreamServerInterceptor{endStreams(s.stopping)}
	if a != nil {
		chain = append(chain, a.stream)
	}
	return chain
}

// endStreams ends the streams of health and reflection once stopping is closed. They have no end of their own, so that
// one watcher would hold a stopping server up until the drain timeout. The service itself has no streams.
func endStreams(stopping <-chan struct{}) grpc.StreamServerInterceptor {
	return func(server any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		done := make(chan error, 1)
		go func() { done <- handler(server, stream) }() // what it waits for fails once the stream has ended
		select {
		case err := <-done:
			return err
		case <-stopping:
			return status.Error(codes.Unavailable, "the server is stopping")
		}
	}
}
