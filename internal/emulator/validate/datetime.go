package validate

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// Datetime takes RFC 3339 times (the zone may be missing), dates, and seconds or milliseconds since 1970, and cleans
// them to text with the zone that was given, if any.
func Datetime(checks ...Check) Schema {
	return Checked(Schema{"datetime", func(in ordered.Value) result {
		moment, r := checkDatetime(in)
		if r.items != nil {
			return r
		}
		return valid(ordered.String(moment.String()), lax)
	}}, checks...)
}

// moment is a time and whether it has a zone.
type moment struct {
	time  time.Time
	zoned bool
}

// String prints m as Polar does: microseconds only if there are any, and Z for UTC.
func (m moment) String() string {
	layout := "2006-01-02T15:04:05"
	if m.time.Nanosecond() != 0 {
		layout += ".000000"
	}
	if m.zoned {
		layout += "Z07:00"
	}
	return m.time.Format(layout)
}

// IsoTime is the time that Datetime finds in a number, in the form in which Polar's refusals show one: UTC is +00:00.
func IsoTime(number ordered.Value) string {
	m, _ := fromTimestamp(number)
	return strings.TrimSuffix(m.String(), "Z") + "+00:00"
}

func checkDatetime(in ordered.Value) (moment, result) {
	const number, text = "Input should be a valid datetime, ", "Input should be a valid datetime or date, "
	switch in.Kind() {
	case ordered.KindInt, ordered.KindFloat:
		m, complaint := fromTimestamp(in)
		if complaint != "" {
			return m, refuse(in, "datetime_parsing", number+complaint, "error", complaint)
		}
		return m, result{}
	case ordered.KindString:
		if !utf8.ValidString(in.Text()) {
			return moment{}, notUnicode(in)
		}
		m, complaint := parseMoment(in.Text())
		switch complaint {
		case "":
			return m, result{}
		case yearZero:
			return m, refuse(in, "datetime_parsing", number+complaint, "error", complaint)
		}
		return m, refuse(in, "datetime_from_date_parsing", text+complaint, "error", complaint)
	}
	return moment{}, refuse(in, "datetime_type", "Input should be a valid datetime")
}

const (
	tooLate  = "dates after 9999 are not supported as unix timestamps"
	tooEarly = "dates before 0000 are not supported as unix timestamps"
	yearZero = "year 0 is out of range"

	// milliseconds is the number above which seconds are taken for milliseconds.
	milliseconds = 2e10
)

// fromTimestamp reads seconds since 1970, or milliseconds when they are many.
func fromTimestamp(in ordered.Value) (moment, string) {
	f, _ := in.Float64()
	if math.IsNaN(f) {
		return moment{}, "NaN values not permitted"
	}
	// Polar's parser adds the fraction of a number before 1970 instead of taking it away.
	return fromSeconds(f, math.Abs(f-math.Trunc(f)))
}

// fromSeconds is the moment f seconds after 1970, or milliseconds when they are many; fraction is what stands behind
// the point of f, counted from the second below.
func fromSeconds(f, fraction float64) (moment, string) {
	seconds, micros := math.Floor(f), math.Round(fraction*1e6)
	if math.Abs(f) > milliseconds {
		seconds = math.Floor(f / 1000)
		micros = math.Round((f - seconds*1000) * 1000)
	}
	switch {
	case seconds > 253402300799:
		return moment{}, tooLate
	case seconds < -62167219200:
		return moment{}, tooEarly
	case seconds < -62135596800:
		return moment{}, yearZero
	}
	return moment{time.Unix(int64(seconds), int64(micros)*1000).UTC(), true}, ""
}

var timestamp = pattern(`^[+-]?[0-9]{1,18}(\.[0-9]+)?$`)

func parseMoment(text string) (moment, string) {
	if timestamp().MatchString(text) {
		f, _ := strconv.ParseFloat(text, 64)
		return fromSeconds(f, f-math.Floor(f))
	}
	day, complaint := parseDate(text)
	if complaint != "" {
		return moment{}, complaint
	}
	rest, ok := text[10:], true
	m := moment{time: day}
	if rest != "" {
		m, ok = m.withTime(rest)
	}
	switch {
	case !ok:
		return moment{}, "unexpected extra characters at the end of the input"
	case day.Year() == 0:
		return moment{}, yearZero
	}
	return m, ""
}

func parseDate(text string) (time.Time, string) {
	if len(text) < 10 {
		return time.Time{}, "input is too short"
	}
	var number [3]int
	for i, part := range []struct {
		name     string
		from, to int
	}{{"year", 0, 4}, {"month", 5, 7}, {"day", 8, 10}} {
		if part.from > 0 && text[part.from-1] != '-' {
			return time.Time{}, "invalid date separator, expected `-`"
		}
		n, ok := digits(text[part.from:part.to])
		if !ok {
			return time.Time{}, "invalid character in " + part.name
		}
		number[i] = n
	}
	year, month, day := number[0], time.Month(number[1]), number[2]
	if month < 1 || month > 12 {
		return time.Time{}, "month value is outside expected range of 1-12"
	}
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if day < 1 || date.Day() != day {
		return time.Time{}, "day value is outside expected range"
	}
	return date, ""
}

func digits(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 32)
	return int(n), err == nil
}

var clock = pattern(`^[Tt _]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]+))?)?([Zz]|[+\-−]([01][0-9]|2[0-3]):?([0-5][0-9]))?$`)

// withTime adds the time of day and the zone in text to the date m.
func (m moment) withTime(text string) (moment, bool) {
	part := clock().FindStringSubmatch(text)
	if part == nil {
		return m, false
	}
	hour, _ := digits(part[1])
	minute, _ := digits(part[2])
	second, _ := strconv.Atoi("0" + part[3])
	micros, _ := strconv.Atoi((part[4] + "000000")[:6])
	zone := time.UTC
	if len(part[5]) > 1 {
		zone = offset(part[5], part[6], part[7])
	}
	t := m.time
	return moment{time.Date(t.Year(), t.Month(), t.Day(), hour, minute, second, micros*1000, zone), part[5] != ""}, true
}

func offset(text, hours, minutes string) *time.Location {
	h, _ := digits(hours)
	m, _ := digits(minutes)
	seconds := h*3600 + m*60
	if !strings.HasPrefix(text, "+") {
		seconds = -seconds
	}
	if seconds == 0 {
		return time.UTC
	}
	return time.FixedZone("", seconds)
}

// NotBefore demands a time of at least limit, which has no zone: the time's own clock counts.
func NotBefore(limit time.Time) Check {
	return timeBound(limit, "greater_than_equal", "greater than or equal to", "ge", func(order int) bool { return order >= 0 })
}

// NotAfter demands a time of at most limit, which has no zone: the time's own clock counts.
func NotAfter(limit time.Time) Check {
	return timeBound(limit, "less_than_equal", "less than or equal to", "le", func(order int) bool { return order <= 0 })
}

func timeBound(limit time.Time, kind, words, key string, ok func(order int) bool) Check {
	text := moment{time: limit.UTC()}.String()
	return func(v ordered.Value) *Item {
		m, _ := parseMoment(v.Text())
		t := m.time
		wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
		if ok(wall.Compare(limit)) {
			return nil
		}
		return Refuse(kind, "Input should be "+words+" "+text, key, text)
	}
}
