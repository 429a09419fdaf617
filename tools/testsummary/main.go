// Command testsummary turns the output of `go test -json` into what a person wants to see of it: the line of each package,
// the output of failed tests, the reasons of skipped ones, and the figures.
//
// Usage: go test -json ./... | testsummary [-no-skip]
//
// It exits with 1 if anything failed, if nothing ran, or, with -no-skip, if a test was skipped.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	noSkip := flag.Bool("no-skip", false, "a skipped test is a failure")
	flag.Parse()
	s := newSummary(os.Stdout)
	err := s.read(os.Stdin)
	if err == nil {
		err = s.finish(*noSkip)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsummary:", err)
		os.Exit(1)
	}
}

// event is a line of `go test -json`: a test event (go doc test2json) or a build event (go help buildjson).
type event struct {
	Action, Package, Test, Output string
}

// test names a test, or with an empty name the package itself.
type test struct{ pkg, name string }

// summary follows a stream of events.
type summary struct {
	out                     io.Writer
	output                  map[test][]string
	passed, failed, skipped int
	blamed                  map[string]bool // packages of which a test failed
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, output: map[test][]string{}, blamed: map[string]bool{}}
}

// read prints while it reads. A line that is no event is printed as it is: the go command's own errors.
func (s *summary) read(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			s.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *summary) line(line string) {
	var e event
	if json.Unmarshal([]byte(line), &e) != nil {
		s.print(line)
		return
	}
	switch at := (test{e.Package, e.Test}); e.Action {
	case "build-output":
		s.print(e.Output)
	case "output":
		s.output[at] = append(s.output[at], e.Output)
	case "pass", "fail", "skip":
		s.end(at, e.Action)
		delete(s.output, at)
	}
}

// end counts a test or package that is done, and prints what is worth it.
func (s *summary) end(at test, action string) {
	output := s.output[at]
	switch {
	case at.name == "" && action == "fail":
		if !s.blamed[at.pkg] {
			s.failed++ // not built, or ended outside of a test
		}
		s.print(output...)
	case at.name == "":
		s.print(last(output))
	case action == "pass":
		s.passed++
	case action == "fail":
		s.failed++
		s.blamed[at.pkg] = true
		s.print(output...)
	default:
		s.skipped++
		s.print(fmt.Sprintf("skipped %s %s: %s\n", at.pkg, at.name, reason(output)))
	}
}

// finish prints the figures, last of all.
func (s *summary) finish(noSkip bool) error {
	s.print(fmt.Sprintf("%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped))
	switch {
	case s.failed > 0:
		return errors.New("not all is well")
	case s.passed == 0:
		return errors.New("no test ran")
	case noSkip && s.skipped > 0:
		return fmt.Errorf("%d tests were skipped, and none may be here", s.skipped)
	}
	return nil
}

func (s *summary) print(text ...string) {
	for _, t := range text {
		fmt.Fprint(s.out, t)
	}
}

// last is the line that go test ends a package with: "ok", "?" and so on.
func last(output []string) string {
	if len(output) == 0 {
		return ""
	}
	return output[len(output)-1]
}

// reason is what a test gave to Skip.
func reason(output []string) string {
	for _, line := range output {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "===") && !strings.HasPrefix(line, "---") {
			return line
		}
	}
	return "no reason given"
}
