package telemetry_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// What is secret, or is somebody's own business. Each is looked for in all that the program says to operators.
const (
	polarToken    = "polar_oat_marked0polar0token"
	callerToken   = "marked0caller0token0that0is0long0enough"
	strangerToken = "marked0stranger0token"
	confirmation  = "ctoken_marked0confirmation"
	email         = "marked0buyer@example.com"
	orderName     = "marked0order"
	metadataValue = "marked0metadata"
	listed        = "marked0customer"
	unknownMethod = "/polar.checkouts.v1.CheckoutService/marked0method"
)

// mark is what all of them have in common, so that a part of one is found too.
const mark = "marked0"

const createBody = `{"products":["0b000000-0000-4000-8000-000000000001"],"customer_email":"` + email + `","metadata":{"note":"` + metadataValue + `"}}`

// caller calls the program over both roads and keeps what errors say.
type caller struct {
	t       *testing.T
	service *harness.Service
	secret  string // of the checkout that is used

	mu     sync.Mutex
	errors []string
}

// rest makes a call and gives its body.
func (c *caller) rest(method, path, body, key string) string {
	c.t.Helper()
	header := map[string]string{"Authorization": "Bearer " + callerToken, "Traceparent": sampled, "Idempotency-Key": key}
	status, answer := send(c.t, method, c.service.REST+path, body, header)
	if status >= http.StatusBadRequest {
		c.note(fmt.Sprintf("%s %d: %s", method, status, answer))
	}
	return answer
}

// grpc calls a method with a request and its fields as JSON.
func (c *caller) grpc(method string, message proto.Message, fields string, answer proto.Message) {
	c.t.Helper()
	if err := protojson.Unmarshal([]byte(fields), message); err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(within(c.t, "authorization", "Bearer "+callerToken, "traceparent", sampled), 3*time.Second)
	defer cancel()
	err := dial(c.t, c.service).Invoke(ctx, "/polar.checkouts.v1.CheckoutService/"+method, message, answer)
	if err != nil {
		c.note(method + ": " + err.Error())
	}
}

func (c *caller) note(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.errors = append(c.errors, text)
}

// buy makes a checkout and uses every operation on it, over both roads.
func (c *caller) buy() {
	var made struct {
		ID           string `json:"id"`
		ClientSecret string `json:"client_secret"`
	}
	if err := json.Unmarshal([]byte(c.rest(http.MethodPost, "/v1/checkouts/", createBody, orderName)), &made); err != nil || made.ClientSecret == "" {
		c.t.Fatalf("no checkout was made: %v", err)
	}
	c.secret = made.ClientSecret
	c.useREST(made.ID)
	c.useGRPC(made.ID)
}

func (c *caller) useREST(id string) {
	buyer := "/v1/checkouts/client/" + c.secret
	c.rest(http.MethodGet, "/v1/checkouts/?external_customer_id="+listed, "", "")
	c.rest(http.MethodPost, "/v1/checkouts/", createBody, orderName)
	c.rest(http.MethodGet, "/v1/checkouts/"+id, "", "")
	c.rest(http.MethodPatch, "/v1/checkouts/"+id, `{"customer_email":"`+email+`"}`, "")
	c.rest(http.MethodGet, buyer, "", "")
	c.rest(http.MethodPatch, buyer, `{"customer_name":"`+metadataValue+`"}`, "")
	c.rest(http.MethodPost, buyer+"/confirm", `{"confirmation_token_id":"`+confirmation+`_decline"}`, "")
	c.rest(http.MethodPost, buyer+"/confirm", `{"confirmation_token_id":"`+confirmation+`"}`, "")
	c.rest(http.MethodPut, buyer, "", "") // no operation, but a path all the same
}

func (c *caller) useGRPC(id string) {
	answer, secret := new(pb.Checkout), `{"client_secret":"`+c.secret+`"`
	c.grpc("ListCheckouts", new(pb.ListCheckoutsRequest), `{"external_customer_id":["`+listed+`"]}`, new(pb.ListCheckoutsResponse))
	c.grpc("CreateCheckout", new(pb.CreateCheckoutRequest), `{"request_id":"`+orderName+`_2","checkout_create":{`+
		`"products":["0b000000-0000-4000-8000-000000000001"],"customer_email":"`+email+`"}}`, answer)
	c.grpc("GetCheckout", new(pb.GetCheckoutRequest), `{"id":"`+id+`"}`, answer)
	c.grpc("UpdateCheckout", new(pb.UpdateCheckoutRequest), `{"id":"`+id+`","checkout_update":{"customer_email":"`+email+`"}}`, answer)
	c.grpc("GetClientCheckout", new(pb.GetClientCheckoutRequest), secret+`}`, new(pb.CheckoutPublic))
	c.grpc("UpdateClientCheckout", new(pb.UpdateClientCheckoutRequest), secret+`,"checkout_update_public":{"customer_name":"`+metadataValue+`"}}`, new(pb.CheckoutPublic))
	c.grpc("ConfirmClientCheckout", new(pb.ConfirmClientCheckoutRequest), secret+`,"checkout_confirm_stripe":{"confirmation_token_id":"`+confirmation+`"}}`, new(pb.CheckoutPublicConfirmed))
	ctx := within(c.t, "authorization", "Bearer "+strangerToken, "traceparent", sampled)
	c.note(dial(c.t, c.service).Invoke(ctx, unknownMethod, new(pb.Checkout), new(pb.Checkout)).Error())
	_, refused := send(c.t, http.MethodGet, c.service.REST+"/v1/checkouts/", "", map[string]string{"Authorization": "Bearer " + strangerToken})
	c.note(refused)
}

