package metrics

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// polar are the series of what is sent to Polar.
type polar struct {
	attempts *prometheus.CounterVec
	found    *sync.Map // attemptKey to prometheus.Counter
	answers  map[*polarhttp.Operation]prometheus.Observer
}

func newPolar(registry *prometheus.Registry) polar {
	p := polar{found: new(sync.Map), answers: map[*polarhttp.Operation]prometheus.Observer{}, attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "checkoutsvc_polar_attempts_total", Help: "Requests sent to Polar: by operation, by which attempt of a call it was (1, 2, 3+), and by the answer's status (0: none came).",
	}, []string{"operation", "attempt", "status"})}
	answers := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "checkoutsvc_polar_attempt_seconds", Help: "How long Polar took to answer, by operation.", Buckets: seconds,
	}, []string{"operation"})
	registry.MustRegister(p.attempts, answers)
	for _, op := range polarhttp.Operations {
		p.answers[op] = answers.WithLabelValues(op.Name)
	}
	return p
}

// attemptKey names a series of attempts, which is then found without building its labels again.
type attemptKey struct {
	operation      *polarhttp.Operation
	number, status int
}

// Attempt counts one request to Polar.
func (m *Metrics) Attempt(ctx context.Context, attempt upstream.Attempt) {
	m.polar.counter(attemptKey{attempt.Operation, min(attempt.Number, 3), attempt.Status}).Inc()
	m.observe(ctx, m.polar.answers[attempt.Operation], attempt.Took)
}

func (p *polar) counter(key attemptKey) prometheus.Counter {
	if found, ok := p.found.Load(key); ok {
		return found.(prometheus.Counter) //nolint:forcetypeassert // nothing else is stored
	}
	number := strconv.Itoa(key.number)
	if key.number == 3 {
		number = "3+"
	}
	counter := p.attempts.WithLabelValues(key.operation.Name, number, strconv.Itoa(key.status))
	p.found.Store(key, counter)
	return counter
}

// gauges are read when somebody asks for them.
func gauges(sources Sources) []prometheus.Collector {
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	return []prometheus.Collector{
		gauge("checkoutsvc_polar_in_flight", "Requests that Polar is working on.", func() float64 { return float64(sources.Polar().InFlight) }),
		gauge("checkoutsvc_polar_queued", "Calls that wait because too many are in flight.", func() float64 { return float64(sources.Polar().Queued) }),
		gauge("checkoutsvc_polar_retry_budget", "Retries that could be made at once.", func() float64 { return float64(sources.Polar().RetryBudget) }),
		gauge("checkoutsvc_polar_breaker_open", "1 while Polar is left alone because it has been failing.", func() float64 {
			return flag(sources.Polar().Breaker != "closed")
		}),
		gauge("checkoutsvc_guards_standing", "Confirms whose outcome this process left unknown, and which hold others back.", func() float64 {
			count, _ := sources.Guards()
			return float64(count)
		}),
		gauge("checkoutsvc_guard_oldest_seconds", "How long the oldest of these confirms has been standing.", func() float64 {
			if count, oldest := sources.Guards(); count > 0 {
				return time.Since(oldest).Seconds()
			}
			return 0
		}),
	}
}

func flag(set bool) float64 {
	if set {
		return 1
	}
	return 0
}
