package access

import (
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// secretOf makes a checkout and gives its client secret.
func secretOf(t *testing.T, rest string, headers ...string) string {
	t.Helper()
	made := call(t, plain, "POST", rest+"/v1/checkouts/", createBody, headers...)
	var checkout struct {
		Secret string `json:"client_secret"`
	}
	if err := json.Unmarshal([]byte(made.body), &checkout); err != nil || made.status != 201 {
		t.Fatal(made)
	}
	return checkout.Secret
}

// TestBuyersDoor: their address serves their three operations to whoever knows the client secret, and nothing else; CORS
// is there alone.
func TestBuyersDoor(t *testing.T) {
	service := start(t, "--buyer-listen=127.0.0.1:0", "--cors-origins=https://shop.example.com", "--callers-file="+file(t, "callers.json", callersText(t, shop)))
	secret := secretOf(t, service.REST, bearer(shopToken))
	own := "/v1/checkouts/client/" + secret
	from := "Origin: https://shop.example.com"
	for name, c := range map[string]struct {
		method, path, body string
		status             int
	}{
		"read":                          {"GET", own, "", 200},
		"update":                        {"PATCH", own, `{"customer_name":"Ada"}`, 200},
		"confirm, refused by Polar":     {"POST", own + "/confirm", `{"customer_email":"not an address"}`, 422},
		"a list is none of theirs":      {"GET", "/v1/checkouts/", "", 501},
		"nor is a create":               {"POST", "/v1/checkouts/", createBody, 501},
		"nor a checkout by its id":      {"GET", "/v1/checkouts/0a000000-0000-4000-8000-000000000009", "", 501},
		"nor what is no checkout":       {"GET", "/v1/products/", "", 501},
		"nor the documentation":         {"GET", "/docs", "", 501},
		"another method, as at Polar's": {"PUT", own, "{}", 405},
	} {
		got := call(t, plain, c.method, service.Buyers+c.path, c.body, from, "Authorization: Bearer undefined")
		if got.status != c.status || c.method != "PUT" && got.header.Get("Access-Control-Allow-Origin") != "https://shop.example.com" {
			t.Errorf("%s: %d %v %.200s", name, got.status, got.header, got.body)
		}
	}
	if got := call(t, plain, "GET", service.REST+own, "", from); got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("the merchant's address: %d, CORS %q", got.status, got.header.Get("Access-Control-Allow-Origin"))
	}
	client := dial(t, service.GRPC)
	if _, err := client.GetClientCheckout(t.Context(), &pb.GetClientCheckoutRequest{ClientSecret: secret}); status.Code(err) != codes.Unauthenticated {
		t.Errorf("over gRPC callers are asked by default: %v", err)
	}
}

// TestClientOperations: the flag decides on both protocols.
func TestClientOperations(t *testing.T) {
	for flag, want := range map[string]struct {
		rest int
		grpc codes.Code
	}{"open": {404, codes.NotFound}, "scoped": {401, codes.Unauthenticated}} {
		service := start(t, "--client-operations="+flag, "--callers-file="+file(t, "callers.json", callersText(t, shop, reader)))
		if got := call(t, plain, "GET", service.REST+"/v1/checkouts/client/polar_c_x", ""); got.status != want.rest {
			t.Errorf("%s: %d %s", flag, got.status, got.body)
		}
		client, request := dial(t, service.GRPC), &pb.GetClientCheckoutRequest{ClientSecret: "polar_c_x"}
		if _, err := client.GetClientCheckout(t.Context(), request); status.Code(err) != want.grpc {
			t.Errorf("%s: %v", flag, err)
		}
		known := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+readerToken)
		if _, err := client.GetClientCheckout(known, request); status.Code(err) != codes.NotFound {
			t.Errorf("%s, with a token: %v", flag, err)
		}
		if _, err := client.UpdateClientCheckout(known, &pb.UpdateClientCheckoutRequest{ClientSecret: "polar_c_x"}); flag == "scoped" && status.Code(err) != codes.PermissionDenied {
			t.Errorf("a reader may update as a buyer: %v", err)
		}
	}
}

