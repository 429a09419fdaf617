package emulator

import "time"

// activeTrial is the trial that the session gives: its own interval and count, each else the product's, for recurring
// products only and unless trials are off (B 2.8).
func (c *checkout) activeTrial() (interval *string, count *int64) {
	if c.allowTrial == nil || !*c.allowTrial || c.product == nil || !c.product.recurring() {
		return nil, nil
	}
	return firstSet(c.trialInterval, c.product.trialInterval), firstSet(c.trialIntervalCount, c.product.trialIntervalCount)
}

// startTrial lets the trial run from now on: every write to the session moves its end (B 2.10).
func (c *checkout) startTrial(now time.Time) {
	interval, count := c.activeTrial()
	if interval == nil || count == nil {
		c.trialEnd = nil
		return
	}
	end := later(now, *interval, int(*count))
	c.trialEnd = &end
}

// later adds calendar intervals; a month that is too short is clipped to its last day.
func later(t time.Time, interval string, count int) time.Time {
	switch interval {
	case "day":
		return t.AddDate(0, 0, count)
	case "week":
		return t.AddDate(0, 0, 7*count)
	case "year":
		return addMonths(t, 12*count)
	}
	return addMonths(t, count)
}

func addMonths(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	lastDay := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), lastDay)-1)
}
