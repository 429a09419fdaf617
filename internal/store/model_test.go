package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

// synctestSleep lets the time of a bubble pass.
func synctestSleep(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // in a synctest bubble
}

// model is what a Store should be, in its simplest form.
type model map[string]modelEntry

type modelEntry struct {
	value   string
	expires time.Time
}

func (m model) get(key string) string {
	e := m[key]
	if !e.expires.IsZero() && !time.Now().Before(e.expires) {
		return ""
	}
	return e.value
}

func (m model) swap(key, old, next string, ttl time.Duration) bool {
	if m.get(key) != old {
		return false
	}
	m[key] = modelEntry{value: next}
	if ttl > 0 {
		m[key] = modelEntry{next, time.Now().Add(ttl)}
	}
	return true
}

// step is one call in a script, after a wait.
type step struct {
	wait           time.Duration
	key, old, next string
	knowing        bool // the old value is the right one
	ttl            time.Duration
}

var steps = rapid.Custom(func(r *rapid.T) step {
	values := rapid.SampledFrom([]string{"", "x", "y"})
	return step{
		wait:    rapid.SampledFrom([]time.Duration{0, 0, 1, time.Second}).Draw(r, "wait"),
		key:     rapid.SampledFrom(modelKeys).Draw(r, "key"),
		old:     values.Draw(r, "old"),
		next:    values.Draw(r, "next"),
		knowing: rapid.Bool().Draw(r, "knowing"),
		ttl:     rapid.SampledFrom([]time.Duration{0, 1, time.Second, 3 * time.Second}).Draw(r, "ttl"),
	}
})

var modelKeys = []string{"a", "b", "c"}

// TestModel holds memory and file to the model, to the nanosecond, over random calls and random waits.
func TestModel(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		rapid.Check(t, func(r *rapid.T) {
			script := rapid.SliceOfN(steps, 1, 60).Draw(r, "script")
			fault := ""
			synctest.Test(t, func(t *testing.T) { fault = followModel(t, script, store.NewMemory()) })
			if fault != "" {
				r.Fatal(fault)
			}
		})
	})
	t.Run("file", func(t *testing.T) {
		// Few scripts: each write is synced to the disk.
		for seed := range 5 {
			synctest.Test(t, func(t *testing.T) {
				s, err := store.OpenBolt(filepath.Join(t.TempDir(), "checkoutsvc.db"))
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if fault := followModel(t, rapid.SliceOfN(steps, 40, 40).Example(seed), s); fault != "" {
					t.Errorf("seed %d: %s", seed, fault)
				}
			})
		}
	})
}

// followModel plays the script and says where store and model part.
func followModel(t *testing.T, script []step, s store.Store) string {
	t.Helper()
	m := model{}
	for i, step := range script {
		synctestSleep(step.wait)
		if step.knowing {
			step.old = m.get(step.key)
		}
		got := swap(t, s, step.key, step.old, step.next, step.ttl)
		if want := m.swap(step.key, step.old, step.next, step.ttl); got != want {
			return fmt.Sprintf("step %d %+v: swapped %t, want %t", i, step, got, want)
		}
		for _, key := range modelKeys {
			if got, want := get(t, s, key), m.get(key); got != want {
				return fmt.Sprintf("after step %d %+v: %s is %q, want %q", i, step, key, got, want)
			}
		}
	}
	return ""
}
