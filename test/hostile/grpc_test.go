package hostile

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

func dial(t *testing.T, s *target) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(s.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(64<<20)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// raw is a codec that takes bytes for messages.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (raw) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = bytes.Clone(data)
	return nil
}
func (raw) Name() string { return "proto" }

// TestWire sends bytes in the place of messages. None may reach Polar.
func TestWire(t *testing.T) {
	s := start(t)
	conn := dial(t, s)
	bytesField := func(number protowire.Number, value string) []byte {
		return protowire.AppendString(protowire.AppendTag(nil, number, protowire.BytesType), value)
	}
	huge := string(bytesField(protowire.Number(1), strings.Repeat("x", 13<<20)))
	deep := `{"a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}"
	// A create whose unmodelled member x holds the text.
	unmodelled := func(text string) []byte {
		entry := append(bytesField(1, "x"), bytesField(2, text)...)
		return bytesField(1, string(bytesField(1000, string(entry))))
	}
	for _, c := range []struct {
		about, method string
		message       []byte
		code          codes.Code
	}{
		{"garbage", "GetCheckout", []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), codes.Internal},
		{"half a message", "GetCheckout", []byte{0x0a, 0x20, 'x'}, codes.Internal},
		{"no UTF-8 in an id", "GetCheckout", bytesField(1, "\xff"), codes.Internal},
		{"no UTF-8 in a body", "CreateCheckout", bytesField(1, string(bytesField(6, "\xff"))), codes.Internal},
		{"a message too large", "GetCheckout", []byte(huge), codes.ResourceExhausted},
		{"an unknown field", "GetCheckout", append(bytesField(1, "x"), bytesField(999, "y")...), codes.InvalidArgument},
		{"an unknown field in a body", "CreateCheckout", bytesField(1, string(bytesField(999, "y"))), codes.InvalidArgument},
		{"unmodelled text that is no JSON", "CreateCheckout", unmodelled("}"), codes.InvalidArgument},
		{"unmodelled text that ends the object", "CreateCheckout", unmodelled(`1,"amount":2`), codes.InvalidArgument},
		{"unmodelled text that nests deeply", "CreateCheckout", unmodelled(deep), codes.InvalidArgument},
		{"an id of dots", "GetCheckout", bytesField(1, ".."), codes.InvalidArgument},
		{"a method of nobody", "Get/Checkout", nil, codes.Unimplemented},
	} {
		t.Run(c.about, func(t *testing.T) {
			var answer []byte
			err := conn.Invoke(t.Context(), "/polar.checkouts.v1.CheckoutService/"+c.method, &c.message, &answer, grpc.ForceCodec(raw{}))
			if status.Code(err) != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
			s.checkAsked(t, nil)
		})
	}
	s.serves(t, conn)
}

// TestMetadata: metadata beyond the bound is refused, and what is in it goes nowhere.
func TestMetadata(t *testing.T) {
	s := start(t)
	conn := dial(t, s)
	client := pb.NewCheckoutServiceClient(conn)
	ctx := metadata.AppendToOutgoingContext(t.Context(), "x", strings.Repeat("x", 100<<10))
	if _, err := client.ListCheckouts(ctx, &pb.ListCheckoutsRequest{}); err == nil {
		t.Error("metadata of 100 KiB was taken")
	}
	s.checkAsked(t, nil)

	ctx = metadata.AppendToOutgoingContext(t.Context(), "polar-version", "2026-10\tx", "x-request-id", strings.Repeat("y", 100)+" level=ERROR")
	if _, err := client.ListCheckouts(ctx, &pb.ListCheckoutsRequest{}); err == nil {
		t.Error("a version that is none was taken")
	}
	s.polar.Fresh()
	s.serves(t, conn)
}

// TestIDsAreEscaped: whatever an id holds, it stays one element of the path that the caller meant.
func TestIDsAreEscaped(t *testing.T) {
	s := start(t)
	client := pb.NewCheckoutServiceClient(dial(t, s))
	for id, path := range map[string]string{
		"x?status=open":    "/v1/checkouts/x%3Fstatus=open",
		"x#y":              "/v1/checkouts/x%23y",
		"%2e%2e":           "/v1/checkouts/%252e%252e",
		"x\r\nX-Y: z":      "/v1/checkouts/x%0D%0AX-Y:%20z",
		"x\x00":            "/v1/checkouts/x%00",
		"\u202e☃":          "/v1/checkouts/%E2%80%AE%E2%98%83",
		`\..\`:             "/v1/checkouts/%5C..%5C",
		"client":           "/v1/checkouts/client",
		" ":                "/v1/checkouts/%20",
		"http://elsewhere": "",
	} {
		s.polar.Fresh()
		_, err := client.GetCheckout(t.Context(), &pb.GetCheckoutRequest{Id: id})
		if status.Code(err) != codes.InvalidArgument {
			t.Errorf("%q: %v", id, err)
		}
		if path == "" {
			s.checkAsked(t, nil)
			continue
		}
		s.checkAsked(t, []string{"GET " + path})
	}
}

// TestNoGRPC sends something else to the gRPC port.
func TestNoGRPC(t *testing.T) {
	s := start(t)
	for _, text := range []string{
		"GET /v1/checkouts/ HTTP/1.1\r\nHost: a\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("\x00", 1<<10),
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + strings.Repeat("\xff", 1<<10),
	} {
		conn := (&target{rest: s.grpc}).connect(t)
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil && !ended(err) {
			t.Errorf("%q: the connection stays open: %v", text, err)
		}
	}
	s.checkAsked(t, nil)
	s.serves(t, dial(t, s))
}

// serves reports a server that does not serve any more.
func (s *target) serves(t *testing.T, conn *grpc.ClientConn) {
	t.Helper()
	if _, err := pb.NewCheckoutServiceClient(conn).ListCheckouts(t.Context(), &pb.ListCheckoutsRequest{}); err != nil {
		t.Errorf("afterwards the server answers %v", err)
	}
	s.checkAsked(t, []string{"GET /v1/checkouts/"})
}
