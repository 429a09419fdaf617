package limit

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

var errDown = errors.New("store is down")

// memory is a store that takes its time and can fail, also after it has written.
type memory struct {
	mu      sync.Mutex
	values  map[string][]byte
	ends    map[string]time.Time
	latency time.Duration // up to
	down    bool
	lost    bool // writes are carried out but not acknowledged
	writes  int
}

func newMemory(latency time.Duration) *memory {
	return &memory{values: map[string][]byte{}, ends: map[string]time.Time{}, latency: latency}
}

func (m *memory) Get(_ context.Context, key string) ([]byte, error) {
	m.delay()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down {
		return nil, errDown
	}
	m.expire(key)
	return bytes.Clone(m.values[key]), nil
}

func (m *memory) CompareAndSwap(_ context.Context, key string, old, value []byte, ttl time.Duration) (bool, error) {
	m.delay()
	defer m.delay()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down {
		return false, errDown
	}
	m.expire(key)
	if !bytes.Equal(m.values[key], old) {
		return false, nil
	}
	m.writes++
	m.values[key] = bytes.Clone(value)
	delete(m.ends, key)
	if ttl > 0 {
		m.ends[key] = time.Now().Add(ttl)
	}
	if m.lost {
		return false, errDown
	}
	return true, nil
}

func (m *memory) expire(key string) {
	if end, found := m.ends[key]; found && !time.Now().Before(end) {
		delete(m.values, key)
		delete(m.ends, key)
	}
}

func (m *memory) set(change func(*memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

func (m *memory) delay() {
	if m.latency > 0 {
		sleep(rand.N(m.latency))
	}
}

// mortal is one process's way to the store. It ends with the process.
type mortal struct {
	*memory
	dead atomic.Bool
}

func (m *mortal) Get(ctx context.Context, key string) ([]byte, error) {
	if m.dead.Load() {
		return nil, errDown
	}
	return m.memory.Get(ctx, key)
}

func (m *mortal) CompareAndSwap(ctx context.Context, key string, old, value []byte, ttl time.Duration) (bool, error) {
	if m.dead.Load() {
		return false, errDown
	}
	return m.memory.CompareAndSwap(ctx, key, old, value, ttl)
}
