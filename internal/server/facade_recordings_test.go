package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// deviation names the closed list of what the facade does otherwise than Polar (design: the REST facade), and says
// which recorded exchanges fall under it.
func deviation(e recordings.Exchange) string {
	switch {
	case e.Response.Status == http.StatusTemporaryRedirect:
		return "slash forms are served, not redirected"
	case e.Request.Method == http.MethodOptions && e.Request.Headers["Origin"] != "":
		return "CORS is ours alone"
	case strings.HasSuffix(e.Request.Path, "/confirm") && e.Response.Status >= 500 && errorName.Find(e.Response.Body) == nil:
		return "a confirm whose outcome Polar does not say is looked up"
	case e.Request.Framing != "":
		return "a body without length or of too great a one is refused at our edge"
	}
	return ""
}

// TestRecordingsThroughTheFacade plays every recorded request through the REST facade, byte for byte, to an upstream
// that answers as recorded. Status, headers that mean something and body must be the recorded ones, and what reached
// the upstream must be what was sent.
func TestRecordingsThroughTheFacade(t *testing.T) {
	scenarios, err := recordings.Load()
	if err != nil {
		t.Fatal(err)
	}
	var locked sync.WaitGroup
	counts := map[string]int{}
	polar, address := facadeOfRecordings(t)
	whole := t
	for _, scenario := range scenarios {
		t.Run(scenario.Name, func(t *testing.T) {
			for i, e := range scenario.Exchanges {
				at := fmt.Sprintf("%s, exchange %d", scenario.Name, i)
				if reason := deviation(e); reason != "" {
					counts[reason]++
					polar.next(e.Response)
					checkDeviation(t, at, reason, e, send(t, address, e.Request), polar.seen())
					continue
				}
				counts["agree"]++
				if e.Response.Status == http.StatusConflict && e.Request.Method == http.MethodPatch {
					locked.Go(func() { playLocked(t, at, e) })
					continue
				}
				polar.next(e.Response)
				compareAnswer(t, at, e, send(t, address, e.Request))
				compareAsked(t, at, e.Request, polar.seen())
				if e.Response.Status == http.StatusTooManyRequests {
					// Whoever was told to wait is not let through again; the next exchange is another caller's.
					polar, address = facadeOfRecordings(whole)
				}
			}
			locked.Wait()
		})
	}
	t.Logf("%v", counts)
	if counts["agree"] < 1350 {
		t.Errorf("only %d exchanges were compared", counts["agree"])
	}
}

func facadeOfRecordings(t *testing.T) (*recordedPolar, string) {
	t.Helper()
	polar := &recordedPolar{}
	_, base := startServer(t, polar, callersToken, func(c *Config) { c.ForwardOtherPaths = true })
	return polar, strings.TrimPrefix(base, "http://")
}

// playLocked plays an update of a locked checkout, which the service repeats for a while before it passes the refusal on.
func playLocked(t *testing.T, at string, e recordings.Exchange) {
	t.Helper()
	polar, address := facadeOfRecordings(t)
	polar.next(e.Response)
	compareAnswer(t, at, e, send(t, address, e.Request))
	asked := polar.seen()
	if len(asked) < 2 {
		t.Errorf("%s: a locked checkout was tried %d times", at, len(asked))
	}
	compareAsked(t, at, e.Request, asked[:1])
}

// rawAnswer is what came back over a socket.
type rawAnswer struct {
	status int
	header http.Header
	body   []byte
}

// send writes a recorded request to a socket as it was sent, with no client library between.
func send(t *testing.T, address string, r recordings.Request) rawAnswer {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var head bytes.Buffer
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\n", r.Method, r.Path)
	if _, ok := r.Headers["Host"]; !ok {
		fmt.Fprintf(&head, "Host: %s\r\n", address)
	}
	for name, value := range r.Headers {
		fmt.Fprintf(&head, "%s: %s\r\n", name, value)
	}
	announced, isAnnounced := strings.CutPrefix(r.Framing, "content-length:")
	switch {
	case isAnnounced:
		fmt.Fprintf(&head, "Content-Length: %s\r\n\r\n", announced)
	case r.Framing == "chunked":
		fmt.Fprintf(&head, "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(r.Body), r.Body)
	case r.Body != nil || r.Method == http.MethodPost || r.Method == http.MethodPatch:
		fmt.Fprintf(&head, "Content-Length: %d\r\n\r\n%s", len(r.Body), r.Body)
	default:
		head.WriteString("\r\n")
	}
	if _, err := conn.Write(head.Bytes()); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.Method})
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.Path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return rawAnswer{res.StatusCode, res.Header, body}
}

