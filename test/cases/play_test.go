// Package cases plays the table of cases in this folder: each over gRPC and over REST, against the real program in
// front of the emulator. README.md has the form of a case.
package cases

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/checkoutsvc/checkoutsvc/test/book"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestCases plays every case, each transport on an emulator that is as new.
func TestCases(t *testing.T) {
	all := loadCases(t)
	if len(all) < 100 {
		t.Errorf("only %d cases were found", len(all))
	}
	running := newServices(t)
	for _, c := range all {
		if !c.fresh() {
			running.with(t, c.flags()) // here, so that it outlives the case
		}
		t.Run(c.name, func(t *testing.T) { running.play(t, c) })
	}
}

// play plays a case on each transport that it has, and compares the answers.
func (s *services) play(t *testing.T, c caseFile) {
	t.Helper()
	var grpcAnswer, restAnswer any
	if _, ok := c.sections["grpc"]; ok {
		t.Run("grpc", func(t *testing.T) { grpcAnswer = begin(t, c, s).overGRPC() })
	}
	if _, ok := c.sections["rest"]; ok {
		t.Run("rest", func(t *testing.T) { restAnswer = begin(t, c, s).overREST() })
	}
	if grpcAnswer == nil || restAnswer == nil {
		return
	}
	for _, member := range missing("answer", restAnswer, grpcAnswer) {
		t.Errorf("%s is in the answer over REST and not in the one over gRPC", member)
	}
}

// play is one case on one transport, with its variables filled in.
type play struct {
	*testing.T
	caseFile
	polar   *book.Polar
	program *service
	known   variables
	// asked is how often Polar had been asked before the case's own call.
	asked int
}

// begin makes the emulator new and prepares it for the case.
func begin(t *testing.T, c caseFile, running *services) *play {
	t.Helper()
	polar, program := running.polar, running.running[strings.Join(c.flags(), " ")]
	if c.fresh() {
		program = running.start(t, c.flags())
		t.Cleanup(polar.ClearScript) // before the program stops, which waits for writes that hang
	}
	polar.Fresh()
	known := demoCatalogue()
	if err := prepare(polar, c.sections["setup"], known); err != nil {
		t.Fatalf("setup: %v", err)
	}
	filled := map[string]string{}
	for name, text := range c.sections {
		if name == "setup" {
			continue // its names become known line by line
		}
		text, err := known.fill(text)
		if err != nil {
			t.Fatalf("section %s: %v", name, err)
		}
		filled[name] = text
	}
	c.sections = filled
	p := &play{T: t, caseFile: c, polar: polar, program: program, known: known}
	p.before()
	return p
}

// message parses a section that has the form of a call or an answer.
func (p *play) message(section string) wireMessage {
	p.Helper()
	m, err := parseMessage(p.sections[section])
	if err != nil {
		p.Fatalf("section %s: %v", section, err)
	}
	return m
}

// compare holds JSON text to a wanted one and gives the decoded text.
func (p *play) compare(what, want, got string) any {
	p.Helper()
	value, err := decodeJSON(got)
	if err != nil {
		p.Fatalf("%s is no JSON: %v", what, err)
	}
	if strings.TrimSpace(want) == "" {
		return value
	}
	wanted, err := decodeJSON(want)
	if err != nil {
		p.Fatalf("wanted %s: %v", what, err)
	}
	for _, difference := range differences(what, wanted, value) {
		p.Error(difference)
	}
	return value
}

// finish checks what Polar was asked, and what it holds afterwards. sent is the body that every write must have arrived
// with, byte for byte; nil where the service made it.
func (p *play) finish(sent []byte) {
	p.Helper()
	seen := p.polar.Asked()[p.asked:]
	p.checkAsked(seen)
	for _, x := range seen {
		p.checkDiscretion(x)
		if sent != nil && x.Method != http.MethodGet && !bytes.Equal(sent, x.Body) {
			p.Errorf("Polar got %q, sent was %q", x.Body, sent)
		}
	}
	for _, entry := range entries(p.sections["after"]) {
		line, want, _ := strings.Cut(entry, " => ")
		got, err := p.polar.Direct(line)
		if err != nil {
			p.Fatalf("after: %v", err)
		}
		p.compare("after "+line, want, got)
	}
}
