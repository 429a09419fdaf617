package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// controlPrefix is where the calls live that Polar does not have: what its database and the world around it do to it.
const controlPrefix = "/_emulator/"

// ErrUnknown is answered by control calls that name something that isn't there.
var ErrUnknown = errors.New("no such object in the emulator")

// ClockState is the emulator's time as the control calls show and set it.
type ClockState struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
}

// controlRoutes serves the control calls; each does over HTTP what a method of Emulator does in Go.
func (e *Emulator) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(*http.Request) (any, error){
		"GET clock":   func(*http.Request) (any, error) { return e.clock.state(), nil },
		"POST clock":  e.controlClock,
		"POST reset":  e.controlReset,
		"POST next":   e.controlNext,
		"DELETE next": func(*http.Request) (any, error) { e.ClearScript(); return nil, nil },

		"POST organizations":       e.controlAddOrganization,
		"PATCH organizations/{id}": e.controlOrganization,
		"POST tokens":              e.controlAddToken,
		"PATCH checkouts/{id}":     e.controlCheckout,
		"POST checkouts/{id}/lock": e.controlLock,
		"POST checkouts/{id}/copy": e.controlCopy,
		"POST subscriptions":       e.controlAddSubscription,
		"POST payments":            e.controlPayment,
		"PATCH customers/{id}":     e.controlCustomer,
		"PATCH products/{id}":      e.controlProduct,
		"PATCH discounts/{id}":     e.controlDiscount,
		"POST rate-limits":         e.controlRateLimits,
	} {
		method, path, _ := bytes.Cut([]byte(pattern), []byte(" "))
		mux.HandleFunc(string(method)+" "+controlPrefix+string(path), answerControl(serve))
	}
	return mux
}

// answerControl writes what a control call returns: 204 for nothing, and errors as one line of JSON.
func answerControl(serve func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		result, err := serve(r)
		status := http.StatusOK
		switch {
		case errors.Is(err, ErrUnknown):
			status = http.StatusNotFound
		case err != nil:
			status = http.StatusBadRequest
		case result == nil:
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if err != nil {
			result = map[string]string{"error": err.Error()}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(result)
	}
}

// decode reads a control call's body over into; unknown members are errors, so that a misspelt one is noticed.
func decode(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the body does not fit: %w", err)
	}
	return nil
}

func (c *Clock) state() ClockState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ClockState{Now: c.now(), Frozen: !c.frozen.IsZero()}
}

// controlClock sets, moves, freezes and resumes the clock, in this order.
func (e *Emulator) controlClock(r *http.Request) (any, error) {
	var in struct {
		Now    *time.Time `json:"now"`
		Move   Duration   `json:"move"`
		Freeze *bool      `json:"freeze"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if in.Now != nil {
		e.clock.Set(*in.Now)
	}
	if in.Move.Duration != 0 {
		e.clock.Move(in.Move.Duration)
	}
	switch {
	case in.Freeze == nil:
	case *in.Freeze:
		e.clock.Freeze()
	default:
		e.clock.Resume()
	}
	return e.clock.state(), nil
}

func (e *Emulator) controlReset(r *http.Request) (any, error) {
	in := struct {
		Empty bool `json:"empty"`
	}{e.options.Empty}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	e.Reset(in.Empty)
	return nil, nil
}

func (e *Emulator) controlNext(r *http.Request) (any, error) {
	var in Fault
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return nil, e.Script(in)
}

func (e *Emulator) controlLock(r *http.Request) (any, error) {
	var in struct {
		For Duration `json:"for"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return nil, e.LockCheckout(r.PathValue("id"), in.For.Duration)
}

func (e *Emulator) controlCopy(r *http.Request) (any, error) {
	var in struct {
		Count int `json:"count"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return nil, e.CopyCheckout(r.PathValue("id"), in.Count)
}

func (e *Emulator) controlPayment(r *http.Request) (any, error) {
	var in struct {
		Token string `json:"confirmation_token_id"`
		Outcome
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	e.SetOutcome(in.Token, in.Outcome)
	return nil, nil
}

func (e *Emulator) controlRateLimits(r *http.Request) (any, error) {
	var in struct {
		Environment RateLimits `json:"environment"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return nil, e.SetRateLimits(in.Environment)
}
