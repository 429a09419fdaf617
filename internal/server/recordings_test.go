package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/polarjson"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// recordedPolar answers one recorded exchange and remembers what it was asked.
type recordedPolar struct {
	mu     sync.Mutex
	answer recordings.Response
	asked  []recordings.Request
}

func (p *recordedPolar) next(answer recordings.Response) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer, p.asked = answer, nil
}

func (p *recordedPolar) seen() []recordings.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

func (p *recordedPolar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	headers := map[string]string{}
	for name := range r.Header {
		headers[name] = r.Header.Get(name)
	}
	p.asked = append(p.asked, recordings.Request{Method: r.Method, Path: r.RequestURI, Headers: headers, Body: body})
	for name, value := range p.answer.Headers {
		if name != "content-length" && name != "transfer-encoding" {
			w.Header().Set(name, value)
		}
	}
	w.WriteHeader(p.answer.Status)
	_, _ = w.Write(p.answer.Body)
}

// startServer runs a server in front of an upstream and gives a connection to it and the URL of its facade.
func startServer(t *testing.T, upstream http.Handler, change ...func(*Config)) (*grpc.ClientConn, string) {
	t.Helper()
	polar := httptest.NewServer(upstream)
	t.Cleanup(polar.Close)
	base, err := url.Parse(polar.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := polarhttp.NewTransport()
	config := Config{
		GRPCListen: "127.0.0.1:0", RESTListen: "127.0.0.1:0", DrainTimeout: 5 * time.Second, ResolveFor: time.Millisecond, Logger: slog.New(slog.DiscardHandler),
		AnyHost: true, // one of the recordings names another
		Polar:   polarhttp.Config{BaseURL: base, PolarVersion: "2026-10", Token: func(string) string { return "polar_oat_test" }, Transport: transport},
	}
	for _, f := range change {
		f(&config)
	}
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	conn, err := grpc.NewClient(s.Addresses().GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		stop()
		if err := <-done; err != nil {
			t.Errorf("the server ended with %v", err)
		}
		transport.CloseIdleConnections()
	})
	return conn, "http://" + s.Addresses().REST
}

func callersToken(c *Config) { c.Polar.ForwardAuthorization = true }

// typedCall is a recorded request as an RPC.
type typedCall struct {
	operation *polarhttp.Operation
	request   proto.Message
	body      protoreflect.Name
}

var routes = []struct {
	method  string
	path    *regexp.Regexp
	call    func(segment string) typedCall
	success int
}{
	{"GET", regexp.MustCompile(`^/v1/checkouts/$`), func(string) typedCall {
		return typedCall{polarhttp.ListCheckouts, &pb.ListCheckoutsRequest{}, ""}
	}, 200},
	{"POST", regexp.MustCompile(`^/v1/checkouts/$`), func(string) typedCall {
		return typedCall{polarhttp.CreateCheckout, &pb.CreateCheckoutRequest{}, "checkout_create"}
	}, 201},
	{"GET", regexp.MustCompile(`^/v1/checkouts/([^/]+)$`), func(s string) typedCall {
		return typedCall{polarhttp.GetCheckout, &pb.GetCheckoutRequest{Id: s}, ""}
	}, 200},
	{"PATCH", regexp.MustCompile(`^/v1/checkouts/([^/]+)$`), func(s string) typedCall {
		return typedCall{polarhttp.UpdateCheckout, &pb.UpdateCheckoutRequest{Id: s}, "checkout_update"}
	}, 200},
	{"GET", regexp.MustCompile(`^/v1/checkouts/client/([^/]+)$`), func(s string) typedCall {
		return typedCall{polarhttp.GetClientCheckout, &pb.GetClientCheckoutRequest{ClientSecret: s}, ""}
	}, 200},
	{"PATCH", regexp.MustCompile(`^/v1/checkouts/client/([^/]+)$`), func(s string) typedCall {
		return typedCall{polarhttp.UpdateClientCheckout, &pb.UpdateClientCheckoutRequest{ClientSecret: s}, "checkout_update_public"}
	}, 200},
	{"POST", regexp.MustCompile(`^/v1/checkouts/client/([^/]+)/confirm$`), func(s string) typedCall {
		return typedCall{polarhttp.ConfirmClientCheckout, &pb.ConfirmClientCheckoutRequest{ClientSecret: s}, "checkout_confirm_stripe"}
	}, 200},
}

