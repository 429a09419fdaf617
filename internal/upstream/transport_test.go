package upstream

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// overHTTP is a client that reaches the handler through Go's own transport.
func overHTTP(tb testing.TB, wrap func(http.RoundTripper) http.RoundTripper, handler http.HandlerFunc) *Client {
	tb.Helper()
	server := httptest.NewServer(handler)
	tb.Cleanup(server.Close)
	return clientOf(tb, wrap, server.URL)
}

// clientOf is a client of what is at the address.
func clientOf(tb testing.TB, wrap func(http.RoundTripper) http.RoundTripper, address string) *Client {
	tb.Helper()
	transport := polarhttp.NewTransport()
	tb.Cleanup(transport.CloseIdleConnections)
	base, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	return New(Config{Polar: polarhttp.New(polarhttp.Config{
		BaseURL: base, Token: func(string) string { return "" }, Transport: wrap(transport),
	})})
}

func bare(transport http.RoundTripper) http.RoundTripper { return transport }

type withKey struct{ http.RoundTripper }

// RoundTrip adds the header that polarhttp leaves out.
func (t withKey) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Idempotency-Key", "k")
	return t.RoundTripper.RoundTrip(r)
}

func keyed(transport http.RoundTripper) http.RoundTripper { return withKey{transport} }

// hangUp closes the connection of a request without an answer.
func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// Go's transport resends what it takes for idempotent when a connection that it used before breaks. No write of ours
// is, even with an Idempotency-Key. Without a body the key would be enough, which is why polarhttp never sends one.
func TestNothingBelowResendsAWrite(t *testing.T) {
	for name, tc := range map[string]struct {
		wrap func(http.RoundTripper) http.RoundTripper
		body []byte
	}{
		"no body":                    {bare, nil},
		"a body":                     {bare, []byte(`{"amount":1}`)},
		"a body, an Idempotency-Key": {keyed, []byte(`{"amount":1}`)},
	} {
		for _, op := range polarhttp.Operations {
			if op.Consequence == polarhttp.Reads {
				continue
			}
			t.Run(op.Name+", "+name, func(t *testing.T) {
				var writes atomic.Int32
				client := overHTTP(t, tc.wrap, func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodGet {
						return
					}
					writes.Add(1)
					_, _ = io.ReadAll(r.Body)
					hangUp(w)
				})
				if err := client.Do(t.Context(), request(polarhttp.ListCheckouts), new(polarhttp.Response)); err != nil {
					t.Fatal(err)
				}
				req := request(op)
				req.Body = tc.body
				n, err := client.Call(t.Context(), req, new(polarhttp.Response), Options{})
				var failed *polarhttp.Error
				if !errors.As(err, &failed) || !failed.Written {
					t.Errorf("got %v, want an error after writing", err)
				}
				if n != 1 || writes.Load() != 1 {
					t.Errorf("%d attempts, %d writes arrived", n, writes.Load())
				}
			})
		}
	}
}

// A kept connection that Polar has closed meanwhile costs at most a failed call, never a second confirm.
func TestAStaleConnectionConfirmsOnce(t *testing.T) {
	for i := range 20 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			var confirms atomic.Int32
			client := overHTTP(t, bare, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					confirms.Add(1)
					return
				}
				conn, buffered, err := http.NewResponseController(w).Hijack()
				if err != nil {
					return
				}
				_, _ = buffered.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
				_ = buffered.Flush()
				_ = conn.Close()
			})
			if err := client.Do(t.Context(), request(polarhttp.ListCheckouts), new(polarhttp.Response)); err != nil {
				t.Fatal(err)
			}
			n, err := client.Call(t.Context(), request(polarhttp.ConfirmClientCheckout), new(polarhttp.Response), Options{})
			var failed *polarhttp.Error
			switch {
			case err == nil && confirms.Load() == 1:
			case errors.As(err, &failed) && failed.Written && confirms.Load() <= 1:
			default:
				t.Errorf("%d attempts, %v, %d confirms arrived", n, err, confirms.Load())
			}
		})
	}
}

func TestARefusedConfirmIsTriedTwice(t *testing.T) {
	nobody := httptest.NewServer(nil)
	nobody.Close()
	client := clientOf(t, bare, nobody.URL)
	n, err := client.Call(t.Context(), request(polarhttp.ConfirmClientCheckout), new(polarhttp.Response), Options{})
	var failed *polarhttp.Error
	if !errors.As(err, &failed) || failed.Reason != polarhttp.Unreachable || failed.Written || n != 2 {
		t.Errorf("%d attempts, %v", n, err)
	}
}
