package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// InMemory is the spec of the store that is lost with the process.
const InMemory = "memory"

// Options are what a spec doesn't say.
type Options struct {
	// KeyFile names the file whose key seals the values (ReadKeyFile); empty leaves them as they are.
	KeyFile string
	// CAFile names a PEM file of the authorities that Redis's certificate is checked against; empty takes the system's.
	CAFile string
}

// Open opens the store that spec names: "memory", "file:PATH", "redis://..." or "rediss://..." (OpenRedis). Its error is
// one line for an operator, to follow the name of the setting, without the password. A Redis that is down is no error: calls fail with *Unavailable until it
// is up.
func Open(ctx context.Context, spec string, options Options) (Store, error) {
	var key []byte
	if options.KeyFile != "" {
		var err error
		if key, err = ReadKeyFile(options.KeyFile); err != nil {
			return nil, err
		}
	}
	raw, err := openRaw(ctx, spec, options.CAFile)
	if err != nil {
		return nil, err
	}
	s, err := inOneForm(ctx, raw, key)
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return s, nil
}

func openRaw(ctx context.Context, spec, caFile string) (Store, error) {
	scheme, rest, _ := strings.Cut(spec, ":")
	if caFile != "" && scheme != "redis" && scheme != "rediss" {
		return nil, errors.New("a file of authorities is of use with rediss:// only")
	}
	switch {
	case spec == InMemory:
		return NewMemory(), nil
	case scheme == "file" && rest != "":
		return typed(OpenBolt(rest))
	case scheme == "redis" || scheme == "rediss":
		return typed(OpenRedis(ctx, spec, caFile))
	default:
		return nil, fmt.Errorf("it must be %s, file:PATH, redis://HOST or rediss://HOST", InMemory)
	}
}

// typed keeps a nil pointer from becoming a Store that is not nil.
func typed[S Store](s S, err error) (Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

func inOneForm(ctx context.Context, raw Store, key []byte) (Store, error) {
	u := &uniform{Store: raw, raw: raw}
	if key != nil {
		var err error
		if u.Store, err = Sealed(raw, key); err != nil {
			return nil, err
		}
		u.isSealed = true
	}
	return u, u.checkNow(ctx)
}
