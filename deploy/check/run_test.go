package check

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// run carries a command out in folder, with environment besides the process's own, and puts its output into the error.
func run(folder string, environment []string, name string, args ...string) error {
	command := exec.Command(name, args...)
	command.Dir = folder
	command.Env = append(os.Environ(), environment...)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, output)
	}
	return nil
}
