package emulator

import (
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// Fault is a script for coming answers: what Polar, or the way to it, may do that no state brings about.
type Fault struct {
	// Method and Path (a regular expression, unanchored) choose the requests; empty ones match all.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Count is how many requests are affected; 0 means one, -1 all until the script is cleared.
	Count int `json:"count,omitempty"`
	// Skip lets that many matching requests pass first.
	Skip int `json:"skip,omitempty"`

	// Status, Header and Body replace the answer. Without Act the request then has no effect.
	Status int               `json:"status,omitempty"`
	Header map[string]string `json:"headers,omitempty"`
	Body   string            `json:"body,omitempty"`
	// Act lets the request have its effect although its answer is replaced, cut or withheld.
	Act bool `json:"act,omitempty"`
	// Delay holds the request back before it is looked at.
	Delay Duration `json:"delay,omitzero"`
	// Hang withholds the answer until the caller gives up.
	Hang bool `json:"hang,omitempty"`
	// Cut closes the connection instead of answering.
	Cut bool `json:"cut,omitempty"`
	// Truncate announces the whole body, sends that many bytes and closes the connection; 0 for not.
	Truncate int `json:"truncate,omitempty"`
	// Slow spreads the body over that time.
	Slow Duration `json:"slow,omitzero"`
	// Stale answers a read as a lagging replica would: as it was before the last change.
	Stale bool `json:"stale,omitempty"`
}

// faults is the script, first matching entry first.
type faults struct {
	mu     sync.Mutex
	script []*scripted
	done   chan struct{}
}

type scripted struct {
	Fault
	path *regexp.Regexp
}

func newFaults() *faults { return &faults{done: make(chan struct{})} }

// Script adds a fault for coming requests; the error tells of a path that is no regular expression.
func (e *Emulator) Script(f Fault) error {
	path, err := regexp.Compile(f.Path)
	if err != nil {
		return err
	}
	if f.Count == 0 {
		f.Count = 1
	}
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	e.faults.script = append(e.faults.script, &scripted{Fault: f, path: path})
	return nil
}

// ClearScript forgets every fault that has not happened, and lets hanging requests go.
func (e *Emulator) ClearScript() { e.faults.clear() }

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = nil
	close(f.done)
	f.done = make(chan struct{})
}

func (f *faults) close() { f.clear() }

// take is the fault that a request meets, nil for none.
func (f *faults) take(r *http.Request) *scripted {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, each := range f.script {
		if each.Method != "" && each.Method != r.Method || !each.path.MatchString(r.URL.Path) {
			continue
		}
		if each.Skip > 0 {
			each.Skip--
			return nil
		}
		if each.Count > 0 {
			if each.Count--; each.Count == 0 {
				f.script = append(f.script[:i:i], f.script[i+1:]...)
			}
		}
		return each
	}
	return nil
}

// released is closed when hanging requests are let go.
func (f *faults) released() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.done
}

// misbehave answers a request as its fault says.
func (e *Emulator) misbehave(w http.ResponseWriter, r *http.Request, f *scripted) {
	released := e.faults.released()
	if f.Delay.Duration > 0 && !pause(r, f.Delay.Duration, released) {
		panic(http.ErrAbortHandler)
	}
	replaces := f.Status != 0 || f.Hang || f.Cut
	var a *answer
	if !replaces || f.Act {
		a = e.handle(r, f.Stale)
	}
	switch {
	case f.Hang:
		pause(r, 0, released)
		panic(http.ErrAbortHandler)
	case f.Cut:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		a = f.answer()
	}
	f.deliver(w, r, a, released)
}

// pause waits for d, or for good if d is 0; false if the caller has given up meanwhile.
func pause(r *http.Request, d time.Duration, released <-chan struct{}) bool {
	var due <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
		return true
	case <-r.Context().Done():
		return false
	case <-released:
		return true
	}
}

func (f *scripted) answer() *answer {
	a := &answer{status: f.Status, header: http.Header{}, body: []byte(f.Body)}
	for key, value := range f.Header {
		a.header.Set(key, value)
	}
	a.jsonType()
	return a
}

// pieces is in how many parts a slow body is sent.
const pieces = 10

// deliver writes an answer, slowly or not to its end where the fault says so.
func (f *scripted) deliver(w http.ResponseWriter, r *http.Request, a *answer, released <-chan struct{}) {
	if f.Truncate == 0 && f.Slow.Duration == 0 {
		a.write(w, r)
		return
	}
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	body := a.body
	if f.Truncate > 0 {
		body = body[:min(f.Truncate, len(body))]
	}
	for size := max(1, (len(body)+pieces-1)/pieces); len(body) > 0; {
		n := min(size, len(body))
		_, _ = w.Write(body[:n])
		body = body[n:]
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		if f.Slow.Duration > 0 && !pause(r, f.Slow.Duration/pieces, released) {
			return
		}
	}
	if f.Truncate > 0 && f.Truncate < len(a.body) {
		panic(http.ErrAbortHandler)
	}
}
