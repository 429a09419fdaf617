// Package harness starts the real program for black-box tests: built once per test process, on ports of its own, stopped
// with SIGTERM at the test's end. A test fails if the program does not end with exit 0 or if its logs show a secret.
package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	startTimeout = 20 * time.Second
	stopTimeout  = 30 * time.Second
)

// Service is a running `checkoutsvc serve`.
type Service struct {
	// GRPC is the host:port of the gRPC server.
	GRPC string
	// REST is the base URL of the REST facade, without a slash at its end.
	REST string
	// Admin is the base URL for operators, without a slash at its end.
	Admin string
	// Buyers and Metrics are the base URLs of --buyer-listen and --metrics-listen, empty unless args ask for them.
	Buyers, Metrics string
	// Polar is the base URL of the Polar behind it; with --polar=embedded the emulator, with its control calls.
	Polar string

	command *exec.Cmd
	logs    *log
	ended   <-chan struct{} // closed once the program has ended and its logs are complete
	secrets []string
	stop    sync.Once
}

// Start runs `checkoutsvc serve` with args after the harness's own (ports chosen by the system, --polar=embedded), so
// that args override those. It returns when the program listens, and registers its end with t.
func Start(t testing.TB, args ...string) *Service {
	t.Helper()
	ports := []string{"serve", "--polar=embedded", "--grpc-listen=127.0.0.1:0", "--rest-listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--emulator-listen=127.0.0.1:0", "--probe-every=0"}
	//nolint:gosec,noctx // the program under test; it is ended by Stop, with the signal that an operator uses
	s := &Service{command: exec.Command(Binary(t), append(ports, args...)...), logs: &log{}}
	s.command.Env = append(os.Environ(), "GORACE=halt_on_error=1")
	stderr, err := s.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	listening, ended := make(chan listeningLine, 1), make(chan struct{})
	s.ended = ended
	go func() {
		defer close(ended)
		s.read(stderr, listening)
		_ = s.command.Wait() // its exit code is read in Stop
	}()
	t.Cleanup(func() { s.Stop(t) })
	s.await(t, listening)
	return s
}

// await takes the addresses from the program's first log line.
func (s *Service) await(t testing.TB, listening <-chan listeningLine) {
	t.Helper()
	select {
	case at := <-listening:
		s.GRPC, s.REST, s.Admin, s.Polar = at.GRPC, "http://"+at.REST, "http://"+at.Admin, at.Polar
		s.Buyers, s.Metrics = "http://"+at.Buyers, "http://"+at.Metrics
	case <-s.ended:
		t.Fatalf("checkoutsvc ended before it listened:\n%s", s.Logs())
	case <-time.After(startTimeout):
		t.Fatalf("checkoutsvc does not listen after %s:\n%s", startTimeout, s.Logs())
	}
}

// Logs is what the program has written to its standard error so far.
func (s *Service) Logs() string { return s.logs.String() }

// Secret names a text that no log line may contain, such as a token; those of Polar's known forms are looked for anyway.
func (s *Service) Secret(text string) { s.secrets = append(s.secrets, text) }

// Stop ends the program with SIGTERM and fails the test unless it exits with 0 and has kept its secrets. A test calls it
// only to look at the logs afterwards: it happens at the test's end by itself.
func (s *Service) Stop(t testing.TB) {
	t.Helper()
	s.stop.Do(func() {
		if err := s.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		select {
		case <-s.ended:
		case <-time.After(stopTimeout):
			t.Errorf("checkoutsvc has not stopped %s after SIGTERM", stopTimeout)
			_ = s.command.Process.Kill()
			<-s.ended
		}
		if code := s.command.ProcessState.ExitCode(); code != 0 {
			t.Errorf("checkoutsvc exited with %d", code)
		}
		if line := leak(s.Logs(), s.secrets); line != "" {
			t.Errorf("a log line shows a secret: %s", line)
		}
		if t.Failed() {
			t.Logf("checkoutsvc wrote:\n%s", s.Logs())
		}
	})
}

// Kill ends the program with SIGKILL, at whatever it is doing. Its logs are held to no secrets all the same.
func (s *Service) Kill(t testing.TB) {
	t.Helper()
	s.stop.Do(func() {
		if err := s.command.Process.Kill(); err != nil {
			t.Error(err)
		}
		<-s.ended
		if line := leak(s.Logs(), s.secrets); line != "" {
			t.Errorf("a log line shows a secret: %s", line)
		}
	})
}

// listeningLine is the log line that tells where the program listens.
type listeningLine struct {
	Msg   string `json:"msg"`
	GRPC  string `json:"grpc"`
	REST  string `json:"rest"`
	Admin string `json:"admin"`
	Polar string `json:"polar"`

	Buyers  string `json:"buyers"`
	Metrics string `json:"metrics"`
}

// read keeps what the program writes and passes the line on that tells where it listens.
func (s *Service) read(stderr io.Reader, listening chan<- listeningLine) {
	lines := bufio.NewReader(io.TeeReader(stderr, s.logs))
	for found := false; ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var at listeningLine
		if !found && json.Unmarshal(line, &at) == nil && at.Msg == "listening" {
			listening <- at
			found = true
		}
	}
}

// Root is the folder of the module.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Binary is the path of the program, built from this tree at the first call, with the race detector if the test has it.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var build = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(Root(), ".tmp", "harness")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	// Test processes run side by side: each builds under a name of its own, and renames when it is whole.
	fresh := filepath.Join(dir, fmt.Sprintf("checkoutsvc-%d", os.Getpid()))
	arguments := append([]string{"build", "-o", fresh}, raceFlags...)
	//nolint:gosec // all arguments are constant but the path
	command := exec.CommandContext(ctx, "go", append(arguments, "./cmd/checkoutsvc")...)
	command.Dir = Root()
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/checkoutsvc: %w\n%s", err, output)
	}
	path := filepath.Join(dir, "checkoutsvc"+raceSuffix)
	return path, os.Rename(fresh, path)
})

// log collects what a program writes.
type log struct {
	mu   sync.Mutex
	text []byte
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}
