package limit

import "slices"

// waiter is a call that is held back.
type waiter struct {
	class  class
	tag    uint32
	caller string
	// done is told once how it ended. It has room for that, so that whoever tells never waits.
	done chan error
	// left and late concern a call that is admitted but not recorded yet: its caller has gone, or has no time to wait anew.
	left, late bool
}

// queue serves callers in turn, and the calls of one caller in their order.
type queue struct {
	turns []*line
	lines map[string]*line
	size  int
}

// line is the calls of one caller.
type line struct {
	caller  string
	waiters []*waiter
}

// push puts w behind the other calls of its caller.
func (q *queue) push(w *waiter) {
	l := q.line(w.caller)
	l.waiters = append(l.waiters, w)
	if len(l.waiters) == 1 {
		q.turns = append(q.turns, l)
	}
	q.size++
}

// putBack undoes the pop of w; several are put back in reverse order.
func (q *queue) putBack(w *waiter) {
	l := q.line(w.caller)
	if at := slices.Index(q.turns, l); at >= 0 {
		q.turns = slices.Delete(q.turns, at, at+1)
	}
	l.waiters = slices.Insert(l.waiters, 0, w)
	q.turns = slices.Insert(q.turns, 0, l)
	q.size++
}

func (q *queue) line(caller string) *line {
	if q.lines == nil {
		q.lines = map[string]*line{}
	}
	l := q.lines[caller]
	if l == nil {
		l = &line{caller: caller}
		q.lines[caller] = l
	}
	return l
}

// first is whose turn it is; nil when nobody waits.
func (q *queue) first() *waiter {
	if q.size == 0 {
		return nil
	}
	return q.turns[0].waiters[0]
}

// pop takes the first out; its caller's next call waits for all other callers.
func (q *queue) pop() *waiter {
	l := q.turns[0]
	w := l.waiters[0]
	q.turns = q.turns[1:]
	l.waiters = l.waiters[1:]
	q.size--
	if len(l.waiters) > 0 {
		q.turns = append(q.turns, l)
	} else {
		delete(q.lines, l.caller)
	}
	return w
}

// remove takes w out wherever it stands, and says whether it was there.
func (q *queue) remove(w *waiter) bool {
	l := q.lines[w.caller]
	if l == nil {
		return false
	}
	at := slices.Index(l.waiters, w)
	if at < 0 {
		return false
	}
	l.waiters = slices.Delete(l.waiters, at, at+1)
	q.size--
	if len(l.waiters) == 0 {
		delete(q.lines, l.caller)
		q.turns = slices.DeleteFunc(q.turns, func(other *line) bool { return other == l })
	}
	return true
}

// ahead is how many would be served before a new call of caller.
func (q *queue) ahead(caller string) int {
	own := 0
	if l := q.lines[caller]; l != nil {
		own = len(l.waiters)
	}
	n := own
	for _, l := range q.turns {
		if l.caller != caller {
			n += min(len(l.waiters), own+1)
		}
	}
	return n
}
