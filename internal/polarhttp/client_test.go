package polarhttp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	token  = "polar_oat_marked_token"
	secret = "polar_c_marked_secret"
)

// newClient makes a client of the server at base whose connections end with the test.
func newClient(t *testing.T, base string, change ...func(*Config)) *Client {
	t.Helper()
	parsed, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	transport := NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	config := Config{BaseURL: parsed, Token: func(string) string { return token }, PolarVersion: "2026-10", UserAgent: "test", Transport: transport}
	for _, f := range change {
		f(&config)
	}
	return New(config)
}

func newServer(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func do(t *testing.T, c *Client, req *Request) (*Response, error) {
	t.Helper()
	res := new(Response)
	err := c.Do(t.Context(), req, res)
	return res, err
}

func TestOperationsAreThoseOfPolarsDocument(t *testing.T) {
	data, err := os.ReadFile(recordings.Dir() + "/openapi-checkouts.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	var want, got, marked []string
	for path, methods := range document.Paths {
		for method := range methods {
			want = append(want, strings.ToUpper(method)+" "+path)
		}
	}
	for _, op := range Operations {
		got = append(got, op.Method+" "+op.Template)
	}
	source, err := os.ReadFile("operation.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`(?m)^\s*//polar:operation (.+)$`).FindAllStringSubmatch(string(source), -1) {
		marked = append(marked, match[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	slices.Sort(marked)
	if !slices.Equal(want, got) || !slices.Equal(want, marked) {
		t.Errorf("document has %v\ntable has %v\ncomments say %v", want, got, marked)
	}
}

func TestRequestsAreExactAndCarryOnlyWhatIsAllowed(t *testing.T) {
	type seen struct {
		line   string
		header http.Header
		body   string
	}
	var last atomic.Pointer[seen]
	base := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		header := r.Header.Clone()
		header.Set("Content-Length", fmt.Sprint(r.ContentLength))
		last.Store(&seen{r.Method + " " + r.RequestURI, header, string(body)})
	})
	organization, buyer := "Bearer "+token, ""
	for _, tc := range []struct {
		req  Request
		line string
		auth string
	}{
		{Request{Operation: ListCheckouts, RawQuery: "limit=%zz&a;b=1"}, "GET /polar/v1/checkouts/?limit=%zz&a;b=1", organization},
		{Request{Operation: CreateCheckout, Body: []byte(`{}`)}, "POST /polar/v1/checkouts/", organization},
		{Request{Operation: GetCheckout, Segment: "a%20b"}, "GET /polar/v1/checkouts/a%20b", organization},
		{Request{Operation: UpdateCheckout, Segment: "x", Body: []byte(`{}`)}, "PATCH /polar/v1/checkouts/x", organization},
		{Request{Operation: GetClientCheckout, Segment: secret}, "GET /polar/v1/checkouts/client/" + secret, buyer},
		{Request{Operation: UpdateClientCheckout, Segment: secret, Body: []byte(`{}`)}, "PATCH /polar/v1/checkouts/client/" + secret, buyer},
		{Request{Operation: ConfirmClientCheckout, Segment: secret}, "POST /polar/v1/checkouts/client/" + secret + "/confirm", buyer},
	} {
		t.Run(tc.req.Operation.Name, func(t *testing.T) {
			tc.req.ContentType, tc.req.Accept, tc.req.Authorization = "application/json", "application/json", "Bearer callers-own"
			if _, err := do(t, newClient(t, base+"/polar/"), &tc.req); err != nil {
				t.Fatal(err)
			}
			got := last.Load()
			if got.line != tc.line || got.body != string(tc.req.Body) || got.header.Get("Authorization") != tc.auth {
				t.Errorf("got %q %q auth %q, want %q auth %q", got.line, got.body, got.header.Get("Authorization"), tc.line, tc.auth)
			}
			if want := fmt.Sprint(len(tc.req.Body)); got.header.Get("Content-Length") != want {
				t.Errorf("Content-Length %s, want %s", got.header.Get("Content-Length"), want)
			}
			allowed := []string{"Accept", "Authorization", "Content-Length", "Content-Type", "Polar-Version", "User-Agent"}
			for name := range got.header {
				if !slices.Contains(allowed, name) {
					t.Errorf("header %s was sent", name)
				}
			}
			if v := got.header.Get("Polar-Version"); v != "2026-10" {
				t.Errorf("Polar-Version %q, want the pinned one", v)
			}
		})
	}
}

func TestCredentialsFollowTheConfiguration(t *testing.T) {
	var header atomic.Pointer[http.Header]
	base := newServer(t, func(_ http.ResponseWriter, r *http.Request) { header.Store(&r.Header) })
	confirm := Request{Operation: ConfirmClientCheckout, Segment: secret, Authorization: "Bearer callers-own", PolarVersion: "2026-04"}
	for name, tc := range map[string]struct {
		change        func(*Config)
		auth, version string
	}{
		"buyer operations carry no token":      {func(*Config) {}, "", "2026-04"},
		"the token when the service says so":   {func(c *Config) { c.ClientToken = true }, "Bearer " + token, "2026-04"},
		"the caller's own credential, as came": {func(c *Config) { c.ForwardAuthorization = true }, "Bearer callers-own", "2026-04"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := do(t, newClient(t, base, tc.change), &confirm); err != nil {
				t.Fatal(err)
			}
			if got := *header.Load(); got.Get("Authorization") != tc.auth || got.Get("Polar-Version") != tc.version {
				t.Errorf("got %q and version %q", got.Get("Authorization"), got.Get("Polar-Version"))
			}
		})
	}
	list := Request{Operation: ListCheckouts}
	if _, err := do(t, newClient(t, base, func(c *Config) { c.ForwardAuthorization = true }), &list); err != nil {
		t.Fatal(err)
	}
	if got := (*header.Load()).Get("Polar-Version"); got != "" {
		t.Errorf("a forwarding client added Polar-Version %q", got)
	}
}

func TestSegmentsThatWouldMakeAnotherCallAreRefused(t *testing.T) {
	for _, segment := range []string{"", ".", "..", "client/x", "x/confirm", strings.Repeat("x", 1025)} {
		if _, err := EscapeSegment(segment); !errors.Is(err, ErrSegment) {
			t.Errorf("%q was let through", segment)
		}
	}
	if got, err := EscapeSegment("a b%2F?\x00"); err != nil || got != "a%20b%252F%3F%00" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestRedirectsAreAnswersNotFollowed(t *testing.T) {
	var calls atomic.Int32
	base := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	res, err := do(t, newClient(t, base), &Request{Operation: ListCheckouts})
	if err != nil || res.Status != http.StatusTemporaryRedirect || calls.Load() != 1 {
		t.Errorf("status %d after %d calls, %v", res.Status, calls.Load(), err)
	}
}

// TestACutRequestIsNeverSentAgain is the guard against Go's transport, which resends what it takes for idempotent, and
// every read: a connection that was used before is cut after the request was read, which is when the transport would
// do so.
func TestACutRequestIsNeverSentAgain(t *testing.T) {
	for _, op := range Operations {
		for _, body := range [][]byte{nil, []byte(`{"amount":1}`)} {
			if op.Consequence == Reads && body != nil {
				continue
			}
			t.Run(fmt.Sprintf("%s %d bytes", op.Name, len(body)), func(t *testing.T) {
				var arrived atomic.Int32
				base := newServer(t, func(w http.ResponseWriter, r *http.Request) {
					if arrived.Add(1) == 1 {
						return
					}
					_, _ = io.ReadAll(r.Body)
					conn, _, err := http.NewResponseController(w).Hijack()
					if err == nil {
						_ = conn.Close()
					}
				})
				client := newClient(t, base)
				if _, err := do(t, client, &Request{Operation: ListCheckouts}); err != nil {
					t.Fatal(err)
				}
				_, err := do(t, client, &Request{Operation: op, Segment: secret, Body: body})
				var failed *Error
				if !errors.As(err, &failed) || failed.Reason != Cut || !failed.Written && op.Consequence != Reads {
					t.Errorf("got %v, want a cut after writing", err)
				}
				if n := arrived.Load() - 1; n != 1 {
					t.Errorf("the request arrived %d times", n)
				}
			})
		}
	}
}

// untilGone answers nothing until the caller is gone.
func untilGone(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.ReadAll(r.Body)
	<-r.Context().Done()
}

func TestFailuresAreTyped(t *testing.T) {
	raw := func(answer string) string {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = http.ReadRequest(bufio.NewReader(conn))
				_, _ = io.WriteString(conn, answer)
				_ = conn.Close()
			}
		}()
		return "http://" + listener.Addr().String()
	}
	closed := raw("")
	refused, _ := net.Listen("tcp", "127.0.0.1:0")
	_ = refused.Close()
	for name, tc := range map[string]struct {
		base    string
		reason  Reason
		written bool
	}{
		"refused":           {"http://" + refused.Addr().String(), Unreachable, false},
		"closed unanswered": {closed, Cut, true},
		"no HTTP":           {raw("SSH-2.0-x\r\n\r\n"), Cut, true},
		"short body":        {raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"), Cut, true},
		"broken chunks":     {raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}"), Cut, true},
		"announced too big": {raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{}"), TooLarge, true},
		"hang":              {newServer(t, untilGone), Timeout, true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			err := newClient(t, tc.base).Do(ctx, &Request{Operation: UpdateClientCheckout, Segment: secret, Body: []byte(`{}`)}, new(Response))
			var failed *Error
			if !errors.As(err, &failed) || failed.Reason != tc.reason || failed.Written != tc.written {
				t.Fatalf("got %v, want %s, written %t", err, tc.reason, tc.written)
			}
			if text := fmt.Sprintf("%v %+v", err, err); strings.Contains(text, secret) || strings.Contains(text, token) {
				t.Errorf("the error shows a secret: %s", text)
			}
		})
	}
}

func TestAnEndlessAnswerIsCutOff(t *testing.T) {
	base := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	_, err := do(t, newClient(t, base), &Request{Operation: ListCheckouts})
	var failed *Error
	if !errors.As(err, &failed) || failed.Reason != TooLarge {
		t.Errorf("got %v, want %s", err, TooLarge)
	}
}

// TestAWrittenConfirmIsSeenThrough: the caller leaves while Polar works. It is told at once that the outcome is
// unknown, and Polar's answer is still read.
func TestAWrittenConfirmIsSeenThrough(t *testing.T) {
	received, answer := make(chan struct{}), make(chan struct{})
	base := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		close(received)
		<-answer
		_, _ = io.WriteString(w, `{"status":"confirmed"}`)
	})
	late := make(chan string, 1)
	client := newClient(t, base, func(c *Config) {
		c.Late = func(op *Operation, answer *Response, _ error) { late <- op.Name + " " + string(answer.Body) }
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-received; cancel() }()
	own := make(chan int, 1)
	err := client.Do(ctx, &Request{
		Operation: ConfirmClientCheckout, Segment: secret,
		Late: func(answer *Response, _ error) { own <- answer.Status },
	}, new(Response))
	var failed *Error
	if !errors.As(err, &failed) || failed.Reason != Canceled || !failed.Written {
		t.Fatalf("got %v, want %s after writing", err, Canceled)
	}
	select {
	case <-failed.Pending:
		t.Error("settled before Polar answered")
	default:
	}
	close(answer)
	<-failed.Pending
	if err := client.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-late; got != `ConfirmClientCheckout {"status":"confirmed"}` {
		t.Errorf("late answer %q", got)
	}
	if got := <-own; got != http.StatusOK {
		t.Errorf("the call itself was told of status %d", got)
	}
}

func TestAConfirmThatWasNotWrittenEndsWithItsCaller(t *testing.T) {
	dialing, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	client := newClient(t, "http://127.0.0.1:1", func(c *Config) {
		c.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			close(dialing)
			<-release
			return nil, net.ErrClosed
		}}
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-dialing; cancel() }()
	err := client.Do(ctx, &Request{Operation: ConfirmClientCheckout, Segment: secret}, new(Response))
	var failed *Error
	if !errors.As(err, &failed) || failed.Reason != Canceled || failed.Written {
		t.Errorf("got %v, want %s before writing", err, Canceled)
	}
}

