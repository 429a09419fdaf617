package upstream

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

var (
	_ Limiter = (*limit.Limiter)(nil)
	_ Polar   = (*polarhttp.Client)(nil)
)

// limiter admits as many calls as it is told to and remembers what it heard.
type limiter struct {
	admits  int
	calls   []limit.Call
	blocked map[string]time.Duration
}

var errExceeded = &limit.Exceeded{RetryAfter: time.Minute, Zone: limit.ZoneAPI}

func (l *limiter) Admit(_ context.Context, call limit.Call) error {
	l.calls = append(l.calls, call)
	if len(l.calls) > l.admits {
		return errExceeded
	}
	return nil
}

func (l *limiter) Blocked(identity string, retryAfter time.Duration) {
	if l.blocked == nil {
		l.blocked = map[string]time.Duration{}
	}
	l.blocked[identity] = retryAfter
}

func TestTheLimiterIsToldWhatIsSent(t *testing.T) {
	const tokenIdentity = "token:162495499cc6fa413b6033d271cdb49d"
	for name, tc := range map[string]struct {
		config Config
		req    polarhttp.Request
		want   limit.Call
	}{
		"by id, with the service's token": {
			Config{},
			polarhttp.Request{Operation: polarhttp.ListCheckouts, RawQuery: "page=2"},
			limit.Call{Path: "/v1/checkouts/", Identity: "organization"},
		},
		"the buyer's, with none": {
			Config{},
			polarhttp.Request{Operation: polarhttp.UpdateClientCheckout, Segment: "a%20b"},
			limit.Call{Path: "/v1/checkouts/client/a%20b", Identity: limit.Address, Write: true},
		},
		"the buyer's, with the service's token": {
			Config{ClientToken: true},
			polarhttp.Request{Operation: polarhttp.GetClientCheckout, Segment: "s"},
			limit.Call{Path: "/v1/checkouts/client/s", Identity: "organization"},
		},
		"a confirm": {
			Config{},
			polarhttp.Request{Operation: polarhttp.ConfirmClientCheckout, Segment: "a%20b"},
			limit.Call{Path: "/v1/checkouts/client/a%20b/confirm", Identity: limit.Address, Write: true, ClientSecret: "a b"},
		},
		"with the caller's token": {
			Config{ForwardAuthorization: true},
			polarhttp.Request{Operation: polarhttp.CreateCheckout, Authorization: "bearer callers-own"},
			limit.Call{Path: "/v1/checkouts/", Identity: tokenIdentity, Write: true},
		},
		"with no token of the caller's": {
			Config{ForwardAuthorization: true},
			polarhttp.Request{Operation: polarhttp.ListCheckouts},
			limit.Call{Path: "/v1/checkouts/", Identity: limit.Address},
		},
		"with what is no token": {
			Config{ForwardAuthorization: true, ClientToken: true},
			polarhttp.Request{Operation: polarhttp.ListCheckouts, Authorization: "Basic eDp5"},
			limit.Call{Path: "/v1/checkouts/", Identity: limit.Address},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &limiter{admits: 1}
				tc.config.Polar, tc.config.Limiter = scripted(works), l
				if _, err := New(tc.config).Call(t.Context(), &tc.req, new(polarhttp.Response), Options{Caller: "shop"}); err != nil {
					t.Fatal(err)
				}
				tc.want.Caller = "shop"
				if !slices.Equal(l.calls, []limit.Call{tc.want}) {
					t.Errorf("heard %+v, want %+v", l.calls, tc.want)
				}
				if strings.Contains(l.calls[0].Identity, "callers-own") {
					t.Error("the identity shows the token")
				}
			})
		})
	}
}

func TestEveryAttemptIsAdmitted(t *testing.T) {
	for name, tc := range map[string]struct {
		admits, attempts, status int
	}{
		"none":                          {0, 0, 0},
		"the first":                     {1, 1, http.StatusServiceUnavailable},
		"the first two of three needed": {2, 2, http.StatusServiceUnavailable},
		"all":                           {3, 3, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, polar, res := &limiter{admits: tc.admits}, scripted(gateway, gateway, works), new(polarhttp.Response)
				client := New(Config{Polar: polar, Limiter: l})
				n, err := client.Call(t.Context(), request(polarhttp.GetCheckout), res, Options{})
				if n != tc.attempts || polar.attempts() != tc.attempts || res.Status != tc.status {
					t.Errorf("%d attempts, status %d, want %d and %d", n, res.Status, tc.attempts, tc.status)
				}
				if refused := errors.Is(err, errExceeded); refused != (tc.admits == 0) {
					t.Errorf("got %v", err)
				}
				if state := client.State(); state.InFlight != 0 || state.Breaker != "closed" {
					t.Errorf("a refusal left %+v", state)
				}
			})
		})
	}
}

func TestA429StopsTheIdentity(t *testing.T) {
	for name, tc := range map[string]struct {
		answer answer
		want   map[string]time.Duration
	}{
		"for as long as Polar says":         {faults["429, 1800 s"], map[string]time.Duration{limit.Address: 30 * time.Minute}},
		"for as long as the limiter thinks": {faults["429, no pause"], map[string]time.Duration{limit.Address: 0}},
		"and nothing else does":             {status(http.StatusServiceUnavailable, "", "Retry-After", "1800"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &limiter{admits: 100}
				_ = New(Config{Polar: scripted(tc.answer), Limiter: l}).Do(t.Context(), request(polarhttp.GetClientCheckout), new(polarhttp.Response))
				if !maps.Equal(l.blocked, tc.want) {
					t.Errorf("blocked %v, want %v", l.blocked, tc.want)
				}
			})
		})
	}
}

// patient is a limiter that lets nobody through in time.
type patient struct{ limiter }

func (*patient) Admit(ctx context.Context, _ limit.Call) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestADeadlineThatPassesWhileWaitingIsTyped(t *testing.T) {
	for name, wait := range map[string]func(t *testing.T) *Client{
		"for the limiter": func(*testing.T) *Client { return New(Config{Polar: scripted(works), Limiter: new(patient)}) },
		"for a turn": func(t *testing.T) *Client {
			t.Helper()
			client := New(Config{Polar: scripted(hangs, works), MaxInFlight: 1})
			go func() { _ = client.Do(t.Context(), request(polarhttp.UpdateCheckout), new(polarhttp.Response)) }()
			synctest.Wait()
			return client
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := wait(t)
				ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
				defer cancel()
				n, err := client.Call(ctx, request(polarhttp.CreateCheckout), new(polarhttp.Response), Options{})
				var failed *polarhttp.Error
				if !errors.As(err, &failed) || failed.Reason != polarhttp.Timeout || failed.Written || n != 0 {
					t.Errorf("%d attempts, %v", n, err)
				}
				<-time.After(time.Minute)
			})
		})
	}
}
