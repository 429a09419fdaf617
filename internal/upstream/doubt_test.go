package upstream

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// TestALaterRefusalDoesNotDenyWhatAnEarlierAttemptMayHaveDone. Found by the simulation (seeds 1141 and 1168): Polar had
// carried an update out, its answer was lost, and the refusal of the repetition was all that the caller heard.
func TestALaterRefusalDoesNotDenyWhatAnEarlierAttemptMayHaveDone(t *testing.T) {
	cut, unsent := breaks(polarhttp.Cut, true), breaks(polarhttp.Unreachable, false)
	notOpen := status(http.StatusForbidden, `{"error":"NotOpenCheckout","detail":"Checkout x is not open: confirmed"}`)
	retries := BackoffDefaults()
	retries.RetryConnectionErrors = true
	for name, tc := range map[string]struct {
		op     *polarhttp.Operation
		script []answer
		doubt  bool
	}{
		"not open after a cut":             {polarhttp.UpdateCheckout, []answer{cut, notOpen}, true},
		"not open after a gateway's error": {polarhttp.UpdateCheckout, []answer{status(http.StatusBadGateway, ""), notOpen}, true},
		"unreachable after a cut":          {polarhttp.UpdateCheckout, []answer{cut, unsent}, true},
		"limited after a cut, by key":      {polarhttp.CreateCheckout, []answer{cut, status(http.StatusTooManyRequests, "", "Retry-After", "60")}, true},
		"not open at once":                 {polarhttp.UpdateCheckout, []answer{notOpen}, false},
		"not open, was not sent before":    {polarhttp.UpdateCheckout, []answer{unsent, notOpen}, false},
		"invalid, as it was before":        {polarhttp.UpdateCheckout, []answer{cut, status(http.StatusUnprocessableEntity, `{}`)}, false},
		"a read changes nothing":           {polarhttp.GetCheckout, []answer{cut, notOpen}, false},
		"done in the end":                  {polarhttp.UpdateCheckout, []answer{cut, status(http.StatusOK, `{}`)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				res := new(polarhttp.Response)
				_, err := New(Config{Polar: scripted(tc.script...)}).Call(t.Context(),
					&polarhttp.Request{Operation: tc.op, Segment: "x"}, res, Options{Retries: retries, Repeatable: true})
				failure, failed := errors.AsType[*polarhttp.Error](err)
				if tc.doubt != (failed && failure.Written) {
					t.Errorf("got %v and status %d, want doubt %t", err, res.Status, tc.doubt)
				}
				if tc.doubt && (res.Status != 0 || len(res.Body) != 0) {
					t.Errorf("the refusal is still there: %d %s", res.Status, res.Body)
				}
			})
		})
	}
}
