package simulation

import (
	"slices"
	"strings"
	"time"
)

// tolerance is how late an answer may be for its deadline.
const tolerance = 200 * time.Millisecond

// fail complains from outside of the ledger.
func (l *ledger) fail(subject, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.complain(subject, format, args...)
}

// begin notes a call.
func (l *ledger) begin(op *operation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tally.operations++
	l.note(op.subject, "%v begins (timeout %s, REST %t, retries %t)", op, op.timeout, op.rest, op.retries)
}

// end notes what the caller was told, and judges what can be judged at once.
func (l *ledger) end(op *operation, r *result, left bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(op.subject, "%v is told %v (caller left: %t)", op, r, left)
	if op.kind == confirming && (r == nil || r.failure == "outcomeunknown") {
		l.doubtful = append(l.doubtful, op.checkout)
	}
	if r == nil {
		l.tally.disconnected++
		return
	}
	l.inTime(op)
	if r.failure != "" {
		l.tally.failures++
		l.failures = append(l.failures, &answer{op: op, result: r, subject: op.subject})
		return
	}
	l.tally.successes++
	l.succeeded(op, r)
}

// longest bounds a call whose caller sets no deadline: what the service sets, and for a confirm the time to resolve it.
var longest = map[kind]time.Duration{
	listing: 4 * time.Second, reading: 4 * time.Second, looking: 4 * time.Second,
	updating: 30 * time.Second, buying: 30 * time.Second,
	creating: 60 * time.Second, confirming: 70 * time.Second,
}

func (l *ledger) inTime(op *operation) {
	within := op.timeout
	if within == 0 {
		within = longest[op.kind]
	}
	if took := time.Since(op.start); took > within+tolerance {
		l.complain(op.subject, "%v took %s where %s were allowed", op, took, within)
	}
}

// succeeded holds a success against what happened at Polar.
func (l *ledger) succeeded(op *operation, r *result) {
	switch op.kind {
	case creating:
		l.createSucceeded(op, r)
	case updating, buying:
		if op.acted == 0 {
			l.complain(op.subject, "%v succeeded, and Polar knows nothing of it", op)
		}
	case confirming:
		if r.status != "confirmed" && r.status != "succeeded" {
			l.complain(op.subject, "%v succeeded with status %q", op, r.status)
		}
		if !slices.ContainsFunc(op.checkout.confirms, func(s *sent) bool { return s.op.acted > 0 }) {
			l.complain(op.subject, "%v succeeded, and Polar has confirmed nothing", op)
		}
	}
	if op.checkout != nil && r.id != op.checkout.id {
		l.complain(op.subject, "%v answered with %s", op, r.id)
	}
}

func (l *ledger) createSucceeded(op *operation, r *result) {
	c := l.made[r.id]
	if c == nil || c.secret != r.secret {
		l.complain(op.subject, "%v answered with %s, which Polar did not make so", op, r.id)
		return
	}
	if !c.known {
		c.known = true
		l.checkouts = append(l.checkouts, c)
	}
	k := op.key
	if k == nil {
		return
	}
	if op.product != k.product {
		l.complain(k.name, "%v is another request and was answered", op)
	}
	if k.id != "" && k.id != r.id && time.Now().Before(k.until) {
		l.complain(k.name, "%v answered with %s and before with %s", op, r.id, k.id)
	}
	k.id, k.until = r.id, r.expires.Add(-5*time.Minute)
}

// judge looks at what can be known at the end only.
func (l *ledger) judge() {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := map[string]*key{}
	for _, k := range l.keys {
		if other := ids[k.id]; other != nil {
			l.complain(k.name, "has the checkout of %s", other.name)
		}
		ids[k.id] = k
	}
	for _, a := range l.failures {
		if a.admits() {
			l.tally.unknown++
		} else if a.op.acted > 0 && !a.harmless() {
			l.complain(a.subject, "%v was told %v, and Polar has carried it out", a.op, a.result)
		}
	}
}

// admits reports whether a failure says that something may have been done.
func (a *answer) admits() bool {
	switch a.result.failure {
	case "outcomeunknown", "requestinprogress", "unexpectedanswer":
		return true
	}
	// Over REST an update's error page is Polar's own answer as it came, and says nothing.
	return strings.HasPrefix(a.result.failure, "status 50")
}

// harmless: a create under a key may leave a checkout that nobody knows and that takes no money.
func (a *answer) harmless() bool { return a.op.kind == creating && a.op.key != nil }
