// Package scaleout runs three replicas behind a real proxy with one Redis, kills one and rolls another, and looks whether
// callers could tell them from a single one: one answer for each key, one guard, and Polar's limits kept by all together.
package scaleout

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/checkoutsvc/checkoutsvc/checkouts"
	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
	"github.com/checkoutsvc/checkoutsvc/test/book"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// startAll is a Polar, a Redis and a fleet between it and the caller.
func startAll(t *testing.T, args ...string) (*book.Polar, *fleet) {
	t.Helper()
	t.Setenv("POLAR_ACCESS_TOKEN", emulator.DefaultToken)
	polar, redis := book.Start(t), storetest.StartRedis(t)
	return polar, startFleet(t, append(args, "--polar="+polar.URL, "--store="+redis.URL(), "--drain-delay=1s")...)
}

// reply is what a REST call came to; status 0 is none.
type reply struct {
	status int
	body   string
	err    error
}

// post makes one call on a connection of its own.
func post(t *testing.T, url, key, body string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return reply{err: err}
	}
	request.Close = true
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	answer, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
	if err != nil {
		return reply{err: err}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, string(text), err}
}

// ledger is what callers were told of the checkouts that they made under a key.
type ledger struct {
	mu      sync.Mutex
	made    map[string][]string // checkouts' ids by key
	refused []string            // answers that were no checkout
}

func (l *ledger) note(key string, r reply) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	var checkout struct {
		ID string `json:"id"`
	}
	if r.status != http.StatusCreated || json.Unmarshal([]byte(r.body), &checkout) != nil {
		l.refused = append(l.refused, fmt.Sprintf("%s: %d %.120s %v", key, r.status, r.body, r.err))
		return false
	}
	if !slices.Contains(l.made[key], checkout.ID) {
		l.made[key] = append(l.made[key], checkout.ID)
	}
	return true
}

const createBody = `{"products":["` + emulator.DemoFreeID + `"]}`

// create lets workers create under keys, each key twice, until stop is closed.
func (l *ledger) create(t *testing.T, f *fleet, workers int, stop <-chan struct{}) *sync.WaitGroup {
	t.Helper()
	all := new(sync.WaitGroup)
	for w := range workers {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Millisecond):
				}
				// The second call comes at once, and mostly to another replica.
				key := fmt.Sprintf("%s-%d-%d", t.Name(), w, n)
				for range 2 {
					l.note(key, post(t, f.rest+"/v1/checkouts/", key, createBody))
				}
			}
		})
	}
	return all
}

// TestRollingLosesNothing: while each replica is replaced in turn, every call is answered, and each key once.
func TestRollingLosesNothing(t *testing.T) {
	_, f := startAll(t)
	l, stop := &ledger{made: map[string][]string{}}, make(chan struct{})
	all := l.create(t, f, 4, stop)
	for i := range f.replicas {
		f.roll(t, i)
	}
	close(stop)
	all.Wait()
	if len(l.refused) > 0 {
		t.Errorf("%d calls failed, such as %s", len(l.refused), l.refused[0])
	}
	l.judge(t)
}

// TestAKilledReplica: its callers may lose an answer, but nobody gets two for one key.
func TestAKilledReplica(t *testing.T) {
	_, f := startAll(t)
	l, stop := &ledger{made: map[string][]string{}}, make(chan struct{})
	const workers = 4
	all := l.create(t, f, workers, stop)
	<-time.After(time.Second)
	f.replicas[0].Kill(t)
	<-time.After(time.Second)
	f.start(t, 0)
	<-time.After(time.Second)
	close(stop)
	all.Wait()
	// A call that dies with its replica leaves its key reserved for a while, which is what the second one is told. What
	// the proxy sends there before it has noticed finds nobody and goes elsewhere.
	if most := 2 * workers; len(l.refused) > most {
		t.Errorf("%d calls failed, such as %q", len(l.refused), l.refused[:3])
	}
	l.judge(t)
}

func (l *ledger) judge(t *testing.T) {
	t.Helper()
	if len(l.made) < 10 {
		t.Errorf("only %d checkouts were made", len(l.made))
	}
	for key, ids := range l.made {
		if len(ids) > 1 {
			t.Errorf("key %s has %d answers", key, len(ids))
		}
	}
	t.Logf("%d keys, %d calls without a checkout", len(l.made), len(l.refused))
}