// typed turns a recorded request into an RPC; ok is false for what a typed message cannot say: other routes and
// framings, texts that are no JSON object, unknown parameters.
func typed(t *testing.T, r recordings.Request) (call typedCall, ok bool) {
	t.Helper()
	path, query, _ := strings.Cut(r.Path, "?")
	for _, route := range routes {
		match := route.path.FindStringSubmatch(path)
		if r.Method != route.method || match == nil || r.Framing != "" {
			continue
		}
		segment, err := url.PathUnescape(match[len(match)-1])
		if err != nil || segment == "client" {
			return typedCall{}, false
		}
		call = route.call(segment)
		if call.body != "" {
			return call, fillBody(t, call, r)
		}
		if list, isList := call.request.(*pb.ListCheckoutsRequest); isList {
			return call, fillQuery(list, query)
		}
		return call, query == "" && len(r.Body) == 0
	}
	return typedCall{}, false
}

func fillBody(t *testing.T, call typedCall, r recordings.Request) bool {
	t.Helper()
	m := call.request.ProtoReflect()
	field := m.Descriptor().Fields().ByName(call.body)
	codec, err := polarjson.NewRequest(field.Message())
	if err != nil {
		t.Fatal(err)
	}
	wire, err := codec.AppendWire(nil, r.Body)
	isJSON := strings.HasPrefix(r.Headers["Content-Type"], "application/json")
	if err != nil || !isJSON {
		return false
	}
	return proto.Unmarshal(wire, m.Mutable(field).Message().Interface()) == nil
}

func fillQuery(list *pb.ListCheckoutsRequest, query string) bool {
	values, err := url.ParseQuery(query)
	if err != nil {
		return false
	}
	for name, all := range values {
		switch name {
		case "organization_id":
			list.OrganizationId = all
		case "product_id":
			list.ProductId = all
		case "customer_id":
			list.CustomerId = all
		case "external_customer_id":
			list.ExternalCustomerId = all
		case "sorting":
			list.Sorting = all
		case "query":
			list.Query = &all[0]
		case "status":
			for _, status := range all {
				value, known := pb.CheckoutStatus_value["CHECKOUT_STATUS_"+strings.ToUpper(status)]
				if !known || status != strings.ToLower(status) {
					return false
				}
				list.Status = append(list.Status, pb.CheckoutStatus(value))
			}
		case "page", "limit":
			n, err := strconv.ParseInt(all[0], 10, 64)
			if err != nil {
				return false
			}
			if name == "page" {
				list.Page = &n
			} else {
				list.Limit = &n
			}
		default:
			return false
		}
		if name != "status" && name != "sorting" && len(all) > 1 && !strings.HasSuffix(name, "_id") {
			return false
		}
	}
	return true
}

// TestRecordingsThroughGRPC plays every recorded request that a typed message can say through gRPC, the service and
// polarhttp to an upstream that answers as recorded. What reaches the upstream must mean what was recorded, an answer
// must survive decoding and encoding, an error must arrive typed.
func TestRecordingsThroughGRPC(t *testing.T) {
	scenarios, err := recordings.Load()
	if err != nil {
		t.Fatal(err)
	}
	polar := &recordedPolar{}
	conn, _ := startServer(t, polar, callersToken)
	counts := map[string]int{}
	whole := t
	for _, scenario := range scenarios {
		t.Run(scenario.Name, func(t *testing.T) {
			for i, exchange := range scenario.Exchanges {
				call, ok := typed(t, exchange.Request)
				if !ok || len(exchange.Response.Summary) > 0 || exchange.Response.Status < 200 {
					counts["not typed"]++
					continue
				}
				polar.next(exchange.Response)
				counts[playTyped(t, conn, polar, call, exchange, fmt.Sprintf("exchange %d", i))]++
				if exchange.Response.Status == http.StatusTooManyRequests {
					// Whoever was told to wait is not let through again; the next exchange is another caller's.
					conn, _ = startServer(whole, polar, callersToken)
				}
			}
		})
	}
	t.Logf("%v", counts)
	if counts["answered"] < 700 || counts["refused by Polar"] < 250 {
		t.Errorf("too few exchanges were played: %v", counts)
	}
}

