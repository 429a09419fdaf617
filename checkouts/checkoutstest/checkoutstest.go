// Package checkoutstest tests programs that use package checkouts: it runs the whole service in the test's process, on an
// emulated Polar with a demo catalogue, and gives a client of it in one line.
//
//	func TestDeliversWhatIsPaid(t *testing.T) {
//		client := checkoutstest.New(t)
//		shop := shop.New(client.Client) // the program under test
//		order := shop.Sell(t.Context(), checkoutstest.Handbook)
//		client.Polar("PATCH /_emulator/checkouts/"+order.CheckoutID, `{"status": "succeeded"}`)
//		if !shop.Delivered(t.Context(), order) { ... }
//	}
//
// What the emulated Polar knows and what decides the outcome of a payment is in docs/emulator.md: its control calls move
// the clock, script failures, lock a checkout. Each New is a Polar of its own, so tests can run in parallel.
package checkoutstest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/server"
)

// What the emulated Polar starts with.
const (
	// Organization is Demo Inc.
	Organization = "0a000000-0000-4000-8000-000000000001"
	// Handbook is a product for $10.00.
	Handbook = "0b000000-0000-4000-8000-000000000001"
	// Membership is a product for $15.00 a month.
	Membership = "0b000000-0000-4000-8000-000000000002"
	// Sampler is a product that is free.
	Sampler = "0b000000-0000-4000-8000-000000000003"
	// Donation is a product whose price the buyer chooses, from $5.00.
	Donation = "0b000000-0000-4000-8000-000000000004"
	// TeamPlan is a product for $12.00 a seat and month.
	TeamPlan = "0b000000-0000-4000-8000-000000000005"
	// Workshop is a product for $20.00 a month, with a trial of 14 days.
	Workshop = "0b000000-0000-4000-8000-000000000006"
	// Poster is a product for $10.00, EUR 9.00 or GBP 8.00.
	Poster = "0b000000-0000-4000-8000-000000000007"
	// Half is a discount of 50 % with the code HALF.
	Half = "0d000000-0000-4000-8000-000000000001"
	// Fiver is a discount of $5.00 with the code FIVER.
	Fiver = "0d000000-0000-4000-8000-000000000002"
	// Ada is a customer, ada@example.com.
	Ada = "0e000000-0000-4000-8000-000000000001"
)

// Service is the service in this process, with a client of it.
type Service struct {
	*checkouts.Client
	// Address is where the service speaks gRPC, for programs that connect by themselves.
	Address string
	// REST is the base URL of the REST facade, without a slash at its end.
	REST string
	// PolarURL is the base URL of the emulated Polar, without a slash at its end; its token is "polar_oat_emulator".
	PolarURL string

	t     testing.TB
	polar *emulator.Emulator
	logs  logs
}

// New starts the service and connects to it, with the options of checkouts.Dial. It listens on loopback, on ports of its
// own, and ends with the test. If the test fails, it shows what the service logged.
func New(t testing.TB, opts ...grpc.DialOption) *Service {
	t.Helper()
	s := &Service{t: t, polar: emulator.New(emulator.Options{})}
	s.start()
	client, err := checkouts.Dial(s.Address, opts...)
	if err != nil {
		t.Fatal(err)
	}
	s.Client = client
	t.Cleanup(func() { _ = client.Close() })
	return s
}

// Polar makes a call to the emulated Polar past the service, with all rights: one of Polar's own, such as "POST
// /v1/products/", or a control call such as "POST /_emulator/clock". Body is JSON, empty for none. It gives the JSON object
// that comes back, nil for none; the test fails if the call does.
func (s *Service) Polar(call, body string) map[string]any {
	s.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.PolarURL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var answer map[string]any
	switch err := json.NewDecoder(res.Body).Decode(&answer); {
	case res.StatusCode >= http.StatusMultipleChoices:
		s.t.Fatalf("%s: %s: %v", call, res.Status, answer)
	case err != nil && res.StatusCode != http.StatusNoContent:
		s.t.Fatalf("%s: %v", call, err)
	}
	return answer
}

// start runs the service until the test ends.
func (s *Service) start() {
	s.t.Helper()
	listener, err := new(net.ListenConfig).Listen(s.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	polar := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	transport := polarhttp.NewTransport()
	built, err := server.New(server.Config{
		GRPCListen: "127.0.0.1:0", RESTListen: "127.0.0.1:0", DrainTimeout: time.Second,
		Polar:    polarhttp.Config{BaseURL: polar, PolarVersion: "2026-10", Transport: transport, Token: func(string) string { return emulator.DefaultToken }},
		Embedded: s.polar, EmbeddedListener: listener,
		Logger: slog.New(slog.NewTextHandler(&s.logs, nil)),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := built.Listen(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	s.Address, s.REST, s.PolarURL = built.Addresses().GRPC, "http://"+built.Addresses().REST, polar.String()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- built.Run(ctx) }()
	s.t.Cleanup(func() {
		s.polar.ClearScript() // nothing hangs on
		stop()
		if err := <-ended; err != nil {
			s.t.Errorf("checkoutstest: %v", err)
		}
		transport.CloseIdleConnections()
		s.polar.Close()
		if s.t.Failed() {
			s.t.Logf("checkoutsvc logged:\n%s", s.logs.String())
		}
	})
}

// logs collects what the service logs.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *logs) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// String is everything so far.
func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
