package server

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/inproc"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/service"
	"github.com/checkoutsvc/checkoutsvc/internal/telemetry"
)

// facade is Polar's own wire: it takes a request's bytes into an exchange, lets the generated gateway route and call, and
// writes the answer from the exchange. Nothing is decoded on the way.
type facade struct {
	gateway *runtime.ServeMux
	// traces makes a span of each call; nil makes none.
	traces *telemetry.Telemetry
	// prefix is a path below which everything stands, without its last slash; "" is none.
	prefix string
	// forwardAuthorization sends a caller's own credential on.
	forwardAuthorization bool
	// others serves what is no checkout operation.
	others http.Handler
	// access decides who may call; nil lets everybody.
	access *access
	// open lets buyers call without being callers, by the client secret alone.
	open bool
	// maxBody is the largest body that is taken, in bytes.
	maxBody int64
	// served are the operations of this server.
	served served
	// strangers is set where anybody may call: a trace of theirs is none that is joined.
	strangers bool
	// limit bounds what each address may call, where buyers finds it; nil does not.
	limit  *addressLimit
	buyers *buyers
}

func (f *facade) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	seen := visitOf(w)
	at, ok := match(r.Method, rawPath(r, f.prefix))
	if !ok || !f.served.operation(at.operation) {
		f.others.ServeHTTP(w, r)
		return
	}
	if f.traces != nil {
		var end func()
		w, r, end = f.traces.REST(w, r, at.operation, !f.strangers)
		defer end()
	}
	seen.route = at.operation.Template
	p := &passage{}
	p.exchange.RequestID = broughtID(r)
	var body []byte
	if p.exchange.Failure = f.admit(r, at.operation, &p.exchange.Origin); p.exchange.Failure != nil {
		p.exchange.From = f.buyers.text(addressOf(r.RemoteAddr), r.Header[f.buyers.header])
	} else {
		var refusal *edgeRefusal
		if body, refusal = readBody(w, r, f.maxBody); refusal != nil {
			refusal.write(w)
			return
		}
	}
	seen.isCall = true
	request := f.fill(p, r, at, body)
	room, ignored := bodies.Get().(*[]byte), sinks.Get().(*sink)
	p.exchange.Response.Body = *room
	f.gateway.ServeHTTP(ignored, request)
	clear(ignored.header)
	sinks.Put(ignored)
	if p.exchange.Answered {
		gather(r, len(p.exchange.Response.Body))
	}
	if !p.exchange.Answered {
		w.Header()[restRequestID] = []string{p.exchange.RequestID}
	} else if p.exchange.RequestID == header(r, restRequestID) {
		w.Header()[restRequestID] = r.Header[restRequestID][:1]
	}
	p.write(w)
	if *room = p.exchange.Response.Body; cap(*room) <= keepBody {
		bodies.Put(room)
	}
}

// admit finds out who calls before anything of the body is read. A refused call goes on to where it is logged and counted.
func (f *facade) admit(r *http.Request, op *polarhttp.Operation, origin *inproc.Origin) (err error) {
	if f.limit != nil {
		if ok, retryAfter := f.limit.allow(f.buyers.of(addressOf(r.RemoteAddr), r.Header[f.buyers.header])); !ok {
			return service.CallerRateLimited(retryAfter)
		}
	}
	if f.access != nil {
		*origin, err = f.access.admit(r.Context(), f.access.fromREST(r, op, f.open))
	}
	return err
}

// bodies keeps the room of answers for the next ones, up to keepBody bytes each.
var bodies = sync.Pool{New: func() any { return new([]byte) }}

const keepBody = 1 << 20

// passage is all that one REST call needs, in one allocation.
type passage struct {
	exchange inproc.Exchange
	url      url.URL
}

