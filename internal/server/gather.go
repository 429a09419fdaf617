package server

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// gatherBelow is the longest body that leaves in one write with its head, in bytes; a longer one is not worth copying.
const gatherBelow = 16 << 10

// gathering is a caller's connection on which an answer leaves in one write. The buffer of net/http's server holds
// 4 KiB, so that a checkout would take two, and a write is the dearest part of a small read.
type gathering struct {
	net.Conn
	// missing is how much must come before what is held is written; 0 holds nothing.
	missing int
	held    *[]byte
}

var holds = sync.Pool{New: func() any { room := make([]byte, 0, gatherBelow+4<<10); return &room }}

// expect holds what is written from now on until it is as long as a body of that length with anything before it.
func (c *gathering) expect(body int) {
	if c.missing == 0 && body < gatherBelow {
		c.missing, c.held = body+1, holds.Get().(*[]byte)
	}
}

// Write writes at once, or when all is there that is expected.
func (c *gathering) Write(b []byte) (int, error) {
	if c.missing == 0 {
		return c.Conn.Write(b)
	}
	*c.held = append(*c.held, b...)
	if c.missing -= len(b); c.missing > 0 {
		return len(b), nil
	}
	_, err := c.Conn.Write(*c.held)
	c.missing, *c.held = 0, (*c.held)[:0]
	holds.Put(c.held)
	c.held = nil
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// CloseWrite lets net/http end an answer before it closes the connection.
func (c *gathering) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// gatherer gives connections that gather.
type gatherer struct{ net.Listener }

// Accept waits for the next one.
func (l gatherer) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &gathering{Conn: conn}, nil
}

type gatheringKey struct{}

// withConn lets handlers find the connection.
func withConn(ctx context.Context, conn net.Conn) context.Context {
	if gathers, ok := conn.(*gathering); ok {
		return context.WithValue(ctx, gatheringKey{}, gathers)
	}
	return ctx
}

// gather says that an answer with a body of that length comes, and nothing else before it is whole.
func gather(r *http.Request, body int) {
	if conn, ok := r.Context().Value(gatheringKey{}).(*gathering); ok {
		conn.expect(body)
	}
}
