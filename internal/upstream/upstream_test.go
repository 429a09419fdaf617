package upstream

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answer is what the scripted Polar does with one attempt.
type answer func(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response) error

// polar is scripted: one answer an attempt, the last one for ever.
type polar struct {
	script []answer

	mu    sync.Mutex
	start time.Time
	at    []time.Duration // of each attempt, since the first
}

func scripted(script ...answer) *polar { return &polar{script: script} }

func (p *polar) Do(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response) error {
	p.mu.Lock()
	if p.start.IsZero() {
		p.start = time.Now()
	}
	next := p.script[min(len(p.at), len(p.script)-1)]
	p.at = append(p.at, time.Since(p.start))
	p.mu.Unlock()
	return next(ctx, req, res)
}

func (p *polar) attempts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.at)
}

func status(code int, body string, header ...string) answer {
	return func(_ context.Context, _ *polarhttp.Request, res *polarhttp.Response) error {
		res.Status, res.Header, res.Body = code, http.Header{}, append(res.Body[:0], body...)
		for i := 0; i < len(header); i += 2 {
			res.Header.Set(header[i], header[i+1])
		}
		return nil
	}
}

func breaks(reason polarhttp.Reason, written bool) answer {
	return func(_ context.Context, req *polarhttp.Request, _ *polarhttp.Response) error {
		return &polarhttp.Error{Operation: req.Operation.Name, Reason: reason, Written: written}
	}
}

// hangs is silent until the call is over.
func hangs(ctx context.Context, req *polarhttp.Request, _ *polarhttp.Response) error {
	<-ctx.Done()
	failed := &polarhttp.Error{Operation: req.Operation.Name, Reason: polarhttp.Canceled, Written: true}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		failed.Reason = polarhttp.Timeout
	}
	return failed
}

// halfAnswers breaks off in the middle of a body, and leaves behind what had come.
func halfAnswers(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response) error {
	_ = status(http.StatusOK, `{"id":`)(ctx, req, res)
	return breaks(polarhttp.Cut, true)(ctx, req, res)
}

var (
	works   = status(http.StatusOK, `{}`)
	refused = breaks(polarhttp.Unreachable, false)
	stale   = breaks(polarhttp.Cut, false)
	reset   = breaks(polarhttp.Cut, true)
	gateway = status(http.StatusServiceUnavailable, "<html>")
)

const locked409 = `{"error":"CheckoutLocked","detail":"Checkout is currently being processed. Please try again."}`

// faults are the ways in which an attempt ends badly.
var faults = map[string]answer{
	"refused":          refused,
	"stale connection": stale,
	"reset":            reset,
	"half an answer":   halfAnswers,
	"no known failure": func(context.Context, *polarhttp.Request, *polarhttp.Response) error { return errors.New("unknown") },
	"too large":        breaks(polarhttp.TooLarge, true),
	"hang":             hangs,
	"locked":           status(http.StatusConflict, locked409),
	"other 409":        status(http.StatusConflict, `{"error":"CheckoutCustomerDeleted","detail":"..."}`),
	"429, 1 s":         status(http.StatusTooManyRequests, "", "Retry-After", "1"),
	"429, 1800 s":      status(http.StatusTooManyRequests, "", "Retry-After", "1800"),
	"429, no pause":    status(http.StatusTooManyRequests, ""),
	"500 text":         status(http.StatusInternalServerError, "Internal Server Error"),
	"500 JSON":         status(http.StatusInternalServerError, `{"error":"TaxCalculationTechnicalError","detail":"..."}`),
	"502":              status(http.StatusBadGateway, "<html>"),
	"503":              gateway,
	"504":              status(http.StatusGatewayTimeout, ""),
	"507":              status(http.StatusInsufficientStorage, ""),
	"404":              status(http.StatusNotFound, `{"error":"ResourceNotFound","detail":"Not found"}`),
	"422":              status(http.StatusUnprocessableEntity, `{"detail":[]}`),
}

