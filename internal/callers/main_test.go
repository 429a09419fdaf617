package callers_test

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/internal/callers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// write replaces the file by another: in a bubble two writings of one file can have the same time and size.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".next", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".next", path); err != nil {
		t.Fatal(err)
	}
}

// open reads a file with this text; the test fails if a reload does.
func open(t *testing.T, text string) (*callers.File, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "callers.json")
	write(t, path, text)
	file, err := callers.OpenFile(path, func(err error) { t.Error("told of", err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(file.Close)
	return file, path
}

func withToken(token string) callers.Credentials {
	return callers.Credentials{Authorization: "Bearer " + token}
}

// withCertificate is what TLS hands on after verifying a certificate with these names.
func withCertificate(commonName string, dnsNames []string, uris ...string) callers.Credentials {
	certificate := &x509.Certificate{Subject: pkix.Name{CommonName: commonName}, DNSNames: dnsNames}
	for _, text := range uris {
		uri, _ := url.Parse(text)
		certificate.URIs = append(certificate.URIs, uri)
	}
	return callers.Credentials{Certificates: []*x509.Certificate{certificate, {Subject: pkix.Name{CommonName: "the authority"}}}}
}

// pass lets time go by in a synctest bubble.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}
