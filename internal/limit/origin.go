package limit

import (
	"context"
	"strconv"
	"sync"
)

// origin is since when the store's logs are complete: a store without that mark is new, or has forgotten everything, and
// what was sent before is unknown. An absent log beside the mark says that nothing was sent.
type origin struct {
	mu    sync.Mutex
	value instant // 0 until known
}

func (o *origin) since(ctx context.Context, l *Limiter) (instant, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.value != 0 {
		return o.value, nil
	}
	key, now := l.config.key("since"), l.now()
	for range 2 {
		text, err := l.config.Store.Get(ctx, key)
		if err != nil {
			return 0, err
		}
		if len(text) > 0 {
			o.value = parseOrigin(text, now)
			return o.value, nil
		}
		swapped, err := l.config.Store.CompareAndSwap(ctx, key, nil, strconv.AppendInt(nil, int64(now), 10), 0)
		if err != nil {
			return 0, err
		}
		if swapped {
			o.value = now
			return now, nil
		}
	}
	return 0, errContended
}

// parseOrigin takes a mark that is no time, or lies in the future, for now.
func parseOrigin(text []byte, now instant) instant {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n <= 0 {
		return now
	}
	return min(instant(n), now)
}
