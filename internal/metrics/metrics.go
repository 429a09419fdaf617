// Package metrics counts what the service does, for Prometheus. Labels are names of methods, operations, codes, reasons
// and statuses; nothing of a request is ever one.
//
// What each metric means to an operator is in docs/observability.md.
package metrics

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// Sources are what the metrics read when somebody asks for them. Each is called from many goroutines.
type Sources struct {
	// Polar describes the way to Polar.
	Polar func() upstream.State
	// Limits describes what is left of Polar's limits.
	Limits func() []limit.Load
	// Guards counts the confirms of unknown outcome, and says when the oldest was admitted.
	Guards func() (count int, oldest time.Time)
	// Reloads say why something could not be read anew, "" where it could, by names such as Callers.
	Reloads map[string]func() string
	// Certificates say when each certificate in use is over, by short names of ours.
	Certificates map[string]func() time.Time
	// Probe says what Polar refused when it was last tried; nil where nobody tries.
	Probe func() (token, version bool)
	// TraceID names the sampled trace that a call belongs to, "" for none. Nil where nothing is traced.
	TraceID func(context.Context) string
}

// Metrics are those of one server.
type Metrics struct {
	registry *prometheus.Registry
	traceID  func(context.Context) string
	calls    calls
	polar    polar
	records  records
	refused  map[limit.Zone]prometheus.Counter
}

// seconds are the bounds of the histograms: from a fast read to what a confirm may take.
var seconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

// New makes the metrics of a server.
func New(sources Sources) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), traceID: sources.TraceID}
	m.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newLimits(sources.Limits),
	)
	m.registry.MustRegister(gauges(sources)...)
	m.registry.MustRegister(operatorGauges(sources)...)
	m.calls = newCalls(m.registry)
	m.polar = newPolar(m.registry)
	m.records = newRecords(m.registry)
	m.refused = newRefused(m.registry)
	return m
}

// Handler serves the metrics in Prometheus's text form, or in OpenMetrics, which has exemplars.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// Gatherer gives the metrics to whoever sends them elsewhere.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// observe puts a time into a histogram, with the trace that it belongs to.
func (m *Metrics) observe(ctx context.Context, histogram prometheus.Observer, took time.Duration) {
	if m.traceID != nil {
		if id := m.traceID(ctx); id != "" {
			//nolint:forcetypeassert // every histogram takes exemplars
			histogram.(prometheus.ExemplarObserver).ObserveWithExemplar(took.Seconds(), prometheus.Labels{"trace_id": id})
			return
		}
	}
	histogram.Observe(took.Seconds())
}

// counters makes a family of counters and its series, so that each is there from the start: a rate needs two values.
func counters[K ~string](registry *prometheus.Registry, name, help, label string, values ...K) map[K]prometheus.Counter {
	family := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	registry.MustRegister(family)
	series := make(map[K]prometheus.Counter, len(values))
	for _, value := range values {
		series[value] = family.WithLabelValues(string(value))
	}
	return series
}
