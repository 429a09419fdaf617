package pemfile_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/pemfile"
)

// authority is one in PEM form.
func authority(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return block("CERTIFICATE", der)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// TestDamage: whoever loses an authority hears of it before its callers do.
func TestDamage(t *testing.T) {
	one, other := authority(t), authority(t)
	for name, c := range map[string]struct{ text, want string }{
		"both":                       {one + other, ""},
		"with comments":              {"one:\n" + one + "\r\nother:\r\n" + strings.ReplaceAll(other, "\n", "\r\n"), ""},
		"nothing":                    {"", "no certificate"},
		"no PEM":                     {"hello", "no certificate"},
		"the end is missing":         {one + other[:len(other)/2], "1 of its 2 PEM blocks are damaged"},
		"the start is missing":       {one[len(one)/2:] + other, "1 of its 2 PEM blocks are damaged"},
		"the middle is missing":      {one[:len(one)/2] + "\n" + other[len(other)/2:], "block"},
		"a character that is none":   {one + strings.Replace(other, "\nM", "\n*", 1), "1 of its 2 PEM blocks are damaged"},
		"the first is damaged":       {strings.Replace(one, "\nM", "\n*", 1) + other, "1 of its 2 PEM blocks are damaged"},
		"no certificate in a block":  {one + block("CERTIFICATE", []byte("hello")), "block 2 is no certificate"},
		"another kind":               {one + block("PRIVATE KEY", []byte("hello")), "1 of its 2 blocks"},
		"no certificate but its end": {"-----END CERTIFICATE-----\n", "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ca.pem")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := pemfile.Authorities(path)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path)):
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// TestOtherKinds: a certificate's file may hold its key too.
func TestOtherKinds(t *testing.T) {
	all, err := pemfile.Certificates([]byte(authority(t) + block("PRIVATE KEY", []byte("hello")) + authority(t)))
	if err != nil || len(all) != 2 {
		t.Errorf("%d certificates, %v", len(all), err)
	}
}
