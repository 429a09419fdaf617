package emulator

import (
	"net/http"
	"testing"
	"time"
)

// limited is an emulator with an environment's limits and a clock that stands.
func limited(t *testing.T, environment RateLimits) *Emulator {
	t.Helper()
	e := New(Options{RateLimits: environment})
	t.Cleanup(e.Close)
	e.Clock().Freeze()
	return e
}

// until sends a request n times and answers the status of the last and its Retry-After.
func until(e *Emulator, n int, method, path, token string) (status int, retryAfter string) {
	for range n {
		w := request(e, method, path, token, "{}")
		status, retryAfter = w.Code, w.Header().Get("Retry-After")
	}
	return status, retryAfter
}

func TestAWindowAdmitsExactlyItsNumber(t *testing.T) {
	e := limited(t, ProductionLimits)
	const path = "/v1/checkouts/client/polar_c_unknown"
	if status, _ := until(e, 500, "GET", path, ""); status != http.StatusNotFound {
		t.Errorf("request 500 of a minute: %d", status)
	}
	if status, wait := until(e, 1, "GET", path, ""); status != http.StatusTooManyRequests || wait != "60" {
		t.Errorf("request 501 of a minute: %d, wait %q", status, wait)
	}
	e.Clock().Move(time.Minute)
	if status, _ := until(e, 1, "GET", path, ""); status != http.StatusNotFound {
		t.Errorf("a minute later: %d", status)
	}
}

func TestTwentyConfirmsAnHour(t *testing.T) {
	e := limited(t, ProductionLimits)
	const path = "/v1/checkouts/client/polar_c_unknown/confirm"
	for range 4 {
		if status, _ := until(e, 5, "POST", path, ""); status != http.StatusNotFound {
			t.Fatalf("five confirms a minute: %d", status)
		}
		e.Clock().Move(time.Minute)
	}
	if status, wait := until(e, 1, "POST", path, ""); status != http.StatusTooManyRequests || wait != "1800" {
		t.Errorf("confirm 21 of the hour: %d, wait %q", status, wait)
	}
	if status, _ := until(e, 1, "GET", "/v1/nowhere", ""); status != http.StatusTooManyRequests {
		t.Errorf("another path of the blocked address: %d", status)
	}
	e.Clock().Move(blockTime)
	if status, wait := until(e, 1, "POST", path, ""); status != http.StatusTooManyRequests || wait != "1800" {
		t.Errorf("the hour outlives the block, so the next confirm trips it again: %d, wait %q (B 6.3)", status, wait)
	}
}

func TestElevatedOrganizationsConfirmFreely(t *testing.T) {
	e := limited(t, SandboxLimits)
	err := e.UpdateOrganization(DemoOrganizationID, func(o *Organization) error { o.RateGroup = "elevated"; return nil })
	if err != nil {
		t.Fatal(err)
	}
	const path = "/v1/checkouts/client/polar_c_unknown/confirm"
	if status, _ := until(e, 10, "POST", path, DefaultToken); status != http.StatusNotFound {
		t.Errorf("ten confirms of an elevated organization: %d", status)
	}
}
