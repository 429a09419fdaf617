package limit

import (
	"fmt"
	"testing"
)

// BenchmarkAdmit measures what a call pays that has not to wait, with a log that is half full.
func BenchmarkAdmit(b *testing.B) {
	for name, config := range map[string]Config{"none": {}, "memory": {Environment: Production}} {
		b.Run(name, func(b *testing.B) {
			l := New(config)
			bucket, ctx := l.bucket(Address), b.Context()
			bucket.state.since = 0
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%300 == 0 { // a minute passes
					bucket.state.calls.entries, bucket.state.reads.entries = bucket.state.calls.entries[:0], bucket.state.reads.entries[:0]
				}
				if err := l.Admit(ctx, Call{Path: "/v1/checkouts/", Identity: Address}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRefuse measures what a call costs that has to wait for too long.
func BenchmarkRefuse(b *testing.B) {
	l := New(Config{Environment: Production})
	calls := make([]Call, 100)
	for i := range calls {
		calls[i] = Call{Path: "/v1/checkouts/", Identity: Address, Caller: fmt.Sprint(i)}
	}
	var full error
	for full == nil {
		full = l.Admit(b.Context(), calls[0])
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if l.Admit(b.Context(), calls[i%len(calls)]) == nil {
			b.Fatal("admitted")
		}
	}
}
