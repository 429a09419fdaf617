package server

import (
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/metrics"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// readiness is what /readyz says. Trouble at Polar degrades it and does not end it: replicas must not all leave the
// balancer because Polar is down.
type readiness struct {
	Status string `json:"status"`
	// Polar is where checkouts are sold, so that nobody takes play for real money.
	Polar   string   `json:"polar"`
	Reasons []string `json:"reasons,omitempty"`
}

// newAdmin makes the server for operators: health, readiness, metrics and profiles.
func newAdmin(polar string, state func() upstream.State, stopping *atomic.Bool, m *metrics.Metrics) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		ready, code := readiness{Status: "ready", Polar: polar}, http.StatusOK
		if breaker := state().Breaker; breaker != "closed" {
			ready.Status, ready.Reasons = "degraded", []string{"Polar has been failing; the breaker is " + breaker}
		}
		if stopping.Load() {
			ready.Status, code = "stopping", http.StatusServiceUnavailable
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(ready)
	})
	mux.Handle("GET /metrics", m.Handler())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
}
