package metrics

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/checkoutsvc/checkoutsvc/internal/idempotency"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

// records are the series of what outlives a call.
type records struct {
	outcomes  map[string]prometheus.Counter
	get, swap storeSeries
}

// storeSeries are those of one operation of the store.
type storeSeries struct {
	errors prometheus.Counter
	took   prometheus.Observer
}

// What came of a create with a name.
const (
	made       = "made"        // Polar was asked for this call
	replayed   = "replayed"    // answered with what an earlier call got
	joined     = "joined"      // the same, and that call was still under way
	reused     = "reused"      // refused: the name stands for another request
	inProgress = "in_progress" // refused: the first call is still under way
	failed     = "failed"      // no answer, for another reason
)

func newRecords(registry *prometheus.Registry) records {
	failures := counters(registry, "checkoutsvc_store_errors_total", "What the store could not do, by operation (get or swap).", "operation", "get", "swap")
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "checkoutsvc_store_seconds", Help: "How long the store took, by operation (get or swap).", Buckets: seconds,
	}, []string{"operation"})
	registry.MustRegister(took)
	return records{
		outcomes: counters(registry, "checkoutsvc_idempotency_total",
			"Creates with a request id, by what came of it: made, replayed, joined, reused, in_progress or failed.", "outcome",
			made, replayed, joined, reused, inProgress, failed),
		get:  storeSeries{failures["get"], took.WithLabelValues("get")},
		swap: storeSeries{failures["swap"], took.WithLabelValues("swap")},
	}
}

// Keys runs creates under their idempotency keys; *idempotency.Keys is it.
type Keys interface {
	Do(ctx context.Context, scope idempotency.Scope, request [sha256.Size]byte, call idempotency.Call) (idempotency.Result, error)
}

// Keys counts what comes of creates.
func (m *Metrics) Keys(next Keys) Keys { return &keys{next, m.records.outcomes} }

type keys struct {
	next     Keys
	outcomes map[string]prometheus.Counter
}

// Do implements Keys.
func (k *keys) Do(ctx context.Context, scope idempotency.Scope, request [sha256.Size]byte, call idempotency.Call) (idempotency.Result, error) {
	result, err := k.next.Do(ctx, scope, request, call)
	k.outcomes[outcome(&result, err)].Inc()
	return result, err
}

func outcome(result *idempotency.Result, err error) string {
	var otherRequest *idempotency.Reused
	var stillUnderWay *idempotency.InProgress
	switch {
	case errors.As(err, &otherRequest):
		return reused
	case errors.As(err, &stillUnderWay):
		return inProgress
	case err != nil:
		return failed
	case result.Joined:
		return joined
	case result.Replayed:
		return replayed
	default:
		return made
	}
}

// Store counts and times what a store does.
func (m *Metrics) Store(next store.Store) store.Store { return &countedStore{next, &m.records} }

type countedStore struct {
	store.Store

	records *records
}

// Get implements store.Store.
func (s *countedStore) Get(ctx context.Context, key string) ([]byte, error) {
	start := time.Now()
	value, err := s.Store.Get(ctx, key)
	s.records.get.count(start, err)
	return value, err
}

// CompareAndSwap implements store.Store.
func (s *countedStore) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	start := time.Now()
	swapped, err := s.Store.CompareAndSwap(ctx, key, old, next, ttl)
	s.records.swap.count(start, err)
	return swapped, err
}

// count takes no caller that went away for a failure of the store.
func (s *storeSeries) count(start time.Time, err error) {
	s.took.Observe(time.Since(start).Seconds())
	if err != nil && !errors.Is(err, context.Canceled) {
		s.errors.Inc()
	}
}