func TestACancelledCallerCancelsAnUpdate(t *testing.T) {
	received, gone := make(chan struct{}), make(chan struct{})
	base := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		close(received)
		<-r.Context().Done()
		close(gone)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-received; cancel() }()
	err := newClient(t, base).Do(ctx, &Request{Operation: UpdateCheckout, Segment: "x", Body: []byte(`{}`)}, new(Response))
	var failed *Error
	if !errors.As(err, &failed) || failed.Reason != Canceled {
		t.Errorf("got %v, want %s", err, Canceled)
	}
	<-gone
}

func TestABufferIsReused(t *testing.T) {
	base := newServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"items":[]}`) })
	client, res := newClient(t, base), &Response{Body: make([]byte, 0, 512)}
	room := &res.Body[:1][0]
	for range 2 {
		if err := client.Do(t.Context(), &Request{Operation: ListCheckouts}, res); err != nil {
			t.Fatal(err)
		}
		if string(res.Body) != `{"items":[]}` || &res.Body[0] != room {
			t.Errorf("got %q in new room", res.Body)
		}
	}
}

func TestWarmConnectionsServeTheFirstCalls(t *testing.T) {
	const n = 3
	var connections, asked atomic.Int32
	all := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			return
		}
		if r.Header.Get("Authorization") != "" {
			t.Error("the token was sent")
		}
		if asked.Add(1) == n {
			close(all)
		}
		<-all // so that none is served by another's connection
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := NewTransport()
	transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	t.Cleanup(transport.CloseIdleConnections)
	client := newClient(t, server.URL, func(c *Config) { c.Transport = transport })
	client.Warm(t.Context(), n)
	for range n {
		if _, err := do(t, client, &Request{Operation: ListCheckouts}); err != nil {
			t.Fatal(err)
		}
	}
	if got := connections.Load(); got != n {
		t.Errorf("%d connections, want the %d warm ones", got, n)
	}
}
