package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// operator are the series of what an operator has set up: files that are read anew, certificates, the token.
type operator struct {
	reload, probe, certificate *prometheus.GaugeVec
	refused                    *prometheus.CounterVec
}

// The things that are read anew while the service runs, for Reloaded.
const (
	Callers       = "callers"
	Organizations = "organizations"
	Certificate   = "certificate"
	Token         = "token"
	JWKS          = "jwks"
)

// Version is, beside Token, what is probed at Polar, for Probed.
const Version = "version"

func newOperator(registry *prometheus.Registry) operator {
	gauge := func(name, help, label string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{label})
	}
	o := operator{
		reload:      gauge("checkoutsvc_reload_failed", "1 while what was read last is in use because it could not be read anew, by what it is.", "what"),
		probe:       gauge("checkoutsvc_probe_failed", "1 if Polar refused it when it was tried last, by what it is: token or version.", "what"),
		certificate: gauge("checkoutsvc_certificate_expires_timestamp_seconds", "When a certificate of this service is over, as Unix time.", "certificate"),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "checkoutsvc_callers_refused_total", Help: "Calls that were refused because of who made them, by reason.",
		}, []string{"reason"}),
	}
	registry.MustRegister(o.reload, o.probe, o.certificate, o.refused)
	for _, what := range []string{Callers, Organizations, Certificate, Token, JWKS} {
		o.reload.WithLabelValues(what)
	}
	for _, what := range []string{Token, Version} {
		o.probe.WithLabelValues(what)
	}
	for _, reason := range []Refusal{NoCredential, WrongCredential, MissingScope, OtherOrganization, TooManyCalls} {
		o.refused.WithLabelValues(string(reason))
	}
	return o
}

// Reloaded says how reading something anew went; what is one of the constants, such as Callers.
func (m *Metrics) Reloaded(what string, err error) {
	m.operator.reload.WithLabelValues(what).Set(flag(err != nil))
}

// Probed says whether Polar took the Token or the Version when it was tried. A try without an answer is no news.
func (m *Metrics) Probed(what string, accepted bool) {
	m.operator.probe.WithLabelValues(what).Set(flag(!accepted))
}

// CertificateExpires says until when a certificate is valid; name is a short word of ours and no file's.
func (m *Metrics) CertificateExpires(name string, notAfter time.Time) {
	m.operator.certificate.WithLabelValues(name).Set(float64(notAfter.Unix()))
}

// Refusal is why a caller was refused.
type Refusal string

// The reasons.
const (
	NoCredential      Refusal = "no_credential"    //nolint:gosec // a reason and no credential
	WrongCredential   Refusal = "wrong_credential" //nolint:gosec // the same
	MissingScope      Refusal = "missing_scope"
	OtherOrganization Refusal = "other_organization"
	TooManyCalls      Refusal = "too_many_calls"
)

// CallerRefused counts a call that was refused because of who made it.
func (m *Metrics) CallerRefused(reason Refusal) {
	m.operator.refused.WithLabelValues(string(reason)).Inc()
}
