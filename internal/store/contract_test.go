package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/store/storetest"
)

// backends are all stores that a user can name, each opened as a user would, empty.
var backends = map[string]func(t *testing.T) store.Store{
	"memory": func(t *testing.T) store.Store { t.Helper(); return open(t, store.InMemory, store.Options{}) },
	"file":   func(t *testing.T) store.Store { t.Helper(); return open(t, filePath(t), store.Options{}) },
	"redis": func(t *testing.T) store.Store {
		t.Helper()
		return open(t, storetest.StartRedis(t).URL(), store.Options{})
	},
	"file, sealed": func(t *testing.T) store.Store {
		t.Helper()
		return open(t, filePath(t), store.Options{KeyFile: keyFile(t, 1)})
	},
	"redis, TLS, password, sealed": func(t *testing.T) store.Store {
		t.Helper()
		server := storetest.StartRedis(t, storetest.WithTLS, storetest.WithPassword)
		return open(t, server.URL(), store.Options{CAFile: server.CAFile, KeyFile: keyFile(t, 1)})
	},
}

func TestContract(t *testing.T) {
	contract := map[string]func(*testing.T, store.Store){
		"swaps what it was told and nothing else": testSwap,
		"takes any bytes":                         testAnyBytes,
		"hands out and keeps copies":              testCopies,
		"loses no update of many writers":         testCounter,
		"lets one of many be the first":           testFirst,
		"forgets what has expired":                testExpiry,
		"keeps what is renewed":                   testRenewal,
		"stops with its caller":                   testEndedContext,
		"is unavailable once closed":              testClosed,
	}
	for backend, opened := range backends {
		t.Run(backend, func(t *testing.T) {
			s := opened(t)
			for rule, test := range contract {
				if rule != "is unavailable once closed" {
					t.Run(rule, func(t *testing.T) { test(t, s) })
				}
			}
			t.Run("is unavailable once closed", func(t *testing.T) { testClosed(t, s) })
		})
	}
}

func testSwap(t *testing.T, s store.Store) {
	t.Helper()
	for i, step := range []struct {
		old, next, after string
		want             bool
	}{
		{old: "a", next: "b", want: false},
		{next: "a", want: true, after: "a"},
		{next: "b", want: false, after: "a"},
		{old: "b", next: "c", want: false, after: "a"},
		{old: "a", next: "c", want: true, after: "c"},
		{old: "a", want: false, after: "c"},
		{old: "c", want: true},
		{want: true}, // nothing by nothing
	} {
		if got := swap(t, s, "swap", step.old, step.next, time.Hour); got != step.want {
			t.Errorf("step %d: swapped %t", i, got)
		}
		if got := get(t, s, "swap"); got != step.after {
			t.Errorf("step %d: then %q, not %q", i, got, step.after)
		}
	}
}

func testAnyBytes(t *testing.T, s store.Store) {
	t.Helper()
	value := bytes.Repeat([]byte{0, 1, '\r', '\n', 0xff}, 40_000)
	key := "any/\x00\r\n\xff"
	if !swap(t, s, key, "", string(value), 0) || get(t, s, key) != string(value) {
		t.Error("the value didn't come back")
	}
	if !swap(t, s, key, string(value), "\x00", 0) || get(t, s, key) != "\x00" {
		t.Error("the value wasn't recognised")
	}
}

func testCopies(t *testing.T, s store.Store) {
	t.Helper()
	value := []byte("mine")
	if _, err := s.CompareAndSwap(t.Context(), "copies", nil, value, 0); err != nil {
		t.Fatal(err)
	}
	value[0] = 'x'
	got, err := s.Get(t.Context(), "copies")
	if err != nil || string(got) != "mine" {
		t.Fatalf("after writing to what was put in: %q, %v", got, err)
	}
	got[0] = 'x'
	if got := get(t, s, "copies"); got != "mine" {
		t.Errorf("after writing to what came out: %q", got)
	}
}

