package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/guard"
	"github.com/checkoutsvc/checkoutsvc/internal/idempotency"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

const secret = "polar_c_marked_secret"

// polar answers every call alike and keeps what it was asked.
type polar struct {
	status int
	header http.Header
	body   string
	err    error
	asked  []polarhttp.Request
}

func (p *polar) Call(_ context.Context, req *polarhttp.Request, res *polarhttp.Response, _ upstream.Options) (int, error) {
	p.asked = append(p.asked, *req)
	if p.err != nil {
		return 1, p.err
	}
	res.Status, res.Header, res.Body = p.status, p.header, []byte(p.body)
	return 1, nil
}

func newService(p *polar, change ...func(*Options)) *Service {
	records := store.NewMemory()
	options := Options{
		Polar: p, Logger: slog.New(slog.DiscardHandler), ResolveFor: time.Millisecond,
		Keys:  idempotency.New(idempotency.Config{Store: records}),
		Guard: guard.New[*Settled](guard.Config{Store: records}),
	}
	for _, f := range change {
		f(&options)
	}
	return New(options)
}

// callAll calls every RPC with a plain request and gives the errors by name.
func callAll(s *Service) map[string]error {
	ctx, errs := context.Background(), map[string]error{}
	_, errs["ListCheckouts"] = s.ListCheckouts(ctx, &pb.ListCheckoutsRequest{})
	_, errs["CreateCheckout"] = s.CreateCheckout(ctx, &pb.CreateCheckoutRequest{})
	_, errs["GetCheckout"] = s.GetCheckout(ctx, &pb.GetCheckoutRequest{Id: "x"})
	_, errs["UpdateCheckout"] = s.UpdateCheckout(ctx, &pb.UpdateCheckoutRequest{Id: "x"})
	_, errs["GetClientCheckout"] = s.GetClientCheckout(ctx, &pb.GetClientCheckoutRequest{ClientSecret: secret})
	_, errs["UpdateClientCheckout"] = s.UpdateClientCheckout(ctx, &pb.UpdateClientCheckoutRequest{ClientSecret: secret})
	_, errs["ConfirmClientCheckout"] = s.ConfirmClientCheckout(ctx, &pb.ConfirmClientCheckoutRequest{ClientSecret: secret})
	return errs
}

func writes(name string) bool {
	return !strings.HasPrefix(name, "Get") && !strings.HasPrefix(name, "List")
}

// detail gives the first detail of a type, or nil.
func detail[M proto.Message](err error) (found M) {
	for _, d := range status.Convert(err).Details() {
		if m, ok := d.(M); ok {
			return m
		}
	}
	return found
}

func TestCatalogueHasEveryErrorOfPolars(t *testing.T) {
	data, err := os.ReadFile(recordings.Dir() + "/openapi-checkouts.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	for name, schema := range document.Components.Schemas {
		_, isError := schema.Properties["error"]
		if _, ok := catalogue[name]; isError && !ok {
			t.Errorf("the document's %s has no row", name)
		}
	}
	messages := pb.File_polar_checkouts_v1_errors_proto.Messages()
	for name, row := range catalogue {
		message := messages.ByName(protoreflect.Name(name))
		if message == nil {
			t.Errorf("%s has no message in errors.proto", name)
			continue
		}
		got := row.detail("words").(proto.Message).ProtoReflect()
		if got.Descriptor() != message || got.Get(message.Fields().ByName("detail")).String() != "words" {
			t.Errorf("%s makes %v", name, got.Interface())
		}
	}
	others := []string{"HTTPValidationError", "ValidationError", "TokenError", "RateLimited", "SDKError", "OutcomeUnknown", "ConfirmOutcomeUnknown", "RequestIdReused", "RequestInProgress"}
	for i := range messages.Len() {
		name := string(messages.Get(i).Name())
		if _, ok := catalogue[name]; !ok && !slices.Contains(others, name) {
			t.Errorf("errors.proto has %s, and nothing makes it", name)
		}
	}
}

