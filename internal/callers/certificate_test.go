package callers_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net/url"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/checkoutsvc/checkoutsvc/internal/callers"
)

// The certificates of these tests have no key; shopByKey is who has no name but a common one.
const (
	noKey     = "e3b0c44298fc1c14"
	shopByKey = "CN=shop,key:" + noKey
)

func TestAnyCertificate(t *testing.T) {
	caller, err := callers.AnyCertificate{}.Authenticate(t.Context(), withCertificate("shop", nil))
	if err != nil || caller.Key() != "certificate:"+shopByKey || caller.Scopes != callers.Read|callers.Write || caller.Organizations != nil {
		t.Errorf("%+v, %v", caller, err)
	}
	spiffe, _ := url.Parse("spiffe://example.com/shop")
	for want, certificate := range map[string]*x509.Certificate{
		"spiffe://example.com/shop": {URIs: []*url.URL{spiffe}, DNSNames: []string{"shop.example.com"}},
		"shop.example.com":          {DNSNames: []string{"shop.example.com"}, Subject: pkix.Name{CommonName: "shop"}},
		"key:" + noKey:              {},
	} {
		caller, err := callers.AnyCertificate{}.Authenticate(t.Context(), callers.Credentials{Certificates: []*x509.Certificate{certificate}})
		if err != nil || caller.Name != want {
			t.Errorf("%s: %+v, %v", want, caller, err)
		}
	}
	if _, err := (callers.AnyCertificate{}).Authenticate(t.Context(), withToken("x")); outcome(nil, err) != "missing" {
		t.Error(err)
	}
}

// TestAnyCertificateAfterJWT: a certificate does not lift what a JWT narrows, nor mend one that is bad.
func TestAnyCertificateAfterJWT(t *testing.T) {
	both := callers.Chain{newJWT(t, config(t, jwks(t, "ec"))), callers.AnyCertificate{}}
	shop := withCertificate("shop", nil)
	narrow := sign(t, jose.ES256, keys()["ec"], "ec", with("scope", "checkouts:read"))
	for token, want := range map[string]string{"": shopByKey, "polar_oat_x": shopByKey, narrow: "shop", narrow + "x": "invalid"} {
		shop.Authorization = "Bearer " + token
		caller, err := both.Authenticate(t.Context(), shop)
		if got := outcome(caller, err); got != want {
			t.Errorf("%.12s: %s, want %s", token, got, want)
		}
		if want == "shop" && caller.Scopes != callers.Read {
			t.Errorf("the certificate adds scopes: %s", caller.Scopes)
		}
	}
}

func TestCertificatesOnly(t *testing.T) {
	file, _ := open(t, listed)
	only := callers.CertificatesOnly{Authenticator: callers.Chain{file}}
	reports := withCertificate("reports", nil)
	reports.Authorization = "Bearer polar_oat_x"
	if caller, err := only.Authenticate(t.Context(), reports); outcome(caller, err) != "reports" {
		t.Error("the token that is Polar's was looked at:", err)
	}
	if _, err := only.Authenticate(t.Context(), withToken("reports")); outcome(nil, err) != "missing" {
		t.Error("a token was taken for a credential:", err)
	}
}
