package emulator

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// intPtr is the value of an integer, nil for null.
func intPtr(v ordered.Value) *int64 {
	if v.Kind() != ordered.KindInt {
		return nil
	}
	i := clamped(v)
	return &i
}

// clamped is the value of an integer of any size, held to the bounds of int64.
func clamped(v ordered.Value) int64 {
	if i, ok := v.Int64(); ok {
		return i
	}
	if strings.HasPrefix(v.Text(), "-") {
		return math.MinInt64
	}
	return math.MaxInt64
}

// boolPtr is the value of a boolean, nil for null.
func boolPtr(v ordered.Value) *bool {
	if v.Kind() != ordered.KindBool {
		return nil
	}
	truth := v.Truth()
	return &truth
}

// texts are the strings of an array.
func texts(v ordered.Value) []string {
	list := make([]string, 0, len(v.Items()))
	for _, item := range v.Items() {
		list = append(list, item.Text())
	}
	return list
}

// object is the object of v, an empty one where there is none.
func object(v ordered.Value) *ordered.Object {
	if o := v.Object(); o != nil {
		return o
	}
	return ordered.NewObject()
}

// timePtr reads a validated timestamp, nil for null.
func timePtr(v ordered.Value) *time.Time {
	t, err := time.Parse(time.RFC3339Nano, v.Text())
	if err != nil {
		return nil
	}
	t = t.UTC()
	return &t
}

// stamp prints a time as Polar does: UTC, microseconds only where there are any (B 1.1).
func stamp(t time.Time) string {
	if t.Nanosecond()/1000 == 0 {
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

func stampPtr(t *time.Time) ordered.Value {
	if t == nil {
		return ordered.Null
	}
	return ordered.String(stamp(*t))
}

// firstSet is the first pointer that isn't nil.
func firstSet[T any](pointers ...*T) *T {
	for _, p := range pointers {
		if p != nil {
			return p
		}
	}
	return nil
}

func textOr(p *string, fallback string) string {
	if p == nil {
		return fallback
	}
	return *p
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
