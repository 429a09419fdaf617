package telemetry_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// The trace of a caller, sampled and not.
const (
	callersTrace = "0af7651916cd43dd8448eb211c80319c"
	callersSpan  = "b7ad6b7169203331"
	sampled      = "00-" + callersTrace + "-" + callersSpan + "-01"
	unsampled    = "00-" + callersTrace + "-" + callersSpan + "-00"
)

// patience is how long an answer is waited for.
const patience = 3 * time.Second

// send makes a REST call and gives its answer's status and body; 0 if it takes too long.
func send(t *testing.T, method, address, body string, header map[string]string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	transport := new(http.Transport)
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request)
	if ctx.Err() != nil {
		return 0, ""
	}
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func dial(t *testing.T, service *harness.Service) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(service.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func within(t *testing.T, pairs ...string) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return metadata.AppendToOutgoingContext(ctx, pairs...)
}

// one wants exactly one span of a name.
func one(t *testing.T, c *collector, name string) *trace.Span {
	t.Helper()
	found := c.named(name)
	if len(found) != 1 {
		t.Fatalf("%d spans are named %q, want 1; there are %v", len(found), name, names(c))
	}
	return found[0]
}

func names(c *collector) (all []string) {
	for _, span := range c.all() {
		all = append(all, span.GetName())
	}
	return all
}

// TestRESTCallJoinsItsCallersTrace: the call is one span named by its route, and each request to Polar one below it.
func TestRESTCallJoinsItsCallersTrace(t *testing.T) {
	c, endpoint := newCollector(t)
	service := harness.Start(t, "--otlp-endpoint="+endpoint)
	status, _ := send(t, http.MethodGet, service.REST+"/v1/checkouts/client/polar_c_nosuchcheckout", "", map[string]string{"Traceparent": sampled})
	if status != http.StatusNotFound {
		t.Fatalf("status %d", status)
	}
	if _, text := send(t, http.MethodGet, service.Admin+"/metrics", "", map[string]string{"Accept": "application/openmetrics-text"}); !strings.Contains(text, `trace_id="`+callersTrace+`"`) {
		t.Error("no exemplar names the trace")
	}
	service.Stop(t)

	call, attempt := c.all()[1], c.all()[0] // the inner one ends first
	if call.GetName() != "GET /v1/checkouts/client/{client_secret}" || call.GetKind() != trace.Span_SPAN_KIND_SERVER || len(c.all()) != 2 {
		t.Fatalf("the spans are %v", names(c))
	}
	if traceOf(call) != callersTrace || parentOf(call) != callersSpan || parentOf(attempt) != idOf(call) || traceOf(attempt) != callersTrace {
		t.Errorf("the call is in trace %s below %s, the attempt in %s below %s", traceOf(call), parentOf(call), traceOf(attempt), parentOf(attempt))
	}
	wantAttributes(t, call, map[string]any{
		"http.request.method": "GET", "http.route": "/v1/checkouts/client/{client_secret}", "http.response.status_code": int64(404),
	})
	wantAttributes(t, attempt, map[string]any{
		"http.request.method": "GET", "url.template": "/v1/checkouts/client/{client_secret}", "server.address": "127.0.0.1",
		"checkoutsvc.operation": "GetClientCheckout", "checkoutsvc.attempt": int64(1), "http.response.status_code": int64(404), "error.type": "404",
	})
	if attempt.GetKind() != trace.Span_SPAN_KIND_CLIENT {
		t.Errorf("the attempt is a %s", attempt.GetKind())
	}
	if !strings.Contains(service.Logs(), `"trace_id":"`+callersTrace+`"`) {
		t.Error("the call's log line does not name the trace")
	}
	if c.metrics == 0 || !strings.Contains(c.text(), "checkoutsvc_calls_total") {
		t.Error("no metrics were sent")
	}
}

func TestGRPCCallJoinsItsCallersTrace(t *testing.T) {
	c, endpoint := newCollector(t)
	service := harness.Start(t, "--otlp-endpoint="+endpoint)
	if _, err := pb.NewCheckoutServiceClient(dial(t, service)).ListCheckouts(within(t, "traceparent", sampled), &pb.ListCheckoutsRequest{}); err != nil {
		t.Fatal(err)
	}
	service.Stop(t)
	call, attempt := one(t, c, "polar.checkouts.v1.CheckoutService/ListCheckouts"), one(t, c, "GET /v1/checkouts/")
	if traceOf(call) != callersTrace || parentOf(call) != callersSpan || parentOf(attempt) != idOf(call) {
		t.Errorf("the call is in trace %s below %s", traceOf(call), parentOf(call))
	}
	if len(c.all()) != 2 || !strings.Contains(service.Logs(), `"trace_id":"`+callersTrace+`"`) {
		t.Errorf("the spans are %v, or the log does not name the trace", names(c))
	}
}