// columns are the consequences, with one operation for each.
var columns = []struct {
	name    string
	op      *polarhttp.Operation
	options Options
}{
	{"read", polarhttp.GetClientCheckout, Options{}},
	{"update", polarhttp.UpdateCheckout, Options{}},
	{"create", polarhttp.CreateCheckout, Options{}},
	{"keyed create", polarhttp.CreateCheckout, Options{Repeatable: true}},
	{"confirm", polarhttp.ConfirmClientCheckout, Options{Repeatable: true}},
}

func request(op *polarhttp.Operation) *polarhttp.Request {
	return &polarhttp.Request{Operation: op, Segment: "polar_c_x"}
}

// attemptsAt is how many attempts each column makes at a fault that stays.
func attemptsAt(t *testing.T, fault answer, retries Retries) (got [5]int) {
	t.Helper()
	for i, column := range columns {
		synctest.Test(t, func(t *testing.T) {
			polar := scripted(fault)
			column.options.Retries = retries
			n, err := New(Config{Polar: polar}).Call(t.Context(), request(column.op), new(polarhttp.Response), column.options)
			if n != polar.attempts() {
				t.Errorf("%s: said %d attempts, made %d", column.name, n, polar.attempts())
			}
			want := new(polarhttp.Response)
			ended, cancel := context.WithDeadline(t.Context(), time.Now())
			defer cancel()
			if wantErr := fault(ended, request(column.op), want); (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
				t.Errorf("%s: the last attempt ended with %v, the call with %v", column.name, wantErr, err)
			}
			got[i] = n
		})
	}
	return got
}

func TestAttemptsFollowTheConsequence(t *testing.T) {
	for fault, want := range map[string][5]int{
		// read, update, create, keyed create, confirm
		"refused":          {4, 5, 4, 4, 2},
		"stale connection": {4, 5, 4, 4, 2},
		"reset":            {4, 1, 1, 4, 1},
		"half an answer":   {4, 1, 1, 4, 1},
		"no known failure": {4, 1, 1, 4, 1},
		"too large":        {1, 1, 1, 1, 1},
		"hang":             {1, 1, 1, 1, 1},
		"locked":           {1, 5, 1, 1, 1},
		"other 409":        {1, 1, 1, 1, 1},
		"429, 1 s":         {4, 1, 1, 1, 1},
		"429, 1800 s":      {1, 1, 1, 1, 1},
		"429, no pause":    {4, 1, 1, 1, 1},
		"500 text":         {1, 1, 1, 4, 1},
		"500 JSON":         {1, 1, 1, 1, 1},
		"502":              {4, 1, 1, 4, 1},
		"503":              {4, 1, 1, 4, 1},
		"504":              {4, 1, 1, 4, 1},
		"507":              {1, 1, 1, 4, 1},
		"404":              {1, 1, 1, 1, 1},
		"422":              {1, 1, 1, 1, 1},
	} {
		t.Run(fault, func(t *testing.T) {
			if got := attemptsAt(t, faults[fault], Retries{}); got != want {
				t.Errorf("read, update, create, keyed create, confirm made %v attempts, want %v", got, want)
			}
		})
	}
}

