package server

import (
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// TestNobodyHoldsAConnection: each HTTP server ends connections on which nothing comes, and operators' those on which
// nobody reads. Callers' have no bound for that, because a confirm takes what Polar takes.
func TestNobodyHoldsAConnection(t *testing.T) {
	base, err := url.Parse("http://polar.test")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{DrainTimeout: time.Second, Logger: slog.New(slog.DiscardHandler), Polar: polarhttp.Config{BaseURL: base}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, server := range map[string]*http.Server{"rest": s.rest, "buyers": s.buyers, "admin": s.admin, "watched": s.watched} {
		if server.ReadHeaderTimeout == 0 || server.ReadTimeout == 0 || server.IdleTimeout == 0 {
			t.Errorf("%s: a silent sender holds a connection for ever", name)
		}
	}
	for name, server := range map[string]*http.Server{"admin": s.admin, "watched": s.watched} {
		if server.WriteTimeout == 0 {
			t.Errorf("%s: who does not read holds a connection for ever", name)
		}
	}
}
