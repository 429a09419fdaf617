// Package hostile sends the service what no honest caller sends, over raw sockets. Every answer must be a clear one,
// nothing may fall over, and Polar must never be asked what the caller did not mean.
package hostile

import (
	"bytes"
	"context"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/server"
	"github.com/checkoutsvc/checkoutsvc/test/book"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// target is a server under attack, in front of an emulator that writes down what it is asked.
type target struct {
	grpc, rest string
	polar      *book.Polar
	// panics is set where something inside is meant to.
	panics bool
}

// start runs a server that waits for slow senders only as long as a test can.
func start(t *testing.T, change ...func(*server.Config)) *target {
	t.Helper()
	polar := book.Start(t)
	base, err := url.Parse(polar.URL)
	if err != nil {
		t.Fatal(err)
	}
	logs := &logs{}
	transport := polarhttp.NewTransport()
	config := server.Config{
		GRPCListen: "127.0.0.1:0", RESTListen: "127.0.0.1:0", DrainTimeout: 5 * time.Second,
		AnyHost: true, // what comes after the Host is tried here
		Logger:  slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Polar: polarhttp.Config{
			BaseURL: base, PolarVersion: "2026-10", Transport: transport, Token: func(string) string { return emulator.DefaultToken },
		},
	}
	for _, f := range change {
		f(&config)
	}
	s, err := server.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	started := &target{grpc: s.Addresses().GRPC, rest: s.Addresses().REST, polar: polar}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the server ended with %v", err)
		}
		transport.CloseIdleConnections()
		if written := logs.String(); strings.Contains(written, "panic") != started.panics {
			t.Errorf("something panicked, %t was wanted:\n%s", started.panics, written)
		}
	})
	return started
}

// checkAsked holds the book to the wanted requests.
func (s *target) checkAsked(t *testing.T, want []string) {
	t.Helper()
	var got []string
	for _, x := range s.polar.Asked() {
		got = append(got, x.String())
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("Polar was asked %q, want %q", got, want)
	}
}

// logs collects what the server writes.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
