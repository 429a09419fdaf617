package callers

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
)

// AnyCertificate lets every program in whose certificate TLS has verified, with all scopes and no organizations: the
// authority alone decides who may call.
type AnyCertificate struct{}

// FromCertificate is where AnyCertificate recognizes callers.
const FromCertificate = "certificate"

// Authenticate implements Authenticator.
func (AnyCertificate) Authenticate(_ context.Context, c Credentials) (*Caller, error) {
	if len(c.Certificates) == 0 {
		return nil, ErrMissing
	}
	return &Caller{Name: nameIn(c.Certificates[0]), Source: FromCertificate, Scopes: Read | Write}, nil
}

// nameIn tells one certificate's owner from every other's: by the first URI, as SPIFFE has it, or the first DNS name. A
// subject alone may be another's too, or empty, and so has the key's hash behind it.
func nameIn(certificate *x509.Certificate) string {
	if len(certificate.URIs) > 0 && checkName(certificate.URIs[0].String()) == nil {
		return certificate.URIs[0].String()
	}
	if len(certificate.DNSNames) > 0 && checkName(certificate.DNSNames[0]) == nil {
		return certificate.DNSNames[0]
	}
	key := sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
	name := "key:" + hex.EncodeToString(key[:8])
	if checkName(certificate.Subject.CommonName) == nil {
		name = "CN=" + certificate.Subject.CommonName + "," + name
	}
	return name
}

// CertificatesOnly asks another authenticator about certificates alone, where the Authorization is not meant for this service.
type CertificatesOnly struct{ Authenticator }

// Authenticate implements Authenticator.
func (a CertificatesOnly) Authenticate(ctx context.Context, c Credentials) (*Caller, error) {
	return a.Authenticator.Authenticate(ctx, Credentials{Certificates: c.Certificates})
}
