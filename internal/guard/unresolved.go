package guard

import (
	"sync"
	"time"
)

// unresolved are the confirms that were left without a known outcome in this process, by id, with the time when each was
// admitted. They serve metrics alone: what holds others back is the store's record.
type unresolved struct {
	mu       sync.Mutex
	admitted map[string]time.Time
}

// Unresolved counts the confirms whose outcome this process left unknown and that stand, and gives the time when the
// oldest was admitted; the zero time if there is none. One that another process has found out counts until the guard lifts.
func (g *Guard[A]) Unresolved() (count int, oldest time.Time) {
	u := &g.unresolved
	u.mu.Lock()
	defer u.mu.Unlock()
	for id, admitted := range u.admitted {
		switch {
		case time.Since(admitted) >= g.standing:
			delete(u.admitted, id)
		case count == 0 || admitted.Before(oldest):
			oldest = admitted
			fallthrough
		default:
			count++
		}
	}
	return count, oldest
}

// left keeps t's confirm, unless its outcome is known already.
func (u *unresolved) left(id string, admitted time.Time, settled *bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !*settled {
		u.admitted[id] = admitted
	}
}

// settle forgets t's confirm for good.
func (u *unresolved) settle(id string, settled *bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	*settled = true
	delete(u.admitted, id)
}
