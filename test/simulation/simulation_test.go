// Package simulation lets several buyers and merchants use replicas of the service that share a store, against the
// emulator, over a network that loses, delays and garbles, while replicas are killed and started. It runs on a clock of
// its own, so that hours take milliseconds, and every decision comes from a seed.
//
// What holds after every world: one key has one answered checkout; a checkout is charged once unless its caller took the
// risk; no confirm is written while the outcome of another is unknown and guarded; what was answered as success is so at
// Polar; every failure says whether something may have been done; every call ends in its time; nothing keeps running.
package simulation

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

const (
	// defaultOperations is what a plain `go test` does; `make simulation N=1000000` does more.
	defaultOperations = 10_000
	defaultSeed       = 1
	// perWorld is how many operations one world sees. A world is replayed as a whole.
	perWorld = 500
)

func TestSimulation(t *testing.T) {
	operations, seed := fromEnvironment(t, "SIMULATION_OPERATIONS", defaultOperations), fromEnvironment(t, "SIMULATION_SEED", defaultSeed)
	total, start := new(tally), time.Now()
	for ; operations > 0; operations, seed = operations-perWorld, seed+1 {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("replay it with: make simulation SEED=%d N=%d", seed, perWorld)
				}
			})
			play(t, uint64(seed), min(perWorld, operations), total)
		})
	}
	t.Logf("%v in %s", total, time.Since(start).Round(time.Millisecond))
}

// play runs one world from its start to its end.
func play(t *testing.T, seed uint64, operations int, total *tally) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(seed)
		w.run(operations)
		w.settle()
		w.close()
		w.ledger.judge()
		w.ledger.report(t)
		total.add(&w.ledger.tally)
	})
}

func fromEnvironment(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text, set := os.LookupEnv(name)
	if !set || text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
