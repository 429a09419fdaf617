// Package telemetry_test looks at the program from outside: what its traces, metrics and logs say, and that none of them
// shows a secret.
package telemetry_test

import (
	"context"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	tracecollector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// collector takes what the program sends, as an OpenTelemetry collector would.
type collector struct {
	tracecollector.UnimplementedTraceServiceServer
	mu      sync.Mutex
	spans   []*trace.Span
	metrics int
	raw     []byte // all bodies as they came
}

// newCollector gives a collector and its base URL.
func newCollector(t *testing.T) (*collector, string) {
	t.Helper()
	c := new(collector)
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return c, server.URL
}

// ServeHTTP is OTLP over HTTP.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw = append(c.raw, body...)
	switch r.URL.Path {
	case "/v1/traces":
		request := new(tracecollector.ExportTraceServiceRequest)
		if proto.Unmarshal(body, request) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.take(request)
	case "/v1/metrics":
		c.metrics++
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// newGRPCCollector gives one that is spoken to over gRPC.
func newGRPCCollector(t *testing.T) (*collector, string) {
	t.Helper()
	c, server := new(collector), grpc.NewServer()
	tracecollector.RegisterTraceServiceServer(server, c)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return c, "http://" + listener.Addr().String()
}

// Export is OTLP over gRPC.
func (c *collector) Export(_ context.Context, request *tracecollector.ExportTraceServiceRequest) (*tracecollector.ExportTraceServiceResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.take(request)
	return new(tracecollector.ExportTraceServiceResponse), nil
}

func (c *collector) take(request *tracecollector.ExportTraceServiceRequest) {
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			c.spans = append(c.spans, scope.GetSpans()...)
		}
	}
}

func (c *collector) all() []*trace.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.spans
}

// named gives the spans with a name.
func (c *collector) named(name string) (found []*trace.Span) {
	for _, span := range c.all() {
		if span.GetName() == name {
			found = append(found, span)
		}
	}
	return found
}

// text is all that was sent.
func (c *collector) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.raw)
}

// attributes are those of a span, numbers included.
func attributes(span *trace.Span) map[string]any {
	found := map[string]any{}
	for _, pair := range span.GetAttributes() {
		switch value := pair.GetValue().GetValue().(type) {
		case *common.AnyValue_StringValue:
			found[pair.GetKey()] = value.StringValue
		case *common.AnyValue_IntValue:
			found[pair.GetKey()] = value.IntValue
		}
	}
	return found
}

func wantAttributes(t *testing.T, span *trace.Span, wanted map[string]any) {
	t.Helper()
	found := attributes(span)
	for name, want := range wanted {
		if found[name] != want {
			t.Errorf("span %q: %s is %v, want %v", span.GetName(), name, found[name], want)
		}
	}
}

func traceOf(span *trace.Span) string  { return hex.EncodeToString(span.GetTraceId()) }
func parentOf(span *trace.Span) string { return hex.EncodeToString(span.GetParentSpanId()) }
func idOf(span *trace.Span) string     { return hex.EncodeToString(span.GetSpanId()) }
