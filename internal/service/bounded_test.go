package service

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

// TestACallWithoutADeadlineDoesNotWaitForEverForAnotherOne: the first of two equal calls holds what the second waits for.
// Found by the simulation (seeds 135 and 168), where a killed replica held it.
func TestACallWithoutADeadlineDoesNotWaitForEverForAnotherOne(t *testing.T) {
	for name, tc := range map[string]struct {
		call func(t *testing.T, s *Service) error
		most time.Duration
		want string
	}{
		"create": {func(t *testing.T, s *Service) error {
			t.Helper()
			_, err := s.CreateCheckout(t.Context(), &pb.CreateCheckoutRequest{RequestId: "a", CheckoutCreate: &pb.CheckoutCreate{}})
			return err
		}, time.Minute, "RequestInProgress"},
		"confirm": {func(t *testing.T, s *Service) error {
			t.Helper()
			_, err := s.ConfirmClientCheckout(t.Context(), confirmOf("a"))
			return err
		}, time.Minute + time.Millisecond, outcomeUnknownName},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				hang := func(*polarhttp.Response) error {
					<-release
					return &polarhttp.Error{Reason: polarhttp.Cut, Written: true}
				}
				s := newScripted(&scripted{confirm: hang, read: hang})
				go func() { _ = tc.call(t, s) }()
				synctest.Wait()
				start := time.Now()
				err := tc.call(t, s)
				if took := time.Since(start); took > tc.most {
					t.Errorf("it took %s, want at most %s", took, tc.most)
				}
				if failure, ok := errors.AsType[*Failure](err); !ok || failure.Name != tc.want {
					t.Errorf("got %v, want %s", err, tc.want)
				}
				close(release)
				synctest.Wait()
			})
		})
	}
}
