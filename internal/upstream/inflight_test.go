package upstream

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

func TestTooManyInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		polar := scripted(hangs)
		client := New(Config{Polar: polar, MaxInFlight: 3, MaxQueued: 2})
		var refused atomic.Int32
		for range 10 {
			go func() {
				if _, overloaded := errors.AsType[*Overloaded](call(t, client, polarhttp.UpdateCheckout)); overloaded {
					refused.Add(1)
				}
			}()
		}
		synctest.Wait()
		if state := client.State(); polar.attempts() != 3 || refused.Load() != 5 || state.InFlight != 3 || state.Queued != 2 {
			t.Errorf("%d attempts, %d refused, %+v", polar.attempts(), refused.Load(), state)
		}
		<-time.After(time.Minute)
		if state := client.State(); refused.Load() != 7 || state.InFlight != 0 || state.Queued != 0 {
			t.Errorf("%d refused, %+v", refused.Load(), state)
		}
	})
}

func TestSlowWritesLeaveRoomForReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Config{Polar: scripted(hangs, hangs, works), MaxInFlight: 2, MaxQueued: -1})
		for range 10 {
			go func() { _ = call(t, client, polarhttp.CreateCheckout) }()
		}
		synctest.Wait()
		if err := call(t, client, polarhttp.GetCheckout); err != nil {
			t.Error(err)
		}
		<-time.After(time.Minute)
	})
}

// A create that is seen through after its caller has left is still work for Polar.
func TestWhatIsSeenThroughCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		settled := make(chan struct{})
		seenThrough := func(ctx context.Context, req *polarhttp.Request, _ *polarhttp.Response) error {
			<-ctx.Done()
			return &polarhttp.Error{Operation: req.Operation.Name, Reason: polarhttp.Timeout, Written: true, Pending: settled}
		}
		client := New(Config{Polar: scripted(seenThrough)})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := client.Do(ctx, request(polarhttp.CreateCheckout), new(polarhttp.Response)); err == nil {
			t.Fatal("answered")
		}
		if got := client.State().InFlight; got != 1 {
			t.Errorf("%d in flight while Polar works", got)
		}
		close(settled)
		synctest.Wait()
		if got := client.State().InFlight; got != 0 {
			t.Errorf("%d in flight afterwards", got)
		}
	})
}
