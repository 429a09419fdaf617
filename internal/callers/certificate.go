package callers

import "context"

// AnyCertificate lets every program in whose certificate TLS has verified, with all scopes and no organizations: the
// authority alone decides who may call. A caller's name is the certificate's subject.
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
