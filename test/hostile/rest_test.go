package hostile

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// attack is what is written to a fresh connection, and what must come of it. The connection ends with the answers: the
// last request says so, or the server closes it.
type attack struct {
	about string
	raw   string
	// answers are the wanted ones in order: a status, and behind it a part of the body.
	answers []string
	// asked are the requests that reach Polar.
	asked []string
}

// request is a whole request with a body of the length that it says, the last one on its connection.
func request(start, body string, headers ...string) string {
	head := start + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	for _, header := range headers {
		head += header + "\r\n"
	}
	if body != "" {
		head += fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	return head + "\r\n" + body
}

// framed is a create whose framing is the attack: what goes between the head's first lines and the body.
func framed(headers, body string) string {
	return "POST /v1/checkouts/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers + "\r\n\r\n" + body
}

const (
	// hidden is a request that an attacker wants to get past somebody else as part of a body.
	hidden  = "GET /v1/checkouts/hidden HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	created = "POST /v1/checkouts/"
	refused = "400" // by the HTTP library, before there is a request
)

func oneTime(more string) string {
	return `{"products": ["0b000000-0000-4000-8000-000000000001"]` + more + `}`
}

func TestFraming(t *testing.T) {
	s := start(t)
	both := fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked", len("0\r\n\r\n"+hidden))
	s.play(t, []attack{
		{"two lengths", framed("Content-Length: 2\r\nContent-Length: 90", "{}"+hidden), []string{refused}, nil},
		{"two lengths in one line", framed("Content-Length: 2, 90", "{}"+hidden), []string{refused}, nil},
		{"a length and chunks", framed(both, "0\r\n\r\n"+hidden), []string{"411 LengthRequired"}, nil},
		{"chunks and a length", framed("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"+hidden), []string{"411 LengthRequired"}, nil},
		{"chunks alone", framed("Transfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"+hidden), []string{"411 LengthRequired"}, nil},
		{"chunks on a read", "GET /v1/products/ HTTP/1.1\r\nHost: localhost\r\n" + both + "\r\n\r\n0\r\n\r\n" + hidden, []string{"501 NotServedHere"}, nil},
		{"chunks by another name", framed("Transfer-Encoding: xchunked\r\nContent-Length: 2", "{}"+hidden), []string{"501"}, nil},
		{"chunks twice", framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"+hidden), []string{"~ 400|501"}, nil},
		{"a folded length", framed("Content-Length: 2\r\n 0", "{}"+hidden), []string{refused}, nil},
		{"a negative length", framed("Content-Length: -1", "{}"+hidden), []string{refused}, nil},
		{"a length with a sign", framed("Content-Length: +2", "{}"+hidden), []string{refused}, nil},
		{"a length in hex", framed("Content-Length: 0x2", "{}"+hidden), []string{refused}, nil},
		{"a length beyond counting", framed("Content-Length: 99999999999999999999", "{}"), []string{refused}, nil},
		{"a space before the colon", framed("Content-Length : 2", "{}"+hidden), []string{refused}, nil},
		{"a carriage return in a header", framed("X: a\rContent-Length: 2", "{}"+hidden), []string{refused}, nil},
		{"NUL in a header", framed("X: a\x00b\r\nContent-Length: 2", "{}"+hidden), []string{refused}, nil},
		{"a header without a name", framed(": x\r\nContent-Length: 2", "{}"+hidden), []string{refused}, nil},
		{"no host", "GET /v1/checkouts/ HTTP/1.1\r\n\r\n", []string{refused}, nil},
		{"two hosts", "GET /v1/checkouts/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", []string{refused}, nil},
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []string{refused}, nil},
		{"an HTTP of the future", "GET /v1/checkouts/ HTTP/9.9\r\nHost: a\r\n\r\n", []string{"505"}, nil},
		{"an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []string{"501 NotServedHere"}, nil},
		{"a method of lower case", request("get /v1/checkouts/", ""), []string{"405"}, nil},
		{"another method in a header", request(created, oneTime(""), "X-HTTP-Method-Override: GET"), []string{"201"}, []string{created}},
		{"an upgrade", request("GET /v1/checkouts/", "", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"), []string{"200"}, []string{"GET /v1/checkouts/"}},
	})
}

func TestPipelining(t *testing.T) {
	s := start(t)
	s.play(t, []attack{{
		"three in one go",
		"GET /v1/checkouts/?page=1 HTTP/1.1\r\nHost: a\r\n\r\n" + framed(fmt.Sprintf("Content-Length: %d", len(oneTime(""))), oneTime("")) + request("GET /v1/checkouts/seven", ""),
		[]string{"200 items", "201 polar_c_", "422 uuid_parsing"},
		[]string{"GET /v1/checkouts/?page=1", created, "GET /v1/checkouts/seven"},
	}, {
		"behind one that is refused",
		framed("Content-Length: 10485761", hidden),
		[]string{"413 RequestBodyTooLarge"},
		nil,
	}})
}

func TestSizes(t *testing.T) {
	s := start(t)
	long := strings.Repeat("x", 60<<10)
	nested := oneTime(`, "metadata": ` + strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000))
	s.play(t, []attack{
		{"a header too long", request("GET /v1/checkouts/", "", "X: "+strings.Repeat("x", 80<<10)), []string{"431"}, nil},
		{"too many headers", request("GET /v1/checkouts/", "", strings.Repeat("X: y\r\n", 20<<10)+"X: y"), []string{"431"}, nil},
		{"a path too long", request("GET /v1/checkouts/"+strings.Repeat("x", 80<<10), ""), []string{"431"}, nil},
		{"a path nearly too long", request("GET /v1/checkouts/"+long, ""), []string{"422 uuid_parsing"}, []string{"GET /v1/checkouts/" + long}},
		{"a body too long", request(created, strings.Repeat(" ", 10<<20+1)), []string{"413 RequestBodyTooLarge"}, nil},
		{"a body too long that waits", framed("Expect: 100-continue\r\nContent-Length: 10485761", ""), []string{"413 RequestBodyTooLarge"}, nil},
		{"an expectation of something else", framed("Expect: 200-ok\r\nContent-Length: 2", "{}"), []string{"417"}, nil},
		{"a body as long as may be", request(created, oneTime("")+strings.Repeat(" ", 10<<20-len(oneTime("")))), []string{"201"}, []string{created}},
		{"a body that nests deeply", request(created, nested), []string{"~ [45]\\d\\d"}, []string{created}},
	})
}

func TestBodies(t *testing.T) {
	s := start(t)
	s.play(t, []attack{
		{"a member twice", request(created, oneTime(`, "customer_name": "a", "customer_name": "b"`)), []string{`201 "customer_name":"b"`}, []string{created}},
		{"no UTF-8", request(created, "{\"products\": [\"\xff\"]}"), []string{"400 There was an error parsing the body"}, []string{created}},
		{"NUL", request(created, oneTime(`, "customer_name": "a\u0000b"`)), []string{"422 invalid characters"}, []string{created}},
		{"NUL as it is", request(created, oneTime(", \"customer_name\": \"a\x00b\"")), []string{"422 json_invalid"}, []string{created}},
		{"half a character", request(created, oneTime(`, "customer_name": "\ud800"`)), []string{"500"}, []string{created}},
		{"not a number", request(created, oneTime(`, "metadata": {"a": NaN}`)), []string{"500"}, []string{created}},
		{"a comma too many", request(created, oneTime(`,`)), []string{"422 json_invalid"}, []string{created}},
		{"nothing", request(created, "", "Content-Length: 0"), []string{"422 missing"}, []string{created}},
		{"a body on a read", request("GET /v1/checkouts/seven", "{}"), []string{"422 uuid_parsing"}, []string{"GET /v1/checkouts/seven"}},
	})
}

func TestPaths(t *testing.T) {
	s := start(t)
	elsewhere := []string{"501 NotServedHere"}
	s.play(t, []attack{
		{"an escaped slash", request("GET /v1/checkouts/x%2Fy", ""), elsewhere, nil},
		{"an escaped slash in lower case", request("GET /v1/checkouts/x%2f..%2f..%2fproducts", ""), elsewhere, nil},
		{"an escaped slash for a real one", request("GET /v1/checkouts%2Fx", ""), elsewhere, nil},
		{"dots", request("GET /v1/checkouts/..", ""), elsewhere, nil},
		{"a dot", request("GET /v1/checkouts/.", ""), elsewhere, nil},
		{"escaped dots", request("GET /v1/checkouts/%2e%2e", ""), elsewhere, nil},
		{"half-escaped dots", request("PATCH /v1/checkouts/.%2E", "{}"), elsewhere, nil},
		{"dots for a secret", request("POST /v1/checkouts/client/%2e%2e/confirm", "{}"), elsewhere, nil},
		{"dots on the way", request("GET /v1/products/../checkouts/", ""), elsewhere, nil},
		{"dots at the end", request("GET /v1/checkouts/x/../../products/", ""), elsewhere, nil},
		{"escapes twice", request("GET /v1/checkouts/%252e%252e", ""), []string{"422 uuid_parsing"}, []string{"GET /v1/checkouts/%252e%252e"}},
		{"an empty id", request("GET /v1/checkouts//", ""), elsewhere, nil},
		{"an empty id, patched", request("PATCH /v1/checkouts/", "{}"), []string{"405 Method Not Allowed"}, nil},
		{"an empty secret", request("POST /v1/checkouts/client//confirm", "{}"), elsewhere, nil},
		{"no secret", request("POST /v1/checkouts/client/confirm", "{}"), []string{"405 Method Not Allowed"}, nil},
		{"slashes within", request("GET /v1//checkouts/x", ""), elsewhere, nil},
		{"backslashes", request(`GET /v1/checkouts/x\y`, ""), []string{"422 uuid_parsing"}, []string{`GET /v1/checkouts/x\y`}},
		{"a path parameter", request("GET /v1/checkouts/x;y=z", ""), []string{"422 uuid_parsing"}, []string{"GET /v1/checkouts/x;y=z"}},
		{"NUL", request("GET /v1/checkouts/x%00", ""), []string{"422 uuid_parsing"}, []string{"GET /v1/checkouts/x%00"}},
		{"a line break", request("GET /v1/checkouts/x%0d%0aX-Y:%20z", ""), []string{"422 uuid_parsing"}, []string{"GET /v1/checkouts/x%0d%0aX-Y:%20z"}},
		{"an escape that is none", request("GET /v1/checkouts/%zz", ""), []string{refused}, nil},
		{"half an escape", request("GET /v1/checkouts/x%2", ""), []string{refused}, nil},
		{"bytes beyond ASCII", request("GET /v1/checkouts/\xff\xfe", ""), []string{"~ 422|500"}, []string{"GET /v1/checkouts/\xff\xfe"}},
		{"a control character", request("GET /v1/checkouts/x\x01y", ""), []string{refused}, nil},
		{"another host", request("GET http://169.254.169.254/v1/checkouts/seven", ""), []string{"422 uuid_parsing"}, []string{"GET /v1/checkouts/seven"}},
		{"another host's other path", request("GET http://169.254.169.254/latest/meta-data/", ""), elsewhere, nil},
		{"a tunnel", request("CONNECT 169.254.169.254:80", ""), elsewhere, nil},
		{"a trace", request("TRACE /v1/checkouts/", ""), []string{"405"}, nil},
		{"everything", request("OPTIONS *", ""), []string{"200"}, nil},
		{"a question mark in an id", request("GET /v1/checkouts/x%3Fstatus=open", ""), []string{"422 uuid_parsing"}, []string{"GET /v1/checkouts/x%3Fstatus=open"}},
		{"a broken query", request("GET /v1/checkouts/?limit=%zz&a;b&=&&limit=1", ""), []string{"200"}, []string{"GET /v1/checkouts/?limit=%zz&a;b&=&&limit=1"}},
		{"a fragment", request("GET /v1/checkouts/seven#x", ""), []string{"422 uuid_parsing"}, []string{"GET /v1/checkouts/seven#x"}},
	})
}

// play makes every attack and then asks whether the server still serves.
func (s *target) play(t *testing.T, attacks []attack) {
	t.Helper()
	for _, a := range attacks {
		t.Run(a.about, func(t *testing.T) {
			s.polar.Fresh()
			answers := s.send(t, a.raw)
			for i, want := range a.answers {
				if i < len(answers) {
					answers[i].check(t, want)
				}
			}
			if len(answers) != len(a.answers) {
				t.Errorf("%d answers came, want %d", len(answers), len(a.answers))
			}
			s.checkAsked(t, a.asked)
		})
	}
	s.polar.Fresh()
	answers := s.send(t, request("GET /v1/checkouts/", ""))
	if len(answers) != 1 || answers[0].status != http.StatusOK {
		t.Errorf("afterwards the server answers %v", answers)
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// send writes to a fresh connection and reads answers until it ends.
func (s *target) send(t *testing.T, raw string) (all []answer) {
	t.Helper()
	conn := s.connect(t)
	go func() { _, _ = io.WriteString(conn, raw) }() // the server may answer and close before it has read everything
	return readAnswers(t, conn)
}

func (s *target) connect(t *testing.T) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.rest)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}
