package checkouts_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

func TestDialSpeaksPlainTextOnThisMachineOnly(t *testing.T) {
	for target, plain := range map[string]bool{
		"127.0.0.1:9090":                    true,
		"127.1.2.3:9090":                    true,
		"[::1]:9090":                        true,
		"localhost:9090":                    true,
		"localhost":                         true,
		":9090":                             true,
		"dns:///localhost:9090":             true,
		"passthrough:///127.0.0.1:9090":     true,
		"unix:checkouts.sock":               true,
		"unix:///run/checkouts.sock":        true,
		"10.0.0.1:9090":                     false,
		"0.0.0.0:9090":                      false,
		"[2001:db8::1]:9090":                false,
		"passthrough:///192.0.2.1:9090":     false,
		"passthrough:///checkouts.internal": false,
		"passthrough:///localhost@evil:443": false,
		"passthrough:///localhost.evil:443": false,
		"passthrough:///127.0.0.1.evil:443": false,
		"passthrough://evil/localhost:9090": false,
	} {
		t.Run(target, func(t *testing.T) {
			first := firstByte(t, target)
			if got := first == 'P'; got != plain { // of HTTP/2's PRI; a TLS handshake begins with 0x16
				t.Errorf("the first byte is %#x", first)
			}
		})
	}
}

// firstByte is what a client sends first to a target.
func firstByte(t *testing.T, target string) byte {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { here.Close() })
	client, err := checkouts.Dial(target, grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return there, nil }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = methods["CreateCheckout"](ctx, client)
	}()
	var first [1]byte
	if _, err := here.Read(first[:]); err != nil {
		t.Error(err)
	}
	cancel()
	<-done
	return first[0]
}

func TestDialTakesExplicitCredentials(t *testing.T) {
	for name, transport := range map[string]credentials.TransportCredentials{
		"TLS":   credentials.NewTLS(nil),
		"plain": insecure.NewCredentials(),
	} {
		client, err := checkouts.Dial("checkouts.internal:9090", grpc.WithTransportCredentials(transport))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		client.Close()
	}
}

// On loopback too, credentials of the caller's are not replaced by plain text.
func TestDialKeepsCredentialsOnLoopback(t *testing.T) {
	var shaken atomic.Bool
	client, err := checkouts.Dial(addr, grpc.WithTransportCredentials(refusing{insecure.NewCredentials(), &shaken}))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := methods["CreateCheckout"](t.Context(), client); status.Code(err) != codes.Unavailable {
		t.Errorf("the call went through: %v", err)
	}
	if !shaken.Load() {
		t.Error("the caller's credentials were not used")
	}
}

// refusing fails every handshake.
type refusing struct {
	credentials.TransportCredentials
	shaken *atomic.Bool
}

func (r refusing) Clone() credentials.TransportCredentials { return r }

func (r refusing) ClientHandshake(context.Context, string, net.Conn) (net.Conn, credentials.AuthInfo, error) {
	r.shaken.Store(true)
	return nil, nil, errors.New("no")
}

func TestDialSendsNoTokenInPlainText(t *testing.T) {
	for name, token := range map[string]grpc.DialOption{
		"a token":        checkouts.WithToken("s3cret"),
		"a token source": checkouts.WithTokenFrom(func(context.Context) (string, error) { return "s3cret", nil }),
	} {
		client, err := checkouts.Dial("checkouts.internal:9090", grpc.WithTransportCredentials(insecure.NewCredentials()), token)
		if err == nil {
			client.Close()
			t.Errorf("%s may travel to another machine in plain text", name)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v shows the token", err)
		}
		client, err = checkouts.Dial("checkouts.internal:9090", token)
		if err != nil {
			t.Errorf("%s does not travel over TLS: %v", name, err)
			continue
		}
		client.Close()
	}
	if client, err := checkouts.Dial("127.0.0.1:9090", grpc.WithPerRPCCredentials(secret{})); err == nil {
		client.Close()
		t.Error("a token that wants TLS may travel in plain text")
	}
}

// secret is a token that wants TLS.
type secret struct{}

func (secret) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return nil, nil
}
func (secret) RequireTransportSecurity() bool { return true }

func TestDialRefusesABadTarget(t *testing.T) {
	for _, target := range []string{"", "dns:///", "dns:"} {
		if client, err := checkouts.Dial(target); err == nil {
			client.Close()
			t.Errorf("%q is taken for an address", target)
		} else if !strings.Contains(err.Error(), target) || !strings.Contains(err.Error(), "host:port") {
			t.Errorf("%v does not name the target and a right one", err)
		}
	}
}

