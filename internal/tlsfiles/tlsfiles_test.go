package tlsfiles_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/internal/tlsfiles"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// authority signs certificates that hold for a year from now.
type authority struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{}
	template := &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	certificate, key := a.make(t, template, 365*24*time.Hour)
	a.certificate, a.key = certificate, key
	return a
}

// make signs template, by itself for the authority's own.
func (a *authority) make(t *testing.T, template *x509.Certificate, holds time.Duration) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, _ = rand.Int(rand.Reader, big.NewInt(1<<62))
	template.NotBefore, template.NotAfter = time.Now().Add(-100*24*time.Hour), time.Now().Add(holds)
	parent, signer := a.certificate, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key
}

// leaf is a certificate for a server or a client.
func (a *authority) leaf(t *testing.T, name string, holds time.Duration) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	certificate, key := a.make(t, template, holds)
	return tls.Certificate{Certificate: [][]byte{certificate.Raw}, PrivateKey: key, Leaf: certificate}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// files is a directory with a server's files.
type files struct{ dir string }

func (f files) name(name string) string { return filepath.Join(f.dir, name) }

func (f files) put(t *testing.T, name, kind string, der []byte) {
	t.Helper()
	f.write(t, name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// write replaces the file by another: in a bubble two writings of one file can have the same time and size.
func (f files) write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(f.name("next"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(f.name("next"), f.name(name)); err != nil {
		t.Fatal(err)
	}
}

func (f files) putServer(t *testing.T, certificate tls.Certificate) {
	t.Helper()
	f.put(t, "cert.pem", "CERTIFICATE", certificate.Certificate[0])
	der, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	f.put(t, "key.pem", "PRIVATE KEY", der)
}

func (f files) putClientCA(t *testing.T, a *authority) {
	t.Helper()
	f.put(t, "ca.pem", "CERTIFICATE", a.certificate.Raw)
}

func (f files) config() tlsfiles.Config {
	return tlsfiles.Config{Certificate: f.name("cert.pem"), Key: f.name("key.pem")}
}

func (f files) configWithClients() tlsfiles.Config {
	config := f.config()
	config.ClientCA = f.name("ca.pem")
	return config
}

// outcome is what one connection came to.
type outcome struct {
	server, client         tls.ConnectionState
	serverError, clientErr error
}

// connect shakes hands once, and reads once, for a client learns of its refusal only then.
func connect(t *testing.T, server, client *tls.Config) outcome {
	t.Helper()
	near, far := net.Pipe()
	defer near.Close()
	var o outcome
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer far.Close()
		conn := tls.Server(far, server)
		if o.serverError = conn.Handshake(); o.serverError == nil {
			o.server = conn.ConnectionState()
			_, o.serverError = conn.Write([]byte("x"))
		}
	}()
	conn := tls.Client(near, client)
	if o.clientErr = conn.Handshake(); o.clientErr == nil {
		o.client = conn.ConnectionState()
		_, o.clientErr = conn.Read(make([]byte, 1))
	}
	near.Close()
	<-done
	return o
}

func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca, f := newAuthority(t, "ca"), files{t.TempDir()}
		first := ca.leaf(t, "pay.example.com", 24*time.Hour)
		f.putServer(t, first)
		told := make(chan error, 10)
		config := f.config()
		config.Tell = func(err error) { told <- err }
		open, err := tlsfiles.Open(config)
		if err != nil {
			t.Fatal(err)
		}
		defer open.Close()
		server, client := open.ServerConfig("h2", "http/1.1"), &tls.Config{RootCAs: ca.pool(), ServerName: "pay.example.com", NextProtos: []string{"h2"}}
		serves := func(want tls.Certificate) {
			t.Helper()
			o := connect(t, server, client)
			if o.clientErr != nil || !o.client.PeerCertificates[0].Equal(want.Leaf) {
				t.Error("another certificate is served:", o.clientErr)
			}
			if o.client.NegotiatedProtocol != "h2" || o.client.Version != tls.VersionTLS13 {
				t.Errorf("%s over TLS %x", o.client.NegotiatedProtocol, o.client.Version)
			}
			if !open.NotAfter().Equal(want.Leaf.NotAfter) {
				t.Errorf("expires %s, want %s", open.NotAfter(), want.Leaf.NotAfter)
			}
		}
		serves(first)

		second := ca.leaf(t, "pay.example.com", 48*time.Hour)
		f.put(t, "cert.pem", "CERTIFICATE", second.Certificate[0]) // its key is not there yet
		pass(3 * time.Second)
		serves(first)
		if len(told) != 1 || !strings.Contains(open.Problem(), f.name("key.pem")) {
			t.Errorf("told %d times, problem %q", len(told), open.Problem())
		}
		f.putServer(t, second)
		pass(2 * time.Second)
		serves(second)
		if open.Problem() != "" {
			t.Error(open.Problem())
		}

		if len(told) != 2 || <-told == nil || <-told != nil {
			t.Error("not told that the files are good again")
		}
		f.putServer(t, ca.leaf(t, "pay.example.com", -time.Minute))
		pass(2 * time.Second)
		serves(second)
		if !strings.Contains(open.Problem(), "expired") {
			t.Errorf("problem %q of an expired certificate", open.Problem())
		}
	})
}

