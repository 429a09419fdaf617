package cases

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// polar is the emulator behind a book in which every request of the service is written down.
type polar struct {
	*emulator.Emulator
	url string

	mu    sync.Mutex
	asked []*exchange
}

// exchange is one request that Polar got, and what it answered.
type exchange struct {
	method, path string
	header       http.Header
	body         []byte

	status int
	answer bytes.Buffer
}

func startPolar(t *testing.T) *polar {
	t.Helper()
	p := &polar{Emulator: emulator.New(emulator.Options{})}
	server := httptest.NewServer(http.HandlerFunc(p.book))
	t.Cleanup(func() {
		p.Close() // lets hanging requests go, so that the server can close
		server.Close()
	})
	p.url = server.URL
	return p
}

// book writes the request down before it is served: what is cut or hangs was asked all the same.
func (p *polar) book(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	x := &exchange{method: r.Method, path: r.RequestURI, header: r.Header.Clone(), body: body}
	p.mu.Lock()
	p.asked = append(p.asked, x)
	p.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	p.ServeHTTP(&copying{ResponseWriter: w, x: x}, r)
}

// fresh forgets everything that was.
func (p *polar) fresh() {
	p.Reset(false)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = nil
}

func (p *polar) seen() []*exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// copying keeps a copy of an answer.
type copying struct {
	http.ResponseWriter
	x *exchange
}

func (c *copying) WriteHeader(status int) {
	c.x.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *copying) Write(b []byte) (int, error) {
	if c.x.status == 0 {
		c.x.status = http.StatusOK
	}
	c.x.answer.Write(b)
	return c.ResponseWriter.Write(b)
}

func (c *copying) Flush() {
	if flusher, ok := c.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
}

// direct calls Polar past the service, with the demo organization's token.
func (p *polar) direct(line string) (string, error) {
	method, rest, _ := strings.Cut(line, " ")
	path, body, _ := strings.Cut(strings.TrimSpace(rest), " ")
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	answer := httptest.NewRecorder()
	p.ServeHTTP(answer, request)
	if answer.Code >= http.StatusBadRequest {
		return "", fmt.Errorf("%s: %d %s", line, answer.Code, answer.Body)
	}
	return answer.Body.String(), nil
}

// prepare carries out a setup section and remembers the answers that it names.
func (p *polar) prepare(section string, known variables) error {
	for _, entry := range entries(section) {
		name, line, named := strings.Cut(entry, " = ")
		if !named || strings.ContainsAny(name, " {") {
			name, line = "", entry
		}
		line, err := known.fill(line)
		if err != nil {
			return err
		}
		answer, err := p.direct(line)
		if err != nil {
			return err
		}
		if name == "" {
			continue
		}
		if known[name], err = decodeJSON(answer); err != nil {
			return err
		}
	}
	return nil
}
