package main

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// stopwatch is a transport that times what it carries.
type stopwatch struct {
	next *http.Transport

	mu    sync.Mutex
	trips []trip
}

// trip is one request that was answered. What did not happen took no time: a connection that stood was not made.
type trip struct {
	began                        time.Time
	dns, connect, tls, firstByte time.Duration
	header                       http.Header
}

func newStopwatch() *stopwatch { return &stopwatch{next: polarhttp.NewTransport()} }

func (w *stopwatch) close() { w.next.CloseIdleConnections() }

// RoundTrip implements http.RoundTripper.
func (w *stopwatch) RoundTrip(request *http.Request) (*http.Response, error) {
	var one trip
	var mu sync.Mutex // the transport dials in the background
	var dnsBegan, connectBegan, tlsBegan time.Time
	locked := func(f func()) {
		mu.Lock()
		defer mu.Unlock()
		f()
	}
	ready := time.Now()
	trace := &httptrace.ClientTrace{
		DNSStart:             func(httptrace.DNSStartInfo) { locked(func() { dnsBegan = time.Now() }) },
		DNSDone:              func(httptrace.DNSDoneInfo) { locked(func() { one.dns = time.Since(dnsBegan) }) },
		ConnectStart:         func(string, string) { locked(func() { connectBegan = time.Now() }) },
		ConnectDone:          func(string, string, error) { locked(func() { one.connect = time.Since(connectBegan) }) },
		TLSHandshakeStart:    func() { locked(func() { tlsBegan = time.Now() }) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { locked(func() { one.tls = time.Since(tlsBegan) }) },
		GotConn:              func(httptrace.GotConnInfo) { locked(func() { ready = time.Now() }) },
		GotFirstResponseByte: func() { locked(func() { one.firstByte = time.Since(ready) }) },
	}
	response, err := w.next.RoundTrip(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if err != nil {
		return nil, err
	}
	mu.Lock()
	defer mu.Unlock()
	one.began, one.header = ready, response.Header
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trips = append(w.trips, one)
	return response, nil
}

// first is the trip that made the connection.
func (w *stopwatch) first() trip {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trips[0]
}

// connection says what the steps to a new connection took, those that there were.
func (t trip) connection() string {
	var text strings.Builder
	for _, step := range []struct {
		name string
		took time.Duration
	}{{"DNS", t.dns}, {"connect", t.connect}, {"TLS", t.tls}} {
		if step.took > 0 {
			fmt.Fprintf(&text, ", %s %s", step.name, brief(step.took))
		}
	}
	return text.String()
}

// last are the n latest trips.
func (w *stopwatch) last(n int) []trip {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trips[len(w.trips)-n:]
}

// skew is how far the other side's clock is ahead of ours, by its latest answer: the middle of the second that it names, against the
// middle of the trip.
func (w *stopwatch) skew() (ahead time.Duration, known bool) {
	latest := w.last(1)[0]
	date, err := http.ParseTime(latest.header.Get("Date"))
	if err != nil {
		return 0, false
	}
	return date.Add(time.Second / 2).Sub(latest.began.Add(latest.firstByte / 2)), true
}

// sandbox reports whether an answer said that it comes from Polar's sandbox (B 3.10).
func (w *stopwatch) sandbox() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.trips {
		if one.header.Get("X-Polar-Sandbox") != "" {
			return true
		}
	}
	return false
}