func TestOnlyReadsAreRepeated(t *testing.T) {
	for name, call := range methods {
		synctest.Test(t, func(t *testing.T) {
			var calls atomic.Int32
			client := dial(t, func(context.Context, string, any) (any, error) {
				calls.Add(1)
				return nil, status.Error(codes.Unavailable, "later")
			})
			if err := call(t.Context(), client); status.Code(err) != codes.Unavailable {
				t.Errorf("%s: %v", name, err)
			}
			want := int32(1)
			if isRead[name] {
				want = 3
			}
			if calls.Load() != want {
				t.Errorf("%s was sent %d times, not %d", name, calls.Load(), want)
			}
		})
	}
}

func TestReadSucceedsOnceTheServiceIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		client := dial(t, func(context.Context, string, any) (any, error) {
			if calls.Add(1) < 3 {
				return nil, status.Error(codes.Unavailable, "later")
			}
			return &checkoutsv1.Checkout{}, nil
		})
		if err := methods["GetCheckout"](t.Context(), client); err != nil {
			t.Error(err)
		}
	})
}

func TestLargeAnswersArrive(t *testing.T) {
	url := strings.Repeat("u", 5<<20) // beyond gRPC's own 4 MiB
	client := dial(t, func(context.Context, string, any) (any, error) { return &checkoutsv1.Checkout{Url: url}, nil })
	checkout, err := client.GetCheckout(t.Context(), &checkoutsv1.GetCheckoutRequest{})
	if err != nil || len(checkout.GetUrl()) != len(url) {
		t.Errorf("got %d bytes and %v", len(checkout.GetUrl()), err)
	}
}

func TestUserAgentNamesTheClient(t *testing.T) {
	var agent atomic.Value
	client := dial(t, func(ctx context.Context, _ string, _ any) (any, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		agent.Store(strings.Join(md.Get("user-agent"), " "))
		return &checkoutsv1.Checkout{}, nil
	})
	if err := methods["GetCheckout"](t.Context(), client); err != nil {
		t.Fatal(err)
	}
	if got := agent.Load().(string); !strings.HasPrefix(got, "checkoutsvc-go") {
		t.Errorf("user agent is %q", got)
	}
}

// An idle connection is kept alive without a ping more than the service permits: it would hang up at the third.
func TestIdleConnectionStaysUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(answersCheckout, grpc.KeepaliveEnforcementPolicy(
			keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}))
		t.Cleanup(server.Stop)
		var dials atomic.Int32
		client := dialWith(t, counting(serveInMemory(server), &dials))
		for range 3 {
			if err := methods["GetCheckout"](t.Context(), client); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Minute) //nolint:forbidigo // the bubble's time
		}
		if dials.Load() != 1 {
			t.Errorf("connected %d times", dials.Load())
		}
	})
}

// A peer that went silent without a word is noticed while nobody calls, so the next call gets a fresh connection.
func TestSilentPeerIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(answersCheckout)
		t.Cleanup(server.Stop)
		var dials atomic.Int32
		var silent atomic.Bool
		connect := counting(serveInMemory(server), &dials)
		client := dialWith(t, func(ctx context.Context, target string) (net.Conn, error) {
			conn, err := connect(ctx, target)
			if dials.Load() == 1 {
				conn = muted{conn, &silent}
			}
			return conn, err
		})
		if err := methods["GetCheckout"](t.Context(), client); err != nil {
			t.Fatal(err)
		}
		silent.Store(true)
		time.Sleep(time.Minute) //nolint:forbidigo // the bubble's time
		if err := methods["CreateCheckout"](t.Context(), client); err != nil {
			t.Error(err)
		}
		if dials.Load() != 2 {
			t.Errorf("connected %d times", dials.Load())
		}
	})
}

func answersCheckout(context.Context, string, any) (any, error) { return &checkoutsv1.Checkout{}, nil }

func counting(connect dialer, dials *atomic.Int32) dialer {
	return func(ctx context.Context, target string) (net.Conn, error) {
		dials.Add(1)
		return connect(ctx, target)
	}
}

// muted swallows what is written once it is silent.
type muted struct {
	net.Conn
	silent *atomic.Bool
}

func (m muted) Write(p []byte) (int, error) {
	if m.silent.Load() {
		return len(p), nil
	}
	return m.Conn.Write(p)
}
