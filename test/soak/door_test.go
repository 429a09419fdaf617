package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// door stands before the emulator: it counts what Polar does, and loses a part of it.
type door struct {
	url, polar string
	calm       atomic.Bool

	mu      sync.Mutex
	random  *rand.Rand
	made    map[string]string   // id of each checkout, by client secret
	charged map[string][]string // confirmation tokens, by client secret
}

// mishap is what becomes of one request.
type mishap int

const (
	none    mishap = iota
	before         // it is lost on its way to Polar
	after          // its answer is lost
	crashed        // Polar charges, loses that in its database, and answers 500 (B 8.1)
)

func openDoor(t *testing.T, polar string, seed uint64) *door {
	t.Helper()
	d := &door{
		polar: polar, made: map[string]string{}, charged: map[string][]string{},
		random: rand.New(rand.NewPCG(seed, 1)),
	}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

func (d *door) draw() mishap {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.calm.Load() || d.random.IntN(10) > 1 {
		return none
	}
	return before + mishap(d.random.IntN(3))
}

// ServeHTTP implements http.Handler.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	fate := d.draw()
	if err != nil || fate == before {
		panic(http.ErrAbortHandler)
	}
	status, header, answer, err := d.pass(r, body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	charged := d.note(r, body, status, answer)
	switch {
	case fate == crashed && charged != "":
		d.reopen(charged)
		status, answer = http.StatusInternalServerError, []byte("Internal Server Error")
		header = http.Header{"Content-Type": {"text/plain"}}
	case fate == after || fate == crashed:
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), header)
	w.Header().Del("Content-Length")
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

// pass sends the request on, whether or not its sender still waits.
func (d *door) pass(r *http.Request, body []byte) (status int, header http.Header, answer []byte, err error) {
	out, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, d.polar+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	out.Header = r.Header.Clone()
	res, err := client.Do(out)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	return res.StatusCode, res.Header, answer, err
}

// note counts what Polar has done, and gives the id of the checkout that was charged for.
func (d *door) note(r *http.Request, body []byte, status int, answer []byte) (charged string) {
	if r.Method != http.MethodPost || status >= 300 {
		return ""
	}
	var in struct {
		Token string `json:"confirmation_token_id"`
	}
	var out struct {
		ID     string `json:"id"`
		Secret string `json:"client_secret"`
	}
	if json.Unmarshal(body, &in) != nil || json.Unmarshal(answer, &out) != nil {
		return ""
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !strings.HasSuffix(r.URL.Path, "/confirm") {
		d.made[out.Secret] = out.ID
		return ""
	}
	d.charged[out.Secret] = append(d.charged[out.Secret], in.Token)
	return out.ID
}

// reopen makes Polar forget a confirm.
func (d *door) reopen(id string) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPatch, d.polar+"/_emulator/checkouts/"+id, strings.NewReader(`{"status":"open"}`))
	if err != nil {
		return
	}
	if res, err := client.Do(req); err == nil {
		_ = res.Body.Close()
	}
}
