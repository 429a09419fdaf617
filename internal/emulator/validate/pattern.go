package validate

import (
	"regexp"
	"sync"
)

// pattern compiles expression when it is first needed: the service starts without the emulator more often than with it.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
