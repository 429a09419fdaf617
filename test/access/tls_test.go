package access

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// authority signs certificates for a test.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.certificate = parse(t, sign(t, template, template, &a.key.PublicKey, a.key))
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, template, parent *x509.Certificate, public *ecdsa.PublicKey, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func parse(t *testing.T, der []byte) *x509.Certificate {
	t.Helper()
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// issue gives a certificate and key in PEM form, for a server on loopback or a client of that name.
func (a *authority) issue(t *testing.T, name string, serial int64) (certificate, key string) {
	t.Helper()
	own := newKey(t)
	der := sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.certificate, &own.PublicKey, a.key)
	text, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	return inPEM("CERTIFICATE", der), inPEM("PRIVATE KEY", text)
}

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// client is a program that trusts the authority and has a certificate of it, or none.
func (a *authority) client(t *testing.T, name string) *tls.Config {
	t.Helper()
	config := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	config.RootCAs.AddCert(a.certificate)
	if name != "" {
		pair, err := tls.X509KeyPair(pairOf(a.issue(t, name, 7)))
		if err != nil {
			t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config
}

func pairOf(certificate, key string) ([]byte, []byte) { return []byte(certificate), []byte(key) }

// encrypted is a program that serves TLS.
type encrypted struct {
	*harness.Service
	authority        *authority
	certificate, key string // paths
	rest, buyers     string // base URLs
}

func startEncrypted(t *testing.T, args ...string) *encrypted {
	t.Helper()
	dir := t.TempDir()
	e := &encrypted{authority: newAuthority(t), certificate: filepath.Join(dir, "tls.crt"), key: filepath.Join(dir, "tls.key")}
	e.rotate(t, 2)
	ca := filepath.Join(dir, "ca.crt")
	write(t, ca, inPEM("CERTIFICATE", e.authority.certificate.Raw))
	args = append([]string{"--tls-cert-file=" + e.certificate, "--tls-key-file=" + e.key, "--tls-client-ca-file=" + ca}, args...)
	e.Service = start(t, args...)
	e.rest = strings.Replace(e.REST, "http:", "https:", 1)
	e.buyers = strings.Replace(e.Buyers, "http:", "https:", 1)
	return e
}

// rotate replaces the server's certificate.
func (e *encrypted) rotate(t *testing.T, serial int64) {
	t.Helper()
	certificate, key := e.authority.issue(t, "localhost", serial)
	write(t, e.key, key)
	write(t, e.certificate, certificate)
}

func overTLS(config *tls.Config) *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true, DisableKeepAlives: true}}
}

