package store_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

func TestRedisComesBack(t *testing.T) {
	for name, options := range map[string][]func(*testing.T, *storetest.Redis){"plain": nil, "TLS": {storetest.WithTLS}} {
		t.Run(name, func(t *testing.T) {
			server := storetest.StartRedis(t, options...)
			s := open(t, server.URL(), store.Options{CAFile: server.CAFile})
			swap(t, s, "k", "", "before", 0)

			server.Stop()
			start := time.Now()
			_, err := s.Get(t.Context(), "k")
			wantUnavailable(t, err)
			_, err = s.CompareAndSwap(t.Context(), "k", nil, []byte("x"), 0)
			wantUnavailable(t, err)
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("a server that is down was noticed after %v", took)
			}

			server.Start(t)
			if !swap(t, s, "k", "", "after", 0) || get(t, s, "k") != "after" {
				t.Error("the server is back, and unused")
			}
		})
	}
}

// TestRedisStaleConnections cuts the connections and not the server, as a firewall or a restart between two calls does.
func TestRedisStaleConnections(t *testing.T) {
	for name, options := range map[string][]func(*testing.T, *storetest.Redis){"plain": nil, "TLS": {storetest.WithTLS}} {
		t.Run(name, func(t *testing.T) {
			server := storetest.StartRedis(t, options...)
			s := open(t, server.URL(), store.Options{CAFile: server.CAFile})
			swap(t, s, "k", "", "v", 0)
			server.Stop()
			server.Start(t)
			if !swap(t, s, "k", "", "w", 0) {
				t.Error("not swapped")
			}
			server.Stop()
			server.Start(t)
			if got := get(t, s, "k"); got != "" {
				t.Errorf("got %q from a new server", got)
			}
		})
	}
}

func TestRedisThatIsDownAtTheStart(t *testing.T) {
	server := storetest.StartRedis(t)
	server.Stop()
	s := open(t, server.URL(), store.Options{KeyFile: keyFile(t, 1)})
	_, err := s.Get(t.Context(), "k")
	wantUnavailable(t, err)

	server.Start(t)
	if !swap(t, s, "k", "", "v", 0) {
		t.Error("not swapped")
	}
	_, err = store.Open(t.Context(), server.URL(), store.Options{})
	wantKeyError(t, err)
}

func TestRedisThatHangs(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := open(t, "redis://"+l.Addr().String(), store.Options{})
	start := time.Now()
	_, err = s.Get(t.Context(), "k")
	wantUnavailable(t, err)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v to notice", took)
	}
}

func TestRedisThatAnOperatorMustMend(t *testing.T) {
	open := storetest.StartRedis(t, storetest.WithPassword)
	secured := storetest.StartRedis(t, storetest.WithTLS)
	otherCA, _ := storetest.Certificate(t)
	for name, test := range map[string]struct {
		url, caFile, want string
	}{
		"no password":       {url: "redis://127.0.0.1:" + open.Port, want: "NOAUTH"},
		"wrong password":    {url: "redis://:wr0ng@127.0.0.1:" + open.Port, want: "WRONGPASS"},
		"unknown authority": {url: secured.URL(), caFile: otherCA, want: "certificate signed by unknown authority"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.Open(t.Context(), test.url, store.Options{CAFile: test.caFile})
			wantOneLine(t, err, test.want)
			if err != nil && strings.Contains(err.Error(), "wr0ng") {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}
