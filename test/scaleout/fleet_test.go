package scaleout

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// replica is one of the programs behind the proxy, always at the same addresses.
type replica struct {
	*harness.Service
	rest, grpc, health string
}

// fleet is three replicas behind HAProxy.
type fleet struct {
	args     []string
	replicas [3]*replica
	// rest is the base URL of the proxy, grpc its host:port.
	rest, grpc string
}

func startFleet(t *testing.T, args ...string) *fleet {
	t.Helper()
	f := &fleet{args: args}
	for i := range f.replicas {
		f.replicas[i] = &replica{rest: freeAddress(t), grpc: freeAddress(t), health: freeAddress(t)}
		f.start(t, i)
	}
	f.startProxy(t)
	return f
}

// start starts a replica where it was before.
func (f *fleet) start(t *testing.T, i int) {
	t.Helper()
	r := f.replicas[i]
	r.Service = harness.Start(t, append(f.args, "--rest-listen="+r.rest, "--grpc-listen="+r.grpc, "--metrics-listen="+r.health)...)
}

// roll replaces a replica as an orchestrator does: SIGTERM, wait, start.
func (f *fleet) roll(t *testing.T, i int) {
	t.Helper()
	f.replicas[i].Stop(t)
	f.start(t, i)
}

// startProxy runs HAProxy with the configuration that operators are given, until the test's end.
func (f *fleet) startProxy(t *testing.T) {
	t.Helper()
	program, err := exec.LookPath("haproxy")
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("haproxy is not installed (Debian: apt-get install haproxy)")
	} else if err != nil {
		t.Fatal(err)
	}
	rest, grpc := freeAddress(t), freeAddress(t)
	f.rest, f.grpc = "http://"+rest, grpc
	command := exec.Command(program, "-db", "-f", filepath.Join(harness.Root(), "deploy", "haproxy", "haproxy.cfg"))
	command.Env = append(os.Environ(), "REST="+rest, "GRPC="+grpc)
	for i, r := range f.replicas {
		_, health, _ := net.SplitHostPort(r.health)
		command.Env = append(command.Env, fmt.Sprintf("REST%d=%s", i+1, r.rest), fmt.Sprintf("GRPC%d=%s", i+1, r.grpc), fmt.Sprintf("HEALTH%d=%s", i+1, health))
	}
	command.Stdout, command.Stderr = t.Output(), t.Output()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	awaitListener(t, rest)
	awaitListener(t, grpc)
}

func awaitListener(t *testing.T, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("nothing listens at %s", address)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// freeAddress is an address on loopback that nobody uses.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
