package emulator

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RateLimits chooses whose limits the emulator keeps (B 6).
type RateLimits string

// The environments of Polar. Sandbox also adds the header X-Polar-Sandbox to answers.
const (
	NoLimits         RateLimits = ""
	SandboxLimits    RateLimits = "sandbox"
	ProductionLimits RateLimits = "production"
)

// rateGroup is what an identity is allowed.
type rateGroup string

const (
	groupDefault     rateGroup = "default"
	groupRestricted  rateGroup = "restricted"
	groupElevated    rateGroup = "elevated"
	groupPendingAuth rateGroup = "pending_auth"
)

// window admits exactly limit requests from its first one until length has passed.
type window struct {
	length time.Duration
	limit  int
}

// apiLimits are those of all paths under /v1, confirmLimits those of confirms; a group without one of the latter falls
// through to the former.
var (
	apiLimits = map[RateLimits]map[rateGroup]window{
		ProductionLimits: {
			groupDefault: {time.Minute, 500}, groupRestricted: {time.Minute, 60},
			groupElevated: {time.Second, 100}, groupPendingAuth: {time.Minute, 60},
		},
		SandboxLimits: {
			groupDefault: {time.Minute, 100}, groupRestricted: {time.Minute, 10},
			groupElevated: {time.Second, 50}, groupPendingAuth: {time.Minute, 60},
		},
	}
	confirmLimits = []window{{time.Minute, 6}, {time.Hour, 20}}
)

const (
	// blockTime is how long an identity is shut out after one confirm too many.
	blockTime = 1800 * time.Second
	// knownTime is how long a token that has been authenticated counts under its subject.
	knownTime = 300 * time.Second
	// staleBuckets is how many buckets may gather before the ended ones are swept out.
	staleBuckets = 10_000
)

// limiter counts requests by identity.
type limiter struct {
	limits  RateLimits
	buckets map[string]*bucket
	blocked map[string]time.Time // identity to the end of its block
	known   map[string]knownToken
}

type bucket struct {
	ends  time.Time
	count int
}

type knownToken struct {
	identity identity
	until    time.Time
}

type identity struct {
	name  string
	group rateGroup
}

func newLimiter(limits RateLimits) *limiter {
	return &limiter{limits: limits, buckets: map[string]*bucket{}, blocked: map[string]time.Time{}, known: map[string]knownToken{}}
}

// admit counts a request, and answers the 429 if it is one too many.
func (l *limiter) admit(r *http.Request, path string, now time.Time) *answer {
	if l.limits == NoLimits || !strings.HasPrefix(path, "/v1") {
		return nil
	}
	who := l.identify(r, now)
	if until, blocked := l.blocked[who.name]; blocked {
		if now.Before(until) {
			return tooMany(until.Sub(now))
		}
		delete(l.blocked, who.name)
	}
	if len(l.buckets) > staleBuckets {
		l.sweep(now)
	}
	confirms := isConfirm(path) && (who.group == groupDefault || who.group == groupPendingAuth)
	if !confirms {
		w := apiLimits[l.limits][who.group]
		if !l.count("api:"+who.name, w, now) {
			return tooMany(w.length)
		}
		return nil
	}
	for _, w := range confirmLimits {
		if !l.count("confirm:"+w.length.String()+":"+who.name, w, now) {
			l.blocked[who.name] = now.Add(blockTime)
			return tooMany(blockTime)
		}
	}
	return nil
}

// isConfirm matches Polar's pattern for confirms, whatever the method.
func isConfirm(path string) bool {
	rest, found := strings.CutPrefix(path, "/v1/checkouts/")
	return found && strings.LastIndex(rest, "/confirm") > 0
}

func (l *limiter) count(key string, w window, now time.Time) bool {
	b := l.buckets[key]
	if b == nil || !now.Before(b.ends) {
		b = &bucket{ends: now.Add(w.length)}
		l.buckets[key] = b
	}
	if b.count >= w.limit {
		return false
	}
	b.count++
	return true
}

func (l *limiter) sweep(now time.Time) {
	for key, b := range l.buckets {
		if !now.Before(b.ends) {
			delete(l.buckets, key)
		}
	}
	for token, k := range l.known {
		if !now.Before(k.until) {
			delete(l.known, token)
		}
	}
}

// identify tells under whom a request counts: the subject of a token that was lately authenticated, else the token
// itself, else the address (B 6.2).
func (l *limiter) identify(r *http.Request, now time.Time) identity {
	if value, found := bearer(r.Header); found {
		if known, recent := l.known[value]; recent && now.Before(known.until) {
			return known.identity
		}
		return identity{name: "token:" + value, group: groupPendingAuth}
	}
	if ip := r.Header.Get("True-Client-IP"); ip != "" {
		return identity{name: "ip:" + ip, group: groupDefault}
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return identity{name: "ip:" + host, group: groupDefault}
	}
	return identity{name: "anonymous", group: groupDefault}
}

// remember lets the requests of an authenticated token count under its subject for a while.
func (l *limiter) remember(header http.Header, who subject, now time.Time) {
	value, found := bearer(header)
	if l.limits == NoLimits || !found || who.token == nil {
		return
	}
	l.known[value] = knownToken{identity: who.identity(), until: now.Add(knownTime)}
}

// identity is the bucket that a subject shares with all its other tokens.
func (s subject) identity() identity {
	switch t := s.token; t.kind {
	case organizationToken:
		return identity{name: "organization:" + t.org.id, group: t.org.rateGroup}
	case userToken:
		return identity{name: "user:" + t.user.id, group: groupDefault}
	case memberToken:
		return identity{name: "member:" + t.value, group: groupDefault}
	default:
		return identity{name: "customer:" + t.customer.id, group: groupDefault}
	}
}

// tooMany is Polar's 429: no body, no content type, no length.
func tooMany(wait time.Duration) *answer {
	seconds := int64((wait + time.Second - 1) / time.Second)
	header := http.Header{}
	header.Set("Retry-After", strconv.FormatInt(seconds, 10))
	return &answer{status: http.StatusTooManyRequests, header: header, unframed: true}
}
