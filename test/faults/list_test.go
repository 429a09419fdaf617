package faults

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// fault is what may happen to a request or its answer.
type fault struct {
	name string
	// meet carries it out and says whether the connection goes on; nil where no connection is made.
	meet func(*passage) (goesOn bool)
	// reused is whether it befalls connections that were used before.
	reused bool
	// key is whether the caller sends an Idempotency-Key with whatever it calls.
	key bool
	// befalls says which operations it can befall; nil for all.
	befalls func(*operation) bool
	// reading is what reads of the checkout meet, as long as the fault is in the way.
	reading func(*passage) bool
}

func writes(op *operation) bool { return !op.reads() }

const (
	text     = "text/plain; charset=utf-8"
	page     = "text/html"
	notActed = ", Polar has not acted"
)

// list is every fault, in the table's order.
var list = []fault{
	{name: "connection refused"},
	{name: "connection cut" + notActed, meet: (*passage).reset},
	{name: "connection cut, Polar has acted", meet: acted((*passage).reset), befalls: writes},
	{
		name: "connection cut, Polar has acted, and reading fails", meet: acted((*passage).reset), befalls: (*operation).confirms,
		reading: answers(503, text, "no healthy upstream"),
	},
	{name: "no answer" + notActed, meet: (*passage).hang},
	{name: "no answer, Polar has acted", meet: acted((*passage).hang), befalls: writes},
	{name: "answer takes a second to arrive", meet: (*passage).slow},
	{name: "answer breaks off in its middle", meet: (*passage).half},
	{name: "announced length too great", meet: func(p *passage) bool { return p.announce(100) }},
	{name: "announced length too small", meet: func(p *passage) bool { return p.announce(-100) }},
	{name: "429 with Retry-After: 2", meet: answers(429, "", `{"error":"RateLimitExceeded","detail":"x"}`, "Retry-After", "2")},
	{name: "429", meet: answers(429, text, "Too Many Requests")},
	{name: "500 text" + notActed, meet: answers(500, text, "Internal Server Error")},
	{name: "500 text, Polar has acted", meet: acted(answers(500, text, "Internal Server Error")), befalls: writes},
	{name: "500 with the name of an error", meet: answers(500, "", `{"error":"TaxCalculationTechnicalError","detail":"All tax processors failed to calculate tax"}`)},
	{name: "502 HTML page" + notActed, meet: answers(502, page, "<html><h1>502 Bad Gateway</h1></html>")},
	{name: "502 HTML page, Polar has acted", meet: acted(answers(502, page, "<html><h1>502 Bad Gateway</h1></html>")), befalls: writes},
	{name: "503", meet: answers(503, text, "no healthy upstream")},
	{name: "504" + notActed, meet: answers(504, text, "upstream request timeout")},
	{name: "504, Polar has acted", meet: acted(answers(504, text, "upstream request timeout")), befalls: writes},
	{name: "something that is not HTTP", meet: (*passage).garbage},
	{name: "HTML page with the status of success", meet: (*passage).wrongPage},
	{name: "kept connection closed as it is used again", meet: (*passage).close, reused: true},
	{name: "the same, with an Idempotency-Key", meet: (*passage).close, reused: true, key: true},
	{name: "replica lags behind", meet: (*passage).stale, befalls: (*operation).reads},
}

// passes is no fault.
func passes(p *passage) bool {
	answer := p.act()
	return p.write(answer.Code, answer.Header(), answer.Body.Bytes())
}

// acted lets Polar carry the request out before the fault.
func acted(then func(*passage) bool) func(*passage) bool {
	return func(p *passage) bool { p.act(); return then(p) }
}

// answers replaces Polar's answer. An empty type is JSON's.
func answers(status int, contentType, body string, headers ...string) func(*passage) bool {
	header := http.Header{"Content-Type": {contentType}}
	if contentType == "" {
		header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	return func(p *passage) bool { return p.write(status, header, []byte(body)) }
}

// write sends an answer whole.
func (p *passage) write(status int, header http.Header, body []byte) bool {
	_, err := p.conn.Write(append(head(status, header, len(body)), body...))
	return err == nil
}

func head(status int, header http.Header, length int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	header = header.Clone()
	header.Set("Content-Length", strconv.Itoa(length))
	_ = header.Write(&b) // a buffer takes everything
	b.WriteString("\r\n")
	return b.Bytes()
}

// reset ends the connection without a farewell.
func (p *passage) reset() bool {
	if tcp, ok := p.conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	return false
}

// close ends the connection in good order.
func (p *passage) close() bool { return false }

// hang keeps silent until the play is over.
func (p *passage) hang() bool {
	p.after(time.Hour)
	return false
}

// after waits, but not longer than the play lasts.
func (p *passage) after(pause time.Duration) {
	p.road.mu.Lock()
	released := p.road.released
	p.road.mu.Unlock()
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-released:
	}
}

// slow sends the body in ten pieces, a tenth of a second apart.
func (p *passage) slow() bool {
	answer := p.act()
	body := answer.Body.Bytes()
	_, err := p.conn.Write(head(answer.Code, answer.Header(), len(body)))
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for size := len(body)/10 + 1; len(body) > 0 && err == nil; {
		<-tick.C
		n := min(size, len(body))
		_, err = p.conn.Write(body[:n])
		body = body[n:]
	}
	return err == nil
}

// half sends half of the body and ends the connection.
func (p *passage) half() bool {
	answer := p.act()
	body := answer.Body.Bytes()
	_, _ = p.conn.Write(append(head(answer.Code, answer.Header(), len(body)), body[:len(body)/2]...))
	return false
}

// announce sends the whole body under a wrong length and ends the connection.
func (p *passage) announce(more int) bool {
	answer := p.act()
	body := answer.Body.Bytes()
	_, _ = p.conn.Write(append(head(answer.Code, answer.Header(), len(body)+more), body...))
	return false
}

func (p *passage) garbage() bool {
	_, _ = p.conn.Write([]byte("SSH-2.0-OpenSSH_10.0\r\n\r\n"))
	return false
}

// wrongPage is a page that a proxy puts in the place of the answer.
func (p *passage) wrongPage() bool {
	status := http.StatusOK
	if p.request.Method == http.MethodPost && p.request.URL.Path == collection {
		status = http.StatusCreated
	}
	return p.write(status, http.Header{"Content-Type": {page}}, []byte("<html>Please log in</html>"))
}

// stale answers a read as it was before the last change.
func (p *passage) stale() bool {
	if err := p.road.polar.Script(emulator.Fault{Method: http.MethodGet, Stale: true}); err != nil {
		return false
	}
	return passes(p)
}