// TestBuyersLimit: each buyer's address has a limit of its own, as a trusted proxy tells it; what stands in the header
// before it, anybody may have written.
func TestBuyersLimit(t *testing.T) {
	service := start(t, "--buyer-listen=127.0.0.1:0", "--buyer-requests-per-second=0.5", "--buyer-ip-header=X-Forwarded-For", "--trusted-proxies=127.0.0.0/8,10.0.0.0/8")
	status := func(forwardedFor string) answer {
		return call(t, plain, "GET", service.Buyers+"/v1/checkouts/client/polar_c_x", "", "X-Forwarded-For: "+forwardedFor)
	}
	var last answer
	for _, forged := range []string{"198.51.100.1", "198.51.100.2", "198.51.100.3"} {
		last = status(forged + ", 203.0.113.7, 10.1.2.3")
	}
	if last.status != 429 || last.header.Get("Retry-After") == "" || !strings.Contains(last.body, `"CallerRateLimited"`) {
		t.Errorf("the third call of one address: %d %s", last.status, last.body)
	}
	if got := status("203.0.113.8"); got.status != 404 {
		t.Errorf("another address is held up: %d", got.status)
	}
	for range 3 {
		last = status("2001:db8:0:1::" + "7")
	}
	if got := status("2001:db8:0:1::8"); last.status != 429 || got.status != 429 {
		t.Errorf("one network of IPv6 has two limits: %d, %d", last.status, got.status)
	}
}

// TestBuyersLimitAlone: the limit holds where nothing else is set up, too.
func TestBuyersLimitAlone(t *testing.T) {
	service := start(t, "--buyer-listen=127.0.0.1:0", "--buyer-requests-per-second=0.5")
	var last answer
	for range 3 {
		last = call(t, plain, "GET", service.Buyers+"/v1/checkouts/client/polar_c_x", "")
	}
	if last.status != 429 {
		t.Errorf("the third call: %d %s", last.status, last.body)
	}
}

// TestBuyersBody: a stranger's body may not be as large as Polar takes it.
func TestBuyersBody(t *testing.T) {
	service := start(t, "--buyer-listen=127.0.0.1:0")
	large := `{"customer_name":"` + strings.Repeat("x", 256<<10) + `"}`
	if got := call(t, plain, "PATCH", service.Buyers+"/v1/checkouts/client/polar_c_x", large, "Expect: 100-continue"); got.status != 413 || !strings.Contains(got.body, "RequestBodyTooLarge") {
		t.Errorf("%d %.200s", got.status, got.body)
	}
}

