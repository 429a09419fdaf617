package limit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// world is one Polar, the processes that call it, and callers that want more than is allowed.
type world struct {
	plan
	t     *testing.T
	rng   *rand.Rand
	polar *polar
	store *memory // nil: each start begins without memory

	mu        sync.Mutex
	processes []*Limiter
	calls     sync.WaitGroup
}

// plan is what happens in a world.
type plan struct {
	config   Config
	store    bool
	replicas int // processes that share the store; 0 is one that has it for itself
	drivers  []driver
	lasts    time.Duration
	latency  time.Duration // up to, between admitted and received
	slow     time.Duration // up to, each way to the store
	// A process is killed after a random time between these two, again and again; 0 for never.
	killMin, killMax time.Duration
	// outages takes the store away for up to a minute again and again; some of its writes happen nevertheless.
	outages bool
	// least is how much of what is allowed has to be served, where callers want more.
	least, leastConfirms float64
}

// driver makes calls of one kind, some at a time, with pauses of a random length between these two.
type driver struct {
	call     func(*rand.Rand) Call
	burst    int
	min, max time.Duration
}

func newWorld(t *testing.T, p plan, seed uint64) *world {
	t.Helper()
	w := &world{plan: p, t: t, rng: rand.New(rand.NewPCG(seed, 1))}
	window := polarAPI[p.config.Environment][cmp.Or(p.config.Group, Default)]
	w.polar = newPolar(window.limit, window.length, p.config.Group == Elevated)
	if p.store {
		w.store = newMemory(p.slow)
	}
	for range max(1, p.replicas) {
		w.processes = append(w.processes, w.limiter())
	}
	return w
}

func (w *world) limiter() *Limiter {
	config := w.config
	if w.store != nil {
		config.Store, config.Shared = &mortal{memory: w.store}, w.replicas > 0
	}
	return New(config)
}

// run plays the plan to its end.
func (w *world) run(seed uint64) {
	until := time.Now().Add(w.lasts)
	var drivers sync.WaitGroup
	for n := range w.processes {
		for i, d := range w.drivers {
			rng := rand.New(rand.NewPCG(seed, uint64(100*n+i)))
			drivers.Go(func() { w.drive(n, d, rng, until) })
		}
	}
	if w.outages {
		drivers.Go(func() { w.breakStore(rand.New(rand.NewPCG(seed, 2)), until) })
	}
	for w.killMax > 0 && time.Now().Before(until) {
		pause(w.rng, w.killMin, w.killMax)
		w.kill(w.rng.IntN(len(w.processes)))
	}
	drivers.Wait()
	w.calls.Wait()
}

func (w *world) breakStore(rng *rand.Rand, until time.Time) {
	for time.Now().Before(until) {
		pause(rng, 0, 10*time.Minute)
		lost := rng.IntN(2) == 0
		w.store.set(func(m *memory) { m.down, m.lost = !lost, lost })
		pause(rng, 0, time.Minute)
		w.store.set(func(m *memory) { m.down, m.lost = false, false })
	}
}

// pause takes a random time between these two.
func pause(rng *rand.Rand, least, most time.Duration) {
	if most > least {
		least += time.Duration(rng.Int64N(int64(most - least)))
	}
	sleep(least)
}

// process answers one of the processes, which may be killed at any moment.
func (w *world) process(n int) *Limiter {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.processes[n]
}

// kill replaces a process by a new one that knows only what the store knows.
func (w *world) kill(n int) {
	fresh := w.limiter()
	w.mu.Lock()
	defer w.mu.Unlock()
	if store, ok := w.processes[n].config.Store.(*mortal); ok {
		store.dead.Store(true)
	}
	w.processes[n] = fresh
}

func (w *world) drive(n int, d driver, rng *rand.Rand, until time.Time) {
	for time.Now().Before(until) {
		for range max(1, d.burst) {
			call, seed := d.call(rng), rng.Uint64()
			w.calls.Go(func() { w.send(n, call, rand.New(rand.NewPCG(seed, 0))) })
		}
		pause(rng, d.min, d.max)
	}
}

func (w *world) send(n int, call Call, rng *rand.Rand) {
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	process := w.process(n)
	err := process.Admit(ctx, call)
	if w.process(n) != process {
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
	pause(rng, 0, w.latency)
	if ok, retryAfter := w.polar.receive(call.Identity, classify(&call) == confirm); !ok {
		process.Blocked(call.Identity, retryAfter)
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

// check demands that nothing was refused, and that not much less was asked for than Polar would have taken.
func (w *world) check() {
	w.t.Helper()
	if w.polar.refused > 0 {
		w.t.Fatalf("Polar refused %d of %d, first %v", w.polar.refused, w.polar.inAPI, w.polar.refusals[:min(3, w.polar.refused)])
	}
	r := rulesFor(&New(w.config).config, "organization")
	allowed := float64(r.api.limit) * w.lasts.Seconds() / r.api.length.Seconds()
	got := float64(w.polar.inAPI)
	if got < w.least*allowed {
		w.t.Errorf("served %.0f calls of %.0f allowed (%.1f %%)", got, allowed, 100*got/allowed)
	}
	confirms := float64(r.confirms[1].limit) * w.lasts.Hours()
	if float64(w.polar.confirmed) < w.leastConfirms*confirms {
		w.t.Errorf("served %d confirms of %.0f allowed", w.polar.confirmed, confirms)
	}
	w.t.Logf("%.0f calls, %.1f %% of what is allowed, %d confirms", got, 100*got/allowed, w.polar.confirmed)
}

// merchantConfirm is a buyer's confirm that carries the organization's token.
func merchantConfirm(rng *rand.Rand) Call {
	call := buyer(rng)
	call.Identity = "organization"
	return call
}
