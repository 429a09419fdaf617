package server

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// oneAnswer is a Polar without a network.
type oneAnswer []byte

func (body oneAnswer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
		Header: http.Header{"Content-Type": {"application/json"}, "Polar-Version": {"2026-10"}, "Cache-Control": {"private, no-store"}},
	}, nil
}

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// BenchmarkFacadeGet is what the facade, the gateway, the interceptors, the service and the way out cost together for a
// get, with the access log but without sockets.
func BenchmarkFacadeGet(b *testing.B) {
	body, err := os.ReadFile(recordings.Dir() + "/checkout.json")
	if err != nil {
		b.Fatal(err)
	}
	base, _ := url.Parse("http://polar.test")
	s, err := New(Config{
		DrainTimeout: time.Second,
		Logger:       slog.New(slog.NewJSONHandler(io.Discard, nil)), //nolint:sloglint // what a line costs is measured too
		Polar:        polarhttp.Config{BaseURL: base, PolarVersion: "2026-10", Token: func(string) string { return "t" }, Transport: oneAnswer(body)},
	})
	if err != nil {
		b.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodGet, "http://localhost/v1/checkouts/3fa85f64-5717-4562-b3fc-2c963f66afa6", nil)
	b.ReportAllocs()
	for b.Loop() {
		answer := discard{header: http.Header{}}
		if s.rest.Handler.ServeHTTP(&answer, request); answer.status != http.StatusOK {
			b.Fatalf("status %d", answer.status)
		}
	}
}
