package server

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// countingListener counts the writes of its connections.
type countingListener struct {
	net.Listener
	writes *atomic.Int64
}

func (l countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return countingConn{conn, l.writes}, err
}

type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countingConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

// TestGather: whatever the length of a body, it arrives whole on a connection that is kept, and one that is not long
// takes one write.
func TestGather(t *testing.T) {
	var writes atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var length int
		_, _ = fmt.Sscan(r.URL.Query().Get("length"), &length)
		gather(r, length)
		w.Header().Set("Content-Length", r.URL.Query().Get("length"))
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(bytes.Repeat([]byte("x"), length))
	}))
	server.Listener = gatherer{countingListener{server.Listener, &writes}}
	server.Config.ConnContext = withConn
	server.Start()
	defer server.Close()
	for _, length := range []int{0, 1, 300, 3800, 3900, 4000, 4095, 4096, 4740, 8191, 8192, 8193, gatherBelow - 1, gatherBelow, gatherBelow + 1, 100_000} {
		for range 2 {
			writes.Store(0)
			answer, err := server.Client().Get(fmt.Sprintf("%s/?length=%d", server.URL, length))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err != nil || string(body) != strings.Repeat("x", length) {
				t.Fatalf("%d bytes: %d came, %v", length, len(body), err)
			}
			if n := writes.Load(); length < gatherBelow && (length < 3800 || length > 4100) && n != 1 {
				t.Errorf("%d bytes took %d writes", length, n)
			}
		}
	}
}
