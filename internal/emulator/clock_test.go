package emulator

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestMovingTheClockRunsWhatFallsDue(t *testing.T) {
	c := NewClock()
	defer c.Close()
	c.Freeze()
	start := c.Now()
	var ran []string
	c.after(2*time.Hour, func() { ran = append(ran, "second at "+c.Now().Sub(start).String()) })
	c.after(time.Hour, func() {
		ran = append(ran, "first at "+c.Now().Sub(start).String())
		c.after(time.Minute, func() { ran = append(ran, "follow-up") })
	})
	c.after(4*time.Hour, func() { ran = append(ran, "too early") })
	c.Move(3 * time.Hour)
	if want := []string{"first at 1h0m0s", "follow-up", "second at 2h0m0s"}; !slices.Equal(ran, want) {
		t.Errorf("ran %q, want %q", ran, want)
	}
	if got := c.Now().Sub(start); got != 3*time.Hour {
		t.Errorf("the clock shows %s after the move", got)
	}
}

func TestAFrozenClockStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock()
		defer c.Close()
		c.Freeze()
		start := c.Now()
		ran := false
		c.after(time.Second, func() { ran = true })
		time.Sleep(time.Minute) //nolint:forbidigo // in a synctest bubble
		synctest.Wait()
		if ran || !c.Now().Equal(start) {
			t.Errorf("a frozen clock went on to %s (job ran: %t)", c.Now(), ran)
		}
		c.Resume()
		time.Sleep(2 * time.Second) //nolint:forbidigo // in a synctest bubble
		synctest.Wait()
		if !ran || c.Now().Sub(start) != 2*time.Second {
			t.Errorf("a resumed clock shows %s more (job ran: %t)", c.Now().Sub(start), ran)
		}
	})
}

func TestARunningClockRunsJobsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock()
		defer c.Close()
		c.Set(time.Date(2030, time.March, 1, 0, 0, 0, 0, time.UTC))
		var ran []int
		for _, seconds := range []int{3, 1, 2} {
			c.after(time.Duration(seconds)*time.Second, func() { ran = append(ran, seconds) })
		}
		time.Sleep(2500 * time.Millisecond) //nolint:forbidigo // in a synctest bubble
		synctest.Wait()
		if !slices.Equal(ran, []int{1, 2}) {
			t.Errorf("after 2.5 s jobs %v have run", ran)
		}
	})
}

func TestClosingTheClockWakesSleepers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock()
		c.Freeze()
		awake := make(chan struct{})
		go func() { c.sleep(time.Hour); close(awake) }()
		synctest.Wait()
		c.Close()
		<-awake
	})
}

// A timer that fires waits for the lock, and what is added meanwhile sets the next timer: Close must not wait for that one.
func TestClosingTheClockWaitsForNoTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock()
		start := time.Now()
		c.after(24*time.Hour, func() {})
		c.busy.Add(1)
		c.fire() // of the timer before
		c.Close()
		if waited := time.Since(start); waited != 0 {
			t.Errorf("Close took %s", waited)
		}
	})
}

func TestTrialsUseTheCalendar(t *testing.T) {
	from := time.Date(2026, time.January, 31, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		interval string
		count    int
		want     string
	}{
		{"day", 14, "2026-02-14"}, {"week", 2, "2026-02-14"}, {"month", 1, "2026-02-28"}, {"month", 13, "2027-02-28"}, {"year", 2, "2028-01-31"},
	} {
		if got := later(from, tc.interval, tc.count).Format("2006-01-02"); got != tc.want {
			t.Errorf("%d %s after 31 January: %s, want %s", tc.count, tc.interval, got, tc.want)
		}
	}
}
