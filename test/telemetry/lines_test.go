package telemetry_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// lines are the log's lines of one message.
func lines(t *testing.T, logs, message string) (all []map[string]any) {
	t.Helper()
	for text := range strings.Lines(logs) {
		var line map[string]any
		if json.Unmarshal([]byte(text), &line) == nil && line["msg"] == message {
			all = append(all, line)
		}
	}
	return all
}

// wantLine wants exactly one of the lines to have all that is wanted.
func wantLine(t *testing.T, all []map[string]any, want map[string]any) {
	t.Helper()
	found := 0
	for _, line := range all {
		same := true
		for name, value := range want {
			same = same && line[name] == value
		}
		if same {
			found++
		}
	}
	if found != 1 {
		t.Errorf("%d lines have %v, want 1, among:\n%v", found, want, all)
	}
}

// TestALineSaysWhyAndWho: what the runbook has operators look for in the log.
func TestALineSaysWhyAndWho(t *testing.T) {
	t.Parallel()
	service := harness.Start(t, "--callers-file="+harness.CallersFile(t, callerToken))
	known := map[string]string{"Authorization": "Bearer " + callerToken, "X-Request-Id": "mine-1"}
	var made struct {
		ClientSecret string `json:"client_secret"`
	}
	_, answer := send(t, http.MethodPost, service.REST+"/v1/checkouts/", createBody, known)
	if err := json.Unmarshal([]byte(answer), &made); err != nil || made.ClientSecret == "" {
		t.Fatal(answer, err)
	}
	send(t, http.MethodGet, service.REST+"/v1/checkouts/", "", map[string]string{"Authorization": "Bearer " + strangerToken, "X-Request-Id": "no good id"})
	send(t, http.MethodPost, service.Polar+"/_emulator/next", `{"method":"POST","path":"/confirm","cut":true}`, nil)
	own := service.REST + "/v1/checkouts/client/" + made.ClientSecret + "/confirm"
	send(t, http.MethodPost, own, `{"confirmation_token_id":"`+confirmation+`"}`, map[string]string{"X-Request-Id": "mine-2"})
	send(t, http.MethodPatch, service.REST+"/v1/checkouts/0a000000-0000-4000-8000-00000000dead", `{}`, known)
	service.Secret(made.ClientSecret)
	service.Stop(t)

	calls := lines(t, service.Logs(), "call")
	wantLine(t, calls, map[string]any{"method": "CreateCheckout", "protocol": "rest", "request_id": "mine-1", "caller": "file:test", "reason": nil})
	wantLine(t, calls, map[string]any{"method": "ListCheckouts", "reason": "INVALID_TOKEN", "from": "127.0.0.1", "caller": nil})
	wantLine(t, calls, map[string]any{"method": "UpdateCheckout", "reason": "RESOURCE_NOT_FOUND", "from": nil, "checkout_id": nil})
	wantLine(t, calls, map[string]any{"method": "ConfirmClientCheckout", "reason": "OUTCOME_UNKNOWN", "request_id": "mine-2", "client_secret_sha256": hashOf(made.ClientSecret)})
	if strings.Contains(service.Logs(), "no good id") {
		t.Error("a caller writes into the log")
	}
}

// TestEveryRequestHasALine: what is no call has one too, without the path, and is counted by its status.
func TestEveryRequestHasALine(t *testing.T) {
	t.Parallel()
	service := harness.Start(t, "--cors-origins=https://shop.example.com")
	path := service.REST + "/v1/" + mark + "/"
	for _, r := range []struct{ method, url, body string }{
		{http.MethodGet, path, ""}, {http.MethodPut, service.REST + "/v1/checkouts/client/" + mark, "{}"}, {http.MethodGet, service.REST + "/openapi.json", ""},
	} {
		send(t, r.method, r.url, r.body, map[string]string{"X-Request-Id": "edge-1"})
	}
	send(t, http.MethodOptions, path, "", map[string]string{"Origin": "https://shop.example.com", "Access-Control-Request-Method": "GET"})
	for status, count := range map[string]string{"501": "1", "405": "1", "200": "1", "204": "1"} {
		eventually(t, service, `checkoutsvc_requests_total{status="`+status+`"} `+count)
	}
	service.Stop(t)
	all := lines(t, service.Logs(), "request")
	wantLine(t, all, map[string]any{"status": 501.0, "verb": "GET", "route": "other", "request_id": "edge-1", "from": "127.0.0.1"})
	wantLine(t, all, map[string]any{"status": 405.0, "verb": "PUT"})
	wantLine(t, all, map[string]any{"status": 204.0, "verb": "OPTIONS"})
	if len(all) != 4 || strings.Contains(service.Logs(), mark) {
		t.Errorf("%d lines, or a path is shown:\n%s", len(all), service.Logs())
	}
}

// TestForwardedRequestsHaveALine: they are no calls of this service, and are seen all the same.
func TestForwardedRequestsHaveALine(t *testing.T) {
	t.Parallel()
	service := harness.Start(t, "--credentials=caller", "--other-paths=forward")
	send(t, http.MethodGet, service.REST+"/v1/products/"+mark, "", nil)
	eventually(t, service, `checkoutsvc_requests_total{status="401"} 1`)
	service.Stop(t)
	wantLine(t, lines(t, service.Logs(), "request"), map[string]any{"status": 401.0, "route": "other", "verb": "GET"})
}

// TestBuyersDoNotDecideWhatIsTraced: whoever calls at their door is a stranger.
func TestBuyersDoNotDecideWhatIsTraced(t *testing.T) {
	t.Parallel()
	c, endpoint := newCollector(t)
	service := harness.Start(t, "--otlp-endpoint="+endpoint, "--trace-ratio=0", "--buyer-listen=127.0.0.1:0")
	send(t, http.MethodGet, service.Buyers+"/v1/checkouts/client/polar_c_x", "", map[string]string{"Traceparent": sampled})
	service.Stop(t)
	if n := len(c.all()); n != 0 {
		t.Errorf("%d spans: %v", n, names(c))
	}
}

// hashOf is what stands in the log for a client secret.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:8])
}
