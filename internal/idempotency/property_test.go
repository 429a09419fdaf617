package idempotency_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/checkoutsvc/checkoutsvc/internal/idempotency"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

// event is one thing that happens in a script: a create, a death and restart of a process, or an outage of the store.
type event struct {
	after    time.Duration // since the event before
	process  int
	kill     bool
	away     time.Duration // the store
	key      int
	request  int // mostly 0, so that keys are repeated rather than reused
	patience time.Duration
	takes    time.Duration
	outcome  int // 0 and 1: answered, 2: refused, 3: unanswered
}

// script is what happens, and how the store fails meanwhile.
type script struct {
	events []event
	faults float64 // of each call to the store
	seed   uint64
}

var seconds = func(of ...time.Duration) *rapid.Generator[time.Duration] { return rapid.SampledFrom(of) }

var scripts = rapid.Custom(func(r *rapid.T) script {
	return script{
		events: rapid.SliceOfN(events, 5, 60).Draw(r, "events"),
		faults: rapid.SampledFrom([]float64{0, 0.05, 0.4}).Draw(r, "faults"),
		seed:   rapid.Uint64().Draw(r, "seed"),
	}
})

var events = rapid.Custom(func(r *rapid.T) event {
	return event{
		after:    seconds(0, 0, time.Millisecond, time.Second, 30*time.Second).Draw(r, "after"),
		process:  rapid.IntRange(0, 2).Draw(r, "process"),
		kill:     rapid.IntRange(0, 9).Draw(r, "kill") == 0,
		away:     seconds(0, 0, 0, 0, 0, 0, 3*time.Second, 20*time.Second, 100*time.Second).Draw(r, "away"),
		key:      rapid.IntRange(0, 2).Draw(r, "key"),
		request:  rapid.IntRange(0, 5).Draw(r, "request") / 5,
		patience: seconds(time.Second, 10*time.Second, 2*time.Minute).Draw(r, "patience"),
		takes:    seconds(0, time.Millisecond, 5*time.Second, 55*time.Second, 100*time.Second).Draw(r, "takes"),
		outcome:  rapid.IntRange(0, 3).Draw(r, "outcome"),
	}
})

// world is some processes on one store, and what their callers were told.
type world struct {
	t         *testing.T
	store     store.Store
	processes []*process
	all       sync.WaitGroup

	mu      sync.Mutex
	random  *rand.Rand
	faults  float64
	back    time.Time // when the store is
	made    int
	answers map[int][]string // by key: what callers were told, with the request
	wrong   []string
}

// TestOneKeyOneAnswer: whatever happens, nobody is told two answers for one key, nor for two requests under it; and once
// all is well again, each key has its answer.
func TestOneKeyOneAnswer(t *testing.T) {
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
	w := &world{
		t: t, store: store.NewMemory(), faults: s.faults,
		random: rand.New(rand.NewPCG(s.seed, 0)), answers: map[int][]string{},
	}
	for range 3 {
		w.processes = append(w.processes, w.start())
	}
	for _, e := range s.events {
		sleep(e.after)
		if e.kill {
			w.processes[e.process].dead.Store(true)
			w.processes[e.process] = w.start()
			continue
		}
		if e.away > 0 {
			w.sendAway(e.away)
			continue
		}
		process := w.processes[e.process]
		w.all.Go(func() { w.create(process, e) })
	}
	w.all.Wait()
	w.recover()
	return w.wrong
}

func (w *world) start() *process {
	p := newProcess(w.store)
	p.fault = w.fault
	return p
}

func (w *world) sendAway(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.back = time.Now().Add(d)
}

// fault is called for each call to the store.
func (w *world) fault() storetest.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case time.Now().Before(w.back):
		return storetest.Lost
	case w.random.Float64() < w.faults:
		return storetest.Fault(1 + w.random.IntN(2))
	default:
		return storetest.None
	}
}

func (w *world) create(p *process, e event) {
	ctx, cancel := context.WithTimeout(w.t.Context(), e.patience)
	defer cancel()
	at := idempotency.Scope{Key: fmt.Sprint(e.key)}
	got, err := p.Do(ctx, at, [32]byte{byte(e.request)}, func(ctx context.Context) (idempotency.Outcome, error) {
		return w.polar(ctx, e)
	})
	switch {
	case p.dead.Load():
		// Nobody hears of it.
	case err == nil:
		w.told(e.key, fmt.Sprintf("%s for request %d", got.Body, e.request))
	default:
		w.checkError(err)
	}
}

// polar is Polar's part in e.
func (w *world) polar(ctx context.Context, e event) (idempotency.Outcome, error) {
	select {
	case <-time.After(e.takes):
	case <-ctx.Done():
		return idempotency.Outcome{}, errUnanswered
	}
	switch e.outcome {
	case 2:
		return idempotency.Outcome{Refused: true}, errRefused
	case 3:
		return idempotency.Outcome{}, errUnanswered
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made++
	return idempotency.Outcome{Body: fmt.Append(nil, "checkout ", w.made), Expires: time.Now().Add(24 * time.Hour)}, nil
}

func (w *world) told(key int, answer string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(w.answers[key], answer) {
		w.answers[key] = append(w.answers[key], answer)
	}
	if len(w.answers[key]) > 1 {
		w.wrong = append(w.wrong, fmt.Sprintf("key %d: %q", key, w.answers[key]))
	}
}

// checkError holds an error to those that Do has.
func (w *world) checkError(err error) {
	_, reused := errors.AsType[*idempotency.Reused](err)
	_, inProgress := errors.AsType[*idempotency.InProgress](err)
	_, unavailable := errors.AsType[*store.Unavailable](err)
	// A store that was away for longer than a lease may have lost the reservation to another request.
	_, unrecorded := errors.AsType[*idempotency.Unrecorded](err)
	if !unrecorded && !reused && !inProgress && !unavailable && !errors.Is(err, errRefused) && !errors.Is(err, errUnanswered) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.wrong = append(w.wrong, err.Error())
	}
}

// recover ends the faults and asks for each key once more, when all calls and leases are over.
func (w *world) recover() {
	w.mu.Lock()
	w.faults, w.back = 0, time.Time{}
	w.mu.Unlock()
	for _, p := range w.processes {
		_ = p.Wait(w.t.Context())
	}
	sleep(2 * idempotency.Lease)
	for key := range 3 {
		p := w.processes[key]
		for request := range 2 {
			w.all.Go(func() {
				w.create(p, event{key: key, request: request, patience: time.Minute})
			})
		}
	}
	w.all.Wait()
	for key := range 3 {
		if len(w.answers[key]) != 1 {
			w.wrong = append(w.wrong, fmt.Sprintf("key %d has %d answers in the end", key, len(w.answers[key])))
		}
	}
	// Calls of the dead end too, before the bubble does.
	sleep(5 * time.Minute)
}