func TestOldVersionsOfTLSAreRefused(t *testing.T) {
	ca, f := newAuthority(t, "ca"), files{t.TempDir()}
	f.putServer(t, ca.leaf(t, "pay.example.com", time.Hour))
	open, err := tlsfiles.Open(f.config())
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	for version, want := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		client := &tls.Config{RootCAs: ca.pool(), ServerName: "pay.example.com", MinVersion: version, MaxVersion: version}
		if o := connect(t, open.ServerConfig("h2"), client); (o.clientErr == nil) != want {
			t.Errorf("TLS %x: %v", version, o.clientErr)
		}
	}
}

func TestClients(t *testing.T) {
	ca, other, f := newAuthority(t, "ca"), newAuthority(t, "other"), files{t.TempDir()}
	f.putServer(t, ca.leaf(t, "pay.example.com", time.Hour))
	f.putClientCA(t, ca)
	for name, c := range map[string]struct {
		certificate    *tls.Certificate
		optional, must bool // whether it comes in
	}{
		"none":              {nil, true, false},
		"a good one":        {new(ca.leaf(t, "shop", time.Hour)), true, true},
		"another authority": {new(other.leaf(t, "shop", time.Hour)), false, false},
		"expired":           {new(ca.leaf(t, "shop", -time.Hour)), false, false},
	} {
		for require, want := range map[bool]bool{false: c.optional, true: c.must} {
			config := f.configWithClients()
			config.RequireClient = require
			open, err := tlsfiles.Open(config)
			if err != nil {
				t.Fatal(err)
			}
			o := connect(t, open.ServerConfig("h2"), client(ca, c.certificate))
			open.Close()
			if (o.serverError == nil) != want || (o.clientErr == nil) != want {
				t.Errorf("%s, required %t: server %v, client %v", name, require, o.serverError, o.clientErr)
			}
			if want && c.certificate != nil && (len(o.server.VerifiedChains) == 0 || o.server.VerifiedChains[0][0].Subject.CommonName != "shop") {
				t.Errorf("%s, required %t: the server does not know who it is", name, require)
			}
		}
	}
}

// client shows its certificate whatever the server asks for.
func client(ca *authority, certificate *tls.Certificate) *tls.Config {
	config := &tls.Config{RootCAs: ca.pool(), ServerName: "pay.example.com", MinVersion: tls.VersionTLS12}
	if certificate != nil {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return certificate, nil }
	}
	return config
}

