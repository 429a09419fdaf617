// Package faults meets every operation with every fault that a network or a server can have, over gRPC and over REST,
// with the real program, and holds what its callers are told to what Polar did. The result is docs/faults.md.
package faults

import (
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

var update = flag.Bool("update", false, "write docs/faults.md anew")

// plays is how many run at once: they wait for clocks and hardly compute.
const plays = "56"

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", plays); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// TestFaults plays every row of the table.
//
//nolint:tparallel // the plays are parallel, the group around them ends when they have
func TestFaults(t *testing.T) {
	t.Parallel()
	harness.Binary(t) // built before the clocks run
	var results table
	t.Run("plays", func(t *testing.T) {
		for i := range slices.Backward(operations) { // those that wait longest come last in the table
			for j := range list {
				if f := &list[j]; f.canBefall(&operations[i]) {
					results.play(t, &operations[i], f)
				}
			}
		}
	})
	if !t.Failed() {
		results.check(t)
	}
}

func (f *fault) canBefall(op *operation) bool { return f.befalls == nil || f.befalls(op) }

// phases: the first attempt meets the fault, or every one does.
var phases = []struct {
	name  string
	every bool
}{{"first", false}, {"every", true}}

// table is what came of all plays, by operation, fault, phase and transport.
type table struct {
	mu      sync.Mutex
	results map[string]result
}

func key(op *operation, f *fault, phase, transport string) string {
	return strings.Join([]string{op.name, f.name, phase, transport}, "/")
}

func (all *table) play(t *testing.T, op *operation, f *fault) {
	t.Helper()
	for _, phase := range phases {
		if f.reused && phase.every {
			continue // a connection that nobody kept cannot be closed
		}
		for _, transport := range []string{"gRPC", "REST"} {
			name := key(op, f, phase.name, transport)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				came := playUntilTold(t, op, f, phase.every, transport)
				all.mu.Lock()
				defer all.mu.Unlock()
				if all.results == nil {
					all.results = map[string]result{}
				}
				all.results[name] = came
			})
		}
	}
}

// playUntilTold plays again where the machine was so busy that the caller's clock struck before the service's.
func playUntilTold(t *testing.T, op *operation, f *fault, every bool, transport string) result {
	t.Helper()
	for try := 1; ; try++ {
		p := start(t, op, f, every)
		p.arm()
		var got told
		if transport == "gRPC" {
			got = p.overGRPC()
		} else {
			got = p.overREST(op, p.key())
		}
		sent, acted := p.count()
		p.judge(got, sent, acted, transport)
		if !got.early || try == 3 {
			return result{got.text, sent, acted}
		}
	}
}

// key is what a REST caller sends as its Idempotency-Key.
func (p *play) key() string {
	if p.op.key == "" && p.fault.key {
		return "mine"
	}
	return p.op.key
}

// judge holds a play to what is promised.
func (p *play) judge(got told, sent, acted int, transport string) {
	p.Helper()
	switch {
	case got.ok && strings.HasSuffix(got.text, "no checkout"):
		// What came is passed on over REST to the byte, and its caller sees that it is none.
	case got.ok && !p.polarSaid(got.body):
		p.Errorf("the answer is not one of Polar's whole: %s", got.body)
	case !got.ok && !p.op.reads() && acted > 0 && !got.open && !got.early:
		p.Errorf("told %s, and Polar has acted", got.text)
	}
	if p.op.confirms() {
		p.judgeConfirm(got, sent)
	}
	if p.op.key != "" {
		p.judgeKey(got, transport)
	}
}

// polarSaid is whether all that some answer of Polar's has is in the body. A confirm that was found out lacks the token
// of the customer's session, and over REST it has the status that a confirm has.
func (p *play) polarSaid(body string) bool {
	var got any
	if json.Unmarshal([]byte(body), &got) != nil {
		return false
	}
	for _, answer := range p.road.answers() {
		var whole any
		if json.Unmarshal([]byte(answer), &whole) == nil && holds(got, whole) {
			return true
		}
	}
	return false
}

// holds is whether got has every member of want, with its value.
func holds(got, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		members, ok := got.(map[string]any)
		for name, value := range want {
			ok = ok && holds(members[name], value)
		}
		return ok
	case []any:
		items, ok := got.([]any)
		ok = ok && len(items) == len(want)
		for i := 0; ok && i < len(want); i++ {
			ok = holds(items[i], want[i])
		}
		return ok
	default:
		return fmt.Sprint(got) == fmt.Sprint(want)
	}
}
