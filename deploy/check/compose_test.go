package check

import (
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// The library is the one that `docker compose` reads its files with, schema included.
func compose(t *testing.T, environment ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{"../compose.yaml"}, cli.WithEnv(environment), cli.WithResolvedPaths(true))
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(t.Context())
}

func TestComposeFile(t *testing.T) {
	project, err := compose(t, "REDIS_PASSWORD=secret")
	if err != nil {
		t.Fatal(err)
	}
	service, err := project.GetService("checkoutsvc")
	if err != nil {
		t.Fatal(err)
	}
	known := flags(t)
	for _, argument := range service.Command[1:] {
		if flag, _, _ := strings.Cut(argument, "="); !known[flag] {
			t.Errorf("there is no flag %s", flag)
		}
	}
	if grace := time.Duration(*service.StopGracePeriod); grace < (65+toClose)*time.Second {
		t.Errorf("stop_grace_period %s does not outlast the drain", grace)
	}
	for _, port := range service.Ports {
		if port.HostIP != "127.0.0.1" {
			t.Errorf("port %d is open to the network", port.Target)
		}
	}
	if redis, _ := project.GetService("redis"); !strings.Contains(strings.Join(redis.Command, " "), "noeviction") {
		t.Errorf("Redis may forget: %s", redis.Command)
	}
}

func TestComposeFileWantsAPassword(t *testing.T) {
	if _, err := compose(t); err == nil || !strings.Contains(err.Error(), "set it in deploy/.env") {
		t.Errorf("without REDIS_PASSWORD: %v", err)
	}
}
