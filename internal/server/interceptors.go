package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/checkoutsvc/checkoutsvc/internal/inproc"
	"github.com/checkoutsvc/checkoutsvc/internal/metrics"
	"github.com/checkoutsvc/checkoutsvc/internal/service"
)

// requestIDHeader names a call in the log, in an internal error and in the answer's header or trailer; a caller may bring its own.
const requestIDHeader = "x-request-id"

// interceptors is the chain that every call passes, in this order, over gRPC and in process alike; access comes last, so
// that who is refused is logged and counted too.
func interceptors(logger *slog.Logger, m *metrics.Metrics, access ...grpc.UnaryServerInterceptor) []grpc.UnaryServerInterceptor {
	return append([]grpc.UnaryServerInterceptor{observe(logger), m.Interceptor, seal(logger), recoverPanic, takeDecision}, access...)
}

// observe gives the call an id and writes one line when it is done.
func observe(logger *slog.Logger) grpc.UnaryServerInterceptor {
	overGRPC, overREST := logger.With("protocol", "grpc").Handler(), logger.With("protocol", "rest").Handler()
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		if strings.HasPrefix(info.FullMethod, "/grpc.") {
			return handler(ctx, req)
		}
		start, lines, seen := time.Now(), overGRPC, &observed{Context: ctx}
		if exchange := inproc.FromContext(ctx); exchange != nil {
			lines, seen.id = overREST, orNewID(exchange.RequestID)
			exchange.RequestID = seen.id
		} else {
			seen.id = requestID(ctx)
		}
		answer, err := handler(seen, req)
		tellRequestID(ctx, seen.id, err)
		logCall(ctx, lines, info.FullMethod, start, seen, err)
		return answer, err
	}
}

// logCall writes the line of a call. It makes the record itself: a Logger looks up where it is called from, which costs
// as much as the line.
func logCall(ctx context.Context, lines slog.Handler, method string, start time.Time, seen *observed, err error) {
	code, level := status.Code(err), slog.LevelInfo
	if code == codes.Internal || code == codes.Unknown {
		level = slog.LevelWarn
	}
	if !lines.Enabled(ctx, level) {
		return
	}
	now := time.Now()
	line := slog.NewRecord(now, level, "call", 0)
	line.AddAttrs(
		slog.String("method", method[strings.LastIndexByte(method, '/')+1:]), slog.String("code", code.String()),
		slog.Int64("duration_us", now.Sub(start).Microseconds()), slog.String("request_id", seen.id))
	if seen.caller != "" {
		line.AddAttrs(slog.String("caller", seen.caller))
	}
	if err != nil {
		line.AddAttrs(seen.why(err)...)
	}
	_ = lines.Handle(ctx, line) // nobody is left to tell
}

// observed is what the log says of a call and other interceptors know or find out. It is the context of the rest of the
// call, which saves an allocation.
type observed struct {
	context.Context
	id     string
	caller string // "" until one is recognized
	from   string // the address of who is refused, else ""
}

// why says of a failed call what an operator looks for: why it failed, where the caller is who was refused, and which
// checkout it is whose state nobody knows.
func (o *observed) why(err error) (all []slog.Attr) {
	add := func(name, value string) {
		if value != "" {
			all = append(all, slog.String(name, value))
		}
	}
	if failure, ok := errors.AsType[*service.Failure](err); ok {
		subject := failure.Subject()
		add("reason", plainReason(failure.Reason()))
		add("checkout_id", subject.ID)
		add("client_secret_sha256", subject.SecretHash)
	}
	add("from", o.from)
	return all
}

// plainReason is a reason as it is, unless it is made of a name that Polar has never had: that could be anything.
func plainReason(reason string) string {
	if len(reason) > 64 || strings.Trim(reason, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return "OTHER"
	}
	return reason
}

type observedKey struct{}

// Value finds what is observed beside the values of the context.
func (o *observed) Value(key any) any {
	switch key.(type) {
	case observedKey:
		return o
	case inproc.RequestIDKey:
		return o.id
	}
	return o.Context.Value(key)
}

// observedOf is what is observed of the call; nothing that is kept, outside of one.
func observedOf(ctx context.Context) *observed {
	if seen, ok := ctx.Value(observedKey{}).(*observed); ok {
		return seen
	}
	return &observed{}
}

// tellRequestID puts the id into the answer's header; a failure's stands in the trailer, because an answer with a header
// of ours is one that no client's retry policy repeats.
func tellRequestID(ctx context.Context, id string, err error) {
	if grpc.ServerTransportStreamFromContext(ctx) == nil {
		return
	}
	if pair := metadata.Pairs(requestIDHeader, id); err == nil {
		_ = grpc.SetHeader(ctx, pair)
	} else {
		_ = grpc.SetTrailer(ctx, pair)
	}
}

// requestID takes the caller's id if it is short and plain, so that nobody writes into our log, else a new one.
func requestID(ctx context.Context) string {
	if ids := metadata.ValueFromIncomingContext(ctx, requestIDHeader); len(ids) == 1 && plain(ids[0]) {
		return ids[0]
	}
	return newID()
}

// orNewID is the id that a caller brought, or a new one.
func orNewID(brought string) string {
	if brought != "" {
		return brought
	}
	return newID()
}

func newID() string {
	return process + "-" + strconv.FormatUint(calls.Add(1), 36)
}

// process and calls make ids that no other process makes, without asking for randomness at each call.
var (
	process = rand.Text()[:10]
	calls   atomic.Uint64
)

func plain(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	return strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") == ""
}

// seal lets no error out that has no ErrorInfo or shows something internal.
func seal(logger *slog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		answer, err := handler(ctx, req)
		var known *service.Failure
		if err == nil || errors.As(err, &known) || hasErrorInfo(err) || strings.HasPrefix(info.FullMethod, "/grpc.") {
			return answer, err
		}
		id := observedOf(ctx).id
		logger.ErrorContext(ctx, "unforeseen error", "method", info.FullMethod, "request_id", id, "cause", err)
		return nil, service.Internal(id)
	}
}

func hasErrorInfo(err error) bool {
	for _, detail := range status.Convert(err).Details() {
		if _, ok := detail.(*errdetails.ErrorInfo); ok {
			return true
		}
	}
	return false
}

// recoverPanic turns a panic into an error, which seal then logs and hides.
func recoverPanic(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (answer any, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return handler(ctx, req)
}

// unknownMethod answers calls of methods that this server does not have.
func unknownMethod(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	return service.UnknownMethod(method)
}
