package check

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// The real program starts with the arguments of the pod and the secrets that it mounts, answers the pod's probes where they
// look, and stops within the grace period.
func TestProgramStartsAsTheChartStartsIt(t *testing.T) {
	for name, values := range installations {
		t.Run(name, func(t *testing.T) {
			pod := deployment(t, values).Spec.Template.Spec
			metrics := startPod(t, pod)
			for _, probe := range []*corev1.Probe{pod.Containers[0].LivenessProbe, pod.Containers[0].ReadinessProbe} {
				response, err := http.Get("http://" + metrics + probe.HTTPGet.Path)
				if err != nil {
					t.Fatal(err)
				}
				_ = response.Body.Close()
				if response.StatusCode != http.StatusOK || probe.HTTPGet.Port.StrVal != "metrics" {
					t.Errorf("%s at port %s: %s", probe.HTTPGet.Path, probe.HTTPGet.Port.StrVal, response.Status)
				}
			}
		})
	}
}

// startPod runs the container's command on ports of the system's choice, and returns where it serves health and metrics.
func startPod(t *testing.T, pod corev1.PodSpec) (metrics string) {
	t.Helper()
	root := secrets(t)
	metrics = freeAddress(t)
	var args []string
	for _, argument := range pod.Containers[0].Args {
		flag, value, _ := strings.Cut(argument, "=")
		if flag == "--store-ca-file" { // of Redis, which is not here
			continue
		}
		value = strings.NewReplacer("/etc/checkoutsvc/", root+"/", "/var/lib/checkoutsvc/", root+"/").Replace(value)
		switch {
		case flag == "--metrics-listen":
			value = metrics
		case strings.HasSuffix(flag, "-listen"):
			value = "127.0.0.1:0"
		case flag == "--polar" && value != "embedded":
			value = "http://127.0.0.1:9" // nobody there, and nothing leaves this machine
		case flag == "--otlp-endpoint":
			value = "http://127.0.0.1:9"
		case flag == "--jwt-jwks":
			value = filepath.Join(root, "jwks.json")
		case flag == "--drain-delay":
			value = "0s"
		}
		args = append(args, strings.TrimSuffix(flag+"="+value, "="))
	}
	for _, variable := range pod.Containers[0].Env {
		if variable.Name == "CHECKOUTSVC_STORE" { // Redis, which is not here
			args = append(args, "--store=file:"+filepath.Join(root, "store.db"))
		}
	}
	start(t, append(args, "--admin-listen=127.0.0.1:0", "--emulator-listen=127.0.0.1:0"))
	return metrics
}

// start runs the program until the test's end, and returns once it listens.
func start(t *testing.T, args []string) {
	t.Helper()
	command := exec.Command(binary(t), args...)
	logs, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := command.Wait(); err != nil {
			t.Errorf("checkoutsvc %s: %v", strings.Join(args, " "), err)
		}
	})
	lines := bufio.NewScanner(logs)
	for said := ""; lines.Scan(); said += lines.Text() + "\n" {
		if strings.Contains(lines.Text(), `"msg":"listening"`) {
			go func() { // or its pipe fills
				for lines.Scan() {
				}
			}()
			return
		}
		if !strings.HasPrefix(lines.Text(), "{") {
			t.Errorf("checkoutsvc %s: %s", strings.Join(args, " "), lines.Text())
		}
	}
	t.FailNow()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// secrets are what the pod finds mounted.
func secrets(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	hash := sha256.Sum256([]byte("a caller's token"))
	callers, err := json.Marshal(map[string]any{"callers": []any{map[string]any{
		"name": "shop", "token_sha256": []string{hex.EncodeToString(hash[:])}, "scopes": []string{"checkouts:read"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	certificate, key := certificate(t)
	for name, content := range map[string]string{
		"polar/token":                      "polar_oat_test",
		"organizations/organizations.json": `{"organizations": [{"id": "8e6f2c1a-0c1f-4f9a-9d65-0f6d8b1a2c3d", "token": "polar_oat_test"}]}`,
		"callers/callers.json":             string(callers),
		"tls/tls.crt":                      certificate,
		"tls/tls.key":                      key,
		"tls/ca.crt":                       certificate,
		"redis-ca/ca.crt":                  certificate,
		"sealing/key":                      strings.Repeat("k", 32),
		"jwks.json":                        `{"keys": [{"kid": "1", "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}`,
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// certificate is one that signs itself, with its key, in PEM form.
func certificate(t *testing.T) (chain, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}))
}
