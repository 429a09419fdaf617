package idempotency

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync"
)

// owners knows which reservations of this process are alive. One that isn't, because the store was away when it should
// have been released, needs no lease to run out: this process may take it over at once.
type owners struct {
	process string // precedes the name of each owner in this process

	mu    sync.Mutex
	last  int
	alive map[string]chan struct{} // closed at the end
}

func newOwners() *owners {
	return &owners{process: rand.Text() + "/", alive: map[string]chan struct{}{}}
}

// enter names a new owner. It is alive before its reservation can be seen.
func (o *owners) enter() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last++
	owner := o.process + strconv.Itoa(o.last)
	o.alive[owner] = make(chan struct{})
	return owner
}

// leave ends an owner and wakes who waits for it.
func (o *owners) leave(owner string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.alive[owner])
	delete(o.alive, owner)
}

// look reports whether owner was one of this process and is no more. While it is one, end is closed when it leaves; the
// end of another process's owner can't be seen.
func (o *owners) look(owner string) (end <-chan struct{}, abandoned bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	end = o.alive[owner]
	return end, end == nil && strings.HasPrefix(owner, o.process)
}