// wantNoSecret looks through all that the program has said.
func (c *caller) wantNoSecret(sent *collector, metrics string) {
	c.t.Helper()
	for what, text := range map[string]string{"a log line": c.service.Logs(), "a metric": metrics, "what the collector got": sent.text()} {
		if what != "a metric" && !strings.Contains(text, "GetClientCheckout") {
			c.t.Errorf("%s does not speak of the calls at all", what)
		}
		for _, secret := range []string{mark, c.secret, "polar_c_"} {
			if at := strings.Index(text, secret); at >= 0 {
				c.t.Errorf("%s shows %q: ...%q...", what, secret, text[max(0, at-200):min(len(text), at+200)])
			}
		}
	}
}

// wantNoToken looks through what callers were told. What Polar says of a call is theirs, a token is not.
func (c *caller) wantNoToken() {
	c.t.Helper()
	for _, text := range c.errors {
		for _, secret := range []string{polarToken, callerToken, strangerToken} {
			if strings.Contains(text, secret) {
				c.t.Errorf("an error shows a token: %s", text)
			}
		}
	}
	if len(c.errors) == 0 {
		c.t.Error("there was no error")
	}
}

func (c *caller) metrics() string {
	c.t.Helper()
	_, plain := send(c.t, http.MethodGet, c.service.Admin+"/metrics", "", nil)
	_, open := send(c.t, http.MethodGet, c.service.Admin+"/metrics", "", map[string]string{"Accept": "application/openmetrics-text"})
	if !strings.Contains(plain, "checkoutsvc_calls_total") || !strings.Contains(open, "trace_id") {
		c.t.Error("the metrics do not speak of the calls")
	}
	return plain + open
}

// tokenFile holds Polar's token.
func tokenFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(polarToken), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestNoSecretIsShown drives every operation over both roads at the lowest log level, and looks for what was marked.
func TestNoSecretIsShown(t *testing.T) {
	sent, endpoint := newCollector(t)
	service := harness.Start(t, "--log-level=DEBUG", "--otlp-endpoint="+endpoint, "--callers-file="+harness.CallersFile(t, callerToken), "--polar-token-file="+tokenFile(t))
	send(t, http.MethodPost, service.Polar+"/_emulator/tokens", `{"kind":"organization","organization_id":"0a000000-0000-4000-8000-000000000001",`+
		`"scopes":["checkouts:read","checkouts:write"],"token":"`+polarToken+`"}`, nil)
	c := &caller{t: t, service: service}
	c.buy()
	metrics := c.metrics()
	service.Stop(t)
	c.wantNoSecret(sent, metrics)
	c.wantNoToken()
}

// echo is a Polar, or what stands in its place, that fails and repeats in its answers all that it was told.
type echo struct{ status int }

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	told, _ := json.Marshal(fmt.Sprint(r.URL, r.Header, string(body)))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", r.URL.String())
	w.Header().Set("X-Request-Id", string(told))
	w.WriteHeader(e.status)
	_, _ = fmt.Fprintf(w, `{"error":"TaxCalculationTechnicalError","type":%s,"detail":%s}`, told, told)
}

// TestNoSecretIsShownOfFailures: an answer of Polar's may repeat everything, and its text reaches callers, but no operator.
func TestNoSecretIsShownOfFailures(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusFound, http.StatusUnauthorized, http.StatusUnprocessableEntity, http.StatusInternalServerError} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			sent, endpoint := newCollector(t)
			server := httptest.NewServer(&echo{status})
			defer server.Close()
			service := harness.Start(
				t, "--log-level=DEBUG", "--otlp-endpoint="+endpoint, "--callers-file="+harness.CallersFile(t, callerToken),
				"--polar="+server.URL, "--polar-token-file="+tokenFile(t),
			)
			c := &caller{t: t, service: service, secret: "polar_c_" + mark + "secret"}
			c.useREST("3fa85f64-5717-4562-b3fc-2c963f66afa6")
			c.useGRPC("3fa85f64-5717-4562-b3fc-2c963f66afa6")
			metrics := c.metrics()
			service.Stop(t)
			c.wantNoSecret(sent, metrics)
		})
	}
}

// TestEveryOperationWasDriven holds the calls above to the operations that there are.
func TestEveryOperationWasDriven(t *testing.T) {
	source, err := os.ReadFile("secrets_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range polarhttp.Operations {
		if !strings.Contains(string(source), `c.grpc("`+op.Name+`"`) {
			t.Errorf("%s is not driven", op.Name)
		}
	}
}
