//go:build race

package harness

const raceSuffix = "-race"

var raceFlags = []string{"-race"}
