package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/checkoutsvc/checkoutsvc/internal/pemfile"
)

const (
	// redisTimeout bounds dialling, each write and each read: calls wait for the store, so a lost one must be noticed soon.
	redisTimeout = time.Second
	// redisIdle is when an unused connection is given up, before a firewall in between forgets it without a word.
	redisIdle = time.Minute
	// redisPrefix sets our keys apart in a Redis that others use too.
	redisPrefix = "checkoutsvc:"
)

// swapScript is CompareAndSwap, done by Redis in one step. An empty argument stands for no value.
var swapScript = redis.NewScript(`
local current = redis.call('GET', KEYS[1]) or ''
if current ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
elseif ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`)

// Redis keeps everything in a Redis server that replicas share. The server must not evict entries (maxmemory-policy
// noeviction); what a restart or a failover of it forgets is forgotten here.
type Redis struct{ client *redis.Client }

// OpenRedis makes a store on the server that address names: redis://[user:password@]host[:port][/db], rediss:// for TLS.
// The server's certificate is checked against the PEM file caFile, or the system's authorities if that is empty. A server
// that is down is no error, it may come up; one that refuses the credentials or offers a wrong certificate is.
func OpenRedis(ctx context.Context, address, caFile string) (*Redis, error) {
	options, err := redisOptions(address, caFile)
	if err != nil {
		return nil, err
	}
	logging.Disable() // it writes to standard error; what failed is in the errors
	r := &Redis{client: redis.NewClient(options)}
	if err := r.client.Ping(ctx).Err(); refusedForGood(err) {
		_ = r.Close()
		return nil, fmt.Errorf("store redis at %s: %w", options.Addr, err)
	}
	return r, nil
}

// redisOptions reads address. Its errors never quote it: it holds the password.
func redisOptions(address, caFile string) (*redis.Options, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errRedisURL
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("a Redis URL takes no options after the database number")
	}
	options, err := redis.ParseURL(address)
	if err != nil || u.Hostname() == "" || u.Scheme == "unix" {
		return nil, errRedisURL
	}
	options.MaxRetries = -1 // a swap must not be repeated without a thought: see swap
	options.DialerRetries = 1
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = redisTimeout, redisTimeout, redisTimeout
	options.PoolTimeout = redisTimeout
	options.ContextTimeoutEnabled = true
	options.ConnMaxIdleTime = redisIdle
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return options, trust(options, caFile)
}

var errRedisURL = errors.New("not a Redis URL; it looks like redis://[user:password@]host[:port][/db], or rediss:// for TLS, " +
	"with special characters in user and password percent-encoded")

func trust(options *redis.Options, caFile string) error {
	if caFile == "" {
		return nil
	}
	if options.TLSConfig == nil {
		return errors.New("a file of authorities is of use with rediss:// only")
	}
	var err error
	if options.TLSConfig.RootCAs, err = pemfile.Authorities(caFile); err != nil {
		return fmt.Errorf("the authorities for Redis: %w", err)
	}
	return nil
}

// refusedForGood tells what an operator must mend from what passes by itself.
func refusedForGood(err error) bool {
	var certificate *tls.CertificateVerificationError
	var reply redis.Error
	switch {
	case err == nil:
		return false
	case errors.As(err, &certificate):
		return true
	case errors.As(err, &reply):
		return !strings.HasPrefix(reply.Error(), "LOADING") && !strings.HasPrefix(reply.Error(), "MASTERDOWN")
	default:
		return false
	}
}

// Get implements Store.
func (r *Redis) Get(ctx context.Context, key string) ([]byte, error) {
	value, err := r.get(ctx, key)
	if stale(err) {
		value, err = r.get(ctx, key)
	}
	return value, redisUnavailable(ctx, err)
}

func (r *Redis) get(ctx context.Context, key string) ([]byte, error) {
	value, err := r.client.Get(ctx, redisPrefix+key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return value, err
}

// CompareAndSwap implements Store.
func (r *Redis) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (bool, error) {
	// A TTL below a millisecond is none to Redis; it is rounded up.
	px := (ttl + time.Millisecond - 1).Milliseconds()
	swapped, err := r.swap(ctx, key, old, next, px)
	if stale(err) {
		// The connection had died, most likely before the swap. Swapping now is a swap; not swapping may mean that the
		// first one happened after all.
		lost := err
		if swapped, err = r.swap(ctx, key, old, next, px); err == nil && !swapped {
			err = lost
		}
	}
	return swapped, redisUnavailable(ctx, err)
}

func (r *Redis) swap(ctx context.Context, key string, old, next []byte, px int64) (bool, error) {
	return swapScript.Run(ctx, r.client, []string{redisPrefix + key}, old, next, px).Bool()
}

// Close implements Store.
func (r *Redis) Close() error { return r.client.Close() }

// stale reports whether the server had closed the connection that a call was sent on.
func stale(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}

func redisUnavailable(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return &Unavailable{Store: "redis", Err: err}
}
