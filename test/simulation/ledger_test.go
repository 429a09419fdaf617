package simulation

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// ledger is what an observer at Polar's door and at every caller's desk writes down, and what they find wrong.
type ledger struct {
	guard time.Duration
	start time.Time

	mu        sync.Mutex
	checkouts []*checkout // that callers know
	doubtful  []*checkout // of which some caller does not know whether it was confirmed
	made      map[string]*checkout
	bySecret  map[string]*checkout
	keys      []*key
	failures  []*answer
	events    []event
	wrong     []wrong
	tally     tally
}

// checkout is one that Polar made.
type checkout struct {
	id, secret string
	free       bool
	known      bool
	confirms   []*sent
	tokens     []string
	charges    []*sent
}

// key is an idempotency key, with the one request that belongs to it.
type key struct {
	name, product string
	id            string    // of its answered checkout
	until         time.Time // when its answer may be forgotten
}

// sent is one request that was written.
type sent struct {
	op        *operation
	at        time.Time
	method    string
	path      string
	checkout  *checkout // nil for lists and creates
	isConfirm bool
	// definite: the process got Polar's own answer, or has seen since that the checkout is confirmed.
	definite bool
	// saw is the checkout's status that a read found.
	saw string
}

// answer is what a caller was told about a write.
type answer struct {
	op      *operation
	result  *result
	subject string
}

type event struct {
	subject, text string
	at            time.Duration
}

type wrong struct{ subject, text string }

// tally counts, for the report.
type tally struct{ worlds, operations, successes, failures, unknown, sent, charges, restarts, disconnected, keys int }

func (t *tally) add(o *tally) {
	t.worlds++
	t.operations += o.operations
	t.successes += o.successes
	t.failures += o.failures
	t.unknown += o.unknown
	t.sent += o.sent
	t.charges += o.charges
	t.restarts += o.restarts
	t.disconnected += o.disconnected
	t.keys += o.keys
}

func (t *tally) String() string {
	return fmt.Sprintf("%d worlds, %d operations: %d successes, %d failures, %d outcomes unknown, %d cut by a kill; %d requests at Polar, %d charges, %d keys, %d restarts",
		t.worlds, t.operations, t.successes, t.failures, t.unknown, t.disconnected, t.sent, t.charges, t.keys, t.restarts)
}

func newLedger(guard time.Duration) *ledger {
	return &ledger{guard: guard, start: time.Now(), made: map[string]*checkout{}, bySecret: map[string]*checkout{}}
}

func (l *ledger) count(f func(*tally)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&l.tally)
}

// note keeps what happened to a subject; complain what should not have.
func (l *ledger) note(subject, format string, args ...any) {
	l.events = append(l.events, event{subject, fmt.Sprintf(format, args...), time.Since(l.start)})
}

func (l *ledger) complain(subject, format string, args ...any) {
	l.note(subject, "WRONG: "+format, args...)
	l.wrong = append(l.wrong, wrong{subject, fmt.Sprintf(format, args...)})
}

// find gives the checkout that a path names.
func (l *ledger) find(path string) (found *checkout, isConfirm bool) {
	rest := strings.TrimPrefix(path, "/v1/checkouts/")
	secret, isClient := strings.CutPrefix(rest, "client/")
	if !isClient {
		return l.made[rest], false
	}
	secret, isConfirm = strings.CutSuffix(secret, "/confirm")
	return l.bySecret[secret], isConfirm
}

// written notes that Polar may get a request from now on. Of a confirm nobody may know so little that it charges twice.
func (l *ledger) written(op *operation, r *http.Request) *sent {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tally.sent++
	s := &sent{op: op, at: time.Now(), method: r.Method, path: r.URL.Opaque}
	s.checkout, s.isConfirm = l.find(s.path)
	l.note(s.subject(), "%v writes %s", op, r.Method)
	if s.isConfirm {
		l.confirmWritten(s)
	}
	return s
}

