package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/callers"
	"github.com/checkoutsvc/checkoutsvc/internal/metrics"
	"github.com/checkoutsvc/checkoutsvc/internal/service"
)

// restRequestID is requestIDHeader as net/http keeps it.
const restRequestID = "X-Request-Id"

// visit is what is known of an HTTP request while it is answered. Calls of the service have a line from their
// interceptors; all other requests get theirs here, so that each has one.
type visit struct {
	http.ResponseWriter

	status int // 0 until there is one
	isCall bool
	// route is the template of the operation that was meant; "" is no operation's.
	route string
	// caller is who was recognized, and reason why it was refused; "" is nobody and nothing.
	caller, reason string
}

// WriteHeader implements http.ResponseWriter.
func (v *visit) WriteHeader(status int) {
	if v.status == 0 && status >= http.StatusOK {
		v.status = status
	}
	v.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (v *visit) Write(body []byte) (int, error) {
	if v.status == 0 {
		v.status = http.StatusOK
	}
	return v.ResponseWriter.Write(body)
}

// Unwrap is for http.ResponseController.
func (v *visit) Unwrap() http.ResponseWriter { return v.ResponseWriter }

// by takes what was found out of who calls.
func (v *visit) by(caller *callers.Caller, err error) {
	if caller != nil {
		v.caller = caller.Key()
	}
	if failure, ok := errors.AsType[*service.Failure](err); ok {
		v.reason = failure.Reason()
	}
}

// visitOf is what is known of the request that w answers; nothing that is kept, outside of one.
func visitOf(w http.ResponseWriter) *visit {
	if v, ok := w.(*visit); ok {
		return v
	}
	return &visit{}
}

// visits are kept for the next requests.
var visits = sync.Pool{New: func() any { return new(visit) }}

// broughtID is the id that a caller gives its request for the log; "" if there is none that is short and plain.
func broughtID(r *http.Request) string {
	if ids := r.Header[restRequestID]; len(ids) == 1 && plain(ids[0]) {
		return ids[0]
	}
	return ""
}

// visited answers with next, and sees to it that every request is logged and counted, however it ends.
type visited struct {
	next    http.Handler
	logger  *slog.Logger
	metrics *metrics.Metrics
	buyers  *buyers
}

func (h *visited) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v, start := visits.Get().(*visit), time.Now()
	v.ResponseWriter = w
	defer func() {
		cause := recover()
		cut := cause != nil
		if aborted, _ := cause.(error); cause != nil && !errors.Is(aborted, http.ErrAbortHandler) {
			cut = !h.fell(v, r, cause)
		}
		if !v.isCall || cause != nil {
			h.tell(v, r, start)
		}
		*v = visit{}
		visits.Put(v)
		if cut {
			panic(http.ErrAbortHandler) // an answer that has begun must not look whole
		}
	}()
	h.next.ServeHTTP(v, r)
}

// fell tells the operator of a panic, and the caller where no answer has begun. What a panic says may quote the request,
// unless it is the runtime's own.
func (h *visited) fell(v *visit, r *http.Request, cause any) (answered bool) {
	text := "a panic of the program's own"
	if known, ok := cause.(runtime.Error); ok {
		text, _, _ = strings.Cut(known.Error(), `"`)
	}
	id := broughtID(r)
	if id == "" {
		id = newID()
		r.Header[restRequestID] = []string{id} // the line of the request has the same
	}
	h.logger.ErrorContext(r.Context(), "a request fell over", "cause", text, "request_id", id, "stack", string(debug.Stack()))
	if v.status != 0 {
		return false
	}
	writeFailure(v, service.Internal(id))
	return true
}

// tell writes the line of a request that is no call, and counts it. The path and what else the caller wrote stay out.
func (h *visited) tell(v *visit, r *http.Request, start time.Time) {
	status := v.status
	if status == 0 {
		status = http.StatusOK // what net/http says for a handler that says nothing
	}
	h.metrics.Request(status, v.reason)
	if !h.logger.Enabled(r.Context(), slog.LevelInfo) {
		return
	}
	line := []slog.Attr{
		slog.String("protocol", "rest"), slog.String("route", orOther(v.route)), slog.String("verb", verb(r.Method)), slog.Int("status", status),
		slog.Int64("duration_us", time.Since(start).Microseconds()), slog.String("request_id", orNewID(broughtID(r))),
	}
	add := func(name, value string) {
		if value != "" {
			line = append(line, slog.String(name, value))
		}
	}
	add("caller", v.caller)
	add("reason", v.reason)
	if status >= http.StatusBadRequest {
		add("from", h.buyers.text(addressOf(r.RemoteAddr), r.Header[h.buyers.header]))
	}
	h.logger.LogAttrs(context.WithoutCancel(r.Context()), slog.LevelInfo, "request", line...)
}

func orOther(route string) string {
	if route == "" {
		return "other"
	}
	return route
}

// verb is a method that HTTP knows, or "other": it is the caller's word.
func verb(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// serverLog takes what net/http has to say. It quotes what strangers send, so that only those know it who look for it;
// what falls over or runs out is for every operator, without the quotes.
type serverLog struct{ slog.Handler }

// Handle takes one line.
func (l serverLog) Handle(ctx context.Context, line slog.Record) error {
	report := slog.NewRecord(line.Time, slog.LevelDebug, line.Message, 0)
	for _, grave := range []string{"panic serving", "Accept error"} {
		if strings.Contains(line.Message, grave) {
			text, _, _ := strings.Cut(line.Message, "\n")
			text, _, _ = strings.Cut(text, `"`)
			if grave == "panic serving" {
				text = "http: panic serving a connection"
			}
			report = slog.NewRecord(line.Time, slog.LevelError, "the HTTP server reports", 0)
			report.AddAttrs(slog.String("text", strings.TrimSpace(text)))
		}
	}
	if !l.Handler.Enabled(ctx, report.Level) {
		return nil
	}
	return l.Handler.Handle(ctx, report)
}

// Enabled is for the level that a line gets once it is looked at.
func (serverLog) Enabled(context.Context, slog.Level) bool { return true }
