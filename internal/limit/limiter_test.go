package limit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// settled makes a limiter whose start is long ago.
func settled(config Config) *Limiter {
	l := New(config)
	sleep(2 * time.Hour)
	return l
}

// within gives a call so long; it waits at most half of it.
func within(t *testing.T, l *Limiter, deadline time.Duration, call Call) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	return l.Admit(ctx, call)
}

// now admits a call at once or not at all.
func now(t *testing.T, l *Limiter, call Call) error {
	t.Helper()
	return within(t, l, time.Nanosecond, call)
}

// take counts how many calls are admitted at once.
func take(t *testing.T, l *Limiter, call Call) int {
	t.Helper()
	for n := 0; ; n++ {
		if now(t, l, call) != nil {
			return n
		}
	}
}

func wantExceeded(t *testing.T, err error, zone Zone, after time.Duration) {
	t.Helper()
	var over *Exceeded
	if !errors.As(err, &over) || over.Zone != zone || over.RetryAfter.Round(time.Millisecond) != after {
		t.Errorf("got %v, want %s to be exceeded for %s", err, zone, after)
	}
}

func confirmOf(secret string) Call {
	return Call{Path: "/v1/checkouts/client/" + secret + "/confirm", Identity: Address, Write: true, ClientSecret: secret}
}

var (
	clientGet    = Call{Path: "/v1/checkouts/client/x", Identity: Address}
	clientUpdate = Call{Path: "/v1/checkouts/client/x", Identity: Address, Write: true}
)

func TestHowManyAreAdmitted(t *testing.T) {
	org := func(c Call) Call { c.Identity = "organization"; return c }
	for name, c := range map[string]struct {
		config        Config
		reads, writes Call
		want, more    int // reads, then writes from what is reserved
	}{
		"production":          {Config{Environment: Production}, clientGet, clientUpdate, 320, 80},
		"sandbox":             {Config{Environment: Sandbox}, clientGet, clientUpdate, 64, 16},
		"half":                {Config{Environment: Production, Share: 0.5, ReserveForWrites: 0.1}, clientGet, clientUpdate, 225, 25},
		"elevated address":    {Config{Environment: Sandbox, Group: Elevated}, clientGet, clientUpdate, 64, 16},
		"token not yet known": {Config{Environment: Production}, org(clientGet), org(clientUpdate), 48, 0},
		"restricted":          {Config{Environment: Production, Group: Restricted}, org(clientGet), org(clientUpdate), 39, 9},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := settled(c.config)
				if got, more := take(t, l, c.reads), take(t, l, c.writes); got != c.want || more != c.more {
					t.Errorf("%d reads and %d writes are admitted, want %d and %d", got, more, c.want, c.more)
				}
				sleep(65 * time.Second)
				if got := take(t, l, c.writes); got < c.want+c.more {
					t.Errorf("a window later %d are admitted", got)
				}
			})
		})
	}
}

func TestNothingIsLimitedElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Config{})
		for range 2000 {
			for _, call := range []Call{clientGet, confirmOf("x")} {
				if err := now(t, l, call); err != nil {
					t.Fatal(err)
				}
			}
		}
		p := New(Config{Environment: Production})
		for range 2000 {
			if err := now(t, p, Call{Path: "/healthz", Identity: Address}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAStartKnowsNothingOfTheLastMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Config{Environment: Production})
		if got := take(t, l, clientUpdate); got != 50 {
			t.Errorf("%d calls are admitted at once after a start, want half of what the share leaves", got)
		}
		wantExceeded(t, now(t, l, confirmOf(secretNumber(0))), ZoneConfirm, 65*time.Second)
		confirms := 0
		for start := time.Now(); time.Since(start) < time.Hour; sleep(time.Minute) {
			if now(t, l, confirmOf(secretNumber(confirms))) == nil {
				confirms++
			}
		}
		if confirms != 9 {
			t.Errorf("%d confirms in the hour after a start, want 9", confirms)
		}
		if got := take(t, l, clientUpdate); got != 400 {
			t.Errorf("%d calls are admitted later, want all", got)
		}
	})
}

