package simulation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// kind is what an operation does.
type kind string

const (
	creating   kind = "create"
	updating   kind = "update"
	buying     kind = "client update"
	confirming kind = "confirm"
	reading    kind = "get"
	looking    kind = "client get"
	listing    kind = "list"
)

// operation is one call of one caller.
type operation struct {
	number  int
	kind    kind
	rest    bool // over the REST facade, else typed
	subject string
	start   time.Time
	timeout time.Duration // 0: the caller sets no deadline
	retries bool          // the caller asks for the SDK's retries

	checkout *checkout
	key      *key
	product  string
	free     bool
	token    string
	risk     bool

	// acted is how often Polar has carried it out; the ledger's.
	acted int

	mu     sync.Mutex
	random *rand.Rand
}

func (op *operation) String() string {
	text := fmt.Sprintf("#%d %s", op.number, op.kind)
	if op.kind == confirming {
		text += " " + op.token
	}
	if op.risk {
		text += " at its risk"
	}
	return text
}

// fate draws what becomes of the operation's next exchange with Polar.
func (op *operation) fate(w *world) fate {
	op.mu.Lock()
	defer op.mu.Unlock()
	if w.isCalm() {
		return fate{cut: -1}
	}
	return fateOf(op.random, w.climate.faults)
}

// caller does one operation after the other.
type caller struct {
	world  *world
	random *rand.Rand
	number int
}

// act does the next operation, after a pause.
func (c *caller) act(number int) {
	elapse(exponential(c.random, c.world.climate.pause))
	op := c.decide(number)
	replica := pick(c.random, c.world.replicas...)
	process := replica.enter()
	for ; process == nil; process = replica.enter() {
		elapse(100 * time.Millisecond)
	}
	defer process.calls.Done()
	c.perform(op, process)
}

// ask asks once more for a key.
func (c *caller) ask(number int, k *key) {
	op := c.newOperation(number, creating)
	op.timeout = 0
	op.forKey(k)
	process := c.world.replicas[0].enter()
	defer process.calls.Done()
	if result := c.perform(op, process); result == nil || result.failure != "" {
		c.world.ledger.fail(op.subject, "the key has no answer at the end: %v", result)
	}
}

func (c *caller) newOperation(number int, kind kind) *operation {
	op := &operation{
		number: number, kind: kind, rest: c.random.IntN(2) == 0, subject: fmt.Sprintf("#%d", number), retries: c.random.IntN(5) == 0,
		random: rand.New(rand.NewPCG(c.random.Uint64(), c.random.Uint64())),
	}
	if c.random.IntN(3) > 0 {
		op.timeout = pick(c.random, 300*time.Millisecond, 2*time.Second, 10*time.Second, 30*time.Second, 90*time.Second)
	}
	return op
}

// decide draws an operation.
func (c *caller) decide(number int) *operation {
	l := c.world.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	draw := c.random.IntN(100)
	switch {
	case draw < 12 || len(l.checkouts) == 0:
		op := c.newOperation(number, creating)
		k := &key{name: fmt.Sprintf("key %d", number), product: pick(c.random, emulator.DemoOneTimeID, emulator.DemoOneTimeID, emulator.DemoMonthlyID, emulator.DemoFreeID)}
		l.keys = append(l.keys, k)
		op.forKey(k)
		return op
	case draw < 24:
		op := c.newOperation(number, creating)
		op.forKey(recent(c.random, l.keys))
		return op
	case draw < 26: // another request under a key that is taken
		op := c.newOperation(number, creating)
		op.forKey(recent(c.random, l.keys))
		if time.Now().Add(5 * time.Minute).Before(op.key.until) {
			op.product = emulator.DemoCustomID
		}
		return op
	case draw < 30:
		op := c.newOperation(number, creating)
		op.product = emulator.DemoOneTimeID
		return op
	case draw < 40 && len(l.doubtful) > 0:
		return c.confirm(number, recent(c.random, l.doubtful))
	case draw < 65:
		return c.confirm(number, recent(c.random, l.checkouts))
	default:
		op := c.newOperation(number, pick(c.random, updating, buying, reading, looking, listing))
		if op.kind != listing {
			op.about(recent(c.random, l.checkouts))
		}
		return op
	}
}

// confirm confirms with a token of its own, or with one that was used for the checkout before.
func (c *caller) confirm(number int, about *checkout) *operation {
	op := c.newOperation(number, confirming)
	op.about(about)
	op.risk = c.random.IntN(8) == 0
	switch {
	case about.free:
	case len(about.tokens) > 0 && c.random.IntN(2) == 0:
		op.token = pick(c.random, about.tokens...)
	default:
		op.token = fmt.Sprintf("ctoken_%s_%d", pick(c.random, "pay", "pay", "pay", "slow", "decline", "faillater"), number)
		about.tokens = append(about.tokens, op.token)
	}
	return op
}

func (op *operation) forKey(k *key) {
	op.key, op.product, op.free, op.subject = k, k.product, k.product == emulator.DemoFreeID, k.name
}

func (op *operation) about(c *checkout) { op.checkout, op.subject = c, c.id }

// recent picks one of the latest, mostly.
func recent[T any](random *rand.Rand, from []T) T {
	if n := len(from); n > 6 && random.IntN(4) > 0 {
		from = from[n-6:]
	}
	return pick(random, from...)
}

// perform makes the call and has what came of it judged; nil where the process was killed meanwhile.
func (c *caller) perform(op *operation, p *process) *result {
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), operationKey{}, op))
	defer cancel()
	if op.timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, op.timeout)
		defer cancel()
	}
	leaves := !c.world.isCalm() && c.random.IntN(12) == 0
	if leaves {
		time.AfterFunc(exponential(c.random, time.Second), cancel)
	}
	op.start = time.Now()
	c.world.ledger.begin(op)
	results := make(chan *result, 1)
	go func() { results <- op.call(ctx, p.server) }()
	var told *result
	select {
	case told = <-results:
	case <-p.killed:
	}
	c.world.ledger.end(op, told, leaves)
	return told
}
