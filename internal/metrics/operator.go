package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
)

// The things that are read anew while the service runs, for Sources.Reloads.
const (
	Callers       = "callers"
	Organizations = "organizations"
	Token         = "token"
	TLS           = "tls"
	JWTKeys       = "jwt_keys"
)

// operatorGauges show what an operator has set up, when somebody asks.
func operatorGauges(sources Sources) (all []prometheus.Collector) {
	gauge := func(name, help, label, value string, now func() float64) {
		all = append(all, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: prometheus.Labels{label: value}}, now))
	}
	for what, problem := range sources.Reloads {
		gauge("checkoutsvc_reload_failed", "1 while what was read before is in use because it could not be read anew, by what it is.", "what", what,
			func() float64 { return flag(problem() != "") })
	}
	for name, notAfter := range sources.Certificates {
		gauge("checkoutsvc_certificate_expires_timestamp_seconds", "When a certificate of this service is over, as Unix time.", "certificate", name,
			func() float64 { return float64(notAfter().Unix()) })
	}
	if sources.Probe == nil {
		sources.Probe = func() (token, version bool) { return false, false }
	}
	const probed = "1 if Polar refused it when it was tried last, by what it is: token or version."
	gauge("checkoutsvc_probe_failed", probed, "what", "token", func() float64 { token, _ := sources.Probe(); return flag(token) })
	gauge("checkoutsvc_probe_failed", probed, "what", "version", func() float64 { _, version := sources.Probe(); return flag(version) })
	return all
}

// newRefusedCallers counts calls that were refused because of who made them.
func newRefusedCallers(registry *prometheus.Registry) map[string]prometheus.Counter {
	return counters(registry, "checkoutsvc_callers_refused_total", "Calls that were refused because of who made them, by the reason in their ErrorInfo.", "reason",
		"UNAUTHORIZED", "INVALID_TOKEN", "INSUFFICIENT_SCOPE", "ORGANIZATION_NOT_PERMITTED", "CALLER_RATE_LIMITED", otherwise)
}
