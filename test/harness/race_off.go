//go:build !race

package harness

const raceSuffix = ""

var raceFlags []string