func (s *sent) subject() string {
	if s.checkout != nil {
		return s.checkout.id
	}
	return s.op.subject
}

func (l *ledger) confirmWritten(s *sent) {
	for _, earlier := range s.checkout.confirms {
		switch {
		case earlier.op == s.op:
			l.complain(s.checkout.id, "%v was written twice", s.op)
		case earlier.definite || !time.Now().Before(earlier.op.start.Add(l.guard)):
		case earlier.op.token == s.op.token:
			l.complain(s.checkout.id, "%v was written again by %v, its outcome unknown", earlier.op, s.op)
		case !s.mayDouble(earlier):
			l.complain(s.checkout.id, "%v was written while the outcome of %v was unknown", s.op, earlier.op)
		}
	}
	s.checkout.confirms = append(s.checkout.confirms, s)
}

// mayDouble reports whether the caller of one of two confirms took the risk of a second charge: the later, or the one
// that went past a confirm which had begun and was not written yet.
func (s *sent) mayDouble(earlier *sent) bool {
	return s.op.risk || earlier.op.risk && !s.op.start.After(earlier.at)
}

// acted notes what Polar has done, and reports whether it was to charge.
func (l *ledger) acted(s *sent, status int, body []byte) (charged bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(s.subject(), "Polar answers %d to %s of %v", status, s.method, s.op)
	if status >= 300 {
		return false
	}
	if s.method == http.MethodGet {
		s.read(body)
		return false
	}
	s.op.acted++
	if s.checkout == nil {
		l.created(s, body)
	}
	if !s.isConfirm || s.checkout.free || strings.Contains(s.op.token, "faillater") {
		return false
	}
	l.tally.charges++
	for _, earlier := range s.checkout.charges {
		if !s.mayDouble(earlier) && s.at.Before(earlier.op.start.Add(l.guard)) {
			l.complain(s.checkout.id, "%v charged again after %v", s.op, earlier.op)
		}
	}
	s.checkout.charges = append(s.checkout.charges, s)
	return true
}

func (l *ledger) created(s *sent, body []byte) {
	var made struct {
		ID     string `json:"id"`
		Secret string `json:"client_secret"`
	}
	if err := json.Unmarshal(body, &made); err != nil {
		l.complain(s.op.subject, "the emulator made no JSON: %v", err)
		return
	}
	c := &checkout{id: made.ID, secret: made.Secret, free: s.op.free}
	l.made[c.id], l.bySecret[c.secret] = c, c
	l.note(s.op.subject, "made %s", c.id)
}

// answered notes that a process got an answer. It knows the outcome if the answer is whole and Polar's own.
func (l *ledger) answered(s *sent, f *fate, answer *http.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(s.subject(), "%v gets %d (truncated: %t, in place of an answer: %t)", s.op, answer.StatusCode, f.truncate, f.status != 0)
	foreign := f.status != 0 && f.status != http.StatusTooManyRequests || answer.StatusCode >= 500
	if f.truncate || foreign {
		return
	}
	s.definite = true
	if s.saw != "confirmed" && s.saw != "succeeded" {
		return
	}
	for _, earlier := range s.checkout.confirms {
		earlier.definite = earlier.definite || earlier.op.token == s.op.token
	}
}

// read keeps what a look at a checkout found.
func (s *sent) read(body []byte) {
	var found struct {
		Status string `json:"status"`
	}
	if s.op.kind == confirming && json.Unmarshal(body, &found) == nil {
		s.saw = found.Status
	}
}

// report says what was wrong, and what happened before.
func (l *ledger) report(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tally.keys = len(l.keys)
	for i, w := range l.wrong {
		if i == 3 {
			t.Errorf("and %d more", len(l.wrong)-i)
			return
		}
		var history strings.Builder
		for _, e := range l.events {
			if e.subject == w.subject {
				fmt.Fprintf(&history, "\n%14s %s", e.at.Round(time.Microsecond), e.text)
			}
		}
		t.Errorf("%s: %s%s", w.subject, w.text, history.String())
	}
}
