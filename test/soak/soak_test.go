// Package soak lets buyers and merchants use the real program while it is killed and started again, on each store that
// outlives it, in front of an emulator in a process of its own. What must hold then is counted at the emulator's door.
package soak

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

// defaultDuration is for each store; SOAK_SECONDS makes it longer.
const defaultDuration = 7 * time.Second

// TestAKilledServiceForgetsNothing: one answer for each key, one charge for each checkout, and no failure that hides what
// was done, although replicas die at random moments and a part of all answers is lost.
func TestAKilledServiceForgetsNothing(t *testing.T) {
	t.Setenv("POLAR_ACCESS_TOKEN", emulator.DefaultToken)
	soak, left := duration(t)
	for _, tc := range []struct {
		name     string
		replicas int
		store    func(t *testing.T) string
	}{
		{"file", 1, func(t *testing.T) string { t.Helper(); return "file:" + filepath.Join(t.TempDir(), "checkoutsvc.db") }},
		{"redis", 2, func(t *testing.T) string { t.Helper(); return storetest.StartRedis(t).URL() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			seed := uint64(time.Now().UnixNano())
			t.Logf("seed %d", seed)
			random := rand.New(rand.NewPCG(seed, 0))
			door := openDoor(t, startEmulator(t), random.Uint64())
			fleet := startFleet(t, tc.replicas, "--polar="+door.url, "--store="+tc.store(t))
			crowd := newCrowd(fleet, door, random.Uint64())
			crowd.begin()
			kills := fleet.killAtRandom(t, random, soak)
			crowd.end()
			door.calm.Store(true)
			unanswered := crowd.askForEveryKey(left)
			// A killed replica leaves as many keys reserved as it had callers.
			if most := kills * callers; unanswered > most || left > 0 && unanswered > 0 {
				t.Errorf("%d keys have no answer after %d kills", unanswered, kills)
			}
			client.CloseIdleConnections() // a server that stops waits for those that were never used
			crowd.judge(t)
			t.Logf("%d kills, %d keys still reserved: %s", kills, unanswered, crowd.summary())
		})
	}
}

// duration gives how long to go on, and how long to wait for keys afterwards: a long soak waits their lease out.
func duration(t *testing.T) (soak, left time.Duration) {
	t.Helper()
	text := os.Getenv("SOAK_SECONDS")
	if text == "" {
		return defaultDuration, 0
	}
	seconds, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("SOAK_SECONDS: %v", err)
	}
	return time.Duration(seconds) * time.Second, lease
}
