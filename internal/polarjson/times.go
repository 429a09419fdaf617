package polarjson

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Polar prints times in UTC as 2026-11-02T10:21:33Z, with six digits of fraction unless all are zero (B 1.1).
const (
	wholeSeconds = len("2006-01-02T15:04:05Z")
	microseconds = len("2006-01-02T15:04:05.000000Z")
)

// parseTime reads a time that appendTime prints identically; any other form is not ok.
func parseTime(b []byte) (seconds int64, nanos int32, ok bool) {
	if len(b) != wholeSeconds && len(b) != microseconds {
		return 0, 0, false
	}
	if b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' || b[len(b)-1] != 'Z' {
		return 0, 0, false
	}
	year, ok1 := decimal(b[0:4])
	month, ok2 := decimal(b[5:7])
	day, ok3 := decimal(b[8:10])
	hour, ok4 := decimal(b[11:13])
	minute, ok5 := decimal(b[14:16])
	second, ok6 := decimal(b[17:19])
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 {
		return 0, 0, false
	}
	if year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, 0, false
	}
	micros := 0
	if len(b) == microseconds {
		if micros, ok = decimal(b[20:26]); !ok || b[19] != '.' || micros == 0 {
			return 0, 0, false
		}
	}
	seconds = int64(daysSinceEpoch(year, month, day))*86400 + int64(hour*3600+minute*60+second)
	return seconds, int32(micros) * 1000, true
}

// decimal reads digits and nothing else.
func decimal(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c-'0' > 9 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

var monthDays = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func daysIn(year, month int) int {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return monthDays[month]
}

// daysSinceEpoch counts days from 1970-01-01 in the Gregorian calendar. Years start in March here, so that the leap
// day is the last one.
func daysSinceEpoch(year, month, day int) int {
	if month < 3 {
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 719469
}

// appendTimeBody appends the fields of a google.protobuf.Timestamp.
func appendTimeBody(dst []byte, seconds int64, nanos int32) []byte {
	if seconds != 0 {
		dst = protowire.AppendVarint(append(dst, 1<<3), uint64(seconds))
	}
	if nanos != 0 {
		dst = protowire.AppendVarint(append(dst, 2<<3), uint64(nanos))
	}
	return dst
}

const (
	firstSecond = -62135596800 // 0001-01-01T00:00:00Z
	lastSecond  = 253402300799 // 9999-12-31T23:59:59Z
)

// appendTime prints a time as Polar does. What Polar's form cannot show, a part of a microsecond or a year beyond
// four digits, is not ok.
func appendTime(dst []byte, seconds, nanos int64) (out []byte, ok bool) {
	if seconds < firstSecond || seconds > lastSecond || nanos < 0 || nanos > 999_999_999 || nanos%1000 != 0 {
		return dst, false
	}
	layout := "2006-01-02T15:04:05Z"
	if nanos != 0 {
		layout = "2006-01-02T15:04:05.000000Z"
	}
	return time.Unix(seconds, nanos).UTC().AppendFormat(dst, layout), true
}
