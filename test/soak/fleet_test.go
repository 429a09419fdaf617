package soak

import (
	"bufio"
	"io"
	"math/rand/v2"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// startEmulator runs `checkoutsvc emulator` and gives its base URL.
func startEmulator(t *testing.T) string {
	t.Helper()
	command := exec.Command(harness.Binary(t), "emulator", "--listen=127.0.0.1:0")
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
	lines := bufio.NewReader(stderr)
	line, _ := lines.ReadString('\n')
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	at := regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	if at == "" {
		t.Fatalf("the emulator says %q", line)
	}
	return at
}

// fleet are the replicas. One that is down has no address.
type fleet struct {
	args []string

	mu       sync.Mutex
	replicas []*harness.Service
}

func startFleet(t *testing.T, replicas int, args ...string) *fleet {
	t.Helper()
	f := &fleet{args: args, replicas: make([]*harness.Service, replicas)}
	for i := range replicas {
		f.start(t, i)
	}
	return f
}

func (f *fleet) start(t *testing.T, i int) {
	t.Helper()
	s := harness.Start(t, f.args...)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replicas[i] = s
}

// address gives the REST facade of one of the replicas that are up, "" if none is.
func (f *fleet) address(random *rand.Rand) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.replicas[random.IntN(len(f.replicas))]; s != nil {
		return s.REST
	}
	return ""
}

// killAtRandom kills replicas and starts them again for about d, and says how often. All are up afterwards.
func (f *fleet) killAtRandom(t *testing.T, random *rand.Rand, d time.Duration) (kills int) {
	t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); kills++ {
		<-time.After(200*time.Millisecond + time.Duration(random.Int64N(int64(time.Second))))
		i := random.IntN(len(f.replicas))
		f.mu.Lock()
		victim := f.replicas[i]
		f.replicas[i] = nil
		f.mu.Unlock()
		victim.Kill(t)
		f.start(t, i)
	}
	return kills
}
