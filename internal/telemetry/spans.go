package telemetry

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// GRPC makes a span of each call of a method in service that comes over gRPC. Other names are the caller's own words.
func (t *Telemetry) GRPC(service string) stats.Handler {
	known := map[string]bool{}
	for _, op := range polarhttp.Operations {
		known["/"+service+"/"+op.Name] = true
	}
	return wordless{otelgrpc.NewServerHandler(
		otelgrpc.WithTracerProvider(t.traces), otelgrpc.WithPropagators(t.propagator), otelgrpc.WithMeterProvider(noop.NewMeterProvider()),
		otelgrpc.WithFilter(func(info *stats.RPCTagInfo) bool { return known[info.FullMethodName] }),
	)}
}

// wordless leaves the messages of errors out of spans: they may repeat what Polar says of a buyer.
type wordless struct{ stats.Handler }

// HandleRPC implements stats.Handler.
func (w wordless) HandleRPC(ctx context.Context, event stats.RPCStats) {
	if end, ok := event.(*stats.End); ok && end.Error != nil {
		coded := *end
		coded.Error = status.Error(status.Code(end.Error), "")
		event = &coded
	}
	w.Handler.HandleRPC(ctx, event)
}

// REST begins the span of a REST call, in the caller's trace if its header names one and join says so. The call is to be made with the
// request, answer to the writer, and end when it is done.
func (t *Telemetry) REST(w http.ResponseWriter, r *http.Request, op *polarhttp.Operation, join bool) (answer http.ResponseWriter, call *http.Request, end func()) {
	ctx := r.Context()
	if join {
		ctx = t.propagator.Extract(ctx, propagation.HeaderCarrier(r.Header))
	}
	route := strings.TrimSuffix(op.Template, "/")
	ctx, span := t.tracer.Start(ctx, op.Method+" "+route, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", op.Method), attribute.String("http.route", route), attribute.String("url.scheme", scheme(r)),
	))
	watched := &statusWriter{ResponseWriter: w}
	return watched, r.WithContext(ctx), func() {
		span.SetAttributes(attribute.Int("http.response.status_code", watched.status))
		if watched.status >= http.StatusInternalServerError || watched.status == 0 {
			span.SetStatus(otelcodes.Error, "")
		}
		span.End()
	}
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// statusWriter keeps the status of an answer; 0 until there is one.
type statusWriter struct {
	http.ResponseWriter

	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(body []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(body)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Attempt begins the span of one request to Polar; done ends it.
func (t *Telemetry) Attempt(ctx context.Context, op *polarhttp.Operation, number int) (sending context.Context, done func(upstream.Attempt)) {
	sending, span := t.tracer.Start(ctx, op.Method+" "+op.Template, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		append([]attribute.KeyValue{
			attribute.String("http.request.method", op.Method), attribute.String("url.template", op.Template),
			attribute.String("checkoutsvc.operation", op.Name), attribute.Int("checkoutsvc.attempt", number),
		}, t.polar...)...,
	))
	return sending, func(came upstream.Attempt) {
		defer span.End()
		if came.Status != 0 {
			span.SetAttributes(attribute.Int("http.response.status_code", came.Status))
		}
		if kind := errorType(came); kind != "" {
			span.SetAttributes(attribute.String("error.type", kind))
			span.SetStatus(otelcodes.Error, "")
		}
	}
}

// errorType names what became of an attempt that failed: the status, or why there is none.
func errorType(came upstream.Attempt) string {
	var failed *polarhttp.Error
	switch {
	case errors.As(came.Err, &failed):
		return string(failed.Reason)
	case came.Err != nil:
		return "other"
	case came.Status >= http.StatusBadRequest:
		return strconv.Itoa(came.Status)
	}
	return ""
}

// Traceparent names the trace and the span of ctx in W3C's form, for Polar; "" where Polar is not to know.
func (t *Telemetry) Traceparent(ctx context.Context) string {
	if t == nil || !t.sendToPolar {
		return ""
	}
	carrier := propagation.MapCarrier{}
	t.propagator.Inject(ctx, carrier)
	// The tracestate is left out: it holds what the caller and those before it wrote for each other.
	return carrier["traceparent"]
}

// Sampled names the trace of ctx if its spans are sent, else "".
func (t *Telemetry) Sampled(ctx context.Context) string {
	if at := trace.SpanContextFromContext(ctx); at.IsSampled() {
		return at.TraceID().String()
	}
	return ""
}
