package limit

import (
	"flag"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

var seeds = flag.Uint64("seeds", 1, "how many worlds TestNeverTooMany tries of each plan")

// eager asks for more than any limit allows.
func eager(gap time.Duration) []driver {
	return []driver{
		{call: merchant, max: 2 * gap},
		{call: buyer, max: 40 * time.Second},
	}
}

// plans try each way to keep the logs. Where Share is 1, nothing but the margin is between us and Polar's number.
var plans = map[string]plan{
	"memory": {
		config: Config{Environment: Production}, drivers: eager(130 * time.Millisecond), lasts: 150 * time.Minute,
		latency: 5 * time.Second, least: 0.95, leastConfirms: 0.75,
	},
	"memory, all of it": {
		config: Config{Environment: Sandbox, Share: 1}, drivers: eager(400 * time.Millisecond), lasts: 150 * time.Minute,
		latency: 5 * time.Second, least: 0.95, leastConfirms: 0.75,
	},
	"restarts without memory": { // few confirms: what they may be is in docs/limits.md
		config:  Config{Environment: Production},
		drivers: []driver{{call: merchant, max: 200 * time.Millisecond}, {call: buyer, min: 5 * time.Minute, max: 6 * time.Minute}},
		lasts:   150 * time.Minute, latency: 5 * time.Second, killMin: 66 * time.Second, killMax: 20 * time.Minute, least: 0.8,
	},
	"restarts with a file": {
		config: Config{Environment: Production, Share: 1}, store: true, drivers: eager(110 * time.Millisecond), lasts: 150 * time.Minute,
		latency: 5 * time.Second, slow: 20 * time.Millisecond, killMax: 4 * time.Minute, least: 0.85, leastConfirms: 0.75,
	},
	"replicas": {
		config: Config{Environment: Sandbox, Share: 1}, store: true, replicas: 4, drivers: eager(time.Second), lasts: 150 * time.Minute,
		latency: 4 * time.Second, slow: 5 * time.Millisecond, killMax: 2 * time.Minute, least: 0.95, leastConfirms: 0.75,
	},
	"replicas whose store fails": {
		config: Config{Environment: Sandbox}, store: true, replicas: 4, drivers: eager(time.Second), lasts: 150 * time.Minute,
		latency: 4 * time.Second, slow: 5 * time.Millisecond, outages: true, least: 0.8, leastConfirms: 0.6,
	},
	"a file that fails": {
		config: Config{Environment: Production, Share: 1}, store: true, drivers: eager(110 * time.Millisecond), lasts: 150 * time.Minute,
		latency: 5 * time.Second, slow: 20 * time.Millisecond, outages: true, least: 0.95, leastConfirms: 0.75,
	},
	"elevated": {
		config:  Config{Environment: Production, Group: Elevated, Share: 1},
		drivers: []driver{{call: merchant, max: 10 * time.Millisecond}, {call: merchantConfirm, max: 100 * time.Millisecond}},
		lasts:   5 * time.Minute, latency: 250 * time.Millisecond, least: 0.95,
	},
	"elevated replicas": {
		config: Config{Environment: Sandbox, Group: Elevated}, store: true, replicas: 3, drivers: eager(40 * time.Millisecond), lasts: 5 * time.Minute,
		latency: 200 * time.Millisecond, slow: 2 * time.Millisecond, killMax: 2 * time.Minute, least: 0.9,
	},
	"bursts after silence": { // Polar has forgotten whose the token is
		config:  Config{Environment: Production, Share: 1},
		drivers: []driver{{call: merchant, burst: 300, min: 280 * time.Second, max: 400 * time.Second}},
		lasts:   6 * time.Hour, latency: 4 * time.Second,
	},
	"bursts of confirms after silence": { // even the elevated group's
		config:  Config{Environment: Production, Group: Elevated},
		drivers: []driver{{call: merchantConfirm, burst: 50, min: 280 * time.Second, max: 400 * time.Second}},
		lasts:   6 * time.Hour, latency: 4 * time.Second,
	},
	"around the end of Polar's memory": {
		config:  Config{Environment: Sandbox, Group: Elevated},
		drivers: []driver{{call: merchantConfirm, burst: 40, min: 285 * time.Second, max: 305 * time.Second}},
		lasts:   24 * time.Hour, latency: time.Second,
	},
}

// TestNeverTooMany is what the package is for: whatever the latencies, restarts and replicas, Polar never answers 429,
// and what it would allow is used.
func TestNeverTooMany(t *testing.T) {
	for name, plan := range plans {
		for seed := range *seeds {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, plan, seed)
					w.run(seed)
					w.check()
				})
			})
		}
	}
}
