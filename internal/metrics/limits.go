package metrics

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/checkoutsvc/checkoutsvc/internal/limit"
)

// limits reads the limiter when somebody asks for its metrics.
type limits struct {
	read                        func() []limit.Load
	waiting, blocked, remaining *prometheus.Desc
}

func newLimits(read func() []limit.Load) *limits {
	const which = "identity" // whom Polar counts a call for
	return &limits{
		read:      read,
		waiting:   prometheus.NewDesc("checkoutsvc_limiter_waiting", "Calls that are held back to keep Polar's limits, by whom Polar counts them for.", []string{which}, nil),
		blocked:   prometheus.NewDesc("checkoutsvc_limiter_blocked_seconds", "How long nothing is sent because Polar answered 429.", []string{which}, nil),
		remaining: prometheus.NewDesc("checkoutsvc_limiter_remaining", "Calls that could be sent at once, by the limit that counts them; of all callers with tokens of their own, the least.", []string{which, "zone"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (l *limits) Describe(to chan<- *prometheus.Desc) {
	to <- l.waiting
	to <- l.blocked
	to <- l.remaining
}

// Collect implements prometheus.Collector.
func (l *limits) Collect(to chan<- prometheus.Metric) {
	for name, load := range merged(l.read()) {
		to <- prometheus.MustNewConstMetric(l.waiting, prometheus.GaugeValue, float64(load.Waiting), name)
		to <- prometheus.MustNewConstMetric(l.blocked, prometheus.GaugeValue, load.Blocked.Seconds(), name)
		if load.API >= 0 {
			to <- prometheus.MustNewConstMetric(l.remaining, prometheus.GaugeValue, float64(load.API), name, string(limit.ZoneAPI))
		}
		if load.Confirms >= 0 {
			to <- prometheus.MustNewConstMetric(l.remaining, prometheus.GaugeValue, float64(load.Confirms), name, string(limit.ZoneConfirm))
		}
	}
}

// merged makes one load of all callers' own tokens: there is no end of them, and their names say nothing to anybody.
func merged(loads []limit.Load) map[string]limit.Load {
	byName := map[string]limit.Load{}
	for _, load := range loads {
		name := load.Identity
		switch {
		case name == limit.Address:
			name = "address"
		case strings.HasPrefix(name, "token:"):
			name = "callers"
		}
		if known, ok := byName[name]; ok {
			load = limit.Load{
				Waiting: known.Waiting + load.Waiting, Blocked: max(known.Blocked, load.Blocked),
				API: min(known.API, load.API), Confirms: min(known.Confirms, load.Confirms),
			}
		}
		byName[name] = load
	}
	return byName
}

func newRefused(registry *prometheus.Registry) map[limit.Zone]prometheus.Counter {
	return counters(registry, "checkoutsvc_limiter_refused_total", "Calls that were refused to keep Polar's limits, by limit.", "zone",
		limit.ZoneAPI, limit.ZonePendingAuth, limit.ZoneConfirm, limit.ZoneClientSecret, limit.ZoneMalformedSecret, limit.ZoneBlocked)
}

// Refused counts a call that the limiter refused.
func (m *Metrics) Refused(zone limit.Zone) { m.refused[zone].Inc() }
