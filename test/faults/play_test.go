package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/internal/polarjson"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

const (
	// grpcDeadline is that of a gRPC caller of a write; reads have none, and the service's own default counts.
	grpcDeadline = 6 * time.Second
	// restPatience is when a REST caller goes away: longer than the outcome of a confirm is looked for.
	restPatience = 13 * time.Second
	// reopenAfter is when a refused connection is possible again, well before the service's next attempt.
	reopenAfter = 40 * time.Millisecond
)

// play is one operation that meets one fault, over one transport.
type play struct {
	*testing.T
	op     *operation
	fault  *fault
	every  bool
	road   *road
	at     target
	client pb.CheckoutServiceClient
	rest   string // its base URL
	grpc   string // its address
	// before is how many requests came before the fault was in the way.
	before int
}

// result is what came of a play.
type result struct {
	told string
	// sent is how often Polar was asked, acted how often it carried the request out.
	sent, acted int
}

// told is what a caller got.
type told struct {
	text string
	// ok is whether it is a success, with its body.
	ok   bool
	body string
	// open is whether a failure says that the call may have been carried out.
	open bool
	// early is whether the caller's own clock struck before it was told anything, although it should have been.
	early bool
}

// start brings up a Polar, the way to it and the program.
func start(t *testing.T, op *operation, f *fault, every bool) *play {
	t.Helper()
	p := &play{T: t, op: op, fault: f, every: every, road: newRoad(t)}
	var err error
	if p.at, err = newTarget(func(line string) string { return p.road.direct(t, line) }); err != nil {
		t.Fatal(err)
	}
	service := harness.Start(t, "--polar=http://"+p.road.address, "--polar-token-file="+tokenFile(t))
	t.Cleanup(p.road.clear) // before the program stops, which waits for writes that hang
	p.rest, p.grpc = service.REST, service.GRPC
	p.dial()
	return p
}

// dial makes the client with which the play calls over gRPC.
func (p *play) dial(options ...grpc.DialOption) {
	p.Helper()
	conn, err := grpc.NewClient(p.grpc, append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { _ = conn.Close() })
	p.client = pb.NewCheckoutServiceClient(conn)
}

func tokenFile(t *testing.T) string {
	t.Helper()
	path := t.TempDir() + "/token"
	if err := os.WriteFile(path, []byte(emulator.DefaultToken), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// arm puts the fault in the way.
func (p *play) arm() {
	p.Helper()
	if p.fault.meet != nil {
		p.open()
	}
	if p.fault.reused {
		p.overREST(&operations[0], "") // leaves a connection behind
	}
	p.before = p.road.set(script{
		fault: p.fault, method: p.op.method, path: p.op.path(p.at), every: p.every, reading: p.fault.reading,
	})
	if p.fault.meet == nil && !p.every {
		time.AfterFunc(reopenAfter, p.open)
	}
}

// count says how often Polar was asked for the operation, and how often it carried it out.
func (p *play) count() (sent, acted int) {
	return p.road.count(p.before, p.op.method, p.op.path(p.at))
}

// open lets connections through.
func (p *play) open() {
	if err := p.road.open(); err != nil {
		p.Error(err)
	}
}

// patient tells the service a deadline or none, and waits longer than it says: on a busy machine the caller's clock would
// otherwise strike before it gets what it was told in time.
type patient struct {
	context.Context
	deadline time.Time
}

// Deadline is what goes to the service.
func (p patient) Deadline() (time.Time, bool) { return p.deadline, !p.deadline.IsZero() }

// overGRPC calls the operation.
func (p *play) overGRPC() told {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), restPatience)
	defer cancel()
	said := patient{Context: ctx}
	if !p.op.reads() {
		said.deadline = time.Now().Add(grpcDeadline)
	}
	ctx = said
	if p.fault.key {
		ctx = metadata.AppendToOutgoingContext(ctx, "idempotency-key", "mine")
	}
	var trailer metadata.MD
	answer, err := p.op.grpc(ctx, p.client, p.at, grpc.Trailer(&trailer))
	if err == nil {
		return told{text: "OK" + marks(http.Header(trailer)), ok: true, body: p.encode(answer)}
	}
	return refusedWith(err)
}

// refusedWith says what a gRPC error tells its caller.
func refusedWith(err error) told {
	st := status.Convert(err)
	got := told{text: codeName(st.Code()), early: true}
	for _, detail := range st.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			got.text += " " + info.GetReason()
			got.open, got.early = slices.Contains(openReasons, info.GetReason()), false
		}
	}
	return got
}

// openReasons are those of failures that do not say that nothing was done.
var openReasons = []string{"OUTCOME_UNKNOWN", "CONFIRM_OUTCOME_UNKNOWN", "REQUEST_IN_PROGRESS", "UNEXPECTED_ANSWER"}

func codeName(code codes.Code) string {
	var b strings.Builder
	for i, r := range code.String() {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

// encode gives an answer as Polar's JSON.
func (p *play) encode(answer proto.Message) string {
	p.Helper()
	codec, err := polarjson.NewAnswer(answer.ProtoReflect().Descriptor())
	if err != nil {
		p.Fatal(err)
	}
	body, err := codec.AppendJSON(nil, answer)
	if err != nil {
		p.Fatal(err)
	}
	return string(body)
}

// overREST calls an operation; key is its Idempotency-Key.
func (p *play) overREST(op *operation, key string) told {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), restPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, op.method, p.rest+op.path(p.at), strings.NewReader(op.body))
	if err != nil {
		p.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	request.Close = true
	answer, err := new(http.Client).Do(request)
	if errors.Is(err, context.DeadlineExceeded) {
		return told{text: fmt.Sprintf("nothing for %s", restPatience), open: true}
	}
	if err != nil {
		p.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.Fatal(err)
	}
	return received(op, answer, string(body))
}

// received says what an answer tells its caller.
func received(op *operation, answer *http.Response, body string) told {
	got := told{text: fmt.Sprint(answer.StatusCode) + marks(answer.Header), ok: answer.StatusCode == op.success, body: body}
	var named struct {
		Error string `json:"error"`
	}
	switch {
	case json.Unmarshal([]byte(body), &named) != nil && got.ok:
		got.text += ", no checkout"
	case json.Unmarshal([]byte(body), &named) != nil:
		got.text += ", as it came"
	case !got.ok:
		got.text += " " + named.Error
	}
	// A server error without a name says nothing about what was done.
	got.open = slices.Contains([]string{"OutcomeUnknown", "ConfirmOutcomeUnknown", "RequestInProgress", "UnexpectedAnswer"}, named.Error) ||
		answer.StatusCode >= 500 && named.Error == ""
	return got
}

// marks names what header or trailers say beside the answer.
func marks(header http.Header) (text string) {
	for _, mark := range []string{"Reconciled", "Replayed"} {
		for _, name := range []string{"Checkoutsvc-" + mark, "Idempotency-" + mark} {
			if len(header[name])+len(header[strings.ToLower(name)]) > 0 {
				text += ", " + strings.ToLower(mark)
			}
		}
	}
	return text
}
