package upstream

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// lasts is how long a silent Polar is waited for, and what the caller hears then.
func lasts(ctx context.Context, op *polarhttp.Operation, options Options) (time.Duration, *polarhttp.Error) {
	start := time.Now()
	_, err := New(Config{Polar: scripted(hangs)}).Call(ctx, request(op), new(polarhttp.Response), options)
	var failed *polarhttp.Error
	_ = errors.As(err, &failed)
	return time.Since(start), failed
}

func TestPolarIsNotWaitedForForever(t *testing.T) {
	for name, tc := range map[string]struct {
		op       *polarhttp.Operation
		caller   time.Duration // 0: no deadline
		reserve  time.Duration
		from, to time.Duration
	}{
		"a read":                   {polarhttp.ListCheckouts, 0, 0, 3900 * time.Millisecond, 4 * time.Second},
		"an update":                {polarhttp.UpdateClientCheckout, 0, 0, 29900 * time.Millisecond, 30 * time.Second},
		"a create":                 {polarhttp.CreateCheckout, 0, 0, 59900 * time.Millisecond, 60 * time.Second},
		"a confirm":                {polarhttp.ConfirmClientCheckout, 0, 0, 59900 * time.Millisecond, 60 * time.Second},
		"a read of more patience":  {polarhttp.ListCheckouts, 20 * time.Second, 0, 19900 * time.Millisecond, 19950 * time.Millisecond},
		"an update of less":        {polarhttp.UpdateCheckout, 5 * time.Second, 0, 4900 * time.Millisecond, 4950 * time.Millisecond},
		"a short deadline":         {polarhttp.GetCheckout, 1500 * time.Millisecond, 0, 1400 * time.Millisecond, 1400 * time.Millisecond},
		"a very short deadline":    {polarhttp.GetCheckout, 200 * time.Millisecond, 0, 180 * time.Millisecond, 180 * time.Millisecond},
		"time for work afterwards": {polarhttp.ConfirmClientCheckout, 10 * time.Second, 3 * time.Second, 7 * time.Second, 7*time.Second + tick},
		"a third of it at most":    {polarhttp.ConfirmClientCheckout, 1500 * time.Millisecond, 3 * time.Second, time.Second, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tc.caller > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tc.caller)
					defer cancel()
				}
				took, failed := lasts(ctx, tc.op, Options{Reserve: tc.reserve})
				if took < tc.from || took > tc.to {
					t.Errorf("waited %s, want %s to %s", took, tc.from, tc.to)
				}
				if failed == nil || failed.Reason != polarhttp.Timeout || ctx.Err() != nil {
					t.Errorf("the caller hears %v, its context says %v", failed, ctx.Err())
				}
			})
		})
	}
}

func TestACallerThatLeavesEndsTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		took, failed := lasts(ctx, polarhttp.UpdateCheckout, Options{})
		if took < time.Second || took > time.Second+tick || failed == nil || failed.Reason != polarhttp.Canceled {
			t.Errorf("%v after %s", failed, took)
		}
		if took, failed = lasts(ctx, polarhttp.UpdateCheckout, Options{}); took != 0 || failed == nil || failed.Written {
			t.Errorf("a caller that had gone before: %v after %s", failed, took)
		}
	})
}

func TestWhatIsLateIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		polar := scripted(works)
		ctx, cancel := context.WithDeadline(t.Context(), time.Now())
		defer cancel()
		n, err := New(Config{Polar: polar}).Call(ctx, request(polarhttp.ConfirmClientCheckout), new(polarhttp.Response), Options{})
		var failed *polarhttp.Error
		if !errors.As(err, &failed) || failed.Reason != polarhttp.Timeout || failed.Written || n != 0 || polar.attempts() != 0 {
			t.Errorf("%d attempts, %v", n, err)
		}
	})
}

type key struct{}

// The context of a call stands for a standard one: what is made from it ends with it, in whatever way.
func TestContextsOfACallEndWithIt(t *testing.T) {
	for name, tc := range map[string]struct {
		end  func(leave, end func())
		want error
		late time.Duration
	}{
		"the call is over":     {func(_, end func()) { end() }, context.Canceled, 0},
		"the caller has gone":  {func(leave, _ func()) { leave() }, context.Canceled, tick},
		"the deadline passes":  {func(_, _ func()) { <-time.After(time.Minute) }, context.DeadlineExceeded, tick},
		"all in the same tick": {func(leave, end func()) { end(); leave(); end() }, context.Canceled, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				caller, leave := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
				defer leave()
				ctx, end := newWatch().add(caller, time.Now().Add(time.Minute))
				child, cancel := context.WithCancelCause(ctx)
				defer cancel(nil)
				given, giveUp := context.WithCancel(ctx)
				giveUp()
				var ran, stopped bool
				context.AfterFunc(ctx, func() { ran = true })
				stop := context.AfterFunc(ctx, func() { stopped = true })
				if !stop() || stop() || ctx.Err() != nil || child.Err() != nil || given.Err() == nil {
					t.Fatal("over before its end")
				}
				tc.end(leave, end)
				<-time.After(tc.late)
				synctest.Wait()
				if !errors.Is(ctx.Err(), tc.want) || !errors.Is(context.Cause(ctx), tc.want) || !errors.Is(context.Cause(child), tc.want) {
					t.Errorf("ended with %v, its child with %v, want %v", ctx.Err(), context.Cause(child), tc.want)
				}
				<-ctx.Done()
				<-child.Done()
				if !ran || stopped {
					t.Errorf("the function ran: %t; the one that was stopped: %t", ran, stopped)
				}
				late := false
				context.AfterFunc(ctx, func() { late = true })
				synctest.Wait()
				if !late || ctx.Value(key{}) != "value" || context.WithoutCancel(ctx).Err() != nil {
					t.Error("its values, or what comes after its end, are not a context's")
				}
				end()
			})
		})
	}
}

// The watch has no work, and so no timer, once all calls are over.
func TestTheWatchRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch()
		for range 3 {
			_, end := w.add(t.Context(), time.Now().Add(time.Hour))
			_, endOther := w.add(t.Context(), time.Now().Add(time.Hour))
			<-time.After(10 * tick)
			end()
			endOther()
			<-time.After(2 * tick)
			w.mu.Lock()
			if w.running {
				t.Error("looks at nothing")
			}
			w.mu.Unlock()
		}
	})
}