// TestAnswersThatAreNoAnswers: whatever comes instead of Polar's answer becomes a typed error. After a write that may
// have been carried out it is never one that somebody's retry policy resends.
func TestAnswersThatAreNoAnswers(t *testing.T) {
	html := "<html><body>502 Bad Gateway " + secret + "</body></html>"
	for name, tc := range map[string]struct {
		polar        polar
		reads, write codes.Code
	}{
		"502 page":          {polar{status: 502, body: html}, codes.Unavailable, codes.Unknown},
		"503 empty":         {polar{status: 503}, codes.Unavailable, codes.Unknown},
		"504":               {polar{status: 504, body: "upstream timeout"}, codes.Unavailable, codes.Unknown},
		"500 text":          {polar{status: 500, body: "Internal Server Error"}, codes.Internal, codes.Unknown},
		"500 named":         {polar{status: 500, body: `{"error":"TaxCalculationTechnicalError","detail":"All tax processors failed to calculate tax"}`}, codes.Internal, codes.Internal},
		"418":               {polar{status: 418, body: "teapot"}, codes.Internal, codes.Internal},
		"302":               {polar{status: 302}, codes.Internal, codes.Internal},
		"200 page":          {polar{status: 200, body: html}, codes.Internal, codes.Internal},
		"200 list":          {polar{status: 200, body: "[]"}, codes.Internal, codes.Internal},
		"201 cut short":     {polar{status: 201, body: `{"id":"x"`}, codes.Internal, codes.Internal},
		"204":               {polar{status: 204}, codes.Internal, codes.Internal},
		"422 unreadable":    {polar{status: 422, body: "{"}, codes.Internal, codes.Internal},
		"cut":               {polar{err: &polarhttp.Error{Reason: polarhttp.Cut, Written: true}}, codes.Unavailable, codes.Unknown},
		"refused":           {polar{err: &polarhttp.Error{Reason: polarhttp.Unreachable}}, codes.Unavailable, codes.Unavailable},
		"deadline":          {polar{err: &polarhttp.Error{Reason: polarhttp.Timeout, Written: true}}, codes.DeadlineExceeded, codes.Unknown},
		"deadline in queue": {polar{err: &polarhttp.Error{Reason: polarhttp.Timeout}}, codes.DeadlineExceeded, codes.DeadlineExceeded},
		"caller gone":       {polar{err: &polarhttp.Error{Reason: polarhttp.Canceled}}, codes.Canceled, codes.Canceled},
		"too large":         {polar{err: &polarhttp.Error{Reason: polarhttp.TooLarge, Written: true}}, codes.Internal, codes.Unknown},
		"anything else":     {polar{err: errors.New("dial " + secret)}, codes.Unavailable, codes.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			for method, err := range callAll(newService(&tc.polar)) {
				want := tc.reads
				if writes(method) {
					want = tc.write
				}
				if method == "ConfirmClientCheckout" && tc.polar.status/100 == 2 {
					want = codes.Unknown // a success that shows no checkout leaves the payment open
				}
				if status.Code(err) != want {
					t.Errorf("%s: %s, want %s", method, status.Code(err), want)
				}
				if info := detail[*errdetails.ErrorInfo](err); info == nil || info.Metadata["operation"] != method {
					t.Errorf("%s: ErrorInfo %v", method, info)
				}
				if want == codes.Unknown && detail[*pb.OutcomeUnknown](err).GetRetrySafe() == (method == "ConfirmClientCheckout") {
					t.Errorf("%s: OutcomeUnknown %v", method, detail[*pb.OutcomeUnknown](err))
				}
				if message := status.Convert(err).Message(); strings.Contains(message, secret) {
					t.Errorf("%s shows the secret: %s", method, message)
				}
			}
		})
	}
}

