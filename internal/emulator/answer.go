package emulator

import (
	"errors"
	"maps"
	"net/http"
	"strconv"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// answer is a response before it is written.
type answer struct {
	status int
	header http.Header
	body   []byte
	// unframed answers have no Content-Length and no Content-Type, as Polar's 429 has none.
	unframed bool
	// stream, where set, writes the body bit by bit.
	stream func(w http.ResponseWriter, r *http.Request)
}

// reply is a successful JSON answer.
func reply(status int, body *ordered.Object) *answer {
	return &answer{status: status, header: http.Header{}, body: body.Value().Append(nil)}
}

// refusal turns an error into Polar's answer; whatever is none of its refusals is the plain-text 500.
func refusal(err error) *answer {
	var known *answerError
	var invalid problems
	switch {
	case errors.As(err, &known):
	case errors.As(err, &invalid):
		known = &answerError{status: http.StatusUnprocessableEntity, body: invalid.body()}
	default:
		known = errInternal
	}
	a := &answer{status: known.status, header: http.Header{}, body: known.body}
	maps.Copy(a.header, known.header)
	return a
}

// jsonType completes the content type of an answer with a body.
func (a *answer) jsonType() {
	if a.header.Get("Content-Type") == "" && len(a.body) > 0 {
		a.header.Set("Content-Type", "application/json")
	}
}

func (a *answer) write(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	maps.Copy(header, a.header)
	switch {
	case a.stream != nil:
		w.WriteHeader(a.status)
		a.stream(w, r)
		return
	case a.unframed:
		// Both nil entries keep net/http from adding its own, as an explicit flush keeps it from counting the body.
		header["Content-Type"] = nil
		w.WriteHeader(a.status)
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		return
	}
	if a.status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body)
	}
}
