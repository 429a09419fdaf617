// Package emulator is Polar in memory: an http.Handler that answers as the real API does, with its state machine, its
// prices, taxes by simple rules, its validation, its errors and its rate limits. It holds to what was recorded of the real
// server (internal/emulator is played back against those recordings) and imports nothing else of this program, so that a
// shared bug cannot hide.
//
// A test prepares it with Polar's own calls (products, discounts, customers, ...) and with the control calls under
// /_emulator/ for what no public call can do: move the clock, script an answer, lock a session. docs/emulator.md is the
// guide. Payments, taxes, e-mail domains and IP countries follow fixed rules of its own, also described there.
package emulator

import (
	"net/http"
	"strings"
	"sync"
)

// DefaultToken is the organization token of the demo organization where Options names no other. It has all scopes.
const DefaultToken = "polar_oat_emulator" //nolint:gosec // opens nothing but the emulator

// Options set an emulator up. The zero value is the usual one.
type Options struct {
	// Token is the demo organization's access token; "" for DefaultToken.
	Token string
	// Clock is the time to go by; nil for a clock of its own that runs with the machine's. The emulator closes it.
	Clock *Clock
	// RateLimits chooses Polar's limits of an environment (B 6); off by default.
	RateLimits RateLimits
	// Empty leaves the demo catalogue out. The demo organization and its token are always there.
	Empty bool
	// FrontendURL begins the hosted pages' addresses; "" for https://polar.sh.
	FrontendURL string
	// PublishableKey is the payment processor's public key shown in sessions; "" for pk_test_emulator.
	PublishableKey string
}

// Emulator is one Polar with its own data. It is safe for concurrent use. Close it when done.
type Emulator struct {
	options Options
	clock   *Clock
	router  *router
	control http.Handler
	faults  *faults
	streams *streams

	mu      sync.Mutex
	store   *store
	limiter *limiter
	sweep   sweeper
}

// New starts an emulator with the demo organization, its token and, unless Options say otherwise, the demo catalogue.
func New(options Options) *Emulator {
	if options.Token == "" {
		options.Token = DefaultToken
	}
	if options.FrontendURL == "" {
		options.FrontendURL = "https://polar.sh"
	}
	if options.PublishableKey == "" {
		options.PublishableKey = "pk_test_emulator"
	}
	if options.Clock == nil {
		options.Clock = NewClock()
	}
	e := &Emulator{
		options: options,
		clock:   options.Clock,
		router:  newRouter(),
		faults:  newFaults(),
		streams: newStreams(),
	}
	e.control = e.controlRoutes()
	e.restart(options.Empty)
	return e
}

// Clock is the emulator's time, for a test to freeze and move.
func (e *Emulator) Clock() *Clock { return e.clock }

// Close ends every open stream and stops the clock. Requests still under way are not waited for.
func (e *Emulator) Close() {
	e.streams.close()
	e.faults.close()
	e.clock.Close()
}

// Reset brings the emulator back to its start: data, clock, scripts and rate limits. With empty the demo catalogue is
// left out.
func (e *Emulator) Reset(empty bool) {
	e.faults.clear()
	e.clock.Reset()
	e.restart(empty)
}

func (e *Emulator) restart(empty bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.store = newStore()
	e.limiter = newLimiter(e.options.RateLimits)
	e.sweep = sweeper{}
	e.seed(empty)
}

// ServeHTTP answers Polar's API, and the control calls under /_emulator/.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		e.control.ServeHTTP(w, r)
		return
	}
	if f := e.faults.take(r); f != nil {
		e.misbehave(w, r, f)
		return
	}
	e.handle(r, false).write(w, r)
}