func playTyped(t *testing.T, conn *grpc.ClientConn, polar *recordedPolar, call typedCall, exchange recordings.Exchange, at string) string {
	t.Helper()
	ctx := t.Context()
	if auth, ok := exchange.Request.Headers["Authorization"]; ok {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", auth)
	}
	if version, ok := exchange.Request.Headers["Polar-Version"]; ok {
		ctx = metadata.AppendToOutgoingContext(ctx, "polar-version", version)
	}
	if exchange.Response.Status == http.StatusConflict {
		once(call.request) // else the service repeats it for a while
	}
	method := pb.CheckoutService_ServiceDesc.ServiceName + "/" + call.operation.Name
	descriptor := pb.File_polar_checkouts_v1_checkout_service_proto.Services().Get(0).Methods().ByName(protoreflect.Name(call.operation.Name))
	answer := newMessage(t, descriptor.Output())
	err := conn.Invoke(ctx, "/"+method, call.request, answer)
	if len(polar.seen()) == 0 {
		if status.Code(err) != codes.InvalidArgument || !refusedHere(exchange.Request.Body) {
			t.Errorf("%s: never reached Polar: %v", at, err)
		}
		return "refused at our edge"
	}
	asked := polar.seen()
	if call.operation == polarhttp.ConfirmClientCheckout && exchange.Response.Status >= 500 {
		asked = asked[:1] // then it was looked up
	}
	checkAsked(t, asked, exchange.Request, at)
	if exchange.Response.Status >= 400 {
		checkTyped(t, err, exchange.Response, call, at)
		return "refused by Polar"
	}
	if err != nil {
		t.Errorf("%s: %v", at, err)
		return "broken"
	}
	codec := polarjson.MustAnswer(descriptor.Output())
	encoded, err := codec.AppendJSON(nil, answer)
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	if d := recordings.Difference(exchange.Response.Body, encoded); d != "" {
		t.Errorf("%s: the answer differs at %s", at, d)
	}
	return "answered"
}

// once asks for a single attempt.
func once(request proto.Message) {
	m := request.ProtoReflect()
	none := &pb.RetryConfig{Strategy: pb.RetryStrategy_RETRY_STRATEGY_NONE.Enum()}
	m.Set(m.Descriptor().Fields().ByName("retries"), protoreflect.ValueOfMessage(none.ProtoReflect()))
}

func newMessage(t *testing.T, md protoreflect.MessageDescriptor) proto.Message {
	t.Helper()
	for _, m := range []proto.Message{&pb.ListCheckoutsResponse{}, &pb.Checkout{}, &pb.CheckoutPublic{}, &pb.CheckoutPublicConfirmed{}} {
		if m.ProtoReflect().Descriptor() == md {
			return m
		}
	}
	t.Fatalf("no message for %s", md.FullName())
	return nil
}

// refusedHere tells the nulls that must not leave this service (B 1.6).
func refusedHere(body []byte) bool {
	return regexp.MustCompile(`"(allow_discount_codes|custom_field_data|customer_metadata|is_business_customer|metadata|require_billing_address|seats|units)"\s*:\s*null`).Match(body)
}

