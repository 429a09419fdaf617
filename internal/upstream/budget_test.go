package upstream

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// A caller who wishes for no pauses gets short ones, and no more retries than are saved up and come in meanwhile.
func TestWithoutPausesTheBudgetIsTheBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, start := New(Config{Polar: scripted(faults["500 text"])}), time.Now()
		wishes := Options{Retries: Retries{Strategy: Backoff, MaxElapsedTime: time.Hour}}
		n, err := client.Call(t.Context(), request(polarhttp.GetCheckout), new(polarhttp.Response), wishes)
		took := time.Since(start)
		if most := 2 + maxRetries + int(10*took.Seconds()); err != nil || n <= maxRetries || n > most {
			t.Errorf("%d attempts in %s, %v; want at most %d", n, took, err, most)
		}
		if took < maxRetries*shortest {
			t.Errorf("%d attempts within %s", n, took)
		}
		if left := client.State().RetryBudget; left != 0 {
			t.Errorf("%d retries left", left)
		}
	})
}

// An outage at 100 calls a second: each would be sent four times, and the attempts are a fifth more than the calls.
func TestAnOutageIsNotMultiplied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const calls, every = 6000, 10 * time.Millisecond
		polar := scripted(faults["500 text"])
		client := New(Config{Polar: polar})
		wishes := BackoffDefaults()
		wishes.InitialInterval = 100 * time.Millisecond
		for range calls {
			go func() {
				_, _ = client.Call(t.Context(), request(polarhttp.GetCheckout), new(polarhttp.Response), Options{Retries: wishes})
			}()
			<-time.After(every)
		}
		<-time.After(5 * time.Second)
		synctest.Wait()
		const seconds = int(calls * every / time.Second)
		earned := calls + calls/callsPerRetry + retriesPerSecond*seconds
		least, most := earned, earned+maxRetries+retriesPerSecond*5
		if got := polar.attempts(); got < least || got > most {
			t.Errorf("%d calls made %d attempts, want %d to %d", calls, got, least, most)
		}
	})
}

func TestTheBudgetRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget()
		for b.spend() {
		}
		for range 5 * callsPerRetry {
			b.earn()
		}
		if got := b.left(); got != 5 {
			t.Errorf("%d retries after %d calls, want 5", got, 5*callsPerRetry)
		}
		<-time.After(2 * time.Second)
		if got := b.left(); got != 5+2*retriesPerSecond {
			t.Errorf("%d retries two seconds later, want %d", got, 5+2*retriesPerSecond)
		}
		<-time.After(time.Hour)
		_ = b.left() // which counts what the hour has brought
		for range 10 * callsPerRetry {
			b.earn()
		}
		if got := b.left(); got != maxRetries {
			t.Errorf("%d retries after an hour, want no more than %d", got, maxRetries)
		}
	})
}
