// Package metrics counts what the service does, for Prometheus. Labels are names of methods, operations, codes and
// statuses; nothing of a request is ever one.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// Metrics are those of one server.
type Metrics struct {
	registry *prometheus.Registry
	methods  map[string]*method
	attempts *prometheus.CounterVec
	found    sync.Map // attemptKey to prometheus.Counter
	answers  map[*polarhttp.Operation]prometheus.Observer
}

// method has the series of one RPC, found once and not at each call.
type method struct {
	calls [codes.Unauthenticated + 1]prometheus.Counter
	took  prometheus.Observer
}

// seconds are the bounds of the histograms: from a fast read to what a confirm may take.
var seconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

// New makes the metrics of a server whose way to Polar state describes.
func New(state func() upstream.State) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(), methods: map[string]*method{}, answers: map[*polarhttp.Operation]prometheus.Observer{},
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "checkoutsvc_polar_attempts_total", Help: "Requests sent to Polar: by operation, by which attempt of a call it was (1, 2, 3+), and by the answer's status (0: none came).",
		}, []string{"operation", "attempt", "status"}),
	}
	calls := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "checkoutsvc_calls_total", Help: "Calls over gRPC and REST, by method and gRPC code.",
	}, []string{"method", "code"})
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "checkoutsvc_call_seconds", Help: "How long calls took, by method.", Buckets: seconds,
	}, []string{"method"})
	answers := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "checkoutsvc_polar_attempt_seconds", Help: "How long Polar took to answer, by operation.", Buckets: seconds,
	}, []string{"operation"})
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), calls, took, answers, m.attempts)
	m.registry.MustRegister(gauges(state)...)
	for _, op := range polarhttp.Operations {
		series := &method{took: took.WithLabelValues(op.Name)}
		for code := range series.calls {
			series.calls[code] = calls.WithLabelValues(op.Name, codes.Code(code).String())
		}
		m.methods["/"+pb.CheckoutService_ServiceDesc.ServiceName+"/"+op.Name] = series
		m.answers[op] = answers.WithLabelValues(op.Name)
	}
	return m
}

// gauges read the way to Polar when they are asked.
func gauges(state func() upstream.State) []prometheus.Collector {
	gauge := func(name, help string, value func(upstream.State) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return value(state()) })
	}
	return []prometheus.Collector{
		gauge("checkoutsvc_polar_in_flight", "Requests that Polar is working on.", func(s upstream.State) float64 { return float64(s.InFlight) }),
		gauge("checkoutsvc_polar_queued", "Calls that wait for their turn.", func(s upstream.State) float64 { return float64(s.Queued) }),
		gauge("checkoutsvc_polar_retry_budget", "Retries that could be made at once.", func(s upstream.State) float64 { return float64(s.RetryBudget) }),
		gauge("checkoutsvc_polar_breaker_open", "1 while Polar is left alone because it has been failing.", func(s upstream.State) float64 {
			if s.Breaker == "closed" {
				return 0
			}
			return 1
		}),
	}
}

// Handler serves the metrics in Prometheus's text form.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Interceptor counts calls.
func (m *Metrics) Interceptor(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	series := m.methods[info.FullMethod]
	if series == nil {
		return handler(ctx, req)
	}
	start := time.Now()
	answer, err := handler(ctx, req)
	series.took.Observe(time.Since(start).Seconds())
	code := codes.OK
	if err != nil {
		code = status.Code(err)
	}
	series.calls[min(code, codes.Unauthenticated)].Inc()
	return answer, err
}

// attemptKey names a series of attempts, which is then found without building its labels again.
type attemptKey struct {
	operation      *polarhttp.Operation
	number, status int
}

// Attempt counts one request to Polar.
func (m *Metrics) Attempt(attempt upstream.Attempt) {
	m.counter(attemptKey{attempt.Operation, min(attempt.Number, 3), attempt.Status}).Inc()
	m.answers[attempt.Operation].Observe(attempt.Took.Seconds())
}

func (m *Metrics) counter(key attemptKey) prometheus.Counter {
	if found, ok := m.found.Load(key); ok {
		return found.(prometheus.Counter) //nolint:forcetypeassert // nothing else is stored
	}
	number := strconv.Itoa(key.number)
	if key.number == 3 {
		number = "3+"
	}
	counter := m.attempts.WithLabelValues(key.operation.Name, number, strconv.Itoa(key.status))
	m.found.Store(key, counter)
	return counter
}