func (e *encrypted) dial(t *testing.T, config *tls.Config) pb.CheckoutServiceClient {
	t.Helper()
	conn, err := grpc.NewClient(e.GRPC, grpc.WithTransportCredentials(credentials.NewTLS(config)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return pb.NewCheckoutServiceClient(conn)
}

// TestCertificates: a caller may be known by its certificate or by its token, on both protocols; buyers are asked for none.
func TestCertificates(t *testing.T) {
	till := caller{Name: "till", Certificate: []string{"till.internal.example.com"}, Scopes: both()}
	service := startEncrypted(t, "--buyer-listen=127.0.0.1:0", "--callers-file="+file(t, "callers.json", callersText(t, till, reader)))
	for name, want := range map[string]struct {
		rest int
		grpc codes.Code
	}{"": {401, codes.Unauthenticated}, "till.internal.example.com": {200, codes.OK}, "other.example.com": {401, codes.Unauthenticated}} {
		config := service.authority.client(t, name)
		if got := call(t, overTLS(config), "GET", service.rest+"/v1/checkouts/", ""); got.status != want.rest {
			t.Errorf("%q: %d %s", name, got.status, got.body)
		}
		if _, err := service.dial(t, config).ListCheckouts(t.Context(), &pb.ListCheckoutsRequest{}); status.Code(err) != want.grpc {
			t.Errorf("%q: %v", name, err)
		}
	}
	stranger := overTLS(service.authority.client(t, ""))
	if got := call(t, stranger, "GET", service.rest+"/v1/checkouts/", "", bearer(readerToken)); got.status != 200 {
		t.Errorf("a token without certificate: %d", got.status)
	}
	if got := call(t, stranger, "GET", service.buyers+"/v1/checkouts/client/polar_c_x", ""); got.status != 404 {
		t.Errorf("a buyer: %d", got.status)
	}
	foreign := newAuthority(t).client(t, "till.internal.example.com")
	foreign.RootCAs = service.authority.client(t, "").RootCAs
	if _, err := service.dial(t, foreign).ListCheckouts(t.Context(), &pb.ListCheckoutsRequest{}); err == nil {
		t.Error("another authority's certificate was taken")
	}
	service.Stop(t)
	if !strings.Contains(service.Logs(), `"caller":"file:till"`) {
		t.Error("the log does not name the caller")
	}
}

// TestAnyCertificate: without a list every certificate of the authority may call, and nobody without one gets in.
func TestAnyCertificate(t *testing.T) {
	service := startEncrypted(t)
	if got := call(t, overTLS(service.authority.client(t, "anybody")), "POST", service.rest+"/v1/checkouts/", createBody); got.status != 201 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := call(t, overTLS(service.authority.client(t, "")), "GET", service.rest+"/v1/checkouts/", ""); got.status != 401 {
		t.Errorf("without a certificate: %d", got.status)
	}
}

// TestCertificatesBesidePolarsTokens: where callers bring Polar's tokens, the certificate says who calls and the token passes.
func TestCertificatesBesidePolarsTokens(t *testing.T) {
	till := caller{Name: "till", Certificate: []string{"till.internal.example.com"}, Scopes: both()}
	list := file(t, "callers.json", callersText(t, till))
	for listed, args := range map[bool][]string{true: {"--callers-file=" + list}, false: nil} {
		service := startEncrypted(t, append(args, "--credentials=caller")...)
		for name, want := range map[string]map[bool]int{
			"till.internal.example.com": {true: 200, false: 200}, "other.example.com": {true: 401, false: 200}, "": {true: 401, false: 401},
		} {
			got := call(t, overTLS(service.authority.client(t, name)), "GET", service.rest+"/v1/checkouts/", "", bearer("polar_oat_emulator"))
			if got.status != want[listed] {
				t.Errorf("%q, with a list %t: %d %s", name, listed, got.status, got.body)
			}
		}
	}
}

// TestCertificatesAreCallers: without a list, too, one certificate's owner does not get another one's checkout.
func TestCertificatesAreCallers(t *testing.T) {
	service := startEncrypted(t)
	create := func(config *tls.Config) answer {
		return call(t, overTLS(config), "POST", service.rest+"/v1/checkouts/", createBody, "Idempotency-Key: one")
	}
	one := service.authority.client(t, "one.example.com")
	first, again, other := create(one), create(one), create(service.authority.client(t, "two.example.com"))
	if first.status != 201 || again.body != first.body {
		t.Errorf("the key is not kept: %d, %d", first.status, again.status)
	}
	if other.status != 201 || other.body == first.body {
		t.Error("a caller got another one's checkout")
	}
}

// TestCertificateRotates: the new one is served without a restart, and no call fails meanwhile.
func TestCertificateRotates(t *testing.T) {
	service := startEncrypted(t)
	config := service.authority.client(t, "anybody")
	serial := func() int64 {
		conn, err := (&tls.Dialer{Config: config}).DialContext(t.Context(), "tcp", service.GRPC)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 2 {
		t.Fatal(got)
	}
	service.rotate(t, 3)
	eventually(t, "the new certificate is not served", func() bool { return serial() == 3 })
}

// TestPlainTextIsRefused where TLS is served.
func TestPlainTextIsRefused(t *testing.T) {
	service := startEncrypted(t)
	if _, err := dial(t, service.GRPC).ListCheckouts(t.Context(), &pb.ListCheckoutsRequest{}); err == nil {
		t.Error("gRPC took plain text")
	}
	if got := call(t, plain, "GET", service.REST+"/v1/checkouts/", ""); got.status != 400 {
		t.Errorf("REST took plain text: %d", got.status)
	}
}
