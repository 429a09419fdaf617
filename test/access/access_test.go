// Package access tests who may call: the real program, with callers' tokens, certificates and JWTs, several
// organizations, and buyers at a door of their own.
package access

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Callers' tokens. No output may show one.
const (
	shopToken   = "caller-shop-S3cretS3cretS3cret"
	readerToken = "caller-reader-S3cretS3cretS3cret"
)

// caller is an entry of a callers file.
type caller struct {
	Name          string   `json:"name"`
	TokenSHA256   []string `json:"token_sha256,omitempty"`
	Certificate   []string `json:"certificate,omitempty"`
	Scopes        []string `json:"scopes"`
	Organizations []string `json:"organizations,omitempty"`
	PerSecond     float64  `json:"requests_per_second,omitempty"`
	Burst         int      `json:"burst,omitempty"`
}

func both() []string { return []string{"checkouts:read", "checkouts:write"} }

func hash(token string) []string {
	sum := sha256.Sum256([]byte(token))
	return []string{hex.EncodeToString(sum[:])}
}

var (
	shop   = caller{Name: "shop", TokenSHA256: hash(shopToken), Scopes: both()}
	reader = caller{Name: "reader", TokenSHA256: hash(readerToken), Scopes: []string{"checkouts:read"}}
)

// file writes a file of the test's.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	write(t, path, text)
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func callersText(t *testing.T, all ...caller) string {
	t.Helper()
	text, err := json.Marshal(map[string][]caller{"callers": all})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// start runs the program with callers' tokens as secrets.
func start(t *testing.T, args ...string) *harness.Service {
	t.Helper()
	service := harness.Start(t, args...)
	service.Secret(shopToken)
	service.Secret(readerToken)
	return service
}

// plain speaks plain text.
var plain = &http.Client{Timeout: 30 * time.Second}

// answer is what a REST call got.
type answer struct {
	status int
	header http.Header
	body   string
}

// call makes a REST call; each header is "Name: value".
func call(t *testing.T, client *http.Client, method, url, body string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		if name == "Host" {
			request.Host = value
			continue
		}
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// bearer is the header, or metadata, of a token.
func bearer(token string) string { return "Authorization: Bearer " + token }

// dial connects over plain text.
func dial(t *testing.T, target string) pb.CheckoutServiceClient {
	t.Helper()
	conn, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return pb.NewCheckoutServiceClient(conn)
}

// reason is the ErrorInfo's reason of a failed call.
func reason(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return ""
}

// createBody is the smallest create that the demo organization takes.
var createBody = `{"products":["` + emulator.DemoFreeID + `"]}`

// TestTokens: a caller is who its token says, may do what its scopes say, and a refusal is Polar's over REST and typed
// over gRPC.
func TestTokens(t *testing.T) {
	service := start(t, "--callers-file="+file(t, "callers.json", callersText(t, shop, reader)))
	rest := service.REST + "/v1/checkouts/"
	for name, c := range map[string]struct {
		method    string
		headers   []string
		status    int
		challenge string
		body      string
	}{
		"none":         {"GET", nil, 401, `Bearer realm="checkoutsvc"`, `{"error":"Unauthorized","detail":"`},
		"unknown":      {"GET", []string{bearer("polar_oat_emulator")}, 401, `error="invalid_token"`, `{"error":"invalid_token","error_description":"`},
		"not a bearer": {"GET", []string{"Authorization: Basic eDp5"}, 401, `Bearer realm="checkoutsvc"`, `"error":"`},
		"may read":     {"GET", []string{bearer(readerToken)}, 200, "", `{"items":`},
		"may not":      {"POST", []string{bearer(readerToken)}, 403, `error="insufficient_scope", scope="checkouts:write"`, `{"error":"insufficient_scope","error_description":"`},
		"may write":    {"POST", []string{bearer(shopToken)}, 201, "", `"client_secret"`},
	} {
		body := ""
		if c.method == "POST" {
			body = createBody
		}
		got := call(t, plain, c.method, rest, body, c.headers...)
		if got.status != c.status || !strings.Contains(got.header.Get("WWW-Authenticate"), c.challenge) || !strings.Contains(got.body, c.body) {
			t.Errorf("%s: %d %q %.200s", name, got.status, got.header.Get("WWW-Authenticate"), got.body)
		}
	}
	client := dial(t, service.GRPC)
	for token, want := range map[string]codes.Code{"": codes.Unauthenticated, "x": codes.Unauthenticated, readerToken: codes.PermissionDenied, shopToken: codes.OK} {
		ctx := t.Context()
		if token != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
		}
		_, err := client.CreateCheckout(ctx, &pb.CreateCheckoutRequest{CheckoutCreate: &pb.CheckoutCreate{Products: []string{emulator.DemoFreeID}}})
		if status.Code(err) != want || err != nil && reason(err) == "" {
			t.Errorf("%q: %v", token, err)
		}
	}
	service.Stop(t)
	for _, want := range []string{`"caller":"file:shop"`, `"caller":"file:reader"`, `"code":"Unauthenticated"`} {
		if !strings.Contains(service.Logs(), want) {
			t.Errorf("the log does not say %s", want)
		}
	}
}

// TestCallersChange: the file is read again, and a broken one changes nothing but what operators see.
func TestCallersChange(t *testing.T) {
	path := file(t, "callers.json", callersText(t, shop))
	service := start(t, "--callers-file="+path)
	rest := service.REST + "/v1/checkouts/"
	status := func(token string) int { return call(t, plain, "GET", rest, "", bearer(token)).status }
	if shop, reader := status(shopToken), status(readerToken); shop != 200 || reader != 401 {
		t.Fatal(shop, reader)
	}
	write(t, path, `{"callers":`)
	eventually(t, "readyz does not tell of the broken file", func() bool {
		ready := call(t, plain, "GET", service.Admin+"/readyz", "")
		return ready.status == 200 && strings.Contains(ready.body, `"degraded"`) && strings.Contains(ready.body, "callers file")
	})
	if got := status(shopToken); got != 200 {
		t.Error("a broken file locks callers out:", got)
	}
	write(t, path, callersText(t, reader))
	eventually(t, "the new file is not in use", func() bool { return status(readerToken) == 200 })
	if got := status(shopToken); got != 401 {
		t.Error("a caller that was taken out still calls:", got)
	}
}

// TestCallersLimit: a caller that calls too often is told when to go on, and others are not held up.
func TestCallersLimit(t *testing.T) {
	slow := reader
	slow.PerSecond, slow.Burst = 0.1, 2
	service := start(t, "--callers-file="+file(t, "callers.json", callersText(t, shop, slow)))
	var last answer
	for range 3 {
		last = call(t, plain, "GET", service.REST+"/v1/checkouts/", "", bearer(readerToken))
	}
	if last.status != 429 || last.header.Get("Retry-After") == "" || !strings.Contains(last.body, "CallerRateLimited") {
		t.Errorf("%d %v %s", last.status, last.header, last.body)
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+readerToken)
	if _, err := dial(t, service.GRPC).ListCheckouts(ctx, &pb.ListCheckoutsRequest{}); status.Code(err) != codes.ResourceExhausted || reason(err) != "CALLER_RATE_LIMITED" {
		t.Error(err)
	}
	if got := call(t, plain, "GET", service.REST+"/v1/checkouts/", "", bearer(shopToken)); got.status != 200 {
		t.Error("another caller is held up:", got.status)
	}
}

// TestKeysAreCallers: the same Idempotency-Key of two callers names two creates.
func TestKeysAreCallers(t *testing.T) {
	other := caller{Name: "other", TokenSHA256: hash(readerToken), Scopes: both()}
	service := start(t, "--callers-file="+file(t, "callers.json", callersText(t, shop, other)))
	create := func(token string) answer {
		return call(t, plain, "POST", service.REST+"/v1/checkouts/", createBody, bearer(token), "Idempotency-Key: one")
	}
	first, again, foreign := create(shopToken), create(shopToken), create(readerToken)
	if first.status != 201 || again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the key is not kept: %d, %d", first.status, again.status)
	}
	if foreign.status != 201 || foreign.body == first.body {
		t.Error("a caller got another one's checkout")
	}
}

// eventually waits for what happens within seconds.
func eventually(t *testing.T, otherwise string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatal(otherwise)
		}
		<-time.After(50 * time.Millisecond)
	}
}
