package program

import (
	"regexp"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--version"}} {
		r := run(t, nil, args...)
		if r.code != 0 || r.stderr != "" || !regexp.MustCompile(`^checkoutsvc \S+\n$`).MatchString(r.stdout) {
			t.Errorf("%q: exit %d, %q, %q", args, r.code, r.stdout, r.stderr)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}} {
		r := run(t, nil, args...)
		if r.code != 0 || r.stderr != "" {
			t.Errorf("%q: exit %d, %q", args, r.code, r.stderr)
		}
		for _, command := range []string{"checkoutsvc serve --polar=embedded", "checkoutsvc check", "checkoutsvc emulator", "checkoutsvc version"} {
			if !strings.Contains(r.stdout, command) {
				t.Errorf("%q does not name %s:\n%s", args, command, r.stdout)
			}
		}
	}
	if r := run(t, nil); r.code != usage || !strings.Contains(r.stderr, "checkoutsvc serve --polar=embedded") {
		t.Errorf("no command: exit %d, %q", r.code, r.stderr)
	}
}

// TestHelpNamesEveryFlag: each flag stands there with its environment variable, and nothing of the environment is shown.
func TestHelpNamesEveryFlag(t *testing.T) {
	env := []string{"POLAR_ACCESS_TOKEN=" + token}
	for command, flags := range map[string][]string{
		"serve": {
			"polar", "polar-token-file", "polar-version", "credentials", "client-token", "grpc-listen", "rest-listen", "rest-prefix",
			"other-paths", "cors-origins", "emulator-listen", "store", "store-key-file", "store-ca-file",
			"confirm-guard", "polar-share", "log-level", "drain-timeout", "drain-delay", "polar-limits", "admin-listen",
			"metrics-listen", "organizations-file", "tls-cert-file", "tls-key-file", "tls-client-ca-file", "callers-file",
			"jwt-jwks", "jwt-issuer", "jwt-audience", "jwt-algorithms", "jwt-requests-per-second", "allow-unauthenticated-callers",
			"probe-every", "client-operations", "buyer-listen", "buyer-requests-per-second", "buyer-ip-header", "trusted-proxies",
		},
		"check":    {"polar", "polar-token-file", "polar-version", "store", "callers-file", "organizations-file", "tls-cert-file", "jwt-jwks"},
		"emulator": {"listen", "token"},
	} {
		r := run(t, env, command, "-h")
		if r.code != 0 {
			t.Errorf("%s -h: exit %d", command, r.code)
		}
		help := r.stdout + r.stderr
		for _, flag := range flags {
			variable := "CHECKOUTSVC_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
			if command == "emulator" { // CHECKOUTSVC_TOKEN is a caller's
				variable = strings.Replace(variable, "_", "_EMULATOR_", 1)
			}
			if !regexp.MustCompile(`(?m)^  --` + flag + `  \(` + variable + `\b`).MatchString(help) {
				t.Errorf("%s -h does not show --%s with %s:\n%s", command, flag, variable, help)
			}
		}
	}
}

// TestEnvironment: a variable stands for a flag that was not given, and a flag wins.
func TestEnvironment(t *testing.T) {
	env := []string{"CHECKOUTSVC_POLAR=embedded", "CHECKOUTSVC_REST_PREFIX=wrong", "CHECKOUTSVC_GRPC_LISTEN=0.0.0.0:1"}
	for _, c := range []struct {
		args []string
		says string
	}{
		{serve(), `--rest-prefix: "wrong"`},
		{serve("--rest-prefix=/right"), `--grpc-listen: "0.0.0.0:1"`},
		{serve("--rest-prefix=/right", "--grpc-listen=127.0.0.1:0", "--polar="), "--polar says which Polar"},
	} {
		if r := run(t, env, c.args...); r.code != usage || !strings.Contains(r.stderr, c.says) {
			t.Errorf("%q: exit %d, want %q in:\n%s", c.args, r.code, c.says, r.stderr)
		}
	}
}
