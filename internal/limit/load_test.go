package limit

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestLoadsTellWhatIsLeft follows the figures that operators see.
func TestLoadsTellWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var refused []Zone
		l := New(Config{Environment: Sandbox, Share: 1, Refused: func(zone Zone) { refused = append(refused, zone) }})
		time.Sleep(2 * time.Hour) //nolint:forbidigo // in a synctest bubble: nothing of an earlier process counts any more
		if found := l.Loads(); len(found) != 0 {
			t.Fatalf("there are loads before any call: %v", found)
		}
		for range 3 {
			if err := l.Admit(t.Context(), Call{Path: "/v1/checkouts/", Identity: Address}); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Admit(t.Context(), Call{Path: "/v1/checkouts/client/x/confirm", Identity: Address, Write: true, ClientSecret: "polar_c_x"}); err != nil {
			t.Fatal(err)
		}
		l.Blocked(Address, 30*time.Second)
		want := Load{Identity: Address, Blocked: 30 * time.Second, API: 97, Confirms: 4}
		if found := l.Loads(); len(found) != 1 || found[0] != want {
			t.Errorf("loads are %+v, want %+v", found, want)
		}
		if err := l.Admit(t.Context(), Call{Path: "/v1/checkouts/", Identity: Address}); err == nil || len(refused) != 1 || refused[0] != ZoneBlocked {
			t.Errorf("%v was refused, %v was told", err, refused)
		}
	})
}

// TestLoadsOfAPolarWithoutLimits has nothing left to count.
func TestLoadsOfAPolarWithoutLimits(t *testing.T) {
	l := New(Config{})
	if err := l.Admit(t.Context(), Call{Path: "/v1/checkouts/", Identity: Address}); err != nil {
		t.Fatal(err)
	}
	if found := l.Loads(); len(found) != 1 || found[0] != (Load{Identity: Address, API: -1, Confirms: -1}) {
		t.Errorf("loads are %+v", found)
	}
}
