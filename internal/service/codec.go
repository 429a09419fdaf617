package service

import (
	"google.golang.org/protobuf/proto"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarjson"
)

// body is how the JSON of a request is made: the codec of its message, and the request's field that holds it.
type body struct {
	field string
	codec *polarjson.Codec
}

// The codecs of all bodies that are sent.
var (
	createBody       = bodyOf("checkout_create", (*pb.CheckoutCreate)(nil))
	updateBody       = bodyOf("checkout_update", (*pb.CheckoutUpdate)(nil))
	publicUpdateBody = bodyOf("checkout_update_public", (*pb.CheckoutUpdatePublic)(nil))
	confirmBody      = bodyOf("checkout_confirm_stripe", (*pb.CheckoutConfirmStripe)(nil))
)

// The codecs of all answers.
var (
	listAnswer      = answerOf((*pb.ListCheckoutsResponse)(nil))
	checkoutAnswer  = answerOf((*pb.Checkout)(nil))
	publicAnswer    = answerOf((*pb.CheckoutPublic)(nil))
	confirmedAnswer = answerOf((*pb.CheckoutPublicConfirmed)(nil))
)

// What no answer lacks: the numbers of Checkout.id (the same in all three forms) and ListCheckoutsResponse.pagination.
const (
	checkoutID     = 1
	listPagination = 2
)

func bodyOf(field string, m proto.Message) *body {
	return &body{field: field, codec: polarjson.MustRequest(m.ProtoReflect().Descriptor())}
}

func answerOf(m proto.Message) *polarjson.Codec {
	return polarjson.MustAnswer(m.ProtoReflect().Descriptor())
}
