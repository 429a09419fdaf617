package limit

import (
	"encoding/binary"
	"errors"
	"time"
)

// recordVersion is the first byte of a record.
const recordVersion = 1

var errRecord = errors.New("rate-limit record is damaged; it is written anew")

// encode makes the record of s: times in microseconds, each entry as the distance to the one before and its tag. lent is
// how many more calls may be sent before the next record.
func encode(s *state, r *rules, lent int, now instant) []byte {
	out := []byte{recordVersion}
	for _, t := range []instant{s.blocked, s.confirmsBlocked, s.began, s.last} {
		out = binary.AppendUvarint(out, micros(t))
	}
	out = binary.AppendUvarint(out, uint64(lent))
	out = appendLog(out, &s.calls, r.api.length, now)
	out = appendLog(out, &s.pending, r.pending.length, now)
	return appendLog(out, &s.confirms, r.confirms[1].length, now)
}

func appendLog(out []byte, g *log, length time.Duration, now instant) []byte {
	live := g.entries[len(g.entries)-g.within(length, now):]
	out = binary.AppendUvarint(out, uint64(len(live)))
	before := uint64(0)
	for _, e := range live {
		at := micros(e.at)
		out = binary.AppendUvarint(out, at-before)
		out = binary.AppendUvarint(out, uint64(e.tag))
		before = at
	}
	return out
}

// micros rounds up: a call must not seem older than it is.
func micros(t instant) uint64 { return uint64(t+999) / 1000 }

// decode reads a record. Calls that were lent count as sent now, and so do those that seem to come from the future since
// another machine's clock is ahead.
func decode(record []byte, now instant) (*state, error) {
	d := &decoder{rest: record[min(1, len(record)):], failed: len(record) == 0 || record[0] != recordVersion}
	s := new(state)
	for _, t := range []*instant{&s.blocked, &s.confirmsBlocked, &s.began, &s.last} {
		*t = max(0, min(instant(d.number()*1000), now.add(longestBlock)))
	}
	s.began, s.last = min(s.began, now), min(s.last, now)
	lent := d.number()
	d.log(&s.calls, now)
	d.log(&s.pending, now)
	d.log(&s.confirms, now)
	if d.failed || len(d.rest) > 0 || lent > 1000 {
		return nil, errRecord
	}
	for range lent {
		s.calls.add(now, tagRead)
		s.pending.add(now, tagRead)
	}
	s.reads = *s.calls.only(tagRead)
	return s, nil
}

type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) number() uint64 {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 {
		d.failed, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

func (d *decoder) log(g *log, now instant) {
	at, n := uint64(0), d.number()
	g.entries = make([]entry, 0, min(n, uint64(len(d.rest)))+1)
	for range n {
		at += d.number()
		tag := d.number()
		if d.failed {
			return
		}
		g.add(min(instant(at*1000), now), uint32(tag))
	}
}
