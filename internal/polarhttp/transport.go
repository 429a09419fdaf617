package polarhttp

import (
	"context"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// NewTransport makes the transport of a client: connections are kept and plentiful, HTTP/2 where offered, no
// compression, since the bytes are passed on as they are.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &countedConn{Conn: conn}, nil
		},
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    5 * time.Second,
		MaxIdleConns:           2048,
		MaxIdleConnsPerHost:    2048,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
		// A checkout's answer fits, so it takes one read.
		ReadBufferSize: 8 << 10,
	}
}

// countedConn counts the writes on a connection. A request whose connection saw no write since it was handed out was
// certainly not sent; that is how a stale connection is told from a lost answer.
type countedConn struct {
	net.Conn
	writes atomic.Int64
}

func (c *countedConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

// sending follows one request on its way out.
type sending struct {
	conn   atomic.Pointer[countedConn]
	before atomic.Int64
	got    atomic.Bool
}

// watch adds the trace hooks that sending lives on.
func (s *sending) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		conn := info.Conn
		if secured, ok := conn.(interface{ NetConn() net.Conn }); ok {
			conn = secured.NetConn()
		}
		if counted, ok := conn.(*countedConn); ok {
			s.before.Store(counted.writes.Load())
			s.conn.Store(counted)
		}
		s.got.Store(true)
	}})
}

// written reports whether Polar may have received something of a watched request. In doubt it says yes.
func (s *sending) written() bool {
	switch conn := s.conn.Load(); {
	case !s.got.Load():
		return false
	case conn == nil:
		return true
	default:
		return conn.writes.Load() != s.before.Load()
	}
}