func TestNoStatusIsLargerThanSixKiB(t *testing.T) {
	var items []string
	for i := range 300 {
		items = append(items, fmt.Sprintf(`{"type":"string_type","loc":["body","metadata","key%d%s"],"msg":%q,"input":%q,"ctx":{"x":%q}}`,
			i, strings.Repeat("k", 90), strings.Repeat("ü", 4000), strings.Repeat("x", 9000), strings.Repeat("y", 9000)))
	}
	for name, body := range map[string]string{
		"422":  `{"error":"RequestValidationError","detail":[` + strings.Join(items, ",") + `]}`,
		"403":  `{"error":"NotPermitted","detail":"` + strings.Repeat("long ", 9000) + `"}`,
		"page": strings.Repeat("<p>ü</p>", 9000),
		"401":  `{"error":"` + strings.Repeat("e", 9000) + `","error_description":"` + strings.Repeat("d", 9000) + `"}`,
	} {
		code := map[string]int{"422": 422, "403": 403, "page": 520, "401": 401}[name]
		for method, err := range callAll(newService(&polar{status: code, body: body}, func(o *Options) { o.CallersCredential = true })) {
			if size := proto.Size(status.Convert(err).Proto()); size > 6<<10 {
				t.Errorf("%s %s: %d bytes", name, method, size)
			}
			if v := detail[*pb.HTTPValidationError](err); name == "422" && (v == nil || len(v.Detail) == 0 || len(v.Detail)+int(v.OmittedItems) != 300) {
				t.Errorf("%s: %d items and %d omitted", method, len(v.GetDetail()), v.GetOmittedItems())
			}
		}
	}
}

