package limit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// world is several services, one Polar, and callers that want more than is allowed.
type world struct {
	t       *testing.T
	rng     *rand.Rand
	polar   *polar
	store   *memory // nil: each start begins without memory
	shared  bool
	config  Config
	latency time.Duration // up to, between admitted and received

	mu       sync.Mutex
	services []*Limiter
	calls    sync.WaitGroup
}

func (w *world) limiter() *Limiter {
	config := w.config
	if w.store != nil {
		config.Store, config.Shared = w.store, w.shared
	}
	return New(config)
}

// service answers one of the processes, which may be killed at any moment.
func (w *world) service(n int) *Limiter {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.services[n]
}

// kill replaces a process by a new one that knows only what the store knows.
func (w *world) kill(n int) {
	fresh := w.limiter()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.services[n] = fresh
}

// drive makes a call every gap or so until the end.
func (w *world) drive(n int, seed uint64, gap time.Duration, until time.Time, make func(rng *rand.Rand) Call) {
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	for time.Now().Before(until) {
		call, delay := make(rng), time.Duration(0)
		if w.latency > 0 {
			delay = time.Duration(rng.Int64N(int64(w.latency)))
		}
		w.calls.Go(func() { w.send(n, call, delay) })
		time.Sleep(time.Duration(rng.Int64N(int64(2 * gap)))) //nolint:forbidigo // in a synctest bubble
	}
}

func (w *world) send(n int, call Call, delay time.Duration) {
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	service := w.service(n)
	err := service.Admit(ctx, call)
	if w.service(n) != service {
		return // it was killed while it waited, and sends nothing any more
	}
	var over *Exceeded
	switch {
	case errors.As(err, &over):
		return
	case err != nil:
		w.t.Errorf("Admit: %v", err)
		return
	}
	time.Sleep(delay) //nolint:forbidigo // in a synctest bubble
	if ok, retryAfter := w.polar.receive(call.Identity, classify(&call) == confirm); !ok {
		service.Blocked(call.Identity, retryAfter)
	}
}

// secretNumber makes a well-formed client secret.
func secretNumber(n int) string { return checksummed(fmt.Sprintf("%037d", n)) }

func buyer(rng *rand.Rand) Call {
	return Call{
		Path: "/v1/checkouts/client/s/confirm", Identity: Address, Write: true,
		Caller: fmt.Sprint(rng.IntN(3)), ClientSecret: secretNumber(rng.IntN(1e6)),
	}
}

func merchant(rng *rand.Rand) Call {
	return Call{Path: "/v1/checkouts/", Identity: "organization", Write: rng.IntN(3) == 0, Caller: fmt.Sprint(rng.IntN(5))}
}

// TestNeverTooMany is what the package is for: whatever the latencies, restarts and replicas, Polar never answers 429,
// and what it would allow is used.
func TestNeverTooMany(t *testing.T) {
	cases := map[string]struct {
		config     Config
		shared     bool
		store      bool
		services   int
		callers    map[string]func(*rand.Rand) Call
		gap        time.Duration // between calls of each service and kind
		hours      float64
		kill       time.Duration // how often a process is killed, on average
		latency    time.Duration
		storeTakes time.Duration
		// At least so many calls are served, of the share that is taken at the full rate: exact for what is never killed.
		least float64
	}{
		"memory": {
			config: Config{Environment: Production}, services: 1, gap: 100 * time.Millisecond, hours: 3, latency: 5 * time.Second, least: 0.95,
		},
		"memory, sandbox": {
			config: Config{Environment: Sandbox}, services: 1, gap: 500 * time.Millisecond, hours: 3, latency: 5 * time.Second, least: 0.95,
		},
		"restarts with a file": {
			config: Config{Environment: Production}, store: true, services: 1, gap: 100 * time.Millisecond, hours: 3,
			latency: 5 * time.Second, storeTakes: 20 * time.Millisecond, kill: 2 * time.Minute, least: 0.9,
		},
		"replicas": {
			config: Config{Environment: Sandbox}, store: true, shared: true, services: 4, gap: time.Second, hours: 3,
			latency: 4 * time.Second, storeTakes: 5 * time.Millisecond, kill: time.Minute, least: 0.95,
		},
		"elevated": {
			config: Config{Environment: Production, Group: Elevated}, services: 1, gap: 5 * time.Millisecond, hours: 0.1,
			latency: 250 * time.Millisecond, least: 0.95,
		},
		"elevated replicas": {
			config: Config{Environment: Sandbox, Group: Elevated}, store: true, shared: true, services: 3, gap: 40 * time.Millisecond, hours: 0.1,
			latency: 200 * time.Millisecond, storeTakes: 2 * time.Millisecond, kill: time.Minute, least: 0.9,
		},
	}
	for name, c := range cases {
		for seed := range uint64(2) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					window := polarAPI[c.config.Environment][max(c.config.Group, Default)]
					if c.config.Group != "" {
						window = polarAPI[c.config.Environment][c.config.Group]
					}
					w := &world{
						t: t, rng: rand.New(rand.NewPCG(seed, 1)), polar: newPolar(window.limit, window.length, c.config.Group == Elevated),
						shared: c.shared, config: c.config, latency: c.latency,
					}
					if c.store {
						w.store = newMemory(c.storeTakes)
					}
					for range c.services {
						w.services = append(w.services, w.limiter())
					}
					lasts := time.Duration(c.hours * float64(time.Hour))
					until := time.Now().Add(lasts)
					var drivers sync.WaitGroup
					for n := range c.services {
						drivers.Go(func() { w.drive(n, seed, c.gap, until, merchant) })
						drivers.Go(func() { w.drive(n, seed, 20*time.Second, until, buyer) })
					}
					for c.kill > 0 && time.Now().Before(until) {
						time.Sleep(time.Duration(w.rng.Int64N(int64(2 * c.kill)))) //nolint:forbidigo // in a synctest bubble
						w.kill(w.rng.IntN(c.services))
					}
					drivers.Wait()
					w.calls.Wait()
					w.check(lasts, c.least)
				})
			})
		}
	}
}

func (w *world) check(lasts time.Duration, least float64) {
	w.t.Helper()
	if w.polar.refused > 0 {
		w.t.Fatalf("Polar refused %d of %d, first %v", w.polar.refused, w.polar.served, w.polar.refusals[:min(3, w.polar.refused)])
	}
	r := rulesFor(&New(w.config).config, "organization")
	allowed := float64(r.api.limit) * lasts.Seconds() / r.api.length.Seconds()
	got := float64(w.polar.served - w.polar.confirmed)
	if got < least*allowed {
		w.t.Errorf("served %.0f calls of %.0f allowed (%.1f %%)", got, allowed, 100*got/allowed)
	}
	confirms := 19 * lasts.Hours()
	if lasts >= time.Hour && float64(w.polar.confirmed) < 0.9*confirms-19 {
		w.t.Errorf("served %d confirms of %.0f allowed", w.polar.confirmed, confirms)
	}
	w.t.Logf("%d calls, %.1f %% of what is allowed, %d confirms", w.polar.served, 100*got/allowed, w.polar.confirmed)
}