// fill takes the bytes of the call into the exchange and gives the gateway an emptied request of its own: it would
// parse the query before we could hand it on, and copy every header into metadata.
func (f *facade) fill(p *passage, r *http.Request, at route, body []byte) (request *http.Request) {
	p.exchange.Context = r.Context()
	out := &p.exchange.Request
	out.Segment, out.RawQuery, out.Body = at.segment, r.URL.RawQuery, body
	out.ContentType, out.Accept, out.PolarVersion = header(r, "Content-Type"), header(r, "Accept"), header(r, "Polar-Version")
	if r.Method == http.MethodPost {
		p.exchange.IdempotencyKey = header(r, "Idempotency-Key")
		p.exchange.AcceptSecondChargeRisk = header(r, "Checkoutsvc-Accept-Second-Charge-Risk") == "true"
	}
	if f.forwardAuthorization {
		out.Authorization = header(r, "Authorization")
	}
	p.url.Path = at.path
	request = blank.WithContext(&p.exchange)
	request.Method, request.URL, request.Body = r.Method, &p.url, http.NoBody
	request.Proto, request.ProtoMajor, request.ProtoMinor = "HTTP/1.1", 1, 1
	return request
}

// blank is what requests are made of: a request gets its context by being copied, so it begins empty.
var blank http.Request

// header is the first value under a name in its canonical form, as net/http keeps it.
func header(r *http.Request, name string) string {
	if values := r.Header[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// write sends Polar's answer as it is, or our own failure in Polar's shape.
func (p *passage) write(w http.ResponseWriter) {
	if !p.exchange.Answered {
		writeFailure(w, p.exchange.Failure)
		return
	}
	answer := &p.exchange.Response
	out := w.Header()
	for name, values := range answer.Header {
		if !staysHere(name) {
			out[name] = values
		}
	}
	if _, typed := out["Content-Type"]; !typed {
		// The empty entry keeps net/http from guessing a type that Polar did not send.
		out["Content-Type"] = nil
	}
	out["Content-Length"] = []string{strconv.Itoa(len(answer.Body))}
	w.WriteHeader(answer.Status)
	if len(answer.Body) <= socketRoom {
		_, _ = w.Write(answer.Body)
		return
	}
	// A caller that does not read may not hold a connection and an answer for ever.
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, _ = w.Write(answer.Body)
	_ = control.Flush()
	_ = control.SetWriteDeadline(time.Time{})
}

const (
	// socketRoom is what the network takes in without its reader, in bytes.
	socketRoom = 64 << 10
	// writeTimeout is how long a larger answer may take to be read.
	writeTimeout = time.Minute
)

// staysHere tells the headers of an answer that concern one connection or one origin: ours to set or nobody's.
func staysHere(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
		"Set-Cookie", "Date":
		return true
	}
	return strings.HasPrefix(name, "Access-Control-")
}

// sink takes what the gateway writes; the answer is written from the exchange afterwards.
type sink struct{ header http.Header }

// sinks are kept: the gateway is done with one when it returns.
var sinks = sync.Pool{New: func() any { return &sink{http.Header{}} }}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

// newGateway makes the generated gateway, with everything switched off that would translate.
func newGateway(client pb.CheckoutServiceClient) (*runtime.ServeMux, error) {
	nothing := func(string) (string, bool) { return "", false }
	keep := func(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, _ http.ResponseWriter, _ *http.Request, err error) {
		inproc.FromContext(ctx).Failure = err
	}
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, opaque{}),
		runtime.WithIncomingHeaderMatcher(nothing),
		runtime.WithOutgoingHeaderMatcher(nothing),
		runtime.WithErrorHandler(keep),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
	)
	return mux, pb.RegisterCheckoutServiceHandlerClient(context.Background(), mux, client)
}

// opaque is a marshaler that translates nothing.
type opaque struct{}

func (opaque) Marshal(any) ([]byte, error) { return nil, nil }
func (opaque) Unmarshal([]byte, any) error { return nil }
func (opaque) ContentType(any) string      { return "application/json" }
func (opaque) NewDecoder(io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(any) error { return nil })
}

func (opaque) NewEncoder(io.Writer) runtime.Encoder {
	return runtime.EncoderFunc(func(any) error { return nil })
}
