package emulator

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// streamEvent is one event of a session's stream; status is "" for events that carry none (B 7.3).
type streamEvent struct{ key, status string }

// updatedEvents are those of a change, in the order in which they are seen where no webhook is set up.
func updatedEvents(status string) []streamEvent {
	return []streamEvent{
		{key: "checkout.webhook_event_delivered", status: status},
		{key: "checkout.updated", status: status},
	}
}

// fulfilledEvents are those of a session that has been paid.
func fulfilledEvents() []streamEvent {
	return []streamEvent{
		{key: "checkout.updated", status: statusSucceeded},
		{key: "checkout.webhook_event_delivered", status: statusSucceeded},
	}
}

func (e streamEvent) frame() string {
	payload := ordered.NewObject()
	if e.status != "" {
		payload.Set("status", ordered.String(e.status))
	}
	return "data: " + ordered.NewObject("id", newID(), "key", e.key, "payload", payload).String() + "\r\n\r\n"
}

// streams delivers events to whoever listens at the moment; nothing is kept for later, as at Polar.
type streams struct {
	mu        sync.Mutex
	listeners map[string]map[chan streamEvent]bool // by client secret
	done      chan struct{}
	closeOnce sync.Once
}

func newStreams() *streams {
	return &streams{listeners: map[string]map[chan streamEvent]bool{}, done: make(chan struct{})}
}

// backlog is how many events a slow listener may lag behind before it misses some.
const backlog = 64

func (s *streams) listen(secret string) (events chan streamEvent, leave func()) {
	events = make(chan streamEvent, backlog)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listeners[secret] == nil {
		s.listeners[secret] = map[chan streamEvent]bool{}
	}
	s.listeners[secret][events] = true
	return events, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if delete(s.listeners[secret], events); len(s.listeners[secret]) == 0 {
			delete(s.listeners, secret)
		}
	}
}

func (s *streams) publish(secret string, events ...streamEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for listener := range s.listeners[secret] {
		for _, event := range events {
			select {
			case listener <- event:
			default:
			}
		}
	}
}

func (s *streams) close() { s.closeOnce.Do(func() { close(s.done) }) }

// How often a stream shows that it lives, and when the buyer's browser is told to come back.
const (
	pingEvery      = 15 * time.Second
	reconnectAfter = 10 * time.Minute
)

// streamCheckout opens the hidden event stream of a session.
func (c *call) streamCheckout() (*answer, error) {
	found, err := c.clientCheckout(false)
	if err != nil {
		return nil, err
	}
	events, leave := c.streams.listen(found.secret)
	header := http.Header{}
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	serve := func(w http.ResponseWriter, r *http.Request) {
		defer leave()
		c.streams.serve(w, r, events, c.clock)
	}
	return &answer{status: http.StatusOK, header: header, stream: serve}, nil
}

// serve writes events until the listener leaves, the emulator closes or it is time to reconnect.
func (s *streams) serve(w http.ResponseWriter, r *http.Request, events <-chan streamEvent, clock *Clock) {
	flush := func() {
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
	}
	flush()
	ping, reconnect := time.NewTicker(pingEvery), time.NewTimer(reconnectAfter)
	defer ping.Stop()
	defer reconnect.Stop()
	for {
		var text string
		select {
		case event := <-events:
			text = event.frame()
		case <-ping.C:
			text = fmt.Sprintf(": ping - %s+00:00\r\n\r\n", clock.Now().Format("2006-01-02 15:04:05.000000"))
		case <-reconnect.C:
			_, _ = fmt.Fprint(w, "data: {\"type\": \"reconnect\"}\r\n\r\n")
			return
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		}
		if _, err := fmt.Fprint(w, text); err != nil {
			return
		}
		flush()
	}
}
