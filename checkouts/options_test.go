package checkouts_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// listening serves on loopback, where plain text is the default, and keeps the metadata of the calls.
func listening(t *testing.T) (address string, sent func(key string) []string) {
	t.Helper()
	var mu sync.Mutex
	last := metadata.MD{}
	address = serve(t, newServer(func(ctx context.Context, _ string, _ any) (any, error) {
		mu.Lock()
		defer mu.Unlock()
		last, _ = metadata.FromIncomingContext(ctx)
		return &checkoutsv1.Checkout{}, nil
	}))
	return address, func(key string) []string {
		mu.Lock()
		defer mu.Unlock()
		return last.Get(key)
	}
}

func TestOptionsSendHeaders(t *testing.T) {
	address, sent := listening(t)
	tokens := []string{"second", "first"}
	changing := checkouts.WithTokenFrom(func(context.Context) (string, error) {
		token := tokens[len(tokens)-1]
		tokens = tokens[:len(tokens)-1]
		return token, nil
	})
	for name, c := range map[string]struct {
		options []grpc.DialOption
		header  string
		want    [][]string // at each call
	}{
		"none":            {nil, "authorization", [][]string{nil}},
		"a token":         {[]grpc.DialOption{checkouts.WithToken("t")}, "authorization", [][]string{{"Bearer t"}, {"Bearer t"}}},
		"a changing one":  {[]grpc.DialOption{changing}, "authorization", [][]string{{"Bearer first"}, {"Bearer second"}}},
		"an organization": {[]grpc.DialOption{checkouts.WithOrganization("o")}, "polar-organization", [][]string{{"o"}}},
		"both":            {[]grpc.DialOption{checkouts.WithOrganization("o"), checkouts.WithToken("t")}, "authorization", [][]string{{"Bearer t"}}},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := checkouts.Dial(address, c.options...)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			for i, want := range c.want {
				if err := methods["CreateCheckout"](t.Context(), client); err != nil {
					t.Fatal(err)
				}
				if got := sent(c.header); !slices.Equal(got, want) {
					t.Errorf("call %d: %s is %q, not %q", i+1, c.header, got, want)
				}
			}
		})
	}
}

func TestTokenThatCannotBeHad(t *testing.T) {
	address, sent := listening(t)
	client, err := checkouts.Dial(address, checkouts.WithTokenFrom(func(context.Context) (string, error) {
		return "", errors.New("the vault is closed")
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	err = methods["ConfirmClientCheckout"](t.Context(), client)
	if status.Code(err) != codes.Unauthenticated || !strings.Contains(err.Error(), "the vault is closed") {
		t.Errorf("the error is %v", err)
	}
	if unknown := (*checkouts.OutcomeUnknown)(nil); errors.As(err, &unknown) {
		t.Error("a call without its token counts as sent")
	}
	if sent("user-agent") != nil {
		t.Error("a call was made without its token")
	}
}

func TestEveryCallHasADeadline(t *testing.T) {
	thorough := map[string]bool{"CreateCheckout": true, "ConfirmClientCheckout": true}
	for name, call := range methods {
		want := 30 * time.Second
		if thorough[name] {
			want = 65 * time.Second
		}
		checkDeadline(t, name+" by default", want, call)
		checkDeadline(t, name+" as chosen", time.Minute, call, checkouts.WithTimeout(time.Minute))
	}
}

// checkDeadline checks how long a call waits for a service that does not answer, and that a shorter context wins.
func checkDeadline(
	t *testing.T, name string, want time.Duration, call func(context.Context, checkoutsv1.CheckoutServiceClient) error, options ...grpc.DialOption,
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := newServer(func(ctx context.Context, _ string, _ any) (any, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		t.Cleanup(server.Stop)
		client := dialWith(t, serveInMemory(server), options...)
		for _, bound := range []time.Duration{time.Hour, time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), bound)
			start := time.Now()
			if err := call(ctx, client); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", name, err)
			}
			if waited := time.Since(start).Round(10 * time.Millisecond); waited != min(want, bound) {
				t.Errorf("%s waits for %v, not %v", name, waited, min(want, bound))
			}
			cancel()
		}
	})
}
