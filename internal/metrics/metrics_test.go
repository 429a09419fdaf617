package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/checkoutsvc/checkoutsvc/internal/idempotency"
	"github.com/checkoutsvc/checkoutsvc/internal/inproc"
	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/metrics"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

const trace = "0af7651916cd43dd8448eb211c80319c"

func newMetrics() *metrics.Metrics {
	return metrics.New(metrics.Sources{
		Polar: func() upstream.State { return upstream.State{Breaker: "open", InFlight: 3, Queued: 2, RetryBudget: 7} },
		Limits: func() []limit.Load {
			return []limit.Load{
				{Identity: limit.Address, Waiting: 1, Blocked: time.Minute, API: -1, Confirms: -1},
				{Identity: "token:aaaa", Waiting: 2, API: 80, Confirms: 5},
				{Identity: "token:bbbb", Waiting: 3, API: 40, Confirms: 2},
			}
		},
		Guards:  func() (int, time.Time) { return 2, time.Now().Add(-time.Hour) },
		TraceID: func(context.Context) string { return trace },
		Reloads: map[string]func() string{
			metrics.Callers: func() string { return "line 3" }, metrics.TLS: func() string { return "" },
		},
		Certificates: map[string]func() time.Time{"server": func() time.Time { return time.Unix(1800000000, 0) }},
		Probe:        func() (token, version bool) { return true, false },
	})
}

// scrape gives what Prometheus gets, in OpenMetrics if exemplars are asked for.
func scrape(t *testing.T, m *metrics.Metrics, openMetrics bool) string {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	if openMetrics {
		request.Header.Set("Accept", "application/openmetrics-text; version=1.0.0")
	}
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, request)
	return answer.Body.String()
}

func wantLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("there is no %s", line)
		}
	}
}

// call plays one call of a method through the interceptor; a REST call has an exchange in its context.
func call(m *metrics.Metrics, rest bool, op *polarhttp.Operation, err error) {
	info, ctx := &grpc.UnaryServerInfo{FullMethod: "/polar.checkouts.v1.CheckoutService/" + op.Name}, context.Background()
	if rest {
		ctx = &inproc.Exchange{Context: ctx}
	}
	_, _ = m.Interceptor(ctx, nil, info, func(context.Context, any) (any, error) { return nil, err })
}

type refusal struct {
	error

	caller bool
}

func (r refusal) Reason() string             { return r.Error() }
func (r refusal) RefusesCaller() bool        { return r.caller }
func (r refusal) GRPCStatus() *status.Status { return status.New(codes.Aborted, r.Error()) }

func TestCallsAreCountedByMethodProtocolAndCode(t *testing.T) {
	m := newMetrics()
	call(m, false, polarhttp.GetCheckout, nil)
	call(m, true, polarhttp.GetCheckout, nil)
	call(m, true, polarhttp.GetCheckout, refusal{errors.New("CHECKOUT_LOCKED"), false})
	wantLines(
		t, scrape(t, m, false),
		`checkoutsvc_calls_total{code="OK",method="GetCheckout",protocol="grpc"} 1`,
		`checkoutsvc_calls_total{code="OK",method="GetCheckout",protocol="rest"} 1`,
		`checkoutsvc_calls_total{code="Aborted",method="GetCheckout",protocol="rest"} 1`,
		`checkoutsvc_call_seconds_count{method="GetCheckout",protocol="rest"} 2`,
		`checkoutsvc_failures_total{reason="CHECKOUT_LOCKED"} 1`,
		`checkoutsvc_failures_total{reason="OUTCOME_UNKNOWN"} 0`,
		`checkoutsvc_calls_in_flight 0`,
	)
}

// TestReasonsAreBounded: whoever stands in Polar's place can send names without end.
func TestReasonsAreBounded(t *testing.T) {
	m := newMetrics()
	for i := range 1000 {
		call(m, false, polarhttp.GetCheckout, refusal{fmt.Errorf("INVENTED_%d", i), false})
	}
	if n := strings.Count(scrape(t, m, false), "\ncheckoutsvc_failures_total{"); n > 64 {
		t.Errorf("there are %d reasons", n)
	}
}

func TestHistogramsNameTheTrace(t *testing.T) {
	m := newMetrics()
	call(m, false, polarhttp.GetCheckout, nil)
	m.Attempt(t.Context(), upstream.Attempt{Operation: polarhttp.CreateCheckout, Number: 4, Status: 201, Took: 30 * time.Millisecond})
	text := scrape(t, m, true)
	for _, name := range []string{"checkoutsvc_call_seconds_bucket", "checkoutsvc_polar_attempt_seconds_bucket"} {
		if found := lineWith(text, name, `# {trace_id="`+trace+`"}`); found == "" {
			t.Errorf("%s has no exemplar", name)
		}
	}
	wantLines(t, text, `checkoutsvc_polar_attempts_total{attempt="3+",operation="CreateCheckout",status="201"} 1`)
}

func lineWith(text, start, part string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, start) && strings.Contains(line, part) {
			return line
		}
	}
	return ""
}

