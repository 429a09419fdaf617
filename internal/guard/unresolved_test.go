package guard_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/guard"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

// TestUnresolvedConfirmsAreCounted follows what operators see: what is left unknown counts until its outcome is known, even
// late, or the guard lifts.
func TestUnresolvedConfirmsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, store.NewMemory())
		want := func(count int, age time.Duration) {
			t.Helper()
			found, oldest := g.Unresolved()
			if found != count || count > 0 && time.Since(oldest) != age {
				t.Errorf("%d stand, the oldest for %v; want %d and %v", found, time.Since(oldest), count, age)
			}
		}
		first := enter(t, g, "first", card, false, guard.Send)
		want(0, 0)
		first.Unknown()
		sleep(time.Minute)
		enter(t, g, "second", card, false, guard.Send).Unknown()
		want(2, time.Minute)

		known := enter(t, g, "third", card, false, guard.Send)
		known.Definite(t.Context(), "confirmed")
		known.Unknown()
		want(2, time.Minute)

		first.Definite(t.Context(), "confirmed late")
		want(1, 0)
		again := enter(t, g, "second", card, false, guard.Resolve)
		sleep(time.Minute)
		again.Unknown()
		want(1, time.Minute)
		sleep(guard.For)
		want(0, 0)
	})
}
