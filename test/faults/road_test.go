package faults

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// road is the way to Polar: a TCP server in front of an emulator, which can do to requests and answers whatever lies
// between two machines.
type road struct {
	polar    *emulator.Emulator
	socket   *os.File
	address  string
	handlers sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while connections are refused
	ended    bool
	conns    map[net.Conn]struct{}
	script   script
	seen     []*passage
	// released is closed when those that hang are let go.
	released chan struct{}
}

// script says what a request meets, and which.
type script struct {
	fault  *fault
	method string
	path   string
	every  bool
	// reading is what every read meets besides.
	reading func(*passage) bool
}

// newRoad makes a way to a Polar that is as new. Its address is its own, and refuses connections until it is opened.
func newRoad(t *testing.T) *road {
	t.Helper()
	r := &road{polar: emulator.New(emulator.Options{}), conns: map[net.Conn]struct{}{}, released: make(chan struct{})}
	if err := r.bind(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.end)
	return r
}

// bind takes a port without listening: the kernel then refuses every connection, and nobody else can have the port.
func (r *road) bind() error {
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return err
	}
	r.socket = os.NewFile(uintptr(fd), "road")
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	name, err := syscall.Getsockname(fd)
	if at, ok := name.(*syscall.SockaddrInet4); ok {
		r.address = fmt.Sprintf("127.0.0.1:%d", at.Port)
	}
	return err
}

// open takes connections from now on.
func (r *road) open() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listener != nil || r.ended {
		return nil
	}
	if err := syscall.Listen(int(r.socket.Fd()), 128); err != nil {
		return err
	}
	listener, err := net.FileListener(r.socket)
	if err != nil {
		return err
	}
	r.listener = listener
	r.handlers.Go(func() { r.accept(listener) })
	return nil
}

func (r *road) end() {
	r.clear()
	r.close()
	r.polar.Close()
	r.handlers.Wait()
}

func (r *road) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	_ = r.socket.Close()
	if r.listener != nil {
		_ = r.listener.Close()
	}
	for conn := range r.conns {
		_ = conn.Close()
	}
}

func (r *road) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		r.mu.Lock()
		r.conns[conn] = struct{}{}
		r.mu.Unlock()
		r.handlers.Go(func() { r.serve(conn) })
	}
}

// serve takes the requests of a connection until one of them ends it.
func (r *road) serve(conn net.Conn) {
	defer func() {
		_ = conn.Close()
		r.mu.Lock()
		delete(r.conns, conn)
		r.mu.Unlock()
	}()
	in := bufio.NewReader(conn)
	for reused := false; ; reused = true {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		p := &passage{road: r, conn: conn, request: request, body: body}
		if !r.meets(p, reused)(p) {
			return
		}
	}
}

// meets writes the request down and gives what it meets.
func (r *road) meets(p *passage, reused bool) func(*passage) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, p)
	at, f := &r.script, r.script.fault
	if at.reading != nil && p.request.Method == http.MethodGet {
		return at.reading
	}
	if f == nil || f.meet == nil || p.request.Method != at.method || p.request.URL.Path != at.path || f.reused && !reused {
		return passes
	}
	if !at.every {
		at.fault = nil
	}
	return f.meet
}

// set puts a script in the way and says how many requests came before.
func (r *road) set(s script) (before int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.script = s
	return len(r.seen)
}

// clear lets everything pass, and those go that hang.
func (r *road) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.script = script{}
	close(r.released)
	r.released = make(chan struct{})
}

// count says how many requests of this kind came after the first skip, and how many of them Polar carried out.
func (r *road) count(skip int, method, path string) (sent, acted int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.seen[skip:] {
		if p.request.Method == method && p.request.URL.Path == path {
			sent++
			if p.answer != nil && p.answer.Code < http.StatusBadRequest {
				acted++
			}
		}
	}
	return sent, acted
}

// answers are the bodies with which Polar answered well, whether they arrived or not.
func (r *road) answers() (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.seen {
		if p.answer != nil && p.answer.Code < http.StatusBadRequest {
			all = append(all, p.answer.Body.String())
		}
	}
	return all
}

// direct makes a call of the form "METHOD PATH BODY" past the road, with all rights, and gives the answer's body.
func (r *road) direct(t *testing.T, line string) string {
	t.Helper()
	method, rest, _ := strings.Cut(line, " ")
	path, body, _ := strings.Cut(rest, " ")
	request := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	answer := httptest.NewRecorder()
	r.polar.ServeHTTP(answer, request)
	if answer.Code >= http.StatusBadRequest {
		t.Fatalf("%s: %d %s", line, answer.Code, answer.Body)
	}
	return answer.Body.String()
}

// passage is one request on its way.
type passage struct {
	road    *road
	conn    net.Conn
	request *http.Request
	body    []byte
	// answer is Polar's, nil where the request did not reach it.
	answer *httptest.ResponseRecorder
}

// act lets Polar carry the request out.
func (p *passage) act() *httptest.ResponseRecorder {
	p.request.Body = io.NopCloser(bytes.NewReader(p.body))
	p.request.RemoteAddr = p.conn.RemoteAddr().String()
	answer := httptest.NewRecorder()
	p.road.polar.ServeHTTP(answer, p.request)
	p.road.mu.Lock()
	defer p.road.mu.Unlock()
	p.answer = answer
	return answer
}