// TestTheGuardOutlivesAReplica: a confirm that died with its replica holds back another one at every other.
func TestTheGuardOutlivesAReplica(t *testing.T) {
	polar, f := startAll(t)
	made := post(t, f.rest+"/v1/checkouts/", "", strings.Replace(createBody, emulator.DemoFreeID, emulator.DemoOneTimeID, 1))
	var checkout struct {
		Secret string `json:"client_secret"`
	}
	if err := json.Unmarshal([]byte(made.body), &checkout); err != nil || made.status != http.StatusCreated {
		t.Fatal(made)
	}
	if err := polar.Script(emulator.Fault{Method: http.MethodPost, Path: "/confirm", Hang: true}); err != nil {
		t.Fatal(err)
	}
	path := "/v1/checkouts/client/" + checkout.Secret + "/confirm"
	first := make(chan reply, 1)
	go func() { first <- post(t, "http://"+f.replicas[0].rest+path, "", `{"confirmation_token_id":"one"}`) }()
	await(t, func() bool {
		return slices.ContainsFunc(polar.Asked(), func(x *book.Exchange) bool { return strings.HasSuffix(x.Path, "/confirm") })
	})
	f.replicas[0].Kill(t)
	if lost := <-first; lost.err == nil {
		t.Fatalf("a killed replica answered: %v", lost)
	}
	if held := post(t, f.rest+path, "", `{"confirmation_token_id":"two"}`); held.status != http.StatusConflict || !strings.Contains(held.body, "ConfirmOutcomeUnknown") {
		t.Errorf("over REST: %v", held)
	}
	client := dial(t, f.grpc)
	token := "three"
	_, err := client.ConfirmClientCheckout(t.Context(), &pb.ConfirmClientCheckoutRequest{
		ClientSecret: checkout.Secret, CheckoutConfirmStripe: &pb.CheckoutConfirmStripe{ConfirmationTokenId: &token},
	})
	var held *checkouts.ConfirmOutcomeUnknown
	if !errors.As(err, &held) || !held.LiftsAt.After(time.Now()) {
		t.Errorf("over gRPC: %v", err)
	}
	confirms := 0
	for _, x := range polar.Asked() {
		if strings.HasSuffix(x.Path, "/confirm") {
			confirms++
		}
	}
	if confirms != 1 {
		t.Errorf("Polar got %d confirms", confirms)
	}
}

// TestLimitsAreOne: all replicas together stay within Polar's limits, also while one is killed and another rolled.
func TestLimitsAreOne(t *testing.T) {
	polar, f := startAll(t, "--polar-limits=sandbox")
	if err := polar.SetRateLimits("sandbox"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	stop := make(chan struct{})
	for range 8 {
		client := dial(t, f.grpc)
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					_, _ = client.ListCheckouts(t.Context(), &pb.ListCheckoutsRequest{}) // refused where there is no room
				}
			}
		})
	}
	<-time.After(time.Second)
	f.replicas[1].Kill(t)
	f.roll(t, 2)
	f.start(t, 1)
	<-time.After(time.Second)
	close(stop)
	all.Wait()
	passed := 0
	for _, x := range polar.Asked() {
		if x.Status == http.StatusTooManyRequests {
			t.Fatal("Polar answered 429")
		}
		passed++
	}
	// A service without a history keeps to a tenth of the limit for its first minute. Three that knew nothing of each
	// other would have sent three times that, and those that came back once more.
	if passed < firstMinute/2 || passed > firstMinute {
		t.Errorf("%d calls reached Polar, where one service would send up to %d", passed, firstMinute)
	}
}

// firstMinute is what one service sends to the sandbox in its first minute: of 100, half of what it leaves to others.
const firstMinute = 10

func dial(t *testing.T, target string) *checkouts.Client {
	t.Helper()
	client, err := checkouts.Dial(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func await(t *testing.T, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatal("it does not happen")
		}
		<-time.After(10 * time.Millisecond)
	}
}
