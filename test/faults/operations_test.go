package faults

import (
	"context"
	"encoding/json"
	"net/http"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// operation is one way to call the service, over gRPC and over REST.
type operation struct {
	name   string
	method string
	// path is what the target is called at, over REST and at Polar.
	path func(target) string
	// body is the REST body, "" for none.
	body string
	// key names a create.
	key string
	// success is the status that Polar answers it with.
	success int
	grpc    func(context.Context, pb.CheckoutServiceClient, target, ...grpc.CallOption) (proto.Message, error)
}

// target is the checkout that a call is about.
type target struct {
	ID     string `json:"id"`
	Secret string `json:"client_secret"`
}

const (
	collection  = "/v1/checkouts/"
	createBody  = `{"products":["` + emulator.DemoOneTimeID + `"]}`
	updateBody  = `{"customer_name":"New"}`
	token       = "ctoken_hold" // is charged, and nothing more happens to the checkout
	confirmBody = `{"confirmation_token_id":"` + token + `"}`
)

func (o *operation) reads() bool    { return o.method == http.MethodGet }
func (o *operation) confirms() bool { return o.body == confirmBody }

func everything(target) string   { return collection }
func byID(at target) string      { return collection + at.ID }
func bySecret(at target) string  { return collection + "client/" + at.Secret }
func toConfirm(at target) string { return bySecret(at) + "/confirm" }

// operations are all that a caller can do. A create with a name behaves otherwise than one without.
var operations = []operation{
	{
		name: "ListCheckouts", method: http.MethodGet, path: everything, success: http.StatusOK,
		grpc: func(ctx context.Context, c pb.CheckoutServiceClient, _ target, o ...grpc.CallOption) (proto.Message, error) {
			return c.ListCheckouts(ctx, &pb.ListCheckoutsRequest{}, o...)
		},
	},
	{
		name: "GetCheckout", method: http.MethodGet, path: byID, success: http.StatusOK,
		grpc: func(ctx context.Context, c pb.CheckoutServiceClient, at target, o ...grpc.CallOption) (proto.Message, error) {
			return c.GetCheckout(ctx, &pb.GetCheckoutRequest{Id: at.ID}, o...)
		},
	},
	{
		name: "GetClientCheckout", method: http.MethodGet, path: bySecret, success: http.StatusOK,
		grpc: func(ctx context.Context, c pb.CheckoutServiceClient, at target, o ...grpc.CallOption) (proto.Message, error) {
			return c.GetClientCheckout(ctx, &pb.GetClientCheckoutRequest{ClientSecret: at.Secret}, o...)
		},
	},
	{
		name: "UpdateCheckout", method: http.MethodPatch, path: byID, body: updateBody, success: http.StatusOK,
		grpc: func(ctx context.Context, c pb.CheckoutServiceClient, at target, o ...grpc.CallOption) (proto.Message, error) {
			return c.UpdateCheckout(ctx, &pb.UpdateCheckoutRequest{Id: at.ID, CheckoutUpdate: &pb.CheckoutUpdate{CustomerName: new("New")}}, o...)
		},
	},
	{
		name: "UpdateClientCheckout", method: http.MethodPatch, path: bySecret, body: updateBody, success: http.StatusOK,
		grpc: func(ctx context.Context, c pb.CheckoutServiceClient, at target, o ...grpc.CallOption) (proto.Message, error) {
			return c.UpdateClientCheckout(ctx, &pb.UpdateClientCheckoutRequest{
				ClientSecret: at.Secret, CheckoutUpdatePublic: &pb.CheckoutUpdatePublic{CustomerName: new("New")},
			}, o...)
		},
	},
	{
		name: "CreateCheckout", method: http.MethodPost, path: everything, body: createBody, success: http.StatusCreated,
		grpc: func(ctx context.Context, c pb.CheckoutServiceClient, _ target, o ...grpc.CallOption) (proto.Message, error) {
			return c.CreateCheckout(ctx, &pb.CreateCheckoutRequest{CheckoutCreate: newCheckout()}, o...)
		},
	},
	{
		name: "CreateCheckout with a request_id", method: http.MethodPost, path: everything, body: createBody, key: "order-1", success: http.StatusCreated,
		grpc: func(ctx context.Context, c pb.CheckoutServiceClient, _ target, o ...grpc.CallOption) (proto.Message, error) {
			return c.CreateCheckout(ctx, &pb.CreateCheckoutRequest{RequestId: "order-1", CheckoutCreate: newCheckout()}, o...)
		},
	},
	{
		name: "ConfirmClientCheckout", method: http.MethodPost, path: toConfirm, body: confirmBody, success: http.StatusOK,
		grpc: func(ctx context.Context, c pb.CheckoutServiceClient, at target, o ...grpc.CallOption) (proto.Message, error) {
			return c.ConfirmClientCheckout(ctx, confirmation(at, token), o...)
		},
	},
}

func newCheckout() *pb.CheckoutCreate {
	return &pb.CheckoutCreate{Products: []string{emulator.DemoOneTimeID}}
}

func confirmation(at target, token string) *pb.ConfirmClientCheckoutRequest {
	return &pb.ConfirmClientCheckoutRequest{
		ClientSecret: at.Secret, CheckoutConfirmStripe: &pb.CheckoutConfirmStripe{ConfirmationTokenId: &token},
	}
}

// newTarget makes a checkout that can be confirmed, and changes it once, which a lagging replica has not heard of.
func newTarget(create func(line string) string) (at target, err error) {
	err = json.Unmarshal([]byte(create(`POST `+collection+` {"products":["`+emulator.DemoOneTimeID+`"],"customer_email":"new@example.com",`+
		`"customer_billing_address":{"country":"GB"}}`)), &at)
	create(`PATCH ` + byID(at) + ` {"metadata":{"changed":true}}`)
	return at, err
}
