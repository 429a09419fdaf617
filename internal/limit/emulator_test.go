package limit

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// outside sends an admitted call to the emulator and heeds its 429.
type outside struct {
	polar    http.Handler
	limiter  *Limiter
	sent     atomic.Int64
	refusals atomic.Int64
}

func (o *outside) call(t *testing.T, method string, call Call, delay time.Duration) {
	t.Helper()
	if err := within(t, o.limiter, 20*time.Second, call); err != nil {
		if _, over := errors.AsType[*Exceeded](err); !over {
			t.Error(err)
		}
		return
	}
	sleep(delay)
	req := httptest.NewRequestWithContext(t.Context(), method, call.Path, http.NoBody)
	if call.Identity != Address {
		req.Header.Set("Authorization", "Bearer "+emulator.DefaultToken)
	}
	answer := httptest.NewRecorder()
	o.polar.ServeHTTP(answer, req)
	o.sent.Add(1)
	if answer.Code == http.StatusTooManyRequests {
		o.refusals.Add(1)
		seconds, _ := strconv.Atoi(answer.Header().Get("Retry-After"))
		o.limiter.Blocked(call.Identity, time.Duration(seconds)*time.Second)
	}
}

// TestTheEmulatorNeverRefuses drives the limiter against the emulator's own limits, with its identities and paths.
func TestTheEmulatorNeverRefuses(t *testing.T) {
	for environment, limits := range map[Environment]emulator.RateLimits{
		Sandbox: emulator.SandboxLimits, Production: emulator.ProductionLimits,
	} {
		t.Run(string(environment), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				polar := emulator.New(emulator.Options{RateLimits: limits})
				defer polar.Close()
				o := &outside{polar: polar, limiter: New(Config{Environment: environment, Share: 1})}
				rng := rand.New(rand.NewPCG(1, 2))
				var calls sync.WaitGroup
				for until := time.Now().Add(2 * time.Hour); time.Now().Before(until); {
					method, call := randomCall(rng)
					delay := time.Duration(rng.Int64N(int64(5 * time.Second)))
					calls.Go(func() { o.call(t, method, call, delay) })
					pause(rng, 0, 400*time.Millisecond)
				}
				calls.Wait()
				if o.refusals.Load() > 0 || o.sent.Load() < 10_000 {
					t.Errorf("%d of %d calls were refused", o.refusals.Load(), o.sent.Load())
				}
			})
		})
	}
}

func randomCall(rng *rand.Rand) (method string, call Call) {
	caller := fmt.Sprint(rng.IntN(3))
	secret := secretNumber(rng.IntN(1e6))
	switch rng.IntN(10) {
	case 0:
		call = confirmOf(secret)
		call.Caller = caller
		return http.MethodPost, call
	case 1, 2:
		return http.MethodGet, Call{Path: "/v1/checkouts/client/" + secret, Identity: Address, Caller: caller}
	default:
		return http.MethodGet, Call{Path: "/v1/checkouts/", Identity: "organization", Caller: caller}
	}
}
