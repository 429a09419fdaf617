package server

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/metrics"
)

// TestPanicsOutsideOfCallsAreSeen: the caller gets an answer with the id under which the operator finds the stack, and
// neither is shown what the request said.
func TestPanicsOutsideOfCallsAreSeen(t *testing.T) {
	var logs bytes.Buffer
	h := &visited{
		next:   http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(errors.New("polar_c_secret")) }),
		logger: slog.New(slog.NewJSONHandler(&logs, nil)), metrics: metrics.New(metrics.Sources{}), buyers: newBuyers("", nil),
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/x", nil))
	if answer.Code != http.StatusBadGateway || !strings.Contains(answer.Body.String(), process) {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	text := logs.String()
	for _, want := range []string{`"level":"ERROR"`, "a request fell over", "rest_visit_test.go", `"msg":"request"`, `"status":502`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	if strings.Contains(text, "secret") {
		t.Errorf("what the panic says is shown: %s", text)
	}
}

// TestTheServersGraveLinesAreErrors: those that operators must see, without what strangers wrote.
func TestTheServersGraveLinesAreErrors(t *testing.T) {
	var logs bytes.Buffer
	lines := slog.NewLogLogger(serverLog{slog.NewTextHandler(io.MultiWriter(&logs), nil)}, slog.LevelDebug)
	lines.Print("http: Accept error: accept tcp: too many open files; retrying in 5ms")
	lines.Print("http: panic serving 127.0.0.1:1: marked\ngoroutine 1")
	lines.Print("http: TLS handshake error from 127.0.0.1:1: marked")
	if text := logs.String(); strings.Count(text, "level=ERROR") != 2 || !strings.Contains(text, "too many open files") || strings.Contains(text, "marked") {
		t.Error(text)
	}
}
