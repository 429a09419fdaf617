package service

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/checkoutsvc/checkoutsvc/internal/inproc"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/polarjson"
)

// call is what sets one RPC apart from the others.
type call struct {
	operation *polarhttp.Operation
	request   proto.Message
	segment   string
	query     string
	body      *body
	answer    *polarjson.Codec
	// essential is the number of a field without which an answer is none.
	essential protowire.Number
}

// responses are kept because their bodies are large and short-lived.
var responses = sync.Pool{New: func() any { return new(polarhttp.Response) }}

// keepBody is the largest body that is kept for the next call, in bytes.
const keepBody = 1 << 20

func release(res *polarhttp.Response) {
	if cap(res.Body) <= keepBody {
		res.Header = nil
		responses.Put(res)
	}
}

// invoke runs one call: normalise, perform, map the error, return. A call with a raw exchange is passed through.
func invoke[M any, P message[M]](ctx context.Context, s *Service, c call) (P, error) {
	if raw := inproc.FromContext(ctx); raw != nil {
		return nil, s.pass(ctx, c.operation, raw) // the answer is in the exchange, and nobody looks at a message
	}
	x, err := c.normalise(ctx)
	if err != nil {
		return nil, err
	}
	x.response = responses.Get().(*polarhttp.Response)
	defer release(x.response)
	failure := s.perform(ctx, x)
	x.mark(ctx)
	if failure != nil {
		return nil, s.report(ctx, failure.about(x.request))
	}
	wire, err := c.answer.AppendWire(nil, x.response.Body)
	if err != nil || !hasField(wire, c.essential) {
		return nil, s.report(ctx, unexpectedAnswer(c.operation, x.response))
	}
	answer := P(new(M))
	answer.ProtoReflect().SetUnknown(wire)
	return answer, nil
}

// pass sends the bytes of a raw exchange as they came and leaves Polar's answer in it as it is. A refusal of Polar's is
// an answer too; the error says only what it means to whoever counts and logs.
func (s *Service) pass(ctx context.Context, op *polarhttp.Operation, raw *inproc.Exchange) error {
	raw.Request.Operation, raw.Request.Organization = op, raw.Origin.Organization
	x := exchange{
		request: &raw.Request, response: &raw.Response, origin: &raw.Origin, raw: true,
		requestID: raw.IdempotencyKey, acceptRisk: raw.AcceptSecondChargeRisk,
	}
	failure := s.perform(ctx, &x)
	x.markHeader()
	if failure == nil {
		raw.Answered = true
		return nil
	}
	raw.Answered = raw.Response.Status != 0 && !failure.replaces
	return s.report(ctx, failure.about(x.request))
}

// hasField reports whether a message in wire form has a field on its top level.
func hasField(wire []byte, number protowire.Number) bool {
	for len(wire) > 0 {
		found, _, n := protowire.ConsumeField(wire)
		if n < 0 || found == number {
			return n >= 0
		}
		wire = wire[n:]
	}
	return false
}

// report writes a failure that an operator must look into to the log.
func (s *Service) report(ctx context.Context, failure *Failure) error {
	if failure.Name == credentialRejectedName || failure.Name == versionRejectedName {
		s.options.Refused()
	}
	if failure.alarm {
		s.options.Logger.ErrorContext(ctx, failure.Message, "reason", failure.Reason(), "operation", failure.Metadata["operation"], "request_id", inproc.RequestID(ctx))
	}
	return failure
}