// TestBuyersAddress: a create says where the buyer is if a trusted party told it, never where the merchant's back end is.
func TestBuyersAddress(t *testing.T) {
	create := func(t *testing.T, rest, body string, headers ...string) string {
		t.Helper()
		made := call(t, plain, "POST", rest+"/v1/checkouts/", body, headers...)
		var checkout struct {
			Address *string `json:"customer_ip_address"`
		}
		if err := json.Unmarshal([]byte(made.body), &checkout); err != nil || made.status != 201 {
			t.Fatal(made)
		}
		if checkout.Address == nil {
			return "null"
		}
		return *checkout.Address
	}
	told := "X-Buyer-Ip: 203.0.113.7"
	trusting := start(t, "--buyer-ip-header=X-Buyer-IP", "--trusted-proxies=127.0.0.1,::1")
	said := strings.Replace(createBody, "{", `{"customer_ip_address":"198.51.100.9",`, 1)
	for name, c := range map[string][3]string{
		"told":                 {createBody, told, "203.0.113.7"},
		"said by the caller":   {said, told, "198.51.100.9"},
		"not told":             {createBody, "X-Other: 1", "null"},
		"told no address":      {createBody, "X-Buyer-Ip: unknown", "null"},
		"told the proxy's own": {createBody, "X-Buyer-Ip: 127.0.0.1", "null"},
	} {
		if got := create(t, trusting.REST, c[0], c[1]); got != c[2] {
			t.Errorf("%s: %s", name, got)
		}
	}
	keyed := create(t, trusting.REST, createBody, told, "Idempotency-Key: one")
	if again := create(t, trusting.REST, createBody, "X-Buyer-Ip: 203.0.113.9", "Idempotency-Key: one"); again != keyed {
		t.Errorf("a buyer who moved made another checkout: %s, %s", keyed, again)
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "x-buyer-ip", "203.0.113.7")
	made, err := dial(t, trusting.GRPC).CreateCheckout(ctx, &pb.CreateCheckoutRequest{CheckoutCreate: &pb.CheckoutCreate{Products: []string{emulator.DemoFreeID}}})
	if err != nil || made.GetCustomerIpAddress() != "203.0.113.7" {
		t.Errorf("over gRPC: %q, %v", made.GetCustomerIpAddress(), err)
	}
	// What a proxy writes is where the merchant's back end is; the buyer stands before it, if the back end tells.
	behind := start(t, "--buyer-ip-header=X-Forwarded-For", "--trusted-proxies=127.0.0.1,10.0.0.0/8")
	for forwarded, want := range map[string]string{
		"198.51.100.7": "null", "203.0.113.7, 198.51.100.7": "203.0.113.7", "203.0.113.7, 198.51.100.7, 10.0.0.1": "203.0.113.7", "x, 198.51.100.7": "null",
	} {
		if got := create(t, behind.REST, createBody, "X-Forwarded-For: "+forwarded); got != want {
			t.Errorf("X-Forwarded-For: %s: %s", forwarded, got)
		}
	}
	stranger := start(t, "--buyer-ip-header=X-Buyer-IP", "--trusted-proxies=10.0.0.0/8")
	if got := create(t, stranger.REST, createBody, told); got != "null" {
		t.Errorf("told by a stranger: %s", got)
	}
}

// TestForeignHost: a page whose name leads to this machine is kept out where nobody is asked who calls.
func TestForeignHost(t *testing.T) {
	asking := start(t, "--callers-file="+file(t, "callers.json", callersText(t, shop)))
	open, all := start(t), start(t, "--allow-unauthenticated-callers")
	for name, c := range map[string]struct {
		url, host string
		status    int
	}{
		"rebound":                  {open.REST + "/v1/checkouts/", "evil.example.com", 421},
		"rebound, with a port":     {open.REST + "/v1/checkouts/", "evil.example.com:8080", 421},
		"the documentation too":    {open.REST + "/docs", "evil.example.com", 421},
		"the operators' too":       {open.Admin + "/metrics", "evil.example.com", 421},
		"localhost":                {open.REST + "/v1/checkouts/", "localhost:1", 200},
		"IPv6":                     {open.REST + "/v1/checkouts/", "[::1]:8080", 200},
		"asked who they are":       {asking.REST + "/v1/checkouts/", "checkouts.example.com", 401},
		"opened by name":           {all.REST + "/v1/checkouts/", "checkouts.example.com", 200},
		"opened, operators' stays": {all.Admin + "/metrics", "checkouts.example.com", 421},
	} {
		if got := call(t, plain, "GET", c.url, "", "Host: "+c.host); got.status != c.status {
			t.Errorf("%s: %d %.200s", name, got.status, got.body)
		}
	}
}

// TestMetricsListen: what may be reached from outside has no profiles.
func TestMetricsListen(t *testing.T) {
	service := start(t, "--metrics-listen=127.0.0.1:0")
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/debug/pprof/": 404} {
		if got := call(t, plain, "GET", service.Metrics+path, "", "Host: checkoutsvc.internal"); got.status != want {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}
