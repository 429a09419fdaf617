package store

import (
	"bytes"
	"container/heap"
	"context"
	"errors"
	"sync"
	"time"
)

// sweepPerWrite is how many expired entries one write removes at most. It is above one, so that the expired never
// outnumber the written for long, and small, so that no write pays for others.
const sweepPerWrite = 4

// Memory keeps everything in the process: the next start knows nothing of it, and replicas share nothing.
type Memory struct {
	mu      sync.Mutex
	entries map[string]*entry
	expiry  expiryHeap
	closed  bool
}

// NewMemory makes an empty store.
func NewMemory() *Memory { return &Memory{entries: map[string]*entry{}} }

// Get implements Store.
func (m *Memory) Get(ctx context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return nil, err
	}
	return bytes.Clone(m.live(key)), nil
}

// CompareAndSwap implements Store.
func (m *Memory) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return false, err
	}
	if !bytes.Equal(m.live(key), old) {
		return false, nil
	}
	m.put(key, next, deadline(ttl))
	m.sweep()
	return true, nil
}

// Close implements Store. It forgets everything.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed, m.entries, m.expiry = true, nil, nil
	return nil
}

var errClosed = errors.New("it is closed")

func (m *Memory) usable(ctx context.Context) error {
	if m.closed {
		return &Unavailable{Store: "memory", Err: errClosed}
	}
	if ctx.Err() != nil {
		return &Unavailable{Store: "memory", Err: context.Cause(ctx)}
	}
	return nil
}

// live gives what stands under key now.
func (m *Memory) live(key string) []byte {
	e := m.entries[key]
	if e == nil || e.expired(time.Now()) {
		return nil
	}
	return e.value
}

// put replaces whatever lies under key, expired or not.
func (m *Memory) put(key string, value []byte, expires time.Time) {
	if e := m.entries[key]; e != nil {
		m.remove(e)
	}
	if len(value) == 0 {
		return
	}
	e := &entry{key: key, value: bytes.Clone(value), expires: expires}
	m.entries[key] = e
	if !expires.IsZero() {
		heap.Push(&m.expiry, e)
	}
}

func (m *Memory) remove(e *entry) {
	delete(m.entries, e.key)
	if !e.expires.IsZero() {
		heap.Remove(&m.expiry, e.index)
	}
}

// sweep removes some of the expired, the oldest first.
func (m *Memory) sweep() {
	now := time.Now()
	for range sweepPerWrite {
		if len(m.expiry) == 0 || !m.expiry[0].expired(now) {
			return
		}
		m.remove(m.expiry[0])
	}
}

type entry struct {
	key     string
	value   []byte
	expires time.Time // zero: never
	index   int       // in the heap
}

func (e *entry) expired(now time.Time) bool { return !e.expires.IsZero() && !now.Before(e.expires) }

// expiryHeap has the entry that expires next in front. It is a heap.Interface.
type expiryHeap []*entry

func (h expiryHeap) Len() int           { return len(h) }
func (h expiryHeap) Less(i, j int) bool { return h[i].expires.Before(h[j].expires) }

func (h expiryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *expiryHeap) Push(x any) {
	e := x.(*entry)
	e.index = len(*h)
	*h = append(*h, e)
}

func (h *expiryHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return e
}
