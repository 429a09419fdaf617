package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/service"
)

// maxBody is the largest body that Polar takes, in bytes (B 3.4).
const maxBody = 10 << 20

// maxBuyerBody is the largest body that a stranger may send, in bytes: far more than a form holds, and little enough for
// many at a time.
const maxBuyerBody = 256 << 10

// readBody takes the body in, or refuses what Polar refuses before it reads: no length, or too great a one (B 3.4).
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, *edgeRefusal) {
	switch {
	case r.ContentLength == 0:
		return nil, nil
	case r.ContentLength < 0:
		return nil, &lengthRequired
	case r.ContentLength > most:
		return nil, bodyTooLarge(most)
	}
	// Room is made as the body comes, not as it is announced.
	var body bytes.Buffer
	if _, err := io.CopyN(&body, r.Body, r.ContentLength); err != nil {
		// The caller stopped sending: nobody reads an answer, and nothing half-read goes to Polar.
		w.Header().Set("Connection", "close")
		return nil, &bodyCut
	}
	return body.Bytes(), nil
}

// edgeRefusal is an answer of Polar's that we give in its place, to the byte.
type edgeRefusal struct {
	status int
	body   string
}

var (
	lengthRequired = edgeRefusal{http.StatusLengthRequired, `{"error": "LengthRequired", "detail": "A Content-Length header is required."}`}
	bodyCut        = edgeRefusal{http.StatusBadRequest, `{"detail":"There was an error parsing the body"}`}
)

func bodyTooLarge(most int64) *edgeRefusal {
	return &edgeRefusal{http.StatusRequestEntityTooLarge, fmt.Sprintf(`{"error": "RequestBodyTooLarge", "detail": "Request body exceeded the maximum allowed size of %d bytes."}`, most)}
}

func (e *edgeRefusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.status)
	_, _ = io.WriteString(w, e.body)
}

// writeFailure gives an own failure in the shape of Polar's errors, under a status that no operation declares.
func writeFailure(w http.ResponseWriter, err error) {
	var failure *service.Failure
	if !errors.As(err, &failure) {
		failure = service.Internal("")
	}
	if failure.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((failure.RetryAfter+time.Second-1)/time.Second)))
	}
	if failure.Challenge != "" {
		w.Header().Set("WWW-Authenticate", failure.Challenge)
	}
	if refused := failure.TokenError(); refused != nil {
		writeJSON(w, failure.HTTPStatus, struct {
			Error            string `json:"error"`
			ErrorDescription string `json:"error_description"`
		}{refused.GetError(), refused.GetErrorDescription()})
		return
	}
	writeError(w, failure.HTTPStatus, failure.Name, failure.Message)
}

// writeError writes Polar's error shape (B 3.1).
func writeError(w http.ResponseWriter, status int, name, detail string) {
	writeJSON(w, status, struct {
		Error  string `json:"error"`
		Detail string `json:"detail"`
	}{name, detail})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "private, no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
