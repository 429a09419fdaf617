package check

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coreos/go-systemd/v22/unit"
)

const unitFile = "../systemd/checkoutsvc.service"

// exposure is the most that `systemd-analyze security` may find, of 100.
const exposure = "15"

// systemd itself knows every directive and its values.
func TestUnitIsSoundForSystemd(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	text := strings.ReplaceAll(read(t, unitFile), "/usr/local/bin/checkoutsvc", binary(t))
	path := filepath.Join(t.TempDir(), "checkoutsvc.service")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify", "--man=no", path}, {"security", "--offline=yes", "--threshold=" + exposure, path}} {
		output, err := exec.CommandContext(t.Context(), analyze, args...).CombinedOutput()
		// verify only warns of a directive that it does not know.
		if err != nil || strings.Contains(string(output), path+":") {
			t.Errorf("systemd-analyze %s: %v: %s", args[0], err, output)
		}
	}
}

func TestUnitStopsAndRestarts(t *testing.T) {
	options, err := unit.DeserializeOptions(strings.NewReader(read(t, unitFile)))
	if err != nil {
		t.Fatal(err)
	}
	if stop := duration(t, option(options, "TimeoutStopSec")+"s"); stop < 65+toClose {
		t.Errorf("systemd kills the service after %d s, a drain takes up to 65 s", stop)
	}
	if status := option(options, "RestartPreventExitStatus"); status != "2" {
		t.Errorf("a mistake in the flags (exit code 2) is tried again and again: %q", status)
	}
}

func option(all []*unit.UnitOption, name string) string {
	for _, one := range all {
		if one.Name == name {
			return one.Value
		}
	}
	return ""
}

// Each variable, commented out or not, is a flag of the program.
func TestEnvironmentFileNamesFlags(t *testing.T) {
	known := flags(t)
	variables := 0
	for lines := bufio.NewScanner(strings.NewReader(read(t, "../systemd/checkoutsvc.env"))); lines.Scan(); {
		name, found := strings.CutPrefix(strings.TrimPrefix(lines.Text(), "#"), "CHECKOUTSVC_")
		if !found {
			continue
		}
		name, _, _ = strings.Cut(name, "=")
		if flag := "--" + strings.ToLower(strings.ReplaceAll(name, "_", "-")); !known[flag] {
			t.Errorf("CHECKOUTSVC_%s: there is no flag %s", name, flag)
		}
		variables++
	}
	if variables == 0 {
		t.Error("no variables")
	}
}
