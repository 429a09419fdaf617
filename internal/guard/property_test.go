package guard_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/checkoutsvc/checkoutsvc/internal/guard"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

// event is one thing that happens to a checkout: a confirm, a death and restart of a process, or an outage of the store.
type event struct {
	after    time.Duration // since the event before
	process  int
	kill     bool
	away     time.Duration // the store
	token    byte
	patience time.Duration
	takes    time.Duration // Polar's answer
	lost     bool          // it never comes
	found    bool          // a resolver finds the outcome
}

// script is what happens, and how the store fails meanwhile.
type script struct {
	events []event
	faults float64 // of each call to the store
	seed   uint64
}

var durations = func(of ...time.Duration) *rapid.Generator[time.Duration] { return rapid.SampledFrom(of) }

var scripts = rapid.Custom(func(r *rapid.T) script {
	return script{
		events: rapid.SliceOfN(events, 5, 80).Draw(r, "events"),
		faults: rapid.SampledFrom([]float64{0, 0.05, 0.4}).Draw(r, "faults"),
		seed:   rapid.Uint64().Draw(r, "seed"),
	}
})

var events = rapid.Custom(func(r *rapid.T) event {
	return event{
		after:    durations(0, 0, time.Second, 20*time.Second, 20*time.Second, 10*time.Minute).Draw(r, "after"),
		process:  rapid.IntRange(0, 2).Draw(r, "process"),
		kill:     rapid.IntRange(0, 14).Draw(r, "kill") == 0,
		away:     durations(0, 0, 0, 0, 0, 0, 3*time.Second, time.Minute).Draw(r, "away"),
		token:    byte(rapid.IntRange(0, 2).Draw(r, "token")),
		patience: durations(time.Second, 10*time.Second, 2*time.Minute).Draw(r, "patience"),
		takes:    durations(0, 5*time.Second, 50*time.Second).Draw(r, "takes"),
		lost:     rapid.IntRange(0, 2).Draw(r, "lost") == 0,
		found:    rapid.Bool().Draw(r, "found"),
	}
})

// process is one of several on one store. Killed, it loses the store.
type process struct {
	*guard.Guard[string]
	dead atomic.Bool
}

// sending is a confirm that went to Polar.
type sending struct {
	token byte
	at    time.Time
	// definite: its outcome was told to the guard, by a process that lived.
	definite bool
}

// world is some processes, one checkout, and all that was sent for it.
type world struct {
	t         *testing.T
	store     store.Store
	processes []*process
	all       sync.WaitGroup

	mu     sync.Mutex
	random *rand.Rand
	faults float64
	back   time.Time // when the store is
	sent   []*sending
	wrong  []string
}

// TestNoSecondConfirm: whatever happens, nothing is sent while the outcome of what was sent before is unknown, for as
// long as the guard stands. Each script is one checkout.
func TestNoSecondConfirm(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := scripts.Draw(r, "script")
		var wrong []string
		synctest.Test(t, func(t *testing.T) { wrong = play(t, s) })
		if len(wrong) > 0 {
			r.Fatal(wrong)
		}
	})
}

func play(t *testing.T, s script) []string {
	t.Helper()
	w := &world{t: t, store: store.NewMemory(), faults: s.faults, random: rand.New(rand.NewPCG(s.seed, 0))}
	for range 3 {
		w.processes = append(w.processes, w.start())
	}
	for _, e := range s.events {
		sleep(e.after)
		switch p := w.processes[e.process]; {
		case e.kill:
			p.dead.Store(true)
			w.processes[e.process] = w.start()
		case e.away > 0:
			w.sendAway(e.away)
		default:
			w.all.Go(func() { w.confirm(p, e) })
		}
	}
	w.all.Wait()
	w.recover()
	return w.wrong
}

func (w *world) start() *process {
	p := new(process)
	p.Guard = guard.New[string](guard.Config{Store: &storetest.Flaky{Store: w.store, Next: func() storetest.Fault { return w.fault(p) }}})
	w.t.Cleanup(p.Close)
	return p
}

func (w *world) sendAway(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.back = time.Now().Add(d)
}

// fault is called for each call to the store.
func (w *world) fault(p *process) storetest.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case p.dead.Load() || time.Now().Before(w.back):
		return storetest.Lost
	case w.random.Float64() < w.faults:
		return storetest.Fault(1 + w.random.IntN(2))
	default:
		return storetest.None
	}
}

func (w *world) confirm(p *process, e event) {
	ctx, cancel := context.WithTimeout(w.t.Context(), e.patience)
	defer cancel()
	ticket, err := p.Enter(ctx, secret, [32]byte{e.token}, false)
	if err != nil {
		w.checkError(err)
		return
	}
	defer ticket.Unknown()
	switch {
	case ticket.Duty == guard.Resolve && e.found:
		w.settle(p, e.token)
		ticket.Definite(ctx, "found")
	case ticket.Duty == guard.Send && !p.dead.Load():
		sent := w.send(e.token)
		sleep(e.takes)
		if !e.lost && !p.dead.Load() {
			w.mu.Lock()
			sent.definite = true
			w.mu.Unlock()
			ticket.Definite(ctx, "answer")
		}
	}
}

// send notes a confirm that goes to Polar, and whether it should not.
func (w *world) send(token byte) *sending {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, before := range w.sent {
		if age := time.Since(before.at); !before.definite && age < guard.For {
			w.wrong = append(w.wrong, fmt.Sprintf("token %d was sent %v after token %d, whose outcome is unknown", token, age, before.token))
		}
	}
	s := &sending{token: token, at: time.Now()}
	w.sent = append(w.sent, s)
	return s
}

// settle notes that a resolver found out what became of token.
func (w *world) settle(p *process, token byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sent {
		if s.token == token && !p.dead.Load() {
			s.definite = true
		}
	}
}

// checkError holds an error to those that Enter has.
func (w *world) checkError(err error) {
	_, standing := errors.AsType[*guard.Standing](err)
	_, inFlight := errors.AsType[*guard.InFlight](err)
	_, unavailable := errors.AsType[*store.Unavailable](err)
	if !standing && !inFlight && !unavailable {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.wrong = append(w.wrong, err.Error())
	}
}

// recover ends the faults. Then the guard lifts in its time, and after each definite answer at once.
func (w *world) recover() {
	w.mu.Lock()
	w.faults, w.back = 0, time.Time{}
	w.mu.Unlock()
	sleep(guard.For)
	for i, p := range w.processes {
		ticket, err := p.Enter(w.t.Context(), secret, [32]byte{byte(i)}, false)
		if err != nil || ticket.Duty != guard.Send {
			w.wrong = append(w.wrong, fmt.Sprintf("in the end: %+v, %v", ticket, err))
			continue
		}
		ticket.Definite(w.t.Context(), "answer")
	}
}
