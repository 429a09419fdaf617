// Package telemetry sends traces and metrics to an OpenTelemetry collector. Spans say which operation was called, how it
// ended and how long it took: route templates and statuses, never a path, a query, a header or a text of anybody's.
//
// Without a collector there is no Telemetry: a nil *Telemetry is one that is off, and costs nothing.
package telemetry

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Config says what is sent where. OTEL_* variables count as the OpenTelemetry specification has them; what stands here
// goes before them.
type Config struct {
	// Endpoint is the collector's base URL, such as http://127.0.0.1:4318; "" leaves it to OTEL_EXPORTER_OTLP_ENDPOINT.
	Endpoint string
	// Ratio is the part of the calls that is traced where the caller does not decide it, from 0 to 1.
	Ratio float64
	// SendToPolar tells Polar which trace a request belongs to.
	SendToPolar bool
	// Polar is Polar's address, and Version this program's.
	Polar   *url.URL
	Version string
	Logger  *slog.Logger
	// Env reads the environment, as os.LookupEnv does.
	Env func(string) (string, bool)
}

// Telemetry sends what it is given. All its methods may be called on nil, which does nothing.
type Telemetry struct {
	traces      *sdktrace.TracerProvider
	tracer      trace.Tracer
	propagator  propagation.TraceContext
	sendToPolar bool
	polar       []attribute.KeyValue
	resource    *resource.Resource
	// metrics takes the reader of the metrics; nil where none are sent.
	metrics metric.Exporter
	meters  *metric.MeterProvider
}

// New starts sending, or gives nil where no collector is named or OpenTelemetry is switched off. A collector that cannot
// be reached is no error: it may come later.
func New(ctx context.Context, config Config) (*Telemetry, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	if config.off() {
		return nil, nil //nolint:nilnil // nil is what is off
	}
	takeLibraryErrors(config.Logger)
	described, err := resource.New(
		ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
			attribute.String("service.name", "checkoutsvc"), attribute.String("service.version", config.Version),
			// Replicas would otherwise write over each other's metrics.
			attribute.String("service.instance.id", rand.Text()),
		), resource.WithFromEnv(),
	)
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	t := &Telemetry{sendToPolar: config.SendToPolar, polar: address(config.Polar), resource: described}
	spans, err := config.spans(ctx)
	if err != nil {
		return nil, err
	}
	if t.metrics, err = config.metrics(ctx); err != nil {
		return nil, err
	}
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(described), sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(config.Ratio))),
	}
	if spans != nil {
		options = append(options, sdktrace.WithBatcher(spans))
	}
	t.traces = sdktrace.NewTracerProvider(options...)
	t.tracer = t.traces.Tracer(instrumentation)
	return t, nil
}

const instrumentation = "github.com/checkoutsvc/checkoutsvc/internal/telemetry"

// SendMetrics sends what is gathered, once a minute unless OTEL_METRIC_EXPORT_INTERVAL says otherwise.
func (t *Telemetry) SendMetrics(gatherer prometheus.Gatherer) {
	if t == nil || t.metrics == nil {
		return
	}
	reader := metric.NewPeriodicReader(t.metrics, metric.WithProducer(bridge(gatherer)))
	t.meters = metric.NewMeterProvider(metric.WithResource(t.resource), metric.WithReader(reader))
}

// Close sends what is left, until ctx ends.
func (t *Telemetry) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	err := t.traces.Shutdown(ctx)
	if t.meters != nil {
		err = errors.Join(err, t.meters.Shutdown(ctx))
	}
	return err
}

// off is where nothing is to be sent.
func (c *Config) off() bool {
	if disabled, _ := c.Env("OTEL_SDK_DISABLED"); strings.EqualFold(disabled, "true") {
		return true
	}
	if c.Endpoint != "" {
		return false
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"} {
		if value, _ := c.Env(name); value != "" {
			return false
		}
	}
	return true
}

// Check refuses an Endpoint or a Ratio that cannot work. Its message repeats no URL, which may hold a password.
func (c *Config) Check() error {
	if !(c.Ratio >= 0 && c.Ratio <= 1) { // not a number is neither
		return fmt.Errorf("--trace-ratio: %g is not from 0 to 1", c.Ratio)
	}
	if c.Endpoint == "" {
		return nil
	}
	at, err := url.Parse(c.Endpoint)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || at.User != nil {
		return errors.New("--otlp-endpoint: must be a URL such as http://127.0.0.1:4318, without a password (OTEL_EXPORTER_OTLP_HEADERS has room for one)")
	}
	return nil
}

// address describes where Polar is.
func address(polar *url.URL) []attribute.KeyValue {
	described := []attribute.KeyValue{attribute.String("server.address", polar.Hostname())}
	if port, err := strconv.Atoi(polar.Port()); err == nil {
		described = append(described, attribute.Int("server.port", port))
	}
	return described
}
