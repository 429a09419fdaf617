package server

import (
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"time"
)

// readiness is what /readyz says. Trouble at Polar degrades it and does not end it: replicas must not all leave the
// balancer because Polar is down.
type readiness struct {
	Status string `json:"status"`
	// Polar is where checkouts are sold, so that nobody takes play for real money.
	Polar   string   `json:"polar"`
	Reasons []string `json:"reasons,omitempty"`
}

// newAdmin makes the server for operators on this machine: health, readiness, metrics and profiles.
func (s *Server) newAdmin() *http.Server {
	mux := s.watchable()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return bounded(loopbackHostsOnly(mux))
}

// newWatched makes the server for those that watch from outside: health, readiness and metrics.
func (s *Server) newWatched() *http.Server {
	return bounded(s.watchable())
}

// bounded makes a server on which nobody holds a connection for ever. Profiles add to the time for writing what they take.
func bounded(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
	}
}

func (s *Server) watchable() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", s.outbound.metrics.Handler())
	return mux
}

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	ready, code := readiness{Status: "ready", Polar: s.config.polarName(), Reasons: s.trouble()}, http.StatusOK
	if len(ready.Reasons) > 0 {
		ready.Status = "degraded"
	}
	if s.notReady.Load() {
		ready.Status, code = "stopping", http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(ready)
}

// trouble is all that is wrong while calls are taken all the same.
func (s *Server) trouble() (reasons []string) {
	if breaker := s.outbound.calls.State().Breaker; breaker != "closed" {
		reasons = append(reasons, "Polar has been failing; the breaker is "+breaker)
	}
	for _, tell := range s.config.Trouble {
		reasons = append(reasons, tell()...)
	}
	if s.outbound.store.away.Load() {
		reasons = append(reasons, "the store cannot be reached: creates with a request id and confirms are refused")
	}
	if s.outbound.probe != nil {
		reasons = append(reasons, s.outbound.probe.State()...)
	}
	return reasons
}
