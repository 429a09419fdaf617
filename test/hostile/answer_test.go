package hostile

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// readAnswers reads until the connection ends. A connection that stays open fails the test by its deadline.
func readAnswers(t *testing.T, conn net.Conn) (all []answer) {
	t.Helper()
	reader := bufio.NewReader(conn)
	for {
		if _, err := reader.Peek(1); ended(err) {
			return all
		}
		res, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatalf("after %d answers: %v", len(all), err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, answer{res.StatusCode, res.Header, string(body)})
	}
}

// ended reports whether the other side is done, be it with a reset because it did not read everything.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)
}

// check holds an answer to a status and a part of the body. "~ " begins a regular expression for the status.
func (a *answer) check(t *testing.T, want string) {
	t.Helper()
	status := strconv.Itoa(a.status)
	if pattern, ok := strings.CutPrefix(want, "~ "); ok {
		if !regexp.MustCompile("^(" + pattern + ")$").MatchString(status) {
			t.Errorf("status %s, want %s", status, pattern)
		}
		return
	}
	wanted, part, _ := strings.Cut(want, " ")
	if status != wanted || !strings.Contains(a.body, part) {
		t.Errorf("got %s %.300s, want %s", status, a.body, want)
	}
}
