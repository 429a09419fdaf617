package polarhttp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ErrSegment is the refusal of an id or client secret that would make the call another one: an empty one turns get
// into list, a slash turns it into a route below, dots are resolved by proxies.
var ErrSegment = errors.New(`must not be empty, "." or "..", longer than 1024 bytes, nor contain a slash`)

// maxSegment is far longer than every id and secret, and short enough for every server on the way, in bytes.
const maxSegment = 1024

// Request is one call of an operation. What is empty is not sent.
type Request struct {
	Operation *Operation
	// Segment is the id or client secret in the path, percent-encoded already (EscapeSegment).
	Segment string
	// RawQuery is the query without its question mark.
	RawQuery string
	// Body is sent as it is; nil sends none, with Content-Length 0 where the method takes a body.
	Body []byte
	// ContentType, Accept and PolarVersion are the caller's headers of those names. Without a PolarVersion the pinned one is sent.
	ContentType, Accept, PolarVersion string
	// Organization is the one whose token the service sends; "" where it has only one token. It stays here.
	Organization string
	// Authorization is the caller's own credential, sent as it came where the client was built to forward it, and never else.
	Authorization string
	// Sent is the service's own token that Do sent last, "" for none; Do sets it. It is a secret.
	Sent string
	// Late, of a create or confirm, is told of the answer or failure that came after Do had returned because its caller
	// was gone; nil ignores it.
	Late func(answer *Response, err error)
}

// Response is Polar's answer, whatever its status. A caller may reuse one; Do then reuses the room of Body.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Path is the path of the call at Polar, escaped, without the query. It may hold a client secret.
func (r *Request) Path() string { return r.Operation.path("", r.Segment) }

// RetryAfter is the pause that Polar asks for, 0 for none. It reads the header in both of its forms; a pause that is
// over or cannot be read is none, and none is longer than a day.
func (r *Response) RetryAfter() time.Duration {
	value := r.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(max(0, min(seconds, 24*60*60))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, min(time.Until(at).Round(time.Second), 24*time.Hour))
	}
	return 0
}

// EscapeSegment percent-encodes an id or client secret for a path, or fails with ErrSegment.
func EscapeSegment(segment string) (string, error) {
	if segment == "" || segment == "." || segment == ".." || len(segment) > maxSegment || strings.Contains(segment, "/") {
		return "", ErrSegment
	}
	return url.PathEscape(segment), nil
}

// build makes the HTTP request. Its header is an allow-list: no cookie, no forwarding header, no baggage, and no
// Idempotency-Key, with which Go's transport would resend a written POST by itself.
func (c *Client) build(ctx context.Context, req *Request) *http.Request {
	header := make(http.Header, 5)
	values := make([]string, 0, 6)
	set := func(name, value string) {
		if value != "" {
			values = append(values, value)
			header[name] = values[len(values)-1 : len(values) : len(values)]
		}
	}
	set("User-Agent", c.config.UserAgent)
	set("Accept", req.Accept)
	set("Content-Type", req.ContentType)
	set("Polar-Version", c.version(req))
	set("Authorization", c.authorization(req))
	if c.config.Traceparent != nil {
		set("Traceparent", c.config.Traceparent(ctx))
	}
	out := blank.WithContext(ctx)
	out.Method = req.Operation.Method
	// Opaque is written to the wire as it stands, so a path and a query arrive as the caller meant them.
	out.URL = &url.URL{
		Scheme: c.config.BaseURL.Scheme, Host: c.config.BaseURL.Host,
		Opaque: req.Operation.path(c.basePath, req.Segment), RawQuery: req.RawQuery,
	}
	out.Header, out.Host, out.ProtoMajor, out.ProtoMinor = header, c.config.BaseURL.Host, 1, 1
	switch {
	case len(req.Body) > 0:
		// GetBody stays nil: with it the transport could write the body a second time.
		out.Body = io.NopCloser(bytes.NewReader(req.Body))
		out.ContentLength = int64(len(req.Body))
	case req.Operation.Consequence == Reads:
		// A body that holds nothing keeps the transport from resending a read by itself when a kept connection breaks, and
		// the encoding's name from looking whether the body holds something. Attempts are made and counted elsewhere.
		out.Body, out.TransferEncoding = nothing{}, identity
	}
	return out
}

var (
	// blank is what requests are made of: a request gets its context by being copied, so it begins empty.
	blank    http.Request
	identity = []string{"identity"}
)

// nothing is a body that holds nothing and is not http.NoBody.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }
func (nothing) Close() error             { return nil }

// WriteTo spares the transport the 32 KiB that it would make for copying.
func (nothing) WriteTo(io.Writer) (int64, error) { return 0, nil }

func (c *Client) version(req *Request) string {
	if req.PolarVersion != "" || c.config.ForwardAuthorization {
		return req.PolarVersion
	}
	return c.config.PolarVersion
}

func (c *Client) authorization(req *Request) string {
	switch {
	case c.config.ForwardAuthorization:
		return req.Authorization
	case req.Operation.Credential == Buyer && !c.config.ClientToken:
		return ""
	}
	req.Sent = c.config.Token(req.Organization)
	if req.Sent == "" {
		return ""
	}
	return "Bearer " + req.Sent
}