func TestConfirms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := settled(Config{Environment: Production})
		number := 0
		next := func() error { number++; return now(t, l, confirmOf(secretNumber(number))) }
		start := time.Now()
		for minute := range 4 {
			for range 5 {
				if err := next(); err != nil && minute < 3 {
					t.Fatal(err)
				}
			}
			if minute < 3 {
				wantExceeded(t, next(), ZoneConfirm, 65*time.Second)
				sleep(65 * time.Second)
			}
		}
		wantExceeded(t, next(), ZoneConfirm, 3660*time.Second-time.Since(start))
		if err := now(t, l, clientGet); err != nil {
			t.Errorf("confirms use up the rest: %v", err)
		}
	})
}

func TestOneSecretDoesNotUseUpTheConfirms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := settled(Config{Environment: Production})
		mine := confirmOf(secretNumber(1))
		if got := take(t, l, mine); got != 2 {
			t.Errorf("%d confirms of one secret are admitted, want 2", got)
		}
		wantExceeded(t, within(t, l, time.Hour, mine), ZoneClientSecret, time.Minute)
		if got := take(t, l, confirmOf("polar_c_invented")); got != 1 {
			t.Errorf("%d confirms of an invented secret are admitted, want 1", got)
		}
		wantExceeded(t, within(t, l, time.Hour, confirmOf("another")), ZoneMalformedSecret, 65*time.Second)
		sleep(65 * time.Second)
		if err := now(t, l, confirmOf("")); err != nil {
			t.Error(err)
		}
		sleep(65 * time.Second)
		wantExceeded(t, now(t, l, confirmOf("a third")), ZoneMalformedSecret, 3660*time.Second-130*time.Second)
		for n := range 5 {
			if err := now(t, l, confirmOf(secretNumber(10+n))); err != nil {
				t.Errorf("another buyer is locked out: %v", err)
			}
		}
	})
}

// Those that wait together are judged one by one when their turn comes.
func TestOneSecretIsRefusedEvenWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := settled(Config{Environment: Production})
		for n := range 5 {
			if err := now(t, l, confirmOf(secretNumber(n))); err != nil {
				t.Fatal(err)
			}
		}
		sleep(60 * time.Second)
		var mu sync.Mutex
		var asked sync.WaitGroup
		admitted, refused := 0, 0
		for range 4 {
			asked.Go(func() {
				err := within(t, l, time.Minute, confirmOf(secretNumber(9)))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					admitted++
				} else {
					refused++
					wantExceeded(t, err, ZoneClientSecret, time.Minute)
				}
			})
		}
		asked.Wait()
		if admitted != 2 || refused != 2 {
			t.Errorf("of four confirms that waited %d were admitted and %d refused", admitted, refused)
		}
	})
}

func TestA429StopsTheIdentity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := settled(Config{Environment: Production})
		l.Blocked(Address, 1800*time.Second)
		for _, call := range []Call{clientGet, confirmOf(secretNumber(1)), {Path: "/healthz", Identity: Address}} {
			if now(t, l, call) == nil {
				t.Errorf("%s is sent while the address is blocked", call.Path)
			}
		}
		if err := now(t, l, Call{Path: "/v1/checkouts/", Identity: "organization"}); err != nil {
			t.Errorf("a block of the address stops the organization: %v", err)
		}
		sleep(1799 * time.Second)
		wantExceeded(t, now(t, l, clientGet), ZoneBlocked, time.Second)
		sleep(time.Second)
		if err := now(t, l, clientGet); err != nil {
			t.Error(err)
		}
		wantExceeded(t, now(t, l, confirmOf(secretNumber(1))), ZoneBlocked, 1860*time.Second)
	})
}

// An organization that is not elevated, though it is said to be, is blocked once and not again.
func TestA429ShowsWhichGroupItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, number := settled(Config{Environment: Production, Group: Elevated}), 0
		confirms := func() int {
			for n := 0; ; n++ {
				number++
				call := confirmOf(secretNumber(number))
				call.Identity = "organization"
				if now(t, l, call) != nil {
					return n
				}
			}
		}
		confirms() // of a token that Polar does not know yet
		sleep(10 * time.Second)
		if got := confirms(); got != 80 {
			t.Errorf("%d confirms are admitted to an elevated organization, want 80", got)
		}
		l.Blocked("organization", 1800*time.Second)
		sleep(1800*time.Second + overrunFor)
		if got := confirms(); got != 5 {
			t.Errorf("%d confirms are admitted after a block, want 5", got)
		}
	})
}