// The callers' wishes name 429 and 5XX, as Polar's SDKs do; what is safe for the operation bounds them.
func TestWishesAreCarriedOutWithinWhatIsSafe(t *testing.T) {
	wishes := Retries{Strategy: Backoff, InitialInterval: 100 * time.Millisecond, MaxInterval: time.Second, Exponent: 2, MaxElapsedTime: 2 * time.Second}
	connections := wishes
	connections.RetryConnectionErrors = true
	type row struct{ plain, connections [5]bool }
	never := [5]bool{}
	anyButConfirm, keyed := [5]bool{true, true, true, true, false}, [5]bool{true, true, false, true, false}
	for fault, want := range map[string]row{
		"refused":          {never, [5]bool{true, true, true, true, true}},
		"stale connection": {never, [5]bool{true, true, true, true, true}},
		"reset":            {never, keyed},
		"half an answer":   {never, keyed},
		"no known failure": {never, keyed},
		"too large":        {never, never},
		"hang":             {never, never},
		"locked":           {never, never},
		"429, 1 s":         {anyButConfirm, anyButConfirm},
		"429, no pause":    {anyButConfirm, anyButConfirm},
		"429, 1800 s":      {never, never},
		"500 text":         {keyed, keyed},
		"500 JSON":         {anyButConfirm, anyButConfirm},
		"502":              {keyed, keyed},
		"503":              {keyed, keyed},
		"504":              {keyed, keyed},
		"507":              {keyed, keyed},
		"404":              {never, never},
		"422":              {never, never},
	} {
		t.Run(fault, func(t *testing.T) {
			check := func(name string, wishes Retries, want [5]bool) {
				got := attemptsAt(t, faults[fault], wishes)
				for i, column := range columns {
					if (got[i] > 1) != want[i] {
						t.Errorf("%s %s: %d attempts, want more than one: %t", column.name, name, got[i], want[i])
					}
				}
				if got[4] > 2 {
					t.Errorf("%d attempts at a confirm", got[4])
				}
			}
			check("by backoff", wishes, want.plain)
			check("with connection errors", connections, want.connections)
			check("by none", Retries{Strategy: None, RetryConnectionErrors: true}, never)
		})
	}
}

func TestPausesGrowAsWished(t *testing.T) {
	for name, tc := range map[string]struct {
		wishes Retries
		pauses []int // in milliseconds, before they are varied
	}{
		"the SDKs' defaults, up to the deadline": {BackoffDefaults(), []int{500, 750, 1125, 1687, 2531, 3797, 5695, 8543}},
		"up to the longest": {
			Retries{Strategy: Backoff, InitialInterval: 100 * time.Millisecond, MaxInterval: 250 * time.Millisecond, Exponent: 2, MaxElapsedTime: 1200 * time.Millisecond},
			[]int{100, 200, 250, 250},
		},
		"no time at all":  {Retries{Strategy: Backoff, InitialInterval: 1, MaxInterval: 1, Exponent: 1}, nil},
		"factor below 1":  {Retries{Strategy: Backoff, InitialInterval: 400 * time.Millisecond, MaxInterval: time.Second, Exponent: 0.5, MaxElapsedTime: 650 * time.Millisecond}, []int{400}},
		"negative wishes": {Retries{Strategy: Backoff, InitialInterval: -time.Second, MaxInterval: -1, Exponent: -1, MaxElapsedTime: -1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				polar := scripted(gateway)
				if _, err := New(Config{Polar: polar}).Call(t.Context(), request(polarhttp.UpdateCheckout), new(polarhttp.Response), Options{Retries: tc.wishes}); err != nil {
					t.Fatal(err)
				}
				if polar.attempts() <= len(tc.pauses) {
					t.Fatalf("%d attempts, want at least %d", polar.attempts(), len(tc.pauses)+1)
				}
				for i, milliseconds := range tc.pauses {
					nominal := time.Duration(milliseconds) * time.Millisecond
					if got := polar.at[i+1] - polar.at[i]; got < nominal*3/4 || got > min(nominal*5/4, tc.wishes.MaxInterval)+time.Microsecond {
						t.Errorf("pause %d took %s, want about %s", i+1, got, nominal)
					}
				}
				if last := polar.at[len(polar.at)-1]; last > max(0, min(tc.wishes.MaxElapsedTime, 30*time.Second)) {
					t.Errorf("still trying after %s", last)
				}
			})
		})
	}
}

func TestRetryAfterTakesThePlaceOfAPause(t *testing.T) {
	for name, tc := range map[string]struct {
		header func() string
		want   time.Duration
	}{
		"seconds":            {func() string { return "2" }, 2 * time.Second},
		"a date":             {func() string { return time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat) }, 3 * time.Second},
		"a date in the past": {func() string { return time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat) }, 100 * time.Millisecond},
		"nonsense":           {func() string { return "soon" }, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				polar := scripted(status(http.StatusTooManyRequests, "", "Retry-After", tc.header()), works)
				res := new(polarhttp.Response)
				n, err := New(Config{Polar: polar}).Call(t.Context(), request(polarhttp.GetCheckout), res, Options{})
				if err != nil || n != 2 || res.Status != http.StatusOK {
					t.Fatalf("%d attempts, status %d, %v", n, res.Status, err)
				}
				if got := polar.at[1]; got < tc.want*3/4 || got > tc.want*5/4 {
					t.Errorf("waited %s, want about %s", got, tc.want)
				}
			})
		})
	}
}

func TestNoPauseOutlastsTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 900*time.Millisecond)
		defer cancel()
		start, res := time.Now(), new(polarhttp.Response)
		n, err := New(Config{Polar: scripted(faults["429, 1 s"])}).Call(ctx, request(polarhttp.GetCheckout), res, Options{})
		if err != nil || n != 1 || res.Status != http.StatusTooManyRequests || time.Since(start) != 0 {
			t.Errorf("%d attempts, status %d, %v after %s; want Polar's 429 at once", n, res.Status, err, time.Since(start))
		}
	})
}

func TestACallerThatLeavesEndsThePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start, res := time.Now(), new(polarhttp.Response)
		wishes := Retries{Strategy: Backoff, InitialInterval: 20 * time.Second, MaxInterval: 20 * time.Second, Exponent: 1, MaxElapsedTime: time.Hour}
		n, err := New(Config{Polar: scripted(gateway)}).Call(ctx, request(polarhttp.UpdateCheckout), res, Options{Retries: wishes})
		if took := time.Since(start); n != 1 || err != nil || res.Status != http.StatusServiceUnavailable || took > time.Second+tick {
			t.Errorf("%d attempts, status %d, %v after %s; want the last answer a tick after the caller left", n, res.Status, err, took)
		}
	})
}

func TestTheLastAttemptIsTheAnswer(t *testing.T) {
	for name, tc := range map[string]struct {
		script []answer
		status int
		body   string
		failed bool
	}{
		"an answer after none":          {[]answer{reset, refused, works}, http.StatusOK, "{}", false},
		"none after an answer":          {[]answer{gateway, gateway, gateway, reset}, 0, "", true},
		"half an answer is none":        {[]answer{halfAnswers}, 0, "", true},
		"a refusal after a gateway's":   {[]answer{gateway, faults["404"]}, http.StatusNotFound, `{"error":"ResourceNotFound","detail":"Not found"}`, false},
		"a short answer after a longer": {[]answer{gateway, works}, http.StatusOK, "{}", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				res := &polarhttp.Response{Status: http.StatusTeapot, Body: []byte("of the call before")}
				_, err := New(Config{Polar: scripted(tc.script...)}).Call(t.Context(), request(polarhttp.GetCheckout), res, Options{})
				if res.Status != tc.status || string(res.Body) != tc.body || (err != nil) != tc.failed {
					t.Errorf("status %d, body %q, %v", res.Status, res.Body, err)
				}
				if tc.failed && res.Header != nil {
					t.Errorf("headers %v stayed behind", res.Header)
				}
			})
		})
	}
}

func TestAttemptsAreObserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []Attempt
		slow := func(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response) error {
			<-time.After(30 * time.Millisecond)
			return works(ctx, req, res)
		}
		client := New(Config{Polar: scripted(gateway, reset, slow), Observe: func(_ context.Context, a Attempt) { seen = append(seen, a) }})
		if err := client.Do(t.Context(), request(polarhttp.GetCheckout), new(polarhttp.Response)); err != nil {
			t.Fatal(err)
		}
		if len(seen) != 3 {
			t.Fatalf("%d attempts seen, want 3", len(seen))
		}
		for i, want := range []int{http.StatusServiceUnavailable, 0, http.StatusOK} {
			if a := seen[i]; a.Number != i+1 || a.Status != want || (a.Err == nil) != (want != 0) || a.Operation != polarhttp.GetCheckout {
				t.Errorf("attempt %d was seen as %+v", i+1, a)
			}
		}
		if seen[2].Took != 30*time.Millisecond {
			t.Errorf("the last took %s", seen[2].Took)
		}
	})
}
