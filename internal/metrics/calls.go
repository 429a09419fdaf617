package metrics

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/inproc"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// calls are the series of what callers see.
type calls struct {
	grpc, rest map[string]*method // by full method
	inFlight   prometheus.Gauge
	failures   failures
	requests   *prometheus.CounterVec
}

// method has the series of one RPC over one protocol, found once and not at each call.
type method struct {
	calls [codes.Unauthenticated + 1]prometheus.Counter
	took  prometheus.Observer
}

func newCalls(registry *prometheus.Registry) calls {
	made := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "checkoutsvc_calls_total", Help: "Calls, by method, protocol (grpc or rest) and gRPC code.",
	}, []string{"method", "protocol", "code"})
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "checkoutsvc_call_seconds", Help: "How long calls took, by method and protocol.", Buckets: seconds,
	}, []string{"method", "protocol"})
	c := calls{grpc: map[string]*method{}, rest: map[string]*method{}, inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "checkoutsvc_calls_in_flight", Help: "Calls that are being answered.",
	})}
	c.requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "checkoutsvc_requests_total", Help: "HTTP requests that are no calls of the service: forwarded, refused before they were one, or for a page; by HTTP status.",
	}, []string{"status"})
	registry.MustRegister(made, took, c.inFlight, c.requests)
	c.requests.WithLabelValues("501")
	for protocol, methods := range map[string]map[string]*method{"grpc": c.grpc, "rest": c.rest} {
		for _, op := range polarhttp.Operations {
			series := &method{took: took.WithLabelValues(op.Name, protocol)}
			for code := range series.calls {
				series.calls[code] = made.WithLabelValues(op.Name, protocol, codes.Code(code).String())
			}
			methods["/"+pb.CheckoutService_ServiceDesc.ServiceName+"/"+op.Name] = series
		}
	}
	c.failures = newFailures(registry)
	return c
}

// Request counts an HTTP request that is no call, and its caller as refused if there is a reason for it.
func (m *Metrics) Request(status int, refused string) {
	label := otherwise // who stands in Polar's place may answer with any number
	if status >= 200 && status < 600 {
		label = strconv.Itoa(status)
	}
	m.calls.requests.WithLabelValues(label).Inc()
	if refused != "" {
		m.calls.failures.refused(refused)
	}
}

// Interceptor counts calls.
func (m *Metrics) Interceptor(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	methods := m.calls.grpc
	if inproc.FromContext(ctx) != nil {
		methods = m.calls.rest
	}
	series := methods[info.FullMethod]
	if series == nil {
		return handler(ctx, req)
	}
	m.calls.inFlight.Inc()
	defer m.calls.inFlight.Dec()
	start := time.Now()
	answer, err := handler(ctx, req)
	m.observe(ctx, series.took, time.Since(start))
	code := codes.OK
	if err != nil {
		code = status.Code(err)
		m.calls.failures.count(err)
	}
	series.calls[min(code, codes.Unauthenticated)].Inc()
	return answer, err
}

// failures counts what calls failed with, by the reason in their ErrorInfo.
type failures struct {
	callers map[string]prometheus.Counter
	family  *prometheus.CounterVec
	// byReason is bounded: some reasons are made of a name that Polar, or a proxy in its place, has sent.
	mu       *sync.Mutex
	byReason map[string]prometheus.Counter
}

const (
	maxReasons = 64
	otherwise  = "OTHER"
)

// watched are the reasons that alerts speak of; their series are there from the start.
var watched = []string{
	otherwise, "CONFIRM_OUTCOME_UNKNOWN", "INTERNAL_ERROR", "OUTCOME_UNKNOWN", "OVERLOADED", "POLAR_UNAVAILABLE", "POLAR_UNREACHABLE",
	"POLAR_VERSION_REJECTED", "RATE_LIMITED", "STORE_UNAVAILABLE", "UNEXPECTED_ANSWER", "UPSTREAM_CREDENTIAL_REJECTED",
}

func newFailures(registry *prometheus.Registry) failures {
	f := failures{mu: new(sync.Mutex), byReason: map[string]prometheus.Counter{}, family: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "checkoutsvc_failures_total", Help: "Failed calls, by the reason in their ErrorInfo.",
	}, []string{"reason"})}
	registry.MustRegister(f.family)
	f.callers = newRefusedCallers(registry)
	for _, reason := range watched {
		f.byReason[reason] = f.family.WithLabelValues(reason)
	}
	return f
}

// failure is what a call of the service fails with; *service.Failure is it.
type failure interface {
	error
	Reason() string
	RefusesCaller() bool
}

// refused counts a call that was refused because of who made it.
func (f *failures) refused(reason string) {
	if counter := f.callers[reason]; counter != nil {
		counter.Inc()
		return
	}
	f.callers[otherwise].Inc()
}

func (f *failures) count(err error) {
	reason := otherwise
	if named, ok := errors.AsType[failure](err); ok {
		reason = named.Reason()
		if named.RefusesCaller() {
			f.refused(reason)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	counter := f.byReason[reason]
	if counter == nil && len(f.byReason) >= maxReasons {
		counter = f.byReason[otherwise]
	}
	if counter == nil {
		counter = f.family.WithLabelValues(reason)
		f.byReason[reason] = counter
	}
	counter.Inc()
}
