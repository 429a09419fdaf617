package server

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

// watchedStore knows whether the store answered when it was asked last.
type watchedStore struct {
	store.Store

	logger *slog.Logger
	away   atomic.Bool
}

// Get implements store.Store.
func (s *watchedStore) Get(ctx context.Context, key string) ([]byte, error) {
	value, err := s.Store.Get(ctx, key)
	s.note(err)
	return value, err
}

// CompareAndSwap implements store.Store.
func (s *watchedStore) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	swapped, err := s.Store.CompareAndSwap(ctx, key, old, next, ttl)
	s.note(err)
	return swapped, err
}

// note logs the change from one to the other. A caller that went away says nothing of the store.
func (s *watchedStore) note(err error) {
	if errors.Is(err, context.Canceled) || s.away.Load() == (err != nil) {
		return
	}
	switch {
	case err == nil && s.away.CompareAndSwap(true, false):
		s.logger.Info("the store answers again")
	case err != nil && s.away.CompareAndSwap(false, true):
		s.logger.Error("the store cannot be reached: creates with a request id and confirms are refused", "cause", err)
	}
}