// meaningless are headers that concern the connection, the machine or CORS, which is ours alone.
func meaningless(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "content-length", "transfer-encoding", "connection", "date", "server", "keep-alive", "vary":
		return true
	}
	return strings.HasPrefix(name, "access-control-")
}

func compareAnswer(t *testing.T, at string, e recordings.Exchange, got rawAnswer) {
	t.Helper()
	if got.status != e.Response.Status {
		t.Errorf("%s: %s %s: status %d, recorded %d", at, e.Request.Method, e.Request.Path, got.status, e.Response.Status)
	}
	if len(e.Response.Summary) == 0 && !bytes.Equal(got.body, e.Response.Body) {
		t.Errorf("%s: the body is not the recorded one", at)
	}
	for name, want := range e.Response.Headers {
		if !meaningless(name) && got.header.Get(name) != want {
			t.Errorf("%s: %s is %q, recorded %q", at, name, got.header.Get(name), want)
		}
	}
	for name := range got.header {
		if _, recorded := e.Response.Headers[strings.ToLower(name)]; !recorded && !meaningless(name) {
			t.Errorf("%s: %s was added", at, name)
		}
	}
}

func compareAsked(t *testing.T, at string, want recordings.Request, asked []recordings.Request) {
	t.Helper()
	if len(asked) != 1 {
		t.Errorf("%s: Polar was asked %d times", at, len(asked))
		return
	}
	got := asked[0]
	if got.Method != want.Method || got.Path != want.Path || !bytes.Equal(got.Body, want.Body) {
		t.Errorf("%s: Polar was asked %s %s, sent was %s %s", at, got.Method, got.Path, want.Method, want.Path)
	}
	for _, name := range []string{"Authorization", "Content-Type", "Polar-Version", "Accept"} {
		if got.Headers[name] != want.Headers[name] {
			t.Errorf("%s: Polar got %s %q, sent was %q", at, name, got.Headers[name], want.Headers[name])
		}
	}
}

// checkDeviation holds even the listed deviations to something.
func checkDeviation(t *testing.T, at, reason string, e recordings.Exchange, got rawAnswer, asked []recordings.Request) {
	t.Helper()
	if strings.HasPrefix(reason, "a body without") && (got.status != e.Response.Status || !bytes.Equal(got.body, e.Response.Body)) {
		t.Errorf("%s: refused with %d %s, Polar says %d", at, got.status, got.body, e.Response.Status)
	}
	if strings.HasPrefix(reason, "a confirm") {
		if got.status != http.StatusConflict || !bytes.Contains(got.body, []byte(`"OutcomeUnknown"`)) || len(asked) < 2 {
			t.Errorf("%s: %d %s after %d calls, want OutcomeUnknown after a look", at, got.status, got.body, len(asked))
		}
		compareAsked(t, at, e.Request, asked[:1])
	}
	if strings.HasPrefix(reason, "slash") {
		location, err := url.Parse(strings.Replace(e.Response.Headers["location"], "{base_url}", "http://polar", 1))
		if err != nil {
			t.Fatal(err)
		}
		// Polar has no operation at POST /v1/checkouts/client/, so it is passed on as it came.
		exact := location.RequestURI()
		if e.Request.Method == http.MethodPost && strings.HasSuffix(exact, "/client") {
			exact = e.Request.Path
		}
		if len(asked) != 1 || asked[0].Path != exact {
			t.Errorf("%s: Polar was asked %v, want the exact form %s", at, asked, exact)
		}
	}
}
