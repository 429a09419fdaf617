// Package idempotency answers a repeated create as it answered the first: one key, one answer, however many processes
// share the store and however often they die.
//
// A key's record goes from absent to reserved, while one call is under way, to answered. Polar deduplicates nothing
// (B 8), so what is promised is about answers, not about checkouts: a create whose answer is lost on the way, because the
// connection was cut or this process was killed before it could record it, leaves an open checkout that nobody knows
// the secret of. It takes no money and expires by itself, and the key's next use makes another.
package idempotency

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/store"
)

const (
	// Lease is for how long a key stays reserved for a process that has died. It is longer than a written create is seen
	// through, so that no live call loses its key even if no renewal gets through.
	Lease = 75 * time.Second
	// SeeThrough is how long a call may go on when its caller has left.
	SeeThrough = 60 * time.Second
	// replayMargin is how long before a checkout expires its answer is given for the last time: a buyer needs time to pay.
	replayMargin = 5 * time.Minute
	// replayAtLeast keeps an answer for those who wait for it now, even if its checkout is about to expire.
	replayAtLeast = time.Minute
	// boundFor is how long an unanswered create keeps its key for requests equal to it: the life of the checkout that it
	// may have made (B 2.1).
	boundFor = 24 * time.Hour
)

// Config is what Keys is made of. Zero durations stand for the constants of the same names.
type Config struct {
	Store             store.Store
	Lease, SeeThrough time.Duration
}

// Keys runs calls under idempotency keys. It is safe for use by many goroutines.
type Keys struct {
	store             store.Store
	hasher            *store.Hasher
	lease, seeThrough time.Duration
	owners            *owners
	flights           sync.WaitGroup
}

// New makes Keys on a store.
func New(config Config) *Keys {
	if config.Lease == 0 {
		config.Lease = Lease
	}
	if config.SeeThrough == 0 {
		config.SeeThrough = SeeThrough
	}
	return &Keys{
		store: config.Store, hasher: store.NewHasher(config.Store, "idempotency"),
		lease: config.Lease, seeThrough: config.SeeThrough, owners: newOwners(),
	}
}

// Scope is what a key counts in: the same key of another caller, or at another Polar, is another key.
type Scope struct {
	BaseURL, Organization, Caller, Key string
}

// RequestHash gives the hash of all that makes two requests the same request, in a fixed order.
func RequestHash(parts ...[]byte) [sha256.Size]byte {
	hash := sha256.New()
	for _, part := range parts {
		hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		hash.Write(part)
	}
	return [sha256.Size]byte(hash.Sum(nil))
}

// Outcome is what a call came to.
type Outcome struct {
	// Body is what a repeated call is answered with, beside no error.
	Body []byte
	// Expires is the checkout's expires_at: the answer is kept until 5 minutes before.
	Expires time.Time
	// Refused says, beside an error, that Polar certainly made no checkout, and frees the key. Without it the outcome
	// counts as unknown: the key stays bound to this request for 24 hours, and repeating it makes another call.
	Refused bool
}

// Call sends the create to Polar and waits for its answer. Its context carries the values of the caller's, but ends only
// SeeThrough after it, so that an answer is recorded even if nobody waits for it any more. So a Call must not write to
// what its caller reads unless Do returned something else than *InProgress.
type Call func(ctx context.Context) (Outcome, error)

// Result is the answer to a create.
type Result struct {
	Body []byte
	// Replayed says that it is the answer to an earlier call, and Joined that this one was still under way at first.
	Replayed, Joined bool
}

// Do answers with what call gives, or with what an earlier call under the same key gave. While another one with the same
// request is under way, here or in another process, it waits for that one.
//
// Its errors are those of call as they are; *Reused; *InProgress; *Unrecorded; and, where nothing was sent, the store's.
func (k *Keys) Do(ctx context.Context, scope Scope, request [sha256.Size]byte, call Call) (Result, error) {
	key, err := k.hasher.Key(ctx, scope.BaseURL, scope.Organization, scope.Caller, scope.Key)
	if err != nil {
		return Result{}, err
	}
	patience, stop := withMargin(ctx)
	defer stop()
	joined := false
	for pause := shortestPause; ; {
		found, err := k.read(ctx, key)
		if err != nil {
			return Result{}, err
		}
		switch {
		case found.state != absent && found.request != request:
			return Result{}, &Reused{}
		case found.state == answered:
			return Result{Body: found.body, Replayed: true, Joined: joined}, nil
		}
		if end, abandoned := k.owners.look(found.owner); found.state == reserved && !abandoned {
			if !wait(patience, end, &pause) {
				return Result{}, &InProgress{RetryAfter: retryAfter}
			}
			joined = true
			continue
		}
		f, err := k.reserve(ctx, key, &found, request)
		if err != nil {
			return Result{}, err
		}
		if f != nil {
			return f.fly(ctx, patience, call)
		}
	}
}

// Wait returns when no call is under way any more, or with ctx's error.
func (k *Keys) Wait(ctx context.Context) error {
	idle := make(chan struct{})
	go func() { k.flights.Wait(); close(idle) }()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
