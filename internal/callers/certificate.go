package callers

import "context"

// AnyCertificate lets every program in whose certificate TLS has verified, with all scopes and no organizations: the
// authority alone decides who may call. A caller's name is the certificate's subject. In a Chain it stands last: a JWT says more.
type AnyCertificate struct{}

// FromCertificate is where AnyCertificate recognizes callers.
const FromCertificate = "certificate"

// Authenticate implements Authenticator.
func (AnyCertificate) Authenticate(_ context.Context, c Credentials) (*Caller, error) {
	if len(c.Certificates) == 0 {
		return nil, ErrMissing
	}
	return &Caller{Name: c.Certificates[0].Subject.String(), Source: FromCertificate, Scopes: Read | Write}, nil
}

// CertificatesOnly asks another authenticator about certificates alone, where the Authorization is not meant for this service.
type CertificatesOnly struct{ Authenticator }

// Authenticate implements Authenticator.
func (a CertificatesOnly) Authenticate(ctx context.Context, c Credentials) (*Caller, error) {
	return a.Authenticator.Authenticate(ctx, Credentials{Certificates: c.Certificates})
}
