package telemetry_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// eventually wants a line among the metrics, soon.
func eventually(t *testing.T, service *harness.Service, line string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if _, text := send(t, http.MethodGet, service.Admin+"/metrics", "", nil); strings.Contains(text, "\n"+line+"\n") {
			return
		}
		<-time.After(100 * time.Millisecond)
	}
	t.Errorf("there is no %s", line)
}

// TestRefusedCallersAndBrokenFilesAreSeen follows what an operator is alarmed by.
func TestRefusedCallersAndBrokenFilesAreSeen(t *testing.T) {
	t.Parallel()
	file := harness.CallersFile(t, callerToken)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	service := harness.Start(t, "--callers-file="+file)
	send(t, http.MethodGet, service.REST+"/v1/checkouts/", "", map[string]string{"Authorization": "Bearer " + strangerToken})
	send(t, http.MethodGet, service.REST+"/v1/checkouts/", "", nil)
	eventually(t, service, `checkoutsvc_callers_refused_total{reason="INVALID_TOKEN"} 1`)
	eventually(t, service, `checkoutsvc_callers_refused_total{reason="UNAUTHORIZED"} 1`)
	eventually(t, service, `checkoutsvc_reload_failed{what="callers"} 0`)
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, service, `checkoutsvc_reload_failed{what="callers"} 1`)
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, service, `checkoutsvc_reload_failed{what="callers"} 0`)
}

// TestTheCertificatesEndIsSeen: the metric is the time that stands in the file.
func TestTheCertificatesEndIsSeen(t *testing.T) {
	t.Parallel()
	notAfter := time.Now().Add(240 * time.Hour).Truncate(time.Second)
	certificate, key := certificateUntil(t, notAfter)
	service := harness.Start(t, "--tls-cert-file="+certificate, "--tls-key-file="+key)
	_, text := send(t, http.MethodGet, service.Admin+"/metrics", "", nil)
	var found float64
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, `checkoutsvc_certificate_expires_timestamp_seconds{certificate="server"} `); ok {
			_, _ = fmt.Sscan(value, &found)
		}
	}
	if int64(found) != notAfter.Unix() {
		t.Errorf("the certificate is over at %.0f, want %d", found, notAfter.Unix())
	}
}

// certificateUntil writes a certificate of its own and its key.
func certificateUntil(t *testing.T, notAfter time.Time) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: notAfter, DNSNames: []string{"localhost"}}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return inFile(t, "CERTIFICATE", signed), inFile(t, "PRIVATE KEY", der)
}

func inFile(t *testing.T, kind string, der []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestNothingTwiceIsSeen: repeated creates, and a confirm whose outcome nobody knows.
func TestNothingTwiceIsSeen(t *testing.T) {
	t.Parallel()
	service := harness.Start(t)
	create := func(body string) string {
		_, answer := send(t, http.MethodPost, service.REST+"/v1/checkouts/", body, map[string]string{"Idempotency-Key": orderName})
		return answer
	}
	var made struct {
		ClientSecret string `json:"client_secret"`
	}
	if err := json.Unmarshal([]byte(create(createBody)), &made); err != nil {
		t.Fatal(err)
	}
	create(createBody)
	create(strings.Replace(createBody, email, "another@example.com", 1))
	for _, outcome := range []string{"made", "replayed", "reused"} {
		eventually(t, service, `checkoutsvc_idempotency_total{outcome="`+outcome+`"} 1`)
	}
	eventually(t, service, `checkoutsvc_guards_standing 0`)
	send(t, http.MethodPost, service.Polar+"/_emulator/next", `{"method":"POST","path":"/confirm","cut":true}`, nil)
	send(t, http.MethodPost, service.REST+"/v1/checkouts/client/"+made.ClientSecret+"/confirm", `{"confirmation_token_id":"`+confirmation+`"}`, nil)
	eventually(t, service, `checkoutsvc_guards_standing 1`)
	eventually(t, service, `checkoutsvc_failures_total{reason="OUTCOME_UNKNOWN"} 1`)
	send(t, http.MethodPost, service.REST+"/v1/checkouts/client/"+made.ClientSecret+"/confirm", `{"confirmation_token_id":"another"}`, nil)
	eventually(t, service, `checkoutsvc_failures_total{reason="CONFIRM_OUTCOME_UNKNOWN"} 1`)
}