func TestA429WithoutRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Config{})
		l.Blocked("organization", 0)
		l.Blocked("organization", time.Second) // never shortens
		wantExceeded(t, now(t, l, Call{Path: "/v1/checkouts/", Identity: "organization"}), ZoneBlocked, time.Minute)
	})
}

func TestShortWaitsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := settled(Config{Environment: Sandbox})
		take(t, l, clientUpdate)
		sleep(62 * time.Second)
		start := time.Now()
		wantExceeded(t, within(t, l, 5*time.Second, clientGet), ZoneAPI, 3*time.Second)
		if err := within(t, l, 6*time.Second, clientGet); err != nil {
			t.Errorf("a wait of half the deadline is refused: %v", err)
		}
		if waited := time.Since(start); waited != 3*time.Second {
			t.Errorf("it waited %s, want 3 s", waited)
		}
	})
}

func TestWhoGoesAwayTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := settled(Config{Environment: Sandbox})
		take(t, l, clientUpdate)
		sleep(60 * time.Second)
		gone := errors.New("gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		left := make(chan error)
		go func() { left <- l.Admit(ctx, clientGet) }()
		synctest.Wait()
		cancel(gone)
		if err := <-left; !errors.Is(err, gone) {
			t.Errorf("who went away hears %v", err)
		}
		sleep(5 * time.Second)
		if got := take(t, l, clientUpdate); got != 80 {
			t.Errorf("%d calls are admitted afterwards, want 80", got)
		}
	})
}

func TestCallersAreServedInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := settled(Config{Environment: Sandbox})
		for range 8 {
			take := clientUpdate
			if err := now(t, l, take); err != nil {
				t.Fatal(err)
			}
			sleep(100 * time.Millisecond)
		}
		take(t, l, clientUpdate)
		sleep(62 * time.Second)
		var mu sync.Mutex
		var order []string
		var asked sync.WaitGroup
		ask := func(caller string, n int) {
			asked.Go(func() {
				call := clientUpdate
				call.Caller = caller
				if err := within(t, l, time.Minute, call); err != nil {
					t.Errorf("%s%d: %v", caller, n, err)
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, fmt.Sprint(caller, n))
			})
			synctest.Wait()
		}
		for n := range 5 {
			ask("greedy", n)
		}
		ask("modest", 0)
		ask("shy", 0)
		ask("modest", 1)
		asked.Wait()
		want := []string{"greedy0", "modest0", "shy0", "greedy1", "modest1", "greedy2", "greedy3", "greedy4"}
		if !slices.Equal(order, want) {
			t.Errorf("served %v, want %v", order, want)
		}
	})
}

// A newcomer may overtake who waits already; nobody waits longer than the limit for that.
func TestNobodyWaitsForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := settled(Config{Environment: Sandbox, MaxWait: 3 * time.Second})
		take(t, l, clientUpdate)
		sleep(62*time.Second + time.Millisecond)
		for caller := range 200 {
			go func() {
				start, call := time.Now(), clientUpdate
				call.Caller = fmt.Sprint(caller)
				err := l.Admit(t.Context(), call)
				if waited := time.Since(start); waited > 3*time.Second {
					t.Errorf("waited for %s and heard %v", waited, err)
				}
			}()
		}
		sleep(time.Minute)
	})
}

func TestInventedTokensDoNotFillTheMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := settled(Config{Environment: Production})
		for n := range 20 * sweepAbove {
			if err := now(t, l, Call{Path: "/v1/checkouts/", Identity: fmt.Sprint("token:", n)}); err != nil {
				t.Fatal(err)
			}
			sleep(100 * time.Millisecond)
		}
		if got := len(l.buckets); got > 2*sweepAbove {
			t.Errorf("%d identities are remembered", got)
		}
	})
}
