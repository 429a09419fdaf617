package store_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

// redisPassword has what must be escaped in a URL.
const redisPassword = "s3cret:/@?#"

// redisServer is a real redis-server on a port of its own.
type redisServer struct {
	program, port, caFile string
	args                  []string
	tls, password         bool
	process               *exec.Cmd
}

func withTLS(t *testing.T, r *redisServer) {
	t.Helper()
	certFile, keyFile := certificate(t)
	r.tls, r.caFile = true, certFile
	r.args = append(r.args, "--tls-port", r.port, "--port", "0", "--tls-cert-file", certFile, "--tls-key-file", keyFile,
		"--tls-ca-cert-file", certFile, "--tls-auth-clients", "no")
}

func withPassword(_ *testing.T, r *redisServer) {
	r.password = true
	r.args = append(r.args, "--requirepass", redisPassword)
}

// startRedis starts a server that ends with the test. Only the CI has to have one installed.
func startRedis(t *testing.T, options ...func(*testing.T, *redisServer)) *redisServer {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("redis-server is not installed (Debian: apt-get install redis-server)")
	} else if err != nil {
		t.Fatal(err)
	}
	r := &redisServer{program: program, port: freePort(t)}
	r.args = []string{"--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir()}
	for _, option := range options {
		option(t, r)
	}
	if !r.tls {
		r.args = append(r.args, "--port", r.port)
	}
	r.start(t)
	t.Cleanup(r.stop)
	return r
}

// start returns once the server says that it takes connections.
func (r *redisServer) start(t *testing.T) {
	t.Helper()
	r.process = exec.Command(r.program, r.args...)
	stdout, err := r.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.process.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return
		}
	}
	t.Fatalf("redis-server ended:\n%s", said.String())
}

func (r *redisServer) stop() {
	_ = r.process.Process.Kill()
	_ = r.process.Wait()
}

func (r *redisServer) url() string {
	scheme, user := "redis", ""
	if r.tls {
		scheme = "rediss"
	}
	if r.password {
		user = ":s3cret%3A%2F%40%3F%23@"
	}
	return scheme + "://" + user + "127.0.0.1:" + r.port + "/2"
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// certificate makes one for 127.0.0.1 that is its own authority.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "redis"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, "CERTIFICATE", cert), writePEM(t, "PRIVATE KEY", secret)
}

func writePEM(t *testing.T, kind string, content []byte) string {
	t.Helper()
	return writeFile(t, strings.ToLower(kind), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
}

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRedisComesBack(t *testing.T) {
	for name, options := range map[string][]func(*testing.T, *redisServer){"plain": nil, "TLS": {withTLS}} {
		t.Run(name, func(t *testing.T) {
			server := startRedis(t, options...)
			s := open(t, server.url(), store.Options{CAFile: server.caFile})
			swap(t, s, "k", "", "before", 0)

			server.stop()
			start := time.Now()
			_, err := s.Get(t.Context(), "k")
			wantUnavailable(t, err)
			_, err = s.CompareAndSwap(t.Context(), "k", nil, []byte("x"), 0)
			wantUnavailable(t, err)
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("a server that is down was noticed after %v", took)
			}

			server.start(t)
			if !swap(t, s, "k", "", "after", 0) || get(t, s, "k") != "after" {
				t.Error("the server is back, and unused")
			}
		})
	}
}

// TestRedisStaleConnections cuts the connections and not the server, as a firewall or a restart between two calls does.
func TestRedisStaleConnections(t *testing.T) {
	for name, options := range map[string][]func(*testing.T, *redisServer){"plain": nil, "TLS": {withTLS}} {
		t.Run(name, func(t *testing.T) {
			server := startRedis(t, options...)
			s := open(t, server.url(), store.Options{CAFile: server.caFile})
			swap(t, s, "k", "", "v", 0)
			server.stop()
			server.start(t)
			if !swap(t, s, "k", "", "w", 0) {
				t.Error("not swapped")
			}
			server.stop()
			server.start(t)
			if got := get(t, s, "k"); got != "" {
				t.Errorf("got %q from a new server", got)
			}
		})
	}
}

func TestRedisThatIsDownAtTheStart(t *testing.T) {
	server := startRedis(t)
	server.stop()
	s := open(t, server.url(), store.Options{KeyFile: keyFile(t, 1)})
	_, err := s.Get(t.Context(), "k")
	wantUnavailable(t, err)

	server.start(t)
	if !swap(t, s, "k", "", "v", 0) {
		t.Error("not swapped")
	}
	_, err = store.Open(t.Context(), server.url(), store.Options{})
	wantKeyError(t, err)
}

func TestRedisThatHangs(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := open(t, "redis://"+l.Addr().String(), store.Options{})
	start := time.Now()
	_, err = s.Get(t.Context(), "k")
	wantUnavailable(t, err)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v to notice", took)
	}
}

func TestRedisThatAnOperatorMustMend(t *testing.T) {
	open := startRedis(t, withPassword)
	secured := startRedis(t, withTLS)
	otherCA, _ := certificate(t)
	for name, test := range map[string]struct {
		url, caFile, want string
	}{
		"no password":       {url: "redis://127.0.0.1:" + open.port, want: "NOAUTH"},
		"wrong password":    {url: "redis://:wr0ng@127.0.0.1:" + open.port, want: "WRONGPASS"},
		"unknown authority": {url: secured.url(), caFile: otherCA, want: "certificate signed by unknown authority"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.Open(t.Context(), test.url, store.Options{CAFile: test.caFile})
			wantOneLine(t, err, test.want)
			if err != nil && strings.Contains(err.Error(), "wr0ng") {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}