// TestAuthorityIsTakenOut: whom it signed does not come in again, not by resuming a session either.
func TestAuthorityIsTakenOut(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		synctest.Test(t, func(t *testing.T) {
			ca, next, f := newAuthority(t, "ca"), newAuthority(t, "next"), files{t.TempDir()}
			f.putServer(t, ca.leaf(t, "pay.example.com", time.Hour))
			f.putClientCA(t, ca)
			open, err := tlsfiles.Open(f.configWithClients())
			if err != nil {
				t.Fatal(err)
			}
			defer open.Close()
			server, shop := open.ServerConfig("h2"), client(ca, new(ca.leaf(t, "shop", time.Hour)))
			shop.ClientSessionCache, shop.MaxVersion = tls.NewLRUClientSessionCache(0), version
			if o := connect(t, server, shop); o.serverError != nil || o.clientErr != nil {
				t.Fatal(o.serverError, o.clientErr)
			}
			f.putClientCA(t, next)
			pass(2 * time.Second)
			if o := connect(t, server, shop); o.serverError == nil {
				t.Error("it still comes in")
			}
			if o := connect(t, server, client(ca, new(next.leaf(t, "shop", time.Hour)))); o.serverError != nil {
				t.Error("the next authority's clients do not come in:", o.serverError)
			}
		})
	}
}

// TestDamagedFiles: half of a file of authorities is not taken for all of it, nor half of a chain.
func TestDamagedFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca, other, f := newAuthority(t, "ca"), newAuthority(t, "other"), files{t.TempDir()}
		f.putServer(t, ca.leaf(t, "pay.example.com", time.Hour))
		f.putClientCA(t, other)
		open, err := tlsfiles.Open(f.configWithClients())
		if err != nil {
			t.Fatal(err)
		}
		defer open.Close()
		second := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.certificate.Raw})
		for _, name := range []string{"ca.pem", "cert.pem"} {
			whole, err := os.ReadFile(f.name(name))
			if err != nil {
				t.Fatal(err)
			}
			f.write(t, name, append(whole, second[:len(second)/2]...))
			pass(2 * time.Second)
			if problem := open.Problem(); !strings.Contains(problem, name) || !strings.Contains(problem, "damaged") {
				t.Errorf("half of %s is taken: problem %q", name, problem)
			}
			f.write(t, name, append(whole, second...))
			pass(2 * time.Second)
			if open.Problem() != "" {
				t.Error(open.Problem())
			}
		}
		if o := connect(t, open.ServerConfig("h2"), client(ca, new(ca.leaf(t, "shop", time.Hour)))); o.serverError != nil {
			t.Error("the second authority is not trusted:", o.serverError)
		}
	})
}

func TestWhatCannotBeUsed(t *testing.T) {
	ca, f := newAuthority(t, "ca"), files{t.TempDir()}
	f.putServer(t, ca.leaf(t, "pay.example.com", time.Hour))
	f.put(t, "ca.pem", "NO CERTIFICATE", nil)
	missing := f.config()
	missing.Certificate += ".missing"
	if _, err := tlsfiles.Open(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	noClients := f.configWithClients()
	noClients.ClientCA += ".missing"
	if _, err := tlsfiles.Open(noClients); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := tlsfiles.Open(f.configWithClients()); err == nil || !strings.Contains(err.Error(), "ca.pem") {
		t.Error(err)
	}
	for _, config := range []tlsfiles.Config{
		{},
		{Certificate: f.name("cert.pem")},
		{Key: f.name("key.pem")},
		{Certificate: f.name("cert.pem"), Key: f.name("key.pem"), RequireClient: true},
	} {
		if _, err := tlsfiles.Open(config); err == nil {
			t.Errorf("%+v was taken", config)
		}
	}
	f.putServer(t, ca.leaf(t, "pay.example.com", -time.Hour))
	if _, err := tlsfiles.Open(f.config()); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Error("an expired certificate at the start:", err)
	}
}
