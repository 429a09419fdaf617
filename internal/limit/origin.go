package limit

import (
	"context"
	"strconv"
	"sync/atomic"
)

// origin is since when the store's logs are complete: a store without that mark is new, or has forgotten everything, and
// what was sent before is unknown. An absent log beside the mark says that nothing was sent.
type origin struct {
	known atomic.Int64 // an instant; 0 until known
}

func (o *origin) since(ctx context.Context, l *Limiter) (instant, error) {
	if known := o.known.Load(); known != 0 {
		return instant(known), nil
	}
	key, now := l.config.key("since"), l.now()
	mine := strconv.AppendInt(nil, int64(now), 10)
	for range 2 {
		text, err := l.config.Store.Get(ctx, key)
		if err != nil {
			return 0, err
		}
		if len(text) == 0 {
			swapped, err := l.config.Store.CompareAndSwap(ctx, key, nil, mine, 0)
			if err != nil {
				return 0, err
			}
			if !swapped {
				continue // another process was faster: its mark counts
			}
			text = mine
		}
		o.known.Store(int64(parseOrigin(text, now)))
		return instant(o.known.Load()), nil
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
