package limit

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sampleState(r *rules, now instant) *state {
	s := &state{blocked: now.add(time.Second), confirmsBlocked: now.add(time.Minute)}
	for i := range 9 {
		s.charge(r, []class{read, write, confirm}[i%3], uint32(i), now.add(time.Duration(i-20)*time.Second))
	}
	return s
}

func TestRecordKeepsTheState(t *testing.T) {
	r := rulesFor(&New(Config{Environment: Production}).config, "organization")
	now := instant(1_800_000_000_000_000_000)
	want := sampleState(r, now)
	got, err := decode(encode(want, r, 0, now), now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(state{}, log{}, entry{})); diff != "" {
		t.Error(diff)
	}
}

func TestRecordOfTheFutureCountsAsNow(t *testing.T) {
	r := rulesFor(&New(Config{Environment: Production}).config, "organization")
	now := instant(1_800_000_000_000_000_000)
	s, err := decode(encode(sampleState(r, now), r, 2, now), now.add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.calls.within(time.Nanosecond, now.add(-time.Hour)); got != 6+2 {
		t.Errorf("%d calls count as sent now, want all six and two that were lent", got)
	}
}

func FuzzDecode(f *testing.F) {
	r := rulesFor(&New(Config{Environment: Production}).config, "organization")
	now := instant(1_800_000_000_000_000_000)
	f.Add(encode(sampleState(r, now), r, 3, now))
	f.Add(encode(new(state), r, 0, now))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, record []byte) {
		s, err := decode(record, now)
		if err != nil {
			return
		}
		for _, g := range []*log{&s.calls, &s.reads, &s.pending, &s.confirms} {
			for i, e := range g.entries {
				if e.at > now || i > 0 && e.at < g.entries[i-1].at {
					t.Fatalf("entries out of order, or of the future: %v", g.entries)
				}
			}
		}
		once := encode(s, r, 0, now)
		again, err := decode(once, now)
		if err != nil || !bytes.Equal(once, encode(again, r, 0, now)) {
			t.Fatalf("a record of a record differs (%v)", err)
		}
	})
}
