package faults

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// introduction stands above the table, with two durations to fill in.
//
//go:embed introduction.md
var introduction string

// check holds docs/faults.md to what was played, or writes it.
func (all *table) check(t *testing.T) {
	t.Helper()
	document, complete := all.document()
	if !complete {
		t.Log("not all rows were played, so docs/faults.md is not looked at")
		return
	}
	path := filepath.Join(harness.Root(), "docs", "faults.md")
	if *update {
		if err := os.WriteFile(path, document, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(written), "\n"), strings.Split(string(document), "\n")
	for i := range max(len(was), len(is)) {
		if i >= len(was) || i >= len(is) || was[i] != is[i] {
			t.Errorf("docs/faults.md, line %d is stale; look whether the change is meant, and run go test ./test/faults -update\n%s\n%s",
				i+1, line(was, i), line(is, i))
		}
	}
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(none)"
}

// document renders the table.
func (all *table) document() (text []byte, complete bool) {
	var b bytes.Buffer
	fmt.Fprintf(&b, introduction, grpcDeadline, restPatience)
	complete = true
	for i := range operations {
		op := &operations[i]
		fmt.Fprintf(&b, "## %s\n\n| Fault | gRPC, first attempt | REST | %s | gRPC, every attempt | REST | %s |\n|---|---|---|---|---|---|---|\n", op.name, op.counts(), op.counts())
		for j := range list {
			f := &list[j]
			if !f.canBefall(op) {
				continue
			}
			fmt.Fprintf(&b, "| %s |", op.called(f))
			for _, phase := range phases {
				over, ok := all.results[key(op, f, phase.name, "gRPC")]
				rest, alsoOK := all.results[key(op, f, phase.name, "REST")]
				switch {
				case f.reused && phase.every:
					b.WriteString(" | | |")
				default:
					complete = complete && ok && alsoOK
					fmt.Fprintf(&b, " %s | %s | %s |", over.told, rest.told, op.both(over, rest))
				}
			}
			b.WriteString("\n")
		}
		b.WriteString("\n")
	}
	return append(bytes.TrimSpace(b.Bytes()), '\n'), complete
}

// called is a fault's name; where nothing is done, it need not say whether it was.
func (o *operation) called(f *fault) string {
	if o.reads() {
		return strings.TrimSuffix(f.name, notActed)
	}
	return f.name
}

func (o *operation) counts() string {
	if o.reads() {
		return "Sent"
	}
	return "Sent, acted"
}

// both gives the counts of both transports, as one where they are equal.
func (o *operation) both(over, rest result) string {
	first, second := o.count(over), o.count(rest)
	if first == second {
		return first
	}
	return first + "; " + second
}

func (o *operation) count(r result) string {
	if o.reads() {
		return fmt.Sprint(r.sent)
	}
	return fmt.Sprintf("%d, %d", r.sent, r.acted)
}