// TestStateIsShown: the tokens of callers are without end and no label.
func TestStateIsShown(t *testing.T) {
	m := newMetrics()
	text := scrape(t, m, false)
	wantLines(
		t, text,
		`checkoutsvc_polar_breaker_open 1`, `checkoutsvc_polar_in_flight 3`, `checkoutsvc_polar_queued 2`, `checkoutsvc_polar_retry_budget 7`,
		`checkoutsvc_guards_standing 2`, `checkoutsvc_guard_oldest_seconds 3600`,
		`checkoutsvc_limiter_waiting{identity="address"} 1`, `checkoutsvc_limiter_waiting{identity="callers"} 5`,
		`checkoutsvc_limiter_blocked_seconds{identity="address"} 60`,
		`checkoutsvc_limiter_remaining{identity="callers",zone="api"} 40`, `checkoutsvc_limiter_remaining{identity="callers",zone="checkout-confirm"} 2`,
	)
	if strings.Contains(text, "token:") || strings.Contains(text, `remaining{identity="address"`) {
		t.Error("a caller's token or a limit that there is not shows")
	}
}

func TestRefusalsOfTheLimiterAreCounted(t *testing.T) {
	m := newMetrics()
	m.Refused(limit.ZoneConfirm)
	wantLines(t, scrape(t, m, false), `checkoutsvc_limiter_refused_total{zone="checkout-confirm"} 1`, `checkoutsvc_limiter_refused_total{zone="api"} 0`)
}

func TestOutcomesOfNamedCreatesAreCounted(t *testing.T) {
	m := newMetrics()
	keys := m.Keys(idempotency.New(idempotency.Config{Store: store.NewMemory()}))
	sent, answer := make(chan struct{}), make(chan struct{})
	create := func(context.Context) (idempotency.Outcome, error) { //nolint:unparam // an idempotency.Call
		close(sent)
		<-answer
		return idempotency.Outcome{Body: []byte("{}"), Expires: time.Now().Add(time.Hour)}, nil
	}
	scope, request := idempotency.Scope{Key: "order 1"}, idempotency.RequestHash([]byte("a"))
	first := make(chan error)
	go func() { _, err := keys.Do(t.Context(), scope, request, create); first <- err }()
	<-sent
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := keys.Do(brief, scope, request, nil); err == nil { // while the first is under way
		t.Error("a create that is under way has an answer")
	}
	second := make(chan error)
	go func() { _, err := keys.Do(t.Context(), scope, request, nil); second <- err }()
	time.AfterFunc(200*time.Millisecond, func() { close(answer) })
	if err := errors.Join(<-first, <-second); err != nil {
		t.Fatal(err)
	}
	_, _ = keys.Do(t.Context(), scope, request, nil)
	_, _ = keys.Do(t.Context(), scope, idempotency.RequestHash([]byte("b")), nil)
	wantLines(
		t, scrape(t, m, false),
		`checkoutsvc_idempotency_total{outcome="made"} 1`, `checkoutsvc_idempotency_total{outcome="joined"} 1`,
		`checkoutsvc_idempotency_total{outcome="replayed"} 1`, `checkoutsvc_idempotency_total{outcome="reused"} 1`,
		`checkoutsvc_idempotency_total{outcome="in_progress"} 1`,
	)
}

func TestFailuresOfTheStoreAreCounted(t *testing.T) {
	m := newMetrics()
	memory := store.NewMemory()
	counted := m.Store(memory)
	if _, err := counted.CompareAndSwap(t.Context(), "k", nil, []byte("v"), time.Minute); err != nil {
		t.Fatal(err)
	}
	if value, err := counted.Get(t.Context(), "k"); err != nil || string(value) != "v" {
		t.Errorf("got %q, %v", value, err)
	}
	_ = memory.Close()
	_, _ = counted.Get(t.Context(), "k")
	wantLines(
		t, scrape(t, m, false),
		`checkoutsvc_store_errors_total{operation="get"} 1`, `checkoutsvc_store_errors_total{operation="swap"} 0`,
		`checkoutsvc_store_seconds_count{operation="get"} 2`,
	)
}

func TestOperatorsMattersAreShown(t *testing.T) {
	wantLines(
		t, scrape(t, newMetrics(), false),
		`checkoutsvc_reload_failed{what="callers"} 1`, `checkoutsvc_reload_failed{what="tls"} 0`,
		`checkoutsvc_probe_failed{what="token"} 1`, `checkoutsvc_probe_failed{what="version"} 0`,
		`checkoutsvc_certificate_expires_timestamp_seconds{certificate="server"} 1.8e+09`,
	)
}

func TestRefusedCallersAreCounted(t *testing.T) {
	m := newMetrics()
	call(m, false, polarhttp.GetCheckout, refusal{errors.New("INVALID_TOKEN"), true})
	call(m, true, polarhttp.GetCheckout, refusal{errors.New("NOT_PERMITTED"), false})
	wantLines(
		t, scrape(t, m, false),
		`checkoutsvc_callers_refused_total{reason="INVALID_TOKEN"} 1`, `checkoutsvc_callers_refused_total{reason="OTHER"} 0`,
		`checkoutsvc_failures_total{reason="INVALID_TOKEN"} 1`, `checkoutsvc_failures_total{reason="NOT_PERMITTED"} 1`,
	)
}
