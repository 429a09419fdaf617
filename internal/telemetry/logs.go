package telemetry

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

// Log adds the trace_id to every line that is written within a call, if there is a trace.
func (t *Telemetry) Log(next slog.Handler) slog.Handler {
	if t == nil {
		return next
	}
	return tracedLog{next}
}

type tracedLog struct{ slog.Handler }

// Handle implements slog.Handler.
func (l tracedLog) Handle(ctx context.Context, line slog.Record) error {
	if at := trace.SpanContextFromContext(ctx); at.HasTraceID() {
		line = line.Clone()
		line.AddAttrs(slog.String("trace_id", at.TraceID().String()))
	}
	return l.Handler.Handle(ctx, line)
}

// WithAttrs implements slog.Handler.
func (l tracedLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return tracedLog{l.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (l tracedLog) WithGroup(name string) slog.Handler { return tracedLog{l.Handler.WithGroup(name)} }

// takeLibraryErrors leads what OpenTelemetry has to say into our log. It has one place for that in a process.
func takeLibraryErrors(logger *slog.Logger) {
	otel.SetErrorHandler(&complaints{logger: logger})
	otel.SetLogger(logr.FromSlogHandler(libraryLog{logger.Handler()}))
}

// complaints are those of exporters, one a minute: a collector that is away fails each batch.
type complaints struct {
	logger *slog.Logger
	next   atomic.Int64 // Unix nanoseconds
}

// Handle implements otel.ErrorHandler.
func (c *complaints) Handle(err error) {
	now, next := time.Now(), c.next.Load()
	if now.UnixNano() >= next && c.next.CompareAndSwap(next, now.Add(time.Minute).UnixNano()) {
		c.logger.Warn("traces or metrics could not be sent to the collector", "cause", err)
	}
}

// libraryLog passes errors and warnings on, as warnings; the rest describes OpenTelemetry's own parts.
type libraryLog struct{ slog.Handler }

const libraryWarning = slog.Level(-1) // logr's V(1), at which OpenTelemetry warns

// Enabled implements slog.Handler.
func (l libraryLog) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= libraryWarning && l.Handler.Enabled(ctx, slog.LevelWarn)
}

// Handle implements slog.Handler.
func (l libraryLog) Handle(ctx context.Context, line slog.Record) error {
	line.Level = slog.LevelWarn
	return l.Handler.Handle(ctx, line)
}
