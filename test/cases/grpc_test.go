package cases

import (
	"context"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/emptypb"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarjson"
)

// overGRPC makes the case's call and gives its answer as Polar's JSON, nil after an error.
func (p *play) overGRPC() any {
	p.Helper()
	call := p.message("grpc")
	ctx, cancel := context.WithTimeout(p.Context(), 10*time.Second)
	defer cancel()
	for name, value := range call.header {
		if name == "timeout" {
			limit, err := time.ParseDuration(value)
			if err != nil {
				p.Fatal(err)
			}
			ctx, cancel = context.WithTimeout(ctx, limit)
			defer cancel()
			continue
		}
		ctx = metadata.AppendToOutgoingContext(ctx, strings.ToLower(name), value)
	}
	request, answer := p.messagesOf(call.start)
	if call.body != "" {
		if err := protojson.Unmarshal([]byte(call.body), request); err != nil {
			p.Fatalf("section grpc: %v", err)
		}
	}
	var trailer metadata.MD
	err := p.program.conn.Invoke(ctx, "/polar.checkouts.v1.CheckoutService/"+call.start, request, answer, grpc.Trailer(&trailer))
	defer p.finish(nil)
	p.checkTrailer(trailer)
	if wanted, ok := p.sections["error"]; ok {
		p.checkStatus(wanted, status.Convert(err))
		return nil
	}
	if err != nil {
		p.Fatal(err)
	}
	return p.checkAnswer(answer)
}

// checkTrailer compares with the trailer section; an empty value wants that there is none of that name.
func (p *play) checkTrailer(got metadata.MD) {
	p.Helper()
	for _, entry := range entries(p.sections["trailer"]) {
		name, want, _ := strings.Cut(entry, ":")
		if found := strings.Join(got.Get(name), ", "); found != strings.TrimSpace(want) {
			p.Errorf("the trailer %s is %q, want %q", name, found, strings.TrimSpace(want))
		}
	}
}

// messagesOf makes the messages of a method. One that the service does not have gets empty ones.
func (p *play) messagesOf(method string) (request, answer proto.Message) {
	p.Helper()
	described := pb.File_polar_checkouts_v1_checkout_service_proto.Services().ByName("CheckoutService").Methods().ByName(protoreflect.Name(method))
	if described == nil {
		return &emptypb.Empty{}, &emptypb.Empty{}
	}
	create := func(md protoreflect.MessageDescriptor) proto.Message {
		mt, err := protoregistry.GlobalTypes.FindMessageByName(md.FullName())
		if err != nil {
			p.Fatal(err)
		}
		return mt.New().Interface()
	}
	return create(described.Input()), create(described.Output())
}

// checkAnswer compares an answer as Polar's JSON, and as its caller sees it where the case says so.
func (p *play) checkAnswer(answer proto.Message) any {
	p.Helper()
	codec, err := polarjson.NewAnswer(answer.ProtoReflect().Descriptor())
	if err != nil {
		p.Fatal(err)
	}
	body, err := codec.AppendJSON(nil, answer)
	if err != nil {
		p.Fatal(err)
	}
	if wanted, ok := p.sections["message"]; ok {
		p.compare("message", wanted, p.protoJSON(answer))
	}
	return p.compare("answer", p.sections["answer"], string(body))
}

func (p *play) protoJSON(m proto.Message) string {
	p.Helper()
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		p.Fatal(err)
	}
	return string(text)
}

// checkStatus compares code, reason and domain, and that the details are those of the case and no others.
func (p *play) checkStatus(wanted string, got *status.Status) {
	p.Helper()
	lines := entries(wanted)
	details := map[string]string{}
	head := strings.ToUpper(snake(got.Code().String()))
	for _, detail := range got.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			head += " " + info.GetReason() + map[string]string{"polar.sh": "", "checkoutsvc": " own"}[info.GetDomain()]
		}
		if m, ok := detail.(proto.Message); ok {
			details[string(m.ProtoReflect().Descriptor().Name())] = p.protoJSON(m)
		}
	}
	if codes, open := strings.CutSuffix(lines[0], " *"); open {
		if code, _, _ := strings.Cut(head, " "); !slices.Contains(strings.Fields(codes), code) {
			p.Errorf("got %s (%s), want %s", head, got.Message(), lines[0])
		}
		return
	}
	if head != lines[0] {
		p.Errorf("got %s (%s), want %s", head, got.Message(), lines[0])
	}
	for _, line := range lines[1:] {
		name, want, _ := strings.Cut(line, " ")
		if body, ok := details[name]; ok {
			p.compare(name, want, body)
		} else {
			p.Errorf("the error has no %s", name)
		}
		delete(details, name)
	}
	delete(details, "ErrorInfo")
	for name, body := range details {
		p.Errorf("the error also has %s %s", name, body)
	}
}

// snake turns FailedPrecondition into Failed_Precondition.
func snake(camel string) string {
	var b strings.Builder
	for i, r := range camel {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return b.String()
}