func checkAsked(t *testing.T, asked []recordings.Request, want recordings.Request, at string) {
	t.Helper()
	if len(asked) != 1 {
		t.Errorf("%s: Polar was asked %d times", at, len(asked))
		return
	}
	got := asked[0]
	wantPath, wantQuery, _ := strings.Cut(want.Path, "?")
	gotPath, gotQuery, _ := strings.Cut(got.Path, "?")
	wantValues, _ := url.ParseQuery(wantQuery)
	gotValues, _ := url.ParseQuery(gotQuery)
	wantPath, _ = url.PathUnescape(wantPath)
	gotPath, _ = url.PathUnescape(gotPath)
	if got.Method != want.Method || gotPath != wantPath || !maps.EqualFunc(wantValues, gotValues, slices.Equal[[]string]) {
		t.Errorf("%s: asked %s %s, recorded %s %s", at, got.Method, got.Path, want.Method, want.Path)
	}
	for _, name := range []string{"Authorization", "Polar-Version"} {
		if got.Headers[name] != want.Headers[name] {
			t.Errorf("%s: sent %s %q, recorded %q", at, name, got.Headers[name], want.Headers[name])
		}
	}
	if len(want.Body) > 0 {
		if d := recordings.Difference(want.Body, got.Body); d != "" {
			t.Errorf("%s: the request's body differs at %s", at, d)
		}
	}
}

// checkTyped compares the status with what the recorded error must become.
func checkTyped(t *testing.T, err error, answer recordings.Response, call typedCall, at string) {
	t.Helper()
	st := status.Convert(err)
	want, name := expected(answer, call.operation)
	if st.Code() != want {
		t.Errorf("%s: %d became %s, want %s (%s)", at, answer.Status, st.Code(), want, st.Message())
	}
	if size := proto.Size(st.Proto()); size > 6<<10 {
		t.Errorf("%s: the status has %d bytes", at, size)
	}
	var info *errdetails.ErrorInfo
	var found bool
	for _, detail := range st.Details() {
		if i, ok := detail.(*errdetails.ErrorInfo); ok {
			info = i
		}
		if m, ok := detail.(proto.Message); ok && string(m.ProtoReflect().Descriptor().Name()) == name {
			found = true
		}
	}
	if info == nil || info.Metadata["http_status"] != strconv.Itoa(answer.Status) {
		t.Errorf("%s: ErrorInfo %v", at, info)
	}
	if !found {
		t.Errorf("%s: no %s among %v", at, name, st.Details())
	}
}

// errorName finds the name in an error body.
var errorName = regexp.MustCompile(`"error":\s*"(\w+)"`)

// expected is the catalogue in a test's words: design section 4, by the name or status that was recorded.
func expected(answer recordings.Response, op *polarhttp.Operation) (codes.Code, string) {
	name := ""
	if match := errorName.FindSubmatch(answer.Body); match != nil {
		name = string(match[1])
	}
	switch name {
	case "RequestValidationError", "PolarRequestValidationError":
		return codes.InvalidArgument, "HTTPValidationError"
	case "ResourceNotFound":
		return codes.NotFound, name
	case "NotOpenCheckout", "PaymentNotReady", "PaymentError", "TrialAlreadyRedeemed", "DiscountRedemptionLimitReached", "CheckoutCustomerDeleted", "ExpiredCheckoutError":
		return codes.FailedPrecondition, name
	case "AlreadyActiveSubscriptionError":
		return codes.AlreadyExists, name
	case "CheckoutLocked":
		return codes.Aborted, name
	case "CheckoutCustomerExternalIdMismatch", "InvalidQuantityError":
		return codes.InvalidArgument, name
	case "NotPermitted":
		return codes.PermissionDenied, name
	case "Unauthorized":
		return codes.Unauthenticated, name
	case "invalid_token":
		return codes.Unauthenticated, "TokenError"
	case "insufficient_scope":
		return codes.PermissionDenied, "TokenError"
	case "TaxCalculationTechnicalError", "NoPricesForCurrencies":
		return codes.Internal, name
	}
	switch {
	case answer.Status == http.StatusTooManyRequests:
		return codes.ResourceExhausted, "RateLimited"
	case answer.Status >= 500 && op.Consequence != polarhttp.Reads:
		return codes.Unknown, "OutcomeUnknown"
	default:
		return codes.Internal, "SDKError"
	}
}
