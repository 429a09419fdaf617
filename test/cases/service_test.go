package cases

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/test/book"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// services are the running programs, one for each set of flags that a case asks for.
type services struct {
	polar *book.Polar
	// tokenFile holds the demo organization's token.
	tokenFile string
	running   map[string]*service
}

// service is the real program in front of the emulator.
type service struct {
	*harness.Service
	conn *grpc.ClientConn
	// callers is set where callers bring their own tokens.
	callers bool
}

func newServices(t *testing.T) *services {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(emulator.DefaultToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return &services{polar: book.Start(t), tokenFile: file, running: map[string]*service{}}
}

// with gives the program with these flags, started at the first call. t must outlive all cases.
func (s *services) with(t *testing.T, flags []string) *service {
	t.Helper()
	key := strings.Join(flags, " ")
	if started := s.running[key]; started != nil {
		return started
	}
	s.running[key] = s.start(t, flags)
	return s.running[key]
}

// start runs a program until the end of t.
func (s *services) start(t *testing.T, flags []string) *service {
	t.Helper()
	args := []string{"--polar=" + s.polar.URL, "--log-level=DEBUG"}
	callers := slices.Contains(flags, "--credentials=caller")
	if !callers {
		args = append(args, "--polar-token-file="+s.tokenFile)
	}
	started := &service{Service: harness.Start(t, append(args, flags...)...), callers: callers}
	conn, err := grpc.NewClient(started.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	started.conn = conn
	return started
}
