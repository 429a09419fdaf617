package hostile

import (
	"io"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/internal/server"
)

// impatient waits for slow senders as long as a test can bear.
func impatient(c *server.Config) {
	c.HeaderTimeout, c.BodyTimeout = 200*time.Millisecond, 400*time.Millisecond
}

// TestSlowSenders: who does not send on loses the connection, and Polar hears nothing of half a request.
func TestSlowSenders(t *testing.T) {
	s := start(t, impatient)
	for _, c := range []struct {
		about, raw string
		answers    []string
	}{
		{"nothing at all", "", nil},
		{"half a line", "GET /v1/check", []string{refused}},
		{"half a head", "GET /v1/checkouts/ HTTP/1.1\r\nHost: a\r\n", nil},
		{"no body", framed("Content-Length: 100", ""), []string{"400 There was an error parsing the body"}},
		{"half a body", framed("Content-Length: 100", `{"products": [`), []string{"400 There was an error parsing the body"}},
		{"half a body of great length", framed("Content-Length: 10485760", `{"products": [`), []string{"400 There was an error parsing the body"}},
	} {
		t.Run(c.about, func(t *testing.T) { s.ends(t, c.raw, c.answers) })
	}
	s.checkAsked(t, nil)
}

// ends writes and sends no more, and holds what comes until the server closes to the wanted answers.
func (s *target) ends(t *testing.T, raw string, want []string) {
	t.Helper()
	begin := time.Now()
	answers := s.send(t, raw)
	if took := time.Since(begin); took < 150*time.Millisecond {
		t.Errorf("closed after %s already", took)
	}
	if len(answers) != len(want) {
		t.Fatalf("got %v, want %d answers", answers, len(want))
	}
	for i := range want {
		answers[i].check(t, want[i])
	}
}

// TestHalfClosedSender: a caller that hangs up in the middle of its body has asked for nothing.
func TestHalfClosedSender(t *testing.T) {
	s := start(t)
	conn := s.connect(t)
	if _, err := io.WriteString(conn, framed("Content-Length: 100", `{"products": [`)); err != nil {
		t.Fatal(err)
	}
	if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answers := readAnswers(t, conn)
	if len(answers) != 1 {
		t.Fatalf("got %v", answers)
	}
	answers[0].check(t, "400 There was an error parsing the body")
	s.checkAsked(t, nil)
}

// TestSlowPolar: the bound on slow senders must not end a call for which Polar takes its time.
func TestSlowPolar(t *testing.T) {
	s := start(t, impatient)
	if err := s.polar.Script(emulator.Fault{Count: -1, Delay: emulator.Duration{Duration: time.Second}}); err != nil {
		t.Fatal(err)
	}
	for want, raw := range map[string]string{
		"200 items":    request("GET /v1/checkouts/", ""),
		"201 polar_c_": request(created, oneTime("")),
	} {
		answers := s.send(t, raw)
		if len(answers) != 1 {
			t.Fatalf("got %v", answers)
		}
		answers[0].check(t, want)
	}
}
