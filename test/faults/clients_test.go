package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// eager repeats every method on UNAVAILABLE, as many a company's default does.
const eager = `{"methodConfig": [{"name": [{}], "retryPolicy": {
	"maxAttempts": 5, "initialBackoff": "0.01s", "maxBackoff": "0.1s", "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]
}}]}`

// TestGRPCRetriesNeverWriteTwice: whatever befalls a write that has no name, a client that repeats on UNAVAILABLE makes
// Polar get it once at most.
func TestGRPCRetriesNeverWriteTwice(t *testing.T) {
	t.Parallel()
	for i := range operations {
		for j := range list {
			op, f := &operations[i], &list[j]
			if op.reads() || op.key != "" || !f.canBefall(op) {
				continue
			}
			t.Run(op.name+"/"+f.name, func(t *testing.T) {
				t.Parallel()
				p := start(t, op, f, true)
				p.dial(grpc.WithDefaultServiceConfig(eager))
				p.arm()
				got := p.overGRPC()
				if sent, _ := p.count(); sent > 1 {
					t.Errorf("told %s, Polar got it %d times", got.text, sent)
				}
			})
		}
	}
}

// TestGRPCRetriesAreAtWork holds the client of the test above to what it is taken for: where nothing was written, it
// does repeat, and comes through.
func TestGRPCRetriesAreAtWork(t *testing.T) {
	t.Parallel()
	confirm := &operations[len(operations)-1]
	p := start(t, confirm, &list[0], true)
	p.dial(grpc.WithDefaultServiceConfig(eager))
	// The service itself tries twice, a fifth of a second apart.
	time.AfterFunc(time.Second/2, p.open)
	if got := p.overGRPC(); !got.ok {
		t.Errorf("told %s", got.text)
	}
	if sent, acted := p.count(); sent != 1 || acted != 1 {
		t.Errorf("Polar got %d confirms and carried %d out", sent, acted)
	}
}

// late is a Polar that takes longer than the SDK below waits.
var late = fault{name: "answer later than the caller waits", meet: func(p *passage) bool {
	p.act()
	p.after(2500 * time.Millisecond)
	return p.write(p.answer.Code, p.answer.Header(), p.answer.Body.Bytes())
}}

// sdkCase is what an eager SDK meets.
type sdkCase struct {
	op    *operation
	fault *fault
	every bool
	about func(target) string
	// ok is whether it succeeds in the end.
	ok bool
	// sent is how often Polar may get it at most.
	sent int
}

// TestSDKRetries: Polar's SDK, told to repeat everything that it can, with a patience of a second. A confirm reaches
// Polar once, and a create with an Idempotency-Key has one answer.
func TestSDKRetries(t *testing.T) {
	t.Parallel()
	confirm, create := &operations[len(operations)-1], &operations[len(operations)-2]
	secret := func(at target) string { return at.Secret }
	product := func(target) string { return emulator.DemoOneTimeID }
	cases := []sdkCase{
		{confirm, find(t, "503"), true, secret, false, 1},
		{confirm, find(t, "connection cut, Polar has acted"), true, secret, true, 1},
		{confirm, find(t, "connection cut"+notActed), true, secret, false, 1},
		{confirm, &late, true, secret, true, 1},
		{create, find(t, "503"), false, product, true, 2},
		{create, find(t, "connection cut, Polar has acted"), false, product, true, 2},
		{create, &late, false, product, true, 1},
	}
	plays, jobs := make([]*play, len(cases)), make([]job, len(cases))
	for i, tc := range cases {
		plays[i] = start(t, tc.op, tc.fault, tc.every)
		plays[i].arm()
		jobs[i] = job{plays[i].rest, tc.op.key, tc.about(plays[i].at)}
	}
	for i, ends := range runSDK(t, jobs) {
		tc := &cases[i]
		if sent, _ := plays[i].count(); sent > tc.sent || ends[0].OK != tc.ok {
			t.Errorf("%s, %s: the SDK ends with %+v after Polar got it %d times", tc.op.name, tc.fault.name, ends[0], sent)
		}
		if tc.op == create && ends[0] != ends[1] { // called twice
			t.Errorf("%s, %s: the SDK ends with %+v, and called again with %+v", tc.op.name, tc.fault.name, ends[0], ends[1])
		}
	}
}

func find(t *testing.T, name string) *fault {
	t.Helper()
	for i := range list {
		if list[i].name == name {
			return &list[i]
		}
	}
	t.Fatalf("there is no fault %q", name)
	return nil
}

// job is what the SDK is to do: a confirm, or with a key a create, twice in a row.
type job struct {
	URL   string `json:"url"`
	Key   string `json:"key"`
	About string `json:"about"`
}

// ending is how a call of the SDK ended.
type ending struct {
	OK bool   `json:"ok"`
	ID string `json:"id"`
	// Raised is the exception, and the status if it has one.
	Raised string `json:"raised"`
}

// runSDK runs Polar's Python SDK, all jobs at once.
func runSDK(t *testing.T, jobs []job) (ends [][]ending) {
	t.Helper()
	python := harness.Python(t, "../sdk/python")
	input, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, python, "eager.py")
	var stderr bytes.Buffer
	command.Stdin, command.Stderr = bytes.NewReader(input), &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	if err := json.Unmarshal(output, &ends); err != nil || len(ends) != len(jobs) {
		t.Fatalf("%v: %s", err, output)
	}
	return ends
}
