package server

import (
	"github.com/checkoutsvc/checkoutsvc/internal/probe"
)

// newProbe asks Polar now and then whether it still takes the service's tokens and the pinned version, where the service
// has any and Polar is no play; else it is nil.
func newProbe(config *Config, o *outbound) *probe.Probe {
	if config.ProbeEvery == 0 || config.Polar.ForwardAuthorization || config.Embedded != nil {
		return nil
	}
	made := probe.Config{Polar: o.calls, Refresh: config.RefreshToken, Every: config.ProbeEvery, Logger: config.Logger}
	if config.Organizations != nil {
		made.Organizations = config.Organizations.IDs
	}
	return probe.New(made)
}

// refused is what is to be done when Polar refuses a call for what is ours; nil where nothing is asked.
func (o *outbound) refused() func() {
	if o.probe == nil {
		return nil
	}
	return o.probe.Now
}

// refusedAtPolar is what the probe found refused when it asked last.
func (o *outbound) refusedAtPolar() (token, version bool) {
	if o.probe == nil {
		return false, false
	}
	for _, verdict := range o.probe.Verdicts() {
		token = token || verdict.Kind == probe.TokenRejected || verdict.Kind == probe.ScopeMissing
		version = version || verdict.Kind == probe.VersionRejected
	}
	return token, version
}
