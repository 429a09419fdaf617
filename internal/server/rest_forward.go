package server

import (
	"errors"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/service"
	"github.com/checkoutsvc/checkoutsvc/internal/upstream"
)

// forward passes every other path to Polar as it came, with the caller's own credential and within Polar's limits.
func forward(prefix string, config polarhttp.Config, limiter *limit.Limiter) http.Handler {
	base := strings.TrimSuffix(config.BaseURL.EscapedPath(), "/")
	proxy := &httputil.ReverseProxy{
		Transport: &limited{next: config.Transport, limiter: limiter, base: base},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL = &url.URL{
				Scheme: config.BaseURL.Scheme, Host: config.BaseURL.Host,
				Opaque:   base + rawPath(r.In, prefix),
				RawQuery: r.In.URL.RawQuery,
			}
			r.Out.Host = config.BaseURL.Host
			maps.DeleteFunc(r.Out.Header, func(name string, _ []string) bool { return notForwarded(name) })
		},
		ModifyResponse: func(answer *http.Response) error {
			maps.DeleteFunc(answer.Header, func(name string, _ []string) bool { return staysHere(name) })
			return nil
		},
		ErrorHandler: notForwardedError,
	}
	nowhere := notServed(prefix, everyOperation)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rawPath(r, prefix) == "" {
			nowhere.ServeHTTP(w, r)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}

// notForwarded tells the headers that would speak for this machine, say whom we speak for, or make Go's transport resend
// a write.
func notForwarded(name string) bool {
	switch name {
	case "Cookie", "True-Client-Ip", "X-Real-Ip", "Cf-Connecting-Ip", "Forwarded", "Baggage", "Idempotency-Key", "X-Idempotency-Key",
		"Polar-Organization", "Traceparent", "Tracestate":
		return true
	}
	return strings.HasPrefix(name, "X-Forwarded-")
}

// limited holds forwarded calls to Polar's limits, which count every path below /v1 (B 6.1).
type limited struct {
	next    http.RoundTripper
	limiter *limit.Limiter
	base    string // a path that Polar stands below
}

// RoundTrip waits for its turn, or fails with a *limit.Exceeded.
func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	identity := upstream.CallersIdentity(r.Header.Get("Authorization"))
	call := limit.Call{Path: strings.TrimPrefix(r.URL.Opaque, l.base), Identity: identity, Write: !isRead(r.Method)}
	if err := l.limiter.Admit(r.Context(), call); err != nil {
		return nil, err
	}
	answer, err := l.next.RoundTrip(r)
	if err == nil && answer.StatusCode == http.StatusTooManyRequests {
		l.limiter.Blocked(identity, (&polarhttp.Response{Header: answer.Header}).RetryAfter())
	}
	return answer, err
}

func isRead(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// notForwardedError answers a forwarded call that got no answer. A write that may have been carried out gets a status
// that no client resends.
func notForwardedError(w http.ResponseWriter, r *http.Request, err error) {
	var exceeded *limit.Exceeded
	var dial *net.OpError
	switch {
	case errors.As(err, &exceeded):
		writeFailure(w, service.RateLimited(exceeded))
	case isRead(r.Method) || errors.As(err, &dial) && dial.Op == "dial":
		writeError(w, http.StatusBadGateway, "PolarUnreachable", "Polar gave no answer to a forwarded call; nothing was changed.")
	default:
		writeError(w, http.StatusConflict, "OutcomeUnknown", "A forwarded call was sent to Polar and may have been carried out; look before you repeat it.")
	}
}