func TestValidationItemsNameTheCallersField(t *testing.T) {
	label := func(form string) string { return "function-after[_validate(), " + form + "]" }
	item := func(kind string, loc ...any) map[string]any {
		return map[string]any{"type": kind, "loc": append([]any{"body"}, loc...), "msg": "m"}
	}
	for name, tc := range map[string]struct {
		items []map[string]any
		want  []string
	}{
		"of three forms only the one that was used": {[]map[string]any{
			item("missing", label("CheckoutProductsCreate"), "products"),
			item("greater_than_equal", label("CheckoutProductsCreate"), "seats"),
			item("greater_than_equal", label("CheckoutProductCreate"), "seats"),
			item("missing", label("CheckoutPriceCreate"), "product_price_id"),
		}, []string{"seats"}},
		"none was used: the first": {[]map[string]any{
			item("missing", label("CheckoutProductsCreate"), "products"),
			item("missing", label("CheckoutProductCreate"), "product_id"),
			item("missing", label("CheckoutPriceCreate"), "product_price_id"),
		}, []string{"products"}},
		"labels below a field go": {[]map[string]any{
			item("too_short", label("CheckoutProductsCreate"), "products", 0),
			item("int_type", label("CheckoutProductsCreate"), "metadata", "int", "int"),
			item("string_too_long", label("CheckoutProductsCreate"), "metadata", "k", "[key]"),
			item("x", label("CheckoutProductsCreate"), "prices", "P", 0, "fixed", "price_amount"),
			item("enum", label("CheckoutProductsCreate"), "customer_billing_address", "country"),
			item("value_error", label("CheckoutProductsCreate")),
		}, []string{"products[0]", "metadata.int", "metadata.k", "prices.P[0].price_amount", "customer_billing_address.country", ""}},
		"a field that Polar added": {[]map[string]any{item("missing", "new_field", "inner")}, []string{"new_field"}},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := json.Marshal(map[string]any{"error": "RequestValidationError", "detail": tc.items})
			if err != nil {
				t.Fatal(err)
			}
			_, err = newService(&polar{status: 422, body: string(body)}).CreateCheckout(t.Context(), &pb.CreateCheckoutRequest{})
			var got []string
			for _, violation := range detail[*errdetails.BadRequest](err).GetFieldViolations() {
				got = append(got, violation.Field)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestUpdateMaskSendsWhatIsListed(t *testing.T) {
	name, seats := "Ada", int32(3)
	for label, tc := range map[string]struct {
		update  *pb.CheckoutUpdate
		mask    []string
		want    string
		refused string
	}{
		"without a mask what is set":     {&pb.CheckoutUpdate{CustomerName: &name}, nil, `{"customer_name":"Ada"}`, ""},
		"nothing at all":                 {nil, nil, `{}`, ""},
		"a listed unset field is null":   {&pb.CheckoutUpdate{CustomerName: &name}, []string{"discount_id"}, `{"discount_id":null}`, ""},
		"a listed empty map is {}":       {nil, []string{"metadata"}, `{"metadata":{}}`, ""},
		"what is not listed is not sent": {&pb.CheckoutUpdate{CustomerName: &name, Seats: &seats}, []string{"seats"}, `{"seats":3}`, ""},
		"a nested path":                  {nil, []string{"customer_billing_address.city"}, "", "customer_billing_address.city"},
		"a star":                         {nil, []string{"*"}, "", "*"},
		"an unknown name":                {nil, []string{"no_such"}, "", "no_such"},
		"null seats keep the old amount": {nil, []string{"seats"}, "", "seats"},
		"a null that Polar answers 500":  {nil, []string{"allow_discount_codes"}, "", "allow_discount_codes"},
		"the same by unmodelled_json":    {&pb.CheckoutUpdate{UnmodelledJson: map[string]string{"customer_metadata": " null "}}, nil, "", "customer_metadata"},
		"a member of tomorrow":           {&pb.CheckoutUpdate{UnmodelledJson: map[string]string{"new": `{"a":1.0}`}}, nil, `{"new":{"a":1.0}}`, ""},
		"a name in both places":          {&pb.CheckoutUpdate{Seats: &seats, UnmodelledJson: map[string]string{"seats": "4"}}, nil, "", "seats"},
		"text that is no JSON":           {&pb.CheckoutUpdate{UnmodelledJson: map[string]string{"new": "{"}}, nil, "", "unmodelled_json.new"},
		"a listed field that is empty":   {&pb.CheckoutUpdate{CustomerName: proto.String("")}, []string{"customer_name"}, `{"customer_name":""}`, ""},
	} {
		t.Run(label, func(t *testing.T) {
			upstream := &polar{status: 200, body: `{"id":"x"}`}
			req := &pb.UpdateCheckoutRequest{Id: "x", CheckoutUpdate: tc.update}
			if tc.mask != nil {
				req.UpdateMask = &fieldmaskpb.FieldMask{Paths: tc.mask}
			}
			_, err := newService(upstream).UpdateCheckout(t.Context(), req)
			if tc.refused == "" {
				if err != nil || len(upstream.asked) != 1 {
					t.Fatalf("asked %d times, %v", len(upstream.asked), err)
				}
				if d := recordings.Difference([]byte(tc.want), upstream.asked[0].Body); d != "" {
					t.Errorf("sent %s: %s", upstream.asked[0].Body, d)
				}
				return
			}
			violations := detail[*errdetails.BadRequest](err).GetFieldViolations()
			if status.Code(err) != codes.InvalidArgument || len(violations) != 1 || violations[0].Field != tc.refused || len(upstream.asked) != 0 {
				t.Errorf("asked %d times, %v", len(upstream.asked), err)
			}
		})
	}
}

func TestRequestsThatMeanAnotherCallAreRefused(t *testing.T) {
	upstream := &polar{}
	s := newService(upstream)
	_, err := s.GetCheckout(t.Context(), &pb.GetCheckoutRequest{Id: "client/" + secret})
	if v := detail[*errdetails.BadRequest](err).GetFieldViolations(); status.Code(err) != codes.InvalidArgument || v[0].Field != "id" {
		t.Errorf("got %v", err)
	}
	_, err = s.GetClientCheckout(t.Context(), &pb.GetClientCheckoutRequest{ClientSecret: secret + "/stream"})
	if v := detail[*errdetails.BadRequest](err).GetFieldViolations(); status.Code(err) != codes.InvalidArgument || v[0].Field != "client_secret" {
		t.Errorf("got %v", err)
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("the error shows the secret: %v", err)
	}
	newer := &pb.CreateCheckoutRequest{CheckoutCreate: &pb.CheckoutCreate{CustomerBillingAddress: &pb.AddressInput{}}}
	newer.CheckoutCreate.CustomerBillingAddress.ProtoReflect().SetUnknown([]byte{0x98, 0x3f, 0x01})
	if _, err = s.CreateCheckout(t.Context(), newer); status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "customer_billing_address") {
		t.Errorf("a field of a newer caller was lost: %v", err)
	}
	if len(upstream.asked) != 0 {
		t.Errorf("Polar was asked %v", upstream.asked)
	}
}

func TestARefusedTokenIsReadAgain(t *testing.T) {
	refused := polar{status: 401, body: `{"error": "invalid_token", "error_description": "expired"}`}
	for name, tc := range map[string]struct {
		change func(*Options)
		asked  int
		code   codes.Code
		reason string
	}{
		"changed: sent once more": {func(o *Options) { o.RefreshToken = func(string, string) bool { return true } }, 2, codes.Internal, "UPSTREAM_CREDENTIAL_REJECTED"},
		"the same: not":           {func(*Options) {}, 1, codes.Internal, "UPSTREAM_CREDENTIAL_REJECTED"},
		"the caller's own":        {func(o *Options) { o.CallersCredential = true }, 1, codes.Unauthenticated, "INVALID_TOKEN"},
	} {
		t.Run(name, func(t *testing.T) {
			upstream := refused
			_, err := newService(&upstream, tc.change).GetCheckout(t.Context(), &pb.GetCheckoutRequest{Id: "x"})
			if len(upstream.asked) != tc.asked || status.Code(err) != tc.code || detail[*errdetails.ErrorInfo](err).GetReason() != tc.reason {
				t.Errorf("asked %d times, %v", len(upstream.asked), err)
			}
			if detail[*pb.TokenError](err).GetError() != "invalid_token" {
				t.Errorf("no TokenError in %v", err)
			}
		})
	}
}

func TestA404WithoutANameIsNoMissingCheckout(t *testing.T) {
	_, err := newService(&polar{status: 404, body: `{"detail":"Not Found"}`}).GetCheckout(t.Context(), &pb.GetCheckoutRequest{Id: "x"})
	if status.Code(err) != codes.Internal || detail[*errdetails.ErrorInfo](err).GetReason() != "POLAR_VERSION_REJECTED" {
		t.Errorf("got %v", err)
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"30": 30 * time.Second, "-1": 0, "": 0, "soon": 0, "999999999": 24 * time.Hour,
		time.Now().Add(time.Minute).UTC().Format(http.TimeFormat): time.Minute,
	} {
		upstream := &polar{status: 429, header: http.Header{"Retry-After": {value}}}
		_, err := newService(upstream).GetCheckout(t.Context(), &pb.GetCheckoutRequest{Id: "x"})
		got := detail[*errdetails.RetryInfo](err).GetRetryDelay().AsDuration()
		if status.Code(err) != codes.ResourceExhausted || got < want-2*time.Second || got > want+time.Second {
			t.Errorf("%q: %v, %v", value, got, err)
		}
	}
}

func TestNotOpenCheckoutSaysTheStatus(t *testing.T) {
	for text, want := range map[string]pb.CheckoutStatus{
		"Checkout 1 is not open: confirmed": pb.CheckoutStatus_CHECKOUT_STATUS_CONFIRMED,
		"Checkout 1 is not open: shelved":   pb.CheckoutStatus_CHECKOUT_STATUS_UNSPECIFIED,
		"":                                  pb.CheckoutStatus_CHECKOUT_STATUS_UNSPECIFIED,
	} {
		_, err := newService(&polar{status: 403, body: `{"error":"NotOpenCheckout","detail":"` + text + `"}`}).UpdateCheckout(t.Context(), &pb.UpdateCheckoutRequest{Id: "x"})
		if got := detail[*pb.NotOpenCheckout](err); status.Code(err) != codes.FailedPrecondition || got.GetStatus() != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
