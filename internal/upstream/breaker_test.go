package upstream

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// once makes one attempt and no more.
var once = Options{Retries: Retries{Strategy: None}}

// call makes one attempt at an operation and gives what it ended with.
func call(t *testing.T, client *Client, op *polarhttp.Operation) error {
	t.Helper()
	_, err := client.Call(t.Context(), request(op), new(polarhttp.Response), once)
	return err
}

func TestFailuresOpenTheBreaker(t *testing.T) {
	for name, tc := range map[string]struct {
		op     *polarhttp.Operation
		answer answer
		open   bool
	}{
		"500 text":             {polarhttp.UpdateClientCheckout, faults["500 text"], false},
		"500 JSON":             {polarhttp.UpdateClientCheckout, faults["500 JSON"], false},
		"507":                  {polarhttp.UpdateClientCheckout, faults["507"], false},
		"429":                  {polarhttp.GetCheckout, faults["429, 1 s"], false},
		"404":                  {polarhttp.GetCheckout, faults["404"], false},
		"too large":            {polarhttp.ListCheckouts, faults["too large"], false},
		"502":                  {polarhttp.UpdateClientCheckout, faults["502"], true},
		"503":                  {polarhttp.GetCheckout, faults["503"], true},
		"504":                  {polarhttp.ConfirmClientCheckout, faults["504"], true},
		"refused":              {polarhttp.CreateCheckout, refused, true},
		"reset":                {polarhttp.CreateCheckout, reset, true},
		"half an answer":       {polarhttp.GetCheckout, halfAnswers, true},
		"a read that hangs":    {polarhttp.GetCheckout, hangs, true},
		"a connect that hangs": {polarhttp.GetCheckout, breaks(polarhttp.Timeout, false), true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				polar := scripted(tc.answer)
				client := New(Config{Polar: polar})
				for range 500 {
					go func() { _ = call(t, client, tc.op) }()
				}
				<-time.After(4 * time.Second)
				synctest.Wait()
				var open *Open
				err := call(t, client, tc.op)
				if errors.As(err, &open) != tc.open || client.State().Breaker == "closed" == tc.open {
					t.Errorf("the next call got %v in state %s, want it stopped: %t", err, client.State().Breaker, tc.open)
				}
			})
		})
	}
}

func TestHalfTheAttemptsMustFail(t *testing.T) {
	for name, tc := range map[string]struct {
		failures, successes int
		state               string
	}{
		"too few to judge": {tripAfter - 1, 0, "closed"},
		"less than half":   {tripAfter, tripAfter + 1, "closed"},
		"half":             {tripAfter / 2, tripAfter / 2, "open"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var script []answer
				for range tc.successes {
					script = append(script, works)
				}
				client := New(Config{Polar: scripted(append(script, gateway)...)})
				for range tc.successes + tc.failures {
					_ = call(t, client, polarhttp.GetCheckout)
				}
				if got := client.State().Breaker; got != tc.state {
					t.Errorf("the breaker is %s, want %s", got, tc.state)
				}
			})
		})
	}
}

func TestOldFailuresAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Config{Polar: scripted(gateway)})
		for range 10 * tripAfter {
			_ = call(t, client, polarhttp.GetCheckout)
			<-time.After(tripWindow / (tripAfter - 2))
		}
		if got := client.State().Breaker; got != "closed" {
			t.Errorf("the breaker is %s", got)
		}
	})
}

// A caller that leaves early, or gives Polar no time, must not stop the others.
func TestImpatientCallersStopNobody(t *testing.T) {
	for name, leave := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"short deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 100*time.Millisecond)
		},
		"gone": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(3*time.Second, cancel)
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := New(Config{Polar: scripted(hangs)})
				for range 500 {
					go func() {
						ctx, cancel := leave(t.Context())
						defer cancel()
						_, _ = client.Call(ctx, request(polarhttp.GetCheckout), new(polarhttp.Response), Options{})
					}()
				}
				<-time.After(10 * time.Second)
				synctest.Wait()
				if got := client.State().Breaker; got != "closed" {
					t.Errorf("the breaker is %s", got)
				}
			})
		})
	}
}

// opened is a client whose breaker has just opened; from then on Polar does as answers say.
func opened(t *testing.T, answers ...answer) (*Client, *polar) {
	t.Helper()
	var script []answer
	for range tripAfter {
		script = append(script, refused)
	}
	polar := scripted(append(script, answers...)...)
	client := New(Config{Polar: polar})
	for range tripAfter {
		_ = call(t, client, polarhttp.GetCheckout)
	}
	return client, polar
}

func TestAnOpenBreakerSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, polar := opened(t, works)
		<-time.After(2 * time.Second)
		var open *Open
		n, err := client.Call(t.Context(), request(polarhttp.CreateCheckout), new(polarhttp.Response), Options{})
		if !errors.As(err, &open) || n != 0 || polar.attempts() != tripAfter {
			t.Fatalf("%d attempts, %v", n, err)
		}
		if open.RetryAfter != openFor-2*time.Second {
			t.Errorf("told to come back after %s, want %s", open.RetryAfter, openFor-2*time.Second)
		}
	})
}

func TestReadsTryWhetherPolarIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, polar := opened(t, works)
		<-time.After(openFor + 1)
		var open *Open
		if err := call(t, client, polarhttp.ConfirmClientCheckout); !errors.As(err, &open) || open.RetryAfter <= 0 || open.RetryAfter > readsFirst {
			t.Fatalf("a confirm was the probe, or has to wait strangely: %v", err)
		}
		for range probes {
			if err := call(t, client, polarhttp.GetCheckout); err != nil {
				t.Fatal(err)
			}
		}
		if err := call(t, client, polarhttp.ConfirmClientCheckout); err != nil || client.State().Breaker != "closed" {
			t.Errorf("%v in state %s", err, client.State().Breaker)
		}
		if got := polar.attempts(); got != tripAfter+probes+1 {
			t.Errorf("%d attempts", got)
		}
	})
}

func TestWithoutReadsWritesTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := opened(t, works)
		<-time.After(openFor + 1)
		_ = call(t, client, polarhttp.CreateCheckout)
		<-time.After(readsFirst)
		for range probes {
			if err := call(t, client, polarhttp.CreateCheckout); err != nil {
				t.Fatal(err)
			}
		}
		if got := client.State().Breaker; got != "closed" {
			t.Errorf("the breaker is %s", got)
		}
	})
}

func TestAFailedProbeOpensAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, polar := opened(t, works, gateway, works)
		<-time.After(openFor + 1)
		_ = call(t, client, polarhttp.GetCheckout)
		_ = call(t, client, polarhttp.GetCheckout)
		var open *Open
		if err := call(t, client, polarhttp.GetCheckout); !errors.As(err, &open) || open.RetryAfter != openFor {
			t.Errorf("got %v", err)
		}
		if got := polar.attempts(); got != tripAfter+2 {
			t.Errorf("%d attempts", got)
		}
	})
}

func TestFewProbesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, polar := opened(t, hangs)
		<-time.After(openFor + 1)
		for range 100 {
			go func() { _ = call(t, client, polarhttp.GetCheckout) }()
		}
		synctest.Wait()
		if got := polar.attempts(); got != tripAfter+probes {
			t.Errorf("%d probes, want %d", got-tripAfter, probes)
		}
		<-time.After(DefaultDeadline(polarhttp.Reads)) // the probes give up
	})
}

// A probe that shows nothing leaves its place to another.
func TestProbesThatLeaveAreReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := opened(t, hangs, hangs, hangs, works)
		<-time.After(openFor + 1)
		for range probes {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			_, _ = client.Call(ctx, request(polarhttp.GetCheckout), new(polarhttp.Response), once)
			cancel()
		}
		res := new(polarhttp.Response)
		if _, err := client.Call(t.Context(), request(polarhttp.GetCheckout), res, once); err != nil || res.Status != http.StatusOK {
			t.Errorf("status %d, %v", res.Status, err)
		}
	})
}

// TestACreateAfterALongSilenceIsTheProbe: the pause in which reads go first was over long ago. Found by the simulation
// (seed 2320).
func TestACreateAfterALongSilenceIsTheProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := opened(t, works)
		<-time.After(time.Hour)
		if err := call(t, client, polarhttp.CreateCheckout); err != nil {
			t.Errorf("got %v", err)
		}
	})
}

// One caller who has a failing call repeated over and over does not shut Polar off for others.
func TestRepetitionsOfOneCallDoNotOpenTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Config{Polar: scripted(faults["503"])})
		wishes := Options{Retries: Retries{Strategy: Backoff, MaxElapsedTime: 3 * time.Second}}
		n, err := client.Call(t.Context(), request(polarhttp.GetCheckout), new(polarhttp.Response), wishes)
		if state := client.State().Breaker; err != nil || n < tripAfter || state != "closed" {
			t.Errorf("%d attempts, %v: the breaker is %s", n, err, state)
		}
	})
}
