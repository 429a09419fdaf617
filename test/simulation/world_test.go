package simulation

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/server"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

const callers = 8

// climate is how rough a world is; each has its own.
type climate struct {
	replicas int
	// faults and storeFaults are the parts of exchanges with Polar and of store calls that go wrong.
	faults, storeFaults float64
	// lifetime is how long a replica runs before it is killed or stopped, on average.
	lifetime time.Duration
	// pause is how long a caller thinks between two operations, on average.
	pause time.Duration
	guard time.Duration
}

func climateOf(random *rand.Rand) climate {
	pause := pick(random, 20*time.Millisecond, time.Second, 30*time.Second, time.Hour)
	return climate{
		replicas:    1 + random.IntN(3),
		faults:      pick(random, 0.02, 0.1, 0.3, 0.6),
		storeFaults: pick(random, 0, 0, 0.01, 0.1),
		lifetime:    time.Duration(pick(random, 8.0, 60, 1000) * float64(max(pause, 500*time.Millisecond))),
		pause:       pause,
		guard:       pick(random, 2*time.Minute, 30*time.Minute),
	}
}

// world is one Polar, one store, the replicas on them, and what is known of all.
type world struct {
	climate  climate
	random   *rand.Rand
	polar    *emulator.Emulator
	store    *store.Memory
	replicas []*replica
	ledger   *ledger
	seed     uint64
	// calm ends all faults and restarts.
	calm chan struct{}
}

func newWorld(seed uint64) *world {
	random := rand.New(rand.NewPCG(seed, 0))
	w := &world{
		climate: climateOf(random), random: random, polar: emulator.New(emulator.Options{}), store: store.NewMemory(),
		seed: seed, calm: make(chan struct{}),
	}
	w.ledger = newLedger(w.climate.guard)
	for i := range w.climate.replicas {
		w.replicas = append(w.replicas, &replica{world: w, number: uint64(1000 * (1 + i))})
	}
	return w
}

// run lets the callers do so many operations while replicas come and go.
func (w *world) run(operations int) {
	var lives, calls sync.WaitGroup
	for _, r := range w.replicas {
		r.start()
		lives.Go(r.live)
	}
	for i := range callers {
		c := &caller{world: w, random: rand.New(rand.NewPCG(w.seed, uint64(1+i))), number: i}
		calls.Go(func() {
			for n := i; n < operations; n += callers {
				c.act(n)
			}
		})
	}
	calls.Wait()
	close(w.calm)
	lives.Wait()
}

// settle waits until the network is empty and every guard has lifted, then asks once more for every key: all faults are
// over, so each must be answered.
func (w *world) settle() {
	elapse(w.climate.guard + 5*time.Minute)
	c := &caller{world: w, random: rand.New(rand.NewPCG(w.seed, 999)), number: callers}
	for i, k := range w.ledger.keys {
		c.ask(1_000_000+i, k)
	}
}

// close ends everything, the dead processes' remains too.
func (w *world) close() {
	for _, r := range w.replicas {
		for _, p := range r.processes {
			p.server.Close()
		}
	}
	w.polar.Close()
}

func (w *world) isCalm() bool {
	select {
	case <-w.calm:
		return true
	default:
		return false
	}
}

// replica is one of the service's processes after the other.
type replica struct {
	world  *world
	number uint64 // apart from those of the others' processes

	mu        sync.Mutex
	current   *process // nil while it is down
	processes []*process
}

// process is the service between a start and its end.
type process struct {
	server *server.Server
	// killed is closed by kill -9. What the process does afterwards reaches neither Polar nor the store nor a caller.
	killed chan struct{}
	calls  sync.WaitGroup
}

func (p *process) dead() bool {
	select {
	case <-p.killed:
		return true
	default:
		return false
	}
}

func (r *replica) start() {
	p := &process{killed: make(chan struct{})}
	base := &url.URL{Scheme: "https", Host: "polar.test"}
	records := &storetest.Flaky{Store: r.world.store, Next: r.storeFault(p)}
	var err error
	p.server, err = server.New(server.Config{
		AnyHost: true, // hosts of this network are no machine's
		Polar: polarhttp.Config{
			BaseURL: base, Token: func(string) string { return emulator.DefaultToken }, PolarVersion: "2026-10",
			Transport: &network{world: r.world, process: p},
		},
		Store: records, ConfirmGuard: r.world.climate.guard, DrainTimeout: 65 * time.Second,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current, r.processes = p, append(r.processes, p)
}

// storeFault fails every call of a dead process, and some of a living one.
func (r *replica) storeFault(p *process) func() storetest.Fault {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(r.world.seed, r.number+uint64(len(r.processes))))
	return func() storetest.Fault {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case p.dead():
			return storetest.Lost
		case r.world.isCalm() || random.Float64() >= r.world.climate.storeFaults:
			return storetest.None
		case random.IntN(2) == 0:
			return storetest.Unacknowledged
		default:
			return storetest.Lost
		}
	}
}

// live kills or stops the replica and starts it again, until the world is calm. A calm world's replica is up.
func (r *replica) live() {
	random := rand.New(rand.NewPCG(r.world.seed, r.number+999))
	for r.world.wait(exponential(random, r.world.climate.lifetime)) {
		r.mu.Lock()
		p := r.current
		r.current = nil
		r.mu.Unlock()
		if random.IntN(3) > 0 {
			close(p.killed)
		} else {
			p.calls.Wait()
			p.server.Close()
		}
		r.world.ledger.count(func(t *tally) { t.restarts++ })
		elapse(exponential(random, time.Second))
		r.start()
	}
}

// wait is false once the world is calm.
func (w *world) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return !w.isCalm()
	case <-w.calm:
		return false
	}
}

// enter gives a running process, which a graceful stop then waits for, or nil.
func (r *replica) enter() *process {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current != nil {
		r.current.calls.Add(1)
	}
	return r.current
}

type operationKey struct{}

func operationOf(ctx context.Context) *operation {
	op, _ := ctx.Value(operationKey{}).(*operation)
	return op
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// elapse lets time pass on the bubble's clock.
func elapse(d time.Duration) { time.Sleep(d) } //nolint:forbidigo // in a synctest bubble

func exponential(random *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(random.ExpFloat64() * float64(mean))
}

// loseCharge is Polar's database losing a confirm that the payment processor has charged for: the session is open again,
// and its token is spent (B 8.1).
func (w *world) loseCharge(s *sent) {
	open := "open"
	w.polar.SetOutcome(s.op.token, emulator.Outcome{Refuse: true, Message: "This token was used."})
	if err := w.polar.UpdateCheckout(s.checkout.id, emulator.CheckoutChange{Status: &open}); err != nil {
		w.ledger.fail(s.checkout.id, "%v", err)
	}
}
