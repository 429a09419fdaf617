package storetest

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
)

// redisPassword has what must be escaped in a URL.
const redisPassword = "s3cret:/@?#"

// Redis is a real redis-server on a port of its own.
type Redis struct {
	program string
	// Port is where it listens, on 127.0.0.1.
	Port string
	// CAFile is the PEM file of the authority for its certificate, empty without TLS.
	CAFile        string
	args          []string
	tls, password bool
	process       *exec.Cmd
}

// WithTLS makes the server take TLS only.
func WithTLS(t *testing.T, r *Redis) {
	t.Helper()
	certFile, keyFile := Certificate(t)
	r.tls, r.CAFile = true, certFile
	r.args = append(r.args, "--tls-port", r.Port, "--port", "0", "--tls-cert-file", certFile, "--tls-key-file", keyFile,
		"--tls-ca-cert-file", certFile, "--tls-auth-clients", "no")
}

// WithPassword makes the server demand a password.
func WithPassword(_ *testing.T, r *Redis) {
	r.password = true
	r.args = append(r.args, "--requirepass", redisPassword)
}

// StartRedis starts an empty server that ends with the test. Only the CI has to have one installed.
func StartRedis(t *testing.T, options ...func(*testing.T, *Redis)) *Redis {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("redis-server is not installed (Debian: apt-get install redis-server)")
	} else if err != nil {
		t.Fatal(err)
	}
	r := &Redis{program: program, Port: freePort(t)}
	r.args = []string{"--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir()}
	for _, option := range options {
		option(t, r)
	}
	if !r.tls {
		r.args = append(r.args, "--port", r.Port)
	}
	r.Start(t)
	t.Cleanup(r.Stop)
	return r
}

// Start starts it again, empty. It returns once the server says that it takes connections.
func (r *Redis) Start(t *testing.T) {
	t.Helper()
	r.process = exec.CommandContext(t.Context(), r.program, r.args...) //nolint:gosec // found in PATH by a test
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

// Stop kills it.
func (r *Redis) Stop() {
	_ = r.process.Process.Kill()
	_ = r.process.Wait()
}

// URL is the spec of a store on it.
func (r *Redis) URL() string {
	scheme, user := "redis", ""
	if r.tls {
		scheme = "rediss"
	}
	if r.password {
		user = ":s3cret%3A%2F%40%3F%23@"
	}
	return scheme + "://" + user + "127.0.0.1:" + r.Port + "/2"
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// Certificate makes one for 127.0.0.1 that is its own authority.
func Certificate(t *testing.T) (certFile, keyFile string) {
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
	path := filepath.Join(t.TempDir(), strings.ToLower(kind)+".pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
