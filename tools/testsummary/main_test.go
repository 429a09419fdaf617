package main

import (
	"strings"
	"testing"
)

const (
	passing = `{"Action":"start","Package":"a"}
{"Action":"output","Package":"a","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"output","Package":"a","Test":"TestX","Output":"chatter\n"}
{"Action":"pass","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Output":"PASS\n"}
{"Action":"output","Package":"a","Output":"ok  \ta\t0.1s\n"}
{"Action":"pass","Package":"a"}
`
	failing = `{"Action":"output","Package":"b","Test":"TestY","Output":"    y_test.go:3: want 1\n"}
{"Action":"fail","Package":"b","Test":"TestY"}
{"Action":"output","Package":"b","Output":"FAIL\tb\t0.1s\n"}
{"Action":"fail","Package":"b"}
`
	skipping = `{"Action":"output","Package":"c","Test":"TestZ","Output":"=== RUN   TestZ\n"}
{"Action":"output","Package":"c","Test":"TestZ","Output":"    z_test.go:3: no python3 here\n"}
{"Action":"skip","Package":"c","Test":"TestZ"}
{"Action":"pass","Package":"c"}
`
	unbuilt = `{"ImportPath":"d","Action":"build-output","Output":"d.go:1:1: undefined: x\n"}
{"ImportPath":"d","Action":"build-fail"}
{"Action":"output","Package":"d","Output":"FAIL\td [build failed]\n"}
{"Action":"fail","Package":"d","FailedBuild":"d"}
`
)

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		name, in, out string
		noSkip, fails bool
	}{
		{"a pass is the package's line only", passing, "ok  \ta\t0.1s\n1 passed, 0 failed, 0 skipped\n", true, false},
		{"a failure shows its output", failing, "    y_test.go:3: want 1\nFAIL\tb\t0.1s\n0 passed, 1 failed, 0 skipped\n", false, true},
		{"a failure is not hidden by a pass", failing + passing, "    y_test.go:3: want 1\nFAIL\tb\t0.1s\nok  \ta\t0.1s\n1 passed, 1 failed, 0 skipped\n", false, true},
		{"a skip gives its reason", passing + skipping, "ok  \ta\t0.1s\nskipped c TestZ: z_test.go:3: no python3 here\n1 passed, 0 failed, 1 skipped\n", false, false},
		{"a skip may be forbidden", passing + skipping, "ok  \ta\t0.1s\nskipped c TestZ: z_test.go:3: no python3 here\n1 passed, 0 failed, 1 skipped\n", true, true},
		{"a package that does not build fails", passing + unbuilt, "ok  \ta\t0.1s\nd.go:1:1: undefined: x\nFAIL\td [build failed]\n1 passed, 1 failed, 0 skipped\n", false, true},
		{"nothing ran", "go: no such pattern\n", "go: no such pattern\n0 passed, 0 failed, 0 skipped\n", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			s := newSummary(&out)
			if err := s.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			if err := s.finish(c.noSkip); (err != nil) != c.fails {
				t.Errorf("finish: %v, want an error: %v", err, c.fails)
			}
			if out.String() != c.out {
				t.Errorf("printed\n%s\nwant\n%s", out.String(), c.out)
			}
		})
	}
}