// normalise turns the message into the exchange that Polar gets.
func (c *call) normalise(ctx context.Context) (*exchange, error) {
	if err := refuseUnknown(c.request.ProtoReflect(), ""); err != nil {
		return nil, err
	}
	origin := inproc.OriginOf(ctx)
	x := &exchange{
		origin:  origin,
		request: &polarhttp.Request{Operation: c.operation, RawQuery: c.query, Organization: origin.Organization},
	}
	if err := x.setOptions(c.request); err != nil {
		return nil, err
	}
	req := x.request
	if err := c.setSegment(req); err != nil {
		return nil, err
	}
	if err := c.setBody(req); err != nil {
		return nil, err
	}
	req.PolarVersion = first(metadata.ValueFromIncomingContext(ctx, "polar-version"))
	req.Authorization = first(metadata.ValueFromIncomingContext(ctx, "authorization"))
	req.Accept = "application/json"
	return x, nil
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func (c *call) setSegment(req *polarhttp.Request) (err error) {
	if !c.operation.HasSegment() {
		return nil
	}
	req.Segment, err = polarhttp.EscapeSegment(c.segment)
	if err != nil {
		field := "id"
		if c.operation.Credential == polarhttp.Buyer {
			field = "client_secret"
		}
		return InvalidArgument(field, err.Error())
	}
	return nil
}

func (c *call) setBody(req *polarhttp.Request) error {
	if c.body == nil {
		return nil
	}
	r := c.request.ProtoReflect()
	m := r.Get(r.Descriptor().Fields().ByName(protoreflect.Name(c.body.field))).Message()
	mask := maskOf(c.request)
	if err := refuseNulls(m, mask); err != nil {
		return err
	}
	encoded, err := c.body.codec.AppendJSONMask(nil, m.Interface(), mask)
	if err != nil {
		return refusedField(err)
	}
	req.Body, req.ContentType = encoded, "application/json"
	return nil
}

// refusedField names a body's field as Polar's own answers do, without the request's field in front, so that a caller
// handles both alike.
func refusedField(err error) error {
	var field *polarjson.FieldError
	if !errors.As(err, &field) {
		return InvalidArgument("body", "cannot be sent as JSON")
	}
	return InvalidArgument(cmp.Or(field.Field, "update_mask"), field.Reason)
}

func maskOf(request proto.Message) []string {
	masked, ok := request.(interface {
		GetUpdateMask() *fieldmaskpb.FieldMask
	})
	if !ok {
		return nil
	}
	return masked.GetUpdateMask().GetPaths()
}

// notNull are the members whose explicit null Polar answers with 500 or 422, or takes while keeping the old amount
// (B 1.6). No such null leaves this service.
var notNull = []protoreflect.Name{
	"allow_discount_codes", "custom_field_data", "customer_metadata", "is_business_customer", "metadata",
	"require_billing_address", "seats", "units",
}

func refuseNulls(m protoreflect.Message, mask []string) error {
	fields := m.Descriptor().Fields()
	unmodelled := m.Get(fields.ByName("unmodelled_json")).Map()
	for _, name := range notNull {
		field := fields.ByName(name)
		if field == nil {
			continue
		}
		cleared := !field.IsMap() && !m.Has(field) && slices.Contains(mask, string(name))
		null := strings.TrimSpace(unmodelled.Get(protoreflect.ValueOfString(string(name)).MapKey()).String()) == "null"
		if cleared || null {
			return InvalidArgument(string(name), "cannot be null; give it a value or leave it out")
		}
	}
	return nil
}

// refuseUnknown refuses what a newer caller set and this version would lose without a word.
func refuseUnknown(m protoreflect.Message, path string) (err error) {
	if len(m.GetUnknown()) > 0 {
		return InvalidArgument(cmp.Or(strings.TrimSuffix(path, "."), "the request"), "has a field that this version of the service does not know; set it through unmodelled_json")
	}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		name := path + string(fd.Name())
		switch {
		case fd.IsMap() && fd.MapValue().Message() != nil:
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				err = refuseUnknown(v.Message(), name+"."+k.String()+".")
				return err == nil
			})
		case fd.IsList() && fd.Message() != nil:
			for i := 0; i < v.List().Len() && err == nil; i++ {
				err = refuseUnknown(v.List().Get(i).Message(), name+".")
			}
		case fd.Message() != nil && !fd.IsMap():
			err = refuseUnknown(v.Message(), name+".")
		}
		return err == nil
	})
	return err
}