// TestEachAttemptIsASpan: a call that is repeated shows how often, and how each attempt ended.
func TestEachAttemptIsASpan(t *testing.T) {
	c, endpoint := newCollector(t)
	service := harness.Start(t, "--otlp-endpoint="+endpoint)
	send(t, http.MethodPost, service.Polar+"/_emulator/next", `{"method":"GET","path":"/v1/checkouts/","status":503,"count":2}`, nil)
	if status, body := send(t, http.MethodGet, service.REST+"/v1/checkouts/", "", nil); status != http.StatusOK {
		t.Fatalf("status %d: %s", status, body)
	}
	service.Stop(t)
	attempts := c.named("GET /v1/checkouts/")
	if len(attempts) != 3 {
		t.Fatalf("%d attempts: %v", len(attempts), names(c))
	}
	for i, status := range []int64{503, 503, 200} {
		wantAttributes(t, attempts[i], map[string]any{"checkoutsvc.attempt": int64(i + 1), "http.response.status_code": status})
	}
}

// TestWhoDecidesWhatIsTraced: the caller, and for those who do not say the ratio.
func TestWhoDecidesWhatIsTraced(t *testing.T) {
	for name, tc := range map[string]struct {
		ratio, traceparent string
		spans              int
	}{
		"the caller traces":         {"0", sampled, 2},
		"the caller does not trace": {"1", unsampled, 0},
		"nobody says, none":         {"0", "", 0},
		"nobody says, all":          {"1", "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			c, endpoint := newCollector(t)
			service := harness.Start(t, "--otlp-endpoint="+endpoint, "--trace-ratio="+tc.ratio)
			send(t, http.MethodGet, service.REST+"/v1/checkouts/", "", map[string]string{"Traceparent": tc.traceparent})
			service.Stop(t)
			if n := len(c.all()); n != tc.spans {
				t.Errorf("%d spans: %v", n, names(c))
			}
		})
	}
}

// polar answers everything with an empty page and keeps the headers that came.
type polar struct {
	mu     sync.Mutex
	header http.Header
}

func (p *polar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.URL.Path == "/v1/checkouts/" {
		p.header = r.Header
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"items":[],"pagination":{"total_count":0,"max_page":0}}`)
}

// TestPolarHearsOfTracesOnlyByFlag, and even then neither of what the caller's side wrote for itself.
func TestPolarHearsOfTracesOnlyByFlag(t *testing.T) {
	for name, flag := range map[string]string{"": "--send-trace-to-polar=false", "00-" + callersTrace + "-": "--send-trace-to-polar"} {
		t.Run(flag, func(t *testing.T) {
			_, endpoint := newCollector(t)
			there := new(polar)
			server := httptest.NewServer(there)
			defer server.Close()
			t.Setenv("POLAR_ACCESS_TOKEN", "polar_oat_markedtoken")
			service := harness.Start(t, "--otlp-endpoint="+endpoint, "--polar="+server.URL, flag)
			send(t, http.MethodGet, service.REST+"/v1/checkouts/", "", map[string]string{
				"Traceparent": sampled, "Tracestate": "vendor=ours", "Baggage": "customer=ada",
			})
			service.Stop(t)
			parent := there.header.Get("Traceparent")
			if name == "" && parent != "" || !strings.HasPrefix(parent, name) || strings.Contains(parent, callersSpan) {
				t.Errorf("Polar got traceparent %q", parent)
			}
			if there.header == nil || there.header.Get("Tracestate") != "" || there.header.Get("Baggage") != "" {
				t.Errorf("Polar got %v", there.header)
			}
		})
	}
}

// TestStandardEnvironment: OTEL_* variables do without a flag what they do elsewhere.
func TestStandardEnvironment(t *testing.T) {
	t.Run("gRPC", func(t *testing.T) {
		c, endpoint := newGRPCCollector(t)
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
		t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
		t.Setenv("OTEL_METRICS_EXPORTER", "none")
		service := harness.Start(t)
		send(t, http.MethodGet, service.REST+"/v1/checkouts/", "", nil)
		service.Stop(t)
		one(t, c, "GET /v1/checkouts")
	})
	t.Run("switched off", func(t *testing.T) {
		c, endpoint := newCollector(t)
		t.Setenv("OTEL_SDK_DISABLED", "true")
		service := harness.Start(t, "--otlp-endpoint="+endpoint)
		send(t, http.MethodGet, service.REST+"/v1/checkouts/", "", map[string]string{"Traceparent": sampled})
		service.Stop(t)
		if c.text() != "" {
			t.Error("something was sent")
		}
	})
}

// TestCollectorAway: whoever sells is not kept from it by a collector that is away.
func TestCollectorAway(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	service := harness.Start(t, "--otlp-endpoint="+server.URL)
	if status, _ := send(t, http.MethodGet, service.REST+"/v1/checkouts/", "", nil); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	began := time.Now()
	service.Stop(t)
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("the program needed %s to end", took)
	}
	if !strings.Contains(service.Logs(), "could not be sent") {
		t.Error("nobody hears that nothing is sent")
	}
}
