package limit

import "time"

// rule admits at most limit calls in any length. While a log is younger than length it may lack what an earlier process
// sent, and only fresh calls are admitted.
type rule struct {
	zone   Zone
	limit  int
	length time.Duration
	fresh  int
}

// rules are those of one identity.
type rules struct {
	api   rule // all calls that Polar counts in zone api
	reads rule // those of them that may not use what is reserved for writes
	// pending is for a token that Polar may not know yet. It applies besides the others.
	pending rule
	// confirms apply together, to all confirms if confirmZone, else to those of a token that Polar may not know.
	confirms    [2]rule
	confirmZone bool
	token       bool
}

// polarWindow is one row of B 6.1.
type polarWindow struct {
	limit  int
	length time.Duration
}

var polarAPI = map[Environment]map[Group]polarWindow{
	Production: {Default: {500, time.Minute}, Restricted: {60, time.Minute}, Elevated: {100, time.Second}},
	Sandbox:    {Default: {100, time.Minute}, Restricted: {10, time.Minute}, Elevated: {50, time.Second}},
}

var polarPending = polarWindow{60, time.Minute}

// Confirms. Polar admits 6 a minute and 20 an hour; one more shuts the identity out for half an hour (B 6.1, 6.3), so one
// of each is left alone. A new process waits the minute out; to wait the hour out would cost buyers more than the block
// that it avoids, so half of it is assumed to be unused.
var (
	confirmMinute = rule{zone: ZoneConfirm, limit: 5, length: 65 * time.Second, fresh: 0}
	confirmHour   = rule{zone: ZoneConfirm, limit: 19, length: 3660 * time.Second, fresh: 9}
)

// Budgets of our own within the confirms, so that nobody can use all of them up with one secret or with invented ones.
var (
	perSecret = []rule{{zone: ZoneClientSecret, limit: 2, length: time.Minute, fresh: 2}}
	malformed = []rule{
		{zone: ZoneMalformedSecret, limit: 1, length: 65 * time.Second, fresh: 1},
		{zone: ZoneMalformedSecret, limit: 2, length: 3660 * time.Second, fresh: 2},
	}
)

const (
	// knownFor is how long Polar remembers whose a token is (B 6.2: 300 s), less what a call may take to arrive.
	knownFor = 290 * time.Second
	// learnedAfter is when the first call of a token has certainly arrived, so that Polar knows it.
	learnedAfter = 5 * time.Second
	// unknownBlock is how long an identity rests after a 429 without Retry-After: the longest window that refuses so.
	unknownBlock = time.Minute
	// longestBlock bounds what a Retry-After or a record may ask for: Polar's longest is half an hour.
	longestBlock = 24 * time.Hour
	// confirmBlock is longer than every Retry-After but that of a confirm too many.
	confirmBlock = 61 * time.Second
	// doubtFor is how long after such a block the group that an organization is said to be in is not believed.
	doubtFor = 24 * time.Hour
	// overrunFor is how long the window that a confirm overran may outlive the block that followed (B 6.3), with margin.
	overrunFor = 1860 * time.Second
)

// margin is how much later than admitted a request may reach Polar without being one too many there.
func margin(window time.Duration) time.Duration {
	if window < time.Minute {
		return window / 4
	}
	return 5 * time.Second
}

// rulesFor answers nil where nothing is limited.
func rulesFor(config *Config, identity string) *rules {
	token, group := identity != Address, Default
	if token {
		group = config.Group
	}
	window, limited := polarAPI[config.Environment][group]
	if !limited {
		return nil
	}
	api := shared(ZoneAPI, window, config.Share)
	reads := api
	reads.limit = max(1, api.limit-int(float64(api.limit)*config.ReserveForWrites))
	reads.fresh = api.fresh - int(float64(api.fresh)*config.ReserveForWrites)
	return &rules{
		api: api, reads: reads, token: token,
		pending:     shared(ZonePendingAuth, polarPending, DefaultShare), // nobody else has this token
		confirms:    [2]rule{confirmMinute, confirmHour},
		confirmZone: group == Default,
	}
}

// shared takes a share of a window. Half of the rest is for a new process: with what the one before may have sent, two
// starts in a minute stay within Polar's number.
func shared(zone Zone, window polarWindow, share float64) rule {
	limit := max(1, int(float64(window.limit)*share))
	return rule{zone: zone, limit: limit, length: window.length + margin(window.length), fresh: min(limit, (window.limit-limit)/2)}
}

// quarter is what one process keeps to while it cannot see what the others send.
func (r *rules) quarter() *rules {
	q := *r
	for _, each := range []*rule{&q.api, &q.reads, &q.pending, &q.confirms[0], &q.confirms[1]} {
		each.limit, each.fresh = max(1, each.limit/4), each.fresh/4
	}
	return &q
}
