package telemetry

import (
	"context"
	"fmt"
	"net/url"

	"github.com/prometheus/client_golang/prometheus"
	bridged "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// bridge turns the metrics that Prometheus reads into those that OTLP carries, so that each is counted once.
func bridge(gatherer prometheus.Gatherer) metric.Producer {
	return bridged.NewMetricProducer(bridged.WithGatherer(gatherer))
}

// The protocols of OTLP, by their names in OTEL_EXPORTER_OTLP_PROTOCOL.
const (
	overGRPC = "grpc"
	overHTTP = "http/protobuf"
)

// protocol is that of one signal, TRACES or METRICS. "" means that it is not sent.
func (c *Config) protocol(signal string) (string, error) {
	if exporter, _ := c.Env("OTEL_" + signal + "_EXPORTER"); exporter == "none" {
		return "", nil
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_" + signal + "_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		switch value, _ := c.Env(name); value {
		case "":
		case overGRPC, overHTTP:
			return value, nil
		default:
			return "", fmt.Errorf("%s: %q is neither %s nor %s", name, value, overGRPC, overHTTP)
		}
	}
	return overHTTP, nil
}

// spans makes the exporter of traces; nil where none are sent. Exporters connect by themselves, again and again.
func (c *Config) spans(ctx context.Context) (sdktrace.SpanExporter, error) {
	switch protocol, err := c.protocol("TRACES"); {
	case err != nil || protocol == "":
		return nil, err
	case protocol == overGRPC && c.Endpoint != "":
		return otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(c.Endpoint))
	case protocol == overGRPC:
		return otlptracegrpc.New(ctx)
	case c.Endpoint != "":
		return otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(c.path("v1/traces")))
	default:
		return otlptracehttp.New(ctx)
	}
}

// metrics makes the exporter of metrics; nil where none are sent.
func (c *Config) metrics(ctx context.Context) (metric.Exporter, error) {
	switch protocol, err := c.protocol("METRICS"); {
	case err != nil || protocol == "":
		return nil, err
	case protocol == overGRPC && c.Endpoint != "":
		return otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithEndpointURL(c.Endpoint))
	case protocol == overGRPC:
		return otlpmetricgrpc.New(ctx)
	case c.Endpoint != "":
		return otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(c.path("v1/metrics")))
	default:
		return otlpmetrichttp.New(ctx)
	}
}

// path is where the collector takes one signal over HTTP.
func (c *Config) path(signal string) string {
	at, _ := url.Parse(c.Endpoint) // checked before
	return at.JoinPath(signal).String()
}