func testCounter(t *testing.T, s store.Store) {
	t.Helper()
	const writers, each = 8, 10
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for done := 0; done < each; {
				old, err := s.Get(t.Context(), "counter")
				if err != nil {
					t.Error(err)
					return
				}
				n, _ := strconv.Atoi(string(old))
				swapped, err := s.CompareAndSwap(t.Context(), "counter", old, []byte(strconv.Itoa(n+1)), time.Hour)
				if err != nil {
					t.Error(err)
					return
				}
				if swapped {
					done++
				}
			}
		})
	}
	all.Wait()
	if got := get(t, s, "counter"); got != strconv.Itoa(writers*each) {
		t.Errorf("counted to %s", got)
	}
}

func testFirst(t *testing.T, s store.Store) {
	t.Helper()
	var all sync.WaitGroup
	var firsts atomic.Int32
	for i := range 16 {
		all.Go(func() {
			if swap(t, s, "first", "", fmt.Sprint("writer ", i), time.Hour) {
				firsts.Add(1)
			}
		})
	}
	all.Wait()
	if firsts.Load() != 1 {
		t.Errorf("%d were the first", firsts.Load())
	}
}

func testExpiry(t *testing.T, s store.Store) {
	t.Helper()
	if !swap(t, s, "expiry", "", "short", 20*time.Millisecond) {
		t.Fatal("not swapped")
	}
	waitUntilGone(t, s, "expiry")
	if swap(t, s, "expiry", "short", "again", time.Hour) {
		t.Error("an expired value was replaced as if it were there")
	}
	if !swap(t, s, "expiry", "", "again", time.Hour) || get(t, s, "expiry") != "again" {
		t.Error("there was no room where a value had expired")
	}
}

func testRenewal(t *testing.T, s store.Store) {
	t.Helper()
	// A slow machine may lose the value before it is renewed; then it starts over.
	for renewed := false; !renewed; {
		swap(t, s, "renewal", "", "kept", 300*time.Millisecond)
		renewed = swap(t, s, "renewal", "kept", "kept", time.Hour)
	}
	swap(t, s, "renewal/clock", "", "x", 301*time.Millisecond)
	waitUntilGone(t, s, "renewal/clock")
	if get(t, s, "renewal") != "kept" {
		t.Error("renewed, and gone all the same")
	}
}

func testEndedContext(t *testing.T, s store.Store) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the caller left"))
	_, err := s.Get(ctx, "ended")
	wantUnavailable(t, err)
	_, err = s.CompareAndSwap(ctx, "ended", nil, []byte("x"), 0)
	wantUnavailable(t, err)
	if got := get(t, s, "ended"); got != "" {
		t.Errorf("stored %q", got)
	}
}

func testClosed(t *testing.T, s store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Get(t.Context(), "closed")
	wantUnavailable(t, err)
	_, err = s.CompareAndSwap(t.Context(), "closed", nil, []byte("x"), 0)
	wantUnavailable(t, err)
}

func wantUnavailable(t *testing.T, err error) {
	t.Helper()
	if unavailable := (*store.Unavailable)(nil); !errors.As(err, &unavailable) {
		t.Errorf("want an *Unavailable, got %v", err)
	}
}

func waitUntilGone(t *testing.T, s store.Store, key string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	giveUp := time.After(10 * time.Second)
	for get(t, s, key) != "" {
		select {
		case <-tick.C:
		case <-giveUp:
			t.Fatalf("%s never expires", key)
		}
	}
}

func open(t *testing.T, spec string, options store.Options) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), spec, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func filePath(t *testing.T) string {
	t.Helper()
	return "file:" + filepath.Join(t.TempDir(), "checkoutsvc.db")
}

func get(t *testing.T, s store.Store, key string) string {
	t.Helper()
	value, err := s.Get(t.Context(), key)
	if err != nil {
		t.Error(err)
	}
	return string(value)
}

func swap(t *testing.T, s store.Store, key, old, next string, ttl time.Duration) bool {
	t.Helper()
	swapped, err := s.CompareAndSwap(t.Context(), key, []byte(old), []byte(next), ttl)
	if err != nil {
		t.Error(err)
	}
	return swapped
}
