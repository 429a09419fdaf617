package upstream

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// instant is a Polar that answers without any work.
type instant struct{}

func (instant) Do(_ context.Context, _ *polarhttp.Request, res *polarhttp.Response) error {
	res.Status = http.StatusOK
	return nil
}

// BenchmarkRead is what a successful read pays for the care of this package.
func BenchmarkRead(b *testing.B) {
	for name, deadline := range map[string]time.Duration{"no deadline": 0, "a deadline": time.Minute, "a short deadline": time.Second} {
		b.Run(name, func(b *testing.B) {
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			if deadline > 0 {
				ctx, cancel = context.WithTimeout(ctx, deadline)
				defer cancel()
			}
			client, req, res := New(Config{Polar: instant{}}), request(polarhttp.GetCheckout), new(polarhttp.Response)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Call(ctx, req, res, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReadOverHTTP compares whole reads with those of polarhttp alone.
func BenchmarkReadOverHTTP(b *testing.B) {
	client := overHTTP(b, bare, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) })
	for name, polar := range map[string]Polar{"upstream": client, "polarhttp alone": client.config.Polar} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				req, res := request(polarhttp.GetCheckout), new(polarhttp.Response)
				for pb.Next() {
					ctx, cancel := context.WithCancel(b.Context())
					if err := polar.Do(ctx, req, res); err != nil {
						b.Error(err)
					}
					cancel()
				}
			})
		})
	}
}
