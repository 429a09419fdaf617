package cases

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// inFlight is the outcome of a call before the case's own that is not waited for.
const inFlight = "in flight"

// before makes the calls of a before section over REST, in order, and holds each to the status that it names.
func (p *play) before() {
	p.Helper()
	for _, request := range splitRequests(p.sections["before"]) {
		call, err := parseMessage(request)
		if err != nil {
			p.Fatalf("section before: %v", err)
		}
		start, want, ok := strings.Cut(call.start, " => ")
		if !ok {
			p.Fatalf("section before: %q names no outcome", call.start)
		}
		call.start = start
		if want == inFlight {
			p.launch(call)
			continue
		}
		if status, _, body := p.send(call); strconv.Itoa(status) != want {
			p.Fatalf("before: %s answers %d %s, want %s", start, status, body, want)
		}
	}
	p.asked = len(p.polar.Asked())
}

// launch makes a call that is not waited for, and returns once Polar has it. It ends with the play.
func (p *play) launch(call wireMessage) {
	p.Helper()
	request, before, done := p.request(call), len(p.polar.Asked()), make(chan struct{})
	transport := new(http.Transport)
	go func() {
		defer close(done)
		defer transport.CloseIdleConnections()
		if answer, err := transport.RoundTrip(request); err == nil {
			_ = answer.Body.Close()
		}
	}()
	p.Cleanup(func() { p.polar.ClearScript(); <-done })
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for len(p.polar.Asked()) == before {
		select {
		case <-tick.C:
		case <-time.After(10 * time.Second):
			p.Fatalf("before: Polar does not get %s", call.start)
		}
	}
}
