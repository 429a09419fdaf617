package simulation

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"time"
)

// network is the way from one process to Polar.
type network struct {
	world   *world
	process *process
}

// fate is what becomes of one exchange. Its zero value answers at once.
type fate struct {
	// refused: no connection; nothing is sent.
	refused bool
	// dropped: what was sent does not arrive. Otherwise Polar acts on it, after there.
	dropped bool
	there   time.Duration
	// cut breaks the connection after that long, if no answer has come by then; negative never breaks it.
	cut time.Duration
	// lost: Polar's answer does not come back.
	lost bool
	back time.Duration
	// crash undoes in Polar's database what a confirm has charged for, and answers 500 (B 8.1).
	crash bool
	// status and body replace the answer; truncate breaks the connection in the middle of it.
	status     int
	body       string
	retryAfter string
	truncate   bool
}

var (
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	errCut     = errors.New("connection reset by peer")
	errKilled  = errors.New("the process was killed")
)

const longestDelay = 40 * time.Second

// fateOf draws what becomes of an exchange.
func fateOf(random *rand.Rand, faults float64) fate {
	f := fate{there: exponential(random, 30*time.Millisecond), back: exponential(random, 30*time.Millisecond), cut: -1}
	if random.Float64() >= faults {
		return f
	}
	switch random.IntN(12) {
	case 0:
		f.refused = true
	case 1: // lost on the way there
		f.dropped, f.cut = true, exponential(random, time.Second)
	case 2: // lost on the way back
		f.lost, f.cut = true, f.there+exponential(random, time.Second)
	case 3: // hangs, done or not
		f.dropped, f.lost = random.IntN(2) == 0, true
	case 4: // cut, and carried out afterwards all the same
		f.cut, f.there = exponential(random, time.Second), min(exponential(random, 10*time.Second), longestDelay)
	case 5:
		f.there = min(exponential(random, 5*time.Second), longestDelay)
	case 6:
		f.back = min(exponential(random, 5*time.Second), longestDelay)
	case 7: // an error page, from before or behind Polar
		f.dropped = random.IntN(2) == 0
		f.status = pick(random, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout)
		f.body = pick(random, "Internal Server Error", "<html>error</html>", `{"detail":"no"}`)
	case 8:
		f.truncate = true
	case 9:
		f.dropped, f.status, f.retryAfter = true, http.StatusTooManyRequests, pick(random, "", "1", "5")
	case 10:
		f.crash = true
	case 11: // a page in the place of an answer
		f.dropped, f.status, f.body = random.IntN(2) == 0, http.StatusOK, "<html>please wait</html>"
	}
	return f
}

// RoundTrip implements http.RoundTripper.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	op := operationOf(r.Context())
	f := op.fate(n.world)
	if n.process.dead() {
		return nil, errKilled
	}
	if f.refused {
		return nil, n.await(r.Context(), f.there, errRefused)
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{}) // from here on Polar may have got it
	}
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	sent := n.world.ledger.written(op, r)
	answers := make(chan *http.Response, 1)
	go n.travel(sent, &f, request(r, body), answers)
	answer, err := n.answer(r.Context(), &f, answers)
	if err == nil {
		n.world.ledger.answered(sent, &f, answer)
	}
	return answer, err
}

// await returns err after d, or earlier what ends the call.
func (n *network) await(ctx context.Context, d time.Duration, err error) error {
	select {
	case <-time.After(d):
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-n.process.killed:
		return errKilled
	}
}

// answer waits for one, or for the end of waiting.
func (n *network) answer(ctx context.Context, f *fate, answers <-chan *http.Response) (*http.Response, error) {
	var cut <-chan time.Time
	if f.cut >= 0 {
		cut = time.After(f.cut)
	}
	select {
	case answer := <-answers:
		if n.process.dead() {
			return nil, errKilled
		}
		return answer, nil
	case <-cut:
		return nil, errCut
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-n.process.killed:
		return nil, errKilled
	}
}

// travel takes what was written to Polar and its answer back, whether or not anybody waits for it.
func (n *network) travel(sent *sent, f *fate, r *http.Request, answers chan<- *http.Response) {
	elapse(f.there)
	recorder := httptest.NewRecorder()
	if !f.dropped {
		n.world.polar.ServeHTTP(recorder, r)
		if n.world.ledger.acted(sent, recorder.Code, recorder.Body.Bytes()) && f.crash {
			n.world.loseCharge(sent)
			recorder = httptest.NewRecorder()
			http.Error(recorder, "Internal Server Error", http.StatusInternalServerError)
		}
	}
	elapse(f.back)
	if f.lost || f.dropped && f.status == 0 {
		return
	}
	answers <- f.shape(recorder) //nolint:bodyclose // the client's to close, and of no connection
}

// shape is the answer as it arrives.
func (f *fate) shape(recorder *httptest.ResponseRecorder) *http.Response {
	answer := recorder.Result()
	body := recorder.Body.Bytes()
	if f.status != 0 {
		answer.StatusCode, answer.Header, body = f.status, http.Header{"Content-Type": {"text/html"}}, []byte(f.body)
	}
	if f.retryAfter != "" {
		answer.Header.Set("Retry-After", f.retryAfter)
	}
	answer.ContentLength = int64(len(body))
	answer.Body = io.NopCloser(bytes.NewReader(body))
	if f.truncate {
		answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), broken{}))
	}
	return answer
}

// broken is the end of a body that has none.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// request is r as Polar's server sees it. It outlives the call.
func request(r *http.Request, body []byte) *http.Request {
	out := httptest.NewRequest(r.Method, strings.TrimSuffix(r.URL.Opaque+"?"+r.URL.RawQuery, "?"), bytes.NewReader(body))
	out.Header = r.Header.Clone()
	return out
}
