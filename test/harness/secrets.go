package harness

import (
	"regexp"
	"strings"
)

// secretForm matches the tokens and client secrets of Polar, and the payment processor's secrets that it hands on.
var secretForm = regexp.MustCompile(`polar_(oat|pat|c|cst|mst|whs)_[A-Za-z0-9_-]{8,}|(pi|seti|cuss)_[A-Za-z0-9]+_secret_|(?i:bearer )[A-Za-z0-9]`)

// leak is the first line that shows a secret, "" if none does.
func leak(logs string, secrets []string) string {
	for line := range strings.Lines(logs) {
		if secretForm.MatchString(line) {
			return line
		}
		for _, secret := range secrets {
			if strings.Contains(line, secret) {
				return line
			}
		}
	}
	return ""
}
