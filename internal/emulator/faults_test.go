package emulator

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// server is an emulator behind a real connection, for what only shows there.
func server(t *testing.T) (*Emulator, string) {
	t.Helper()
	e := New(Options{})
	s := httptest.NewServer(e)
	t.Cleanup(func() { e.Close(); s.Close() })
	return e, s.URL
}

// ask sends a request with the demo token and answers status and body; err tells of a broken connection.
func ask(ctx context.Context, t *testing.T, method, url, body string) (status int, answer string, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+DefaultToken)
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return response.StatusCode, string(data), err
}

const createBody = `{"products":["` + DemoOneTimeID + `"]}`

// sessions counts the demo organization's sessions.
func sessions(e *Emulator) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.store.checkouts.order)
}

func TestScriptedAnswers(t *testing.T) {
	for _, tc := range []struct {
		name   string
		fault  Fault
		status int
		broken bool // the connection breaks
		acted  int  // sessions that the create has made all the same
	}{
		{"a status instead of acting", Fault{Status: 503, Body: "busy"}, 503, false, 0},
		{"a status after acting", Fault{Status: 502, Act: true}, 502, false, 1},
		{"a connection cut before acting", Fault{Cut: true}, 0, true, 0},
		{"a connection cut after acting", Fault{Cut: true, Act: true}, 0, true, 1},
		{"a body that ends too early", Fault{Truncate: 100}, 201, true, 1},
		{"another method is not concerned", Fault{Method: "GET", Status: 500}, 201, false, 1},
		{"another path is not concerned", Fault{Path: "/confirm$", Status: 500}, 201, false, 1},
		{"the second request only", Fault{Skip: 1, Status: 500}, 201, false, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, url := server(t)
			if err := e.Script(tc.fault); err != nil {
				t.Fatal(err)
			}
			status, _, err := ask(t.Context(), t, "POST", url+"/v1/checkouts/", createBody)
			if status != tc.status || (err != nil) != tc.broken {
				t.Errorf("got %d, %v", status, err)
			}
			if got := sessions(e); got != tc.acted {
				t.Errorf("%d sessions were made, want %d", got, tc.acted)
			}
		})
	}
}

func TestAScriptEndsAfterItsCount(t *testing.T) {
	e, url := server(t)
	if err := e.Script(Fault{Status: 500, Count: 2}); err != nil {
		t.Fatal(err)
	}
	var got []int
	for range 3 {
		status, _, _ := ask(t.Context(), t, "GET", url+"/v1/checkouts/", "")
		got = append(got, status)
	}
	if got[0] != 500 || got[1] != 500 || got[2] != 200 {
		t.Errorf("three requests were answered %v", got)
	}
}

func TestAHangingRequestEndsWithItsCaller(t *testing.T) {
	e, url := server(t)
	if err := e.Script(Fault{Hang: true, Act: true}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err := ask(ctx, t, "POST", url+"/v1/checkouts/", createBody)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the caller saw %v", err)
	}
	if got := sessions(e); got != 1 {
		t.Errorf("%d sessions were made, want 1", got)
	}
}

func TestAStaleReadMissesTheLastChange(t *testing.T) {
	e, url := server(t)
	_, body, err := ask(t.Context(), t, "POST", url+"/v1/checkouts/", createBody)
	if err != nil {
		t.Fatal(err)
	}
	id := member(body, "id")
	stale := func() (int, string) {
		if err := e.Script(Fault{Stale: true}); err != nil {
			t.Fatal(err)
		}
		status, body, _ := ask(t.Context(), t, "GET", url+"/v1/checkouts/"+id, "")
		return status, body
	}
	if status, _ := stale(); status != http.StatusNotFound {
		t.Errorf("a new session is seen by a lagging replica: %d", status)
	}
	_, _, _ = ask(t.Context(), t, "PATCH", url+"/v1/checkouts/"+id, `{"customer_name":"New"}`)
	if status, body := stale(); status != http.StatusOK || !strings.Contains(body, `"customer_name":null`) {
		t.Errorf("a stale read answers %d %.80s", status, body)
	}
}

// member is the first string member of that name in a JSON text.
func member(text, name string) string {
	_, rest, _ := strings.Cut(text, `"`+name+`":"`)
	found, _, _ := strings.Cut(rest, `"`)
	return found
}

func TestAPathThatIsNoPatternIsRefused(t *testing.T) {
	e := New(Options{})
	defer e.Close()
	if err := e.Script(Fault{Path: "("}); err == nil {
		t.Error("a path that is no regular expression was taken")
	}
}
