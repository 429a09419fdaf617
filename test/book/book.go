// Package book is the emulator for black-box tests that care what Polar was asked: every request that reaches it is
// written down, with what it was answered.
package book

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// Polar is a running emulator with a book.
type Polar struct {
	*emulator.Emulator
	// URL is the base URL under which everything is written down.
	URL string

	mu    sync.Mutex
	asked []*Exchange
}

// Exchange is one request that Polar got, and what it answered.
type Exchange struct {
	Method string
	// Path is the path with its query, to the letter.
	Path   string
	Header http.Header
	Body   []byte

	// Status is 0 where there was no answer.
	Status int
	Answer bytes.Buffer
}

// String is the method and the path.
func (x *Exchange) String() string { return x.Method + " " + x.Path }

// Start runs an emulator until the test's end.
func Start(t testing.TB) *Polar {
	t.Helper()
	p := &Polar{Emulator: emulator.New(emulator.Options{})}
	server := httptest.NewServer(http.HandlerFunc(p.book))
	t.Cleanup(func() {
		p.Close() // lets hanging requests go, so that the server can close
		server.Close()
	})
	p.URL = server.URL
	return p
}

// book writes the request down before it is served: what is cut or hangs was asked all the same.
func (p *Polar) book(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	x := &Exchange{Method: r.Method, Path: r.RequestURI, Header: r.Header.Clone(), Body: body}
	p.mu.Lock()
	p.asked = append(p.asked, x)
	p.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	p.ServeHTTP(&copying{ResponseWriter: w, x: x}, r)
}

// Fresh makes the emulator new and the book empty.
func (p *Polar) Fresh() {
	p.Reset(false)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = nil
}

// Asked is what the book has, in order.
func (p *Polar) Asked() []*Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*Exchange(nil), p.asked...)
}

// Direct makes a call of the form "METHOD PATH BODY" past the book, with the demo organization's token, and gives the
// answer's body. An answer that is a refusal is an error.
func (p *Polar) Direct(line string) (string, error) {
	method, rest, _ := strings.Cut(line, " ")
	path, body, _ := strings.Cut(strings.TrimSpace(rest), " ")
	request := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	answer := httptest.NewRecorder()
	p.ServeHTTP(answer, request)
	if answer.Code >= http.StatusBadRequest {
		return "", fmt.Errorf("%s: %d %s", line, answer.Code, answer.Body)
	}
	return answer.Body.String(), nil
}

// copying keeps a copy of an answer.
type copying struct {
	http.ResponseWriter
	x *Exchange
}

func (c *copying) WriteHeader(status int) {
	c.x.Status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *copying) Write(b []byte) (int, error) {
	if c.x.Status == 0 {
		c.x.Status = http.StatusOK
	}
	c.x.Answer.Write(b)
	return c.ResponseWriter.Write(b)
}

// Flush passes on what a slow answer has so far.
func (c *copying) Flush() {
	if flusher, ok := c.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
}
