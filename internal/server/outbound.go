package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/guard"
	"github.com/checkoutsvc/checkoutsvc/internal/idempotency"
	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/metrics"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/probe"
	"github.com/checkoutsvc/checkoutsvc/internal/service"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// outbound is all that stands between the service and Polar: the limits that Polar sets, the attempts, the client, and
// what must be remembered of them.
type outbound struct {
	limiter *limit.Limiter
	calls   *upstream.Client
	client  *polarhttp.Client
	keys    *idempotency.Keys
	guard   *guard.Guard[*service.Settled]
	// forgetful is set where the records are lost with the process.
	forgetful bool
	metrics   *metrics.Metrics
	store     *watchedStore
	// probe is nil where nothing is asked.
	probe *probe.Probe
}

// newOutbound builds it inside out; nothing is sent yet.
func newOutbound(config *Config) *outbound {
	forgetful := config.Store == nil
	if forgetful {
		config.Store = store.NewMemory()
	}
	if config.Polar.Transport == nil {
		config.Polar.Transport = polarhttp.NewTransport()
	}
	config.Polar.Late = lateAnswer(config.Logger)
	if config.Telemetry != nil {
		config.Polar.Traceparent = config.Telemetry.Traceparent
	}
	o := &outbound{client: polarhttp.New(config.Polar), forgetful: forgetful}
	o.metrics = metrics.New(o.sources(config))
	config.Telemetry.SendMetrics(o.metrics.Gatherer())
	o.store = &watchedStore{Store: o.metrics.Store(config.Store), logger: config.Logger}
	config.Store = o.store
	o.keys = idempotency.New(idempotency.Config{Store: config.Store})
	o.guard = guard.New[*service.Settled](guard.Config{Store: config.Store, For: config.ConfirmGuard})
	limits := config.Limits
	limits.StoreFailed = func(err error) {
		config.Logger.Error("the store of rate limits cannot be reached; a part of each limit is used meanwhile", "cause", err)
	}
	limits.Refused = o.metrics.Refused
	if limits.Store != nil {
		limits.Store = config.Store
	}
	o.limiter = limit.New(limits)
	calls := upstream.Config{
		Polar: o.client, Limiter: o.limiter,
		ForwardAuthorization: config.Polar.ForwardAuthorization, ClientToken: config.Polar.ClientToken,
		Observe: o.metrics.Attempt,
	}
	if config.Telemetry != nil {
		calls.Trace = config.Telemetry.Attempt
	}
	o.calls = upstream.New(calls)
	o.probe = newProbe(config, o)
	return o
}

// sources are what the metrics read, once all of it is there.
func (o *outbound) sources(config *Config) metrics.Sources {
	sources := metrics.Sources{
		Polar:   func() upstream.State { return o.calls.State() },
		Limits:  func() []limit.Load { return o.limiter.Loads() },
		Guards:  func() (int, time.Time) { return o.guard.Unresolved() },
		Reloads: config.Reloads,
		Probe:   o.refusedAtPolar,
	}
	if config.TLS != nil {
		sources.Certificates = map[string]func() time.Time{"server": config.TLS.NotAfter}
	}
	if config.Telemetry != nil {
		sources.TraceID = config.Telemetry.Sampled
	}
	return sources
}

// options is the service's view of it.
func (o *outbound) options(config *Config) service.Options {
	return service.Options{
		Polar: o.calls, Keys: o.metrics.Keys(o.keys), KeysInMemory: o.forgetful, Guard: o.guard, ResolveFor: config.ResolveFor, BaseURL: config.Polar.BaseURL.String(),
		CallersCredential: config.Polar.ForwardAuthorization, RefreshToken: config.RefreshToken, Refused: o.refused(), Logger: config.Logger,
	}
}

// timeLeft is how long ctx still lasts.
func timeLeft(ctx context.Context) time.Duration {
	deadline, _ := ctx.Deadline()
	return time.Until(deadline)
}

// settle waits for the writes that are still unanswered and writes down what a restart must know.
func (o *outbound) settle(ctx context.Context, logger *slog.Logger) {
	// Also where the time is over, what is not under way is seen not to be.
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), max(time.Second, timeLeft(ctx)))
	defer done()
	if err := o.client.Wait(ctx); err != nil {
		logger.Error("stopped while a create or confirm was unanswered; look the checkout up at Polar")
	}
	if err := o.keys.Wait(ctx); err != nil {
		logger.Error("stopped while an idempotent create was unanswered; its request id is free again after a while")
	}
	o.guard.Close()
	brief, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := o.limiter.Close(brief); err != nil {
		logger.Error("the rate limits could not be written down; the next start is careful", "cause", err)
	}
}

// lateAnswer logs what became of a write whose caller had gone.
func lateAnswer(logger *slog.Logger) func(*polarhttp.Operation, *polarhttp.Response, error) {
	return func(op *polarhttp.Operation, answer *polarhttp.Response, err error) {
		if err != nil {
			logger.Warn("a write whose caller had gone stayed unanswered", "operation", op.Name, "cause", err)
			return
		}
		logger.Warn("a write was answered after its caller had gone", "operation", op.Name, "http_status", answer.Status)
	}
}
