package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/server"
)

// result is what a caller was told, on either road.
type result struct {
	// failure is the error's name without case and underscores; "" is success.
	failure  string
	attempts string
	detail   string
	// Of a success:
	id, secret, status string
	expires            time.Time
}

func (r *result) String() string {
	if r == nil {
		return "nothing"
	}
	if r.failure != "" {
		return r.failure + " (" + r.detail + ")"
	}
	return "success " + r.id + " " + r.status
}

func (op *operation) call(ctx context.Context, s *server.Server) *result {
	if op.rest {
		return op.callREST(ctx, s.Handler())
	}
	return op.callTyped(ctx, s.Client())
}

var (
	email   = "buyer@example.com"
	country = "GB"
)

func (op *operation) retryConfig() *pb.RetryConfig {
	if !op.retries {
		return nil
	}
	yes := true
	return &pb.RetryConfig{Strategy: pb.RetryStrategy_RETRY_STRATEGY_BACKOFF.Enum(), RetryConnectionErrors: &yes}
}

// callTyped makes the call as a gRPC caller does.
func (op *operation) callTyped(ctx context.Context, client pb.CheckoutServiceClient) *result {
	retries, name := op.retryConfig(), op.String()
	switch op.kind {
	case creating:
		req := &pb.CreateCheckoutRequest{CheckoutCreate: &pb.CheckoutCreate{Products: []string{op.product}}, Retries: retries}
		if op.key != nil {
			req.RequestId = op.key.name
		}
		return typed(client.CreateCheckout(ctx, req))
	case updating:
		return typed(client.UpdateCheckout(ctx, &pb.UpdateCheckoutRequest{
			Id: op.checkout.id, CheckoutUpdate: &pb.CheckoutUpdate{CustomerName: &name}, Retries: retries,
		}))
	case buying:
		return typed(client.UpdateClientCheckout(ctx, &pb.UpdateClientCheckoutRequest{
			ClientSecret: op.checkout.secret, CheckoutUpdatePublic: &pb.CheckoutUpdatePublic{CustomerName: &name}, Retries: retries,
		}))
	case confirming:
		body := &pb.CheckoutConfirmStripe{CustomerEmail: &email, CustomerBillingAddress: &pb.AddressInput{Country: &country}}
		if op.token != "" {
			body.ConfirmationTokenId = &op.token
		}
		return typed(client.ConfirmClientCheckout(ctx, &pb.ConfirmClientCheckoutRequest{
			ClientSecret: op.checkout.secret, CheckoutConfirmStripe: body, Retries: retries, AcceptSecondChargeRisk: op.risk,
		}))
	case reading:
		return typed(client.GetCheckout(ctx, &pb.GetCheckoutRequest{Id: op.checkout.id, Retries: retries}))
	case looking:
		return typed(client.GetClientCheckout(ctx, &pb.GetClientCheckoutRequest{ClientSecret: op.checkout.secret, Retries: retries}))
	default:
		limit := int64(3)
		return typed(client.ListCheckouts(ctx, &pb.ListCheckoutsRequest{Limit: &limit, Retries: retries}))
	}
}

// typed reads an answer as a gRPC client gets it.
func typed[M any, P interface {
	*M
	proto.Message
}](answer P, err error) *result {
	if err != nil {
		return failed(err)
	}
	wire, err := proto.Marshal(answer)
	if err != nil {
		return &result{failure: "unreadable", detail: err.Error()}
	}
	whole := P(new(M))
	if err := proto.Unmarshal(wire, whole); err != nil {
		return &result{failure: "unreadable", detail: err.Error()}
	}
	r := &result{}
	if c, ok := any(whole).(interface{ GetId() string }); ok {
		r.id = c.GetId()
	}
	if c, ok := any(whole).(interface{ GetStatus() pb.CheckoutStatus }); ok {
		r.status = strings.ToLower(strings.TrimPrefix(c.GetStatus().String(), "CHECKOUT_STATUS_"))
	}
	if c, ok := any(whole).(*pb.Checkout); ok {
		r.secret, r.expires = c.GetClientSecret(), c.GetExpiresAt().AsTime()
	}
	return r
}

func failed(err error) *result {
	st := status.Convert(err)
	r := &result{failure: "untyped", detail: st.Message()}
	for _, detail := range st.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			r.failure, r.attempts = plain(info.GetReason()), info.GetMetadata()["attempts"]
		}
	}
	return r
}

// plain makes one name of OUTCOME_UNKNOWN and OutcomeUnknown.
func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// callREST makes the call as one of Polar's SDKs does.
func (op *operation) callREST(ctx context.Context, handler http.Handler) *result {
	method, path, body := op.rawRequest()
	req := httptest.NewRequest(method, path, strings.NewReader(body)).WithContext(ctx)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if op.key != nil {
		req.Header.Set("Idempotency-Key", op.key.name)
	}
	if op.risk {
		req.Header.Set("Checkoutsvc-Accept-Second-Charge-Risk", "true")
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, req)
	return readREST(recorder)
}

func (op *operation) rawRequest() (method, path, body string) {
	const base = "/v1/checkouts/"
	switch op.kind {
	case creating:
		return http.MethodPost, base, fmt.Sprintf(`{"products":[%q]}`, op.product)
	case updating:
		return http.MethodPatch, base + op.checkout.id, fmt.Sprintf(`{"customer_name":%q}`, op)
	case buying:
		return http.MethodPatch, base + "client/" + op.checkout.secret, fmt.Sprintf(`{"customer_name":%q}`, op)
	case confirming:
		token := "null"
		if op.token != "" {
			token = `"` + op.token + `"`
		}
		return http.MethodPost, base + "client/" + op.checkout.secret + "/confirm",
			fmt.Sprintf(`{"confirmation_token_id":%s,"customer_email":%q,"customer_billing_address":{"country":%q}}`, token, email, country)
	case reading:
		return http.MethodGet, base + op.checkout.id, ""
	case looking:
		return http.MethodGet, base + "client/" + op.checkout.secret, ""
	default:
		return http.MethodGet, base + "?limit=3", ""
	}
}

// readREST reads an answer as an SDK does: what it cannot read is no success.
func readREST(recorder *httptest.ResponseRecorder) *result {
	var answer struct {
		ID      string    `json:"id"`
		Secret  string    `json:"client_secret"`
		Status  string    `json:"status"`
		Expires time.Time `json:"expires_at"`
		Error   string    `json:"error"`
		Detail  any       `json:"detail"`
		Items   []any     `json:"items"`
	}
	unreadable := json.Unmarshal(recorder.Body.Bytes(), &answer) != nil
	r := &result{id: answer.ID, secret: answer.Secret, status: answer.Status, expires: answer.Expires}
	switch {
	case recorder.Code < 300 && (unreadable || answer.ID == "" && answer.Items == nil):
		r.failure = "unexpectedanswer"
	case recorder.Code < 300:
	case answer.Error != "":
		r.failure = plain(answer.Error)
	default:
		r.failure = fmt.Sprintf("status %d", recorder.Code)
	}
	r.detail = fmt.Sprintf("%d %v", recorder.Code, answer.Detail)
	return r
}
