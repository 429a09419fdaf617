package emulator

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// changing matches what differs from run to run: ids, secrets, the stand-in's ids, pictures of customers, and times.
var changing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}` +
	`|polar_(?:c|oat|pat|cst|mst)_[A-Za-z0-9]{43}` +
	`|polar_c_bulk[0-9]+_[0-9a-f]+` +
	`|[a-z_]+_standin[0-9]+` +
	`|avatar/[0-9a-f]{64}` +
	`|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z` +
	`|ping - \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}`)

// renaming pairs what was recorded with what takes its place in this run. It must be one to one: the same id twice must
// be the same id here, and a time that moved must move here.
type renaming struct {
	forth, back map[string]string
	found       map[string][][]int // matches of changing, by the piece of text between two quotes
}

func newRenaming() *renaming {
	return &renaming{forth: map[string]string{}, back: map[string]string{}, found: map[string][][]int{}}
}

// changes finds all matches of changing, looking at each different piece of text once only.
func (n *renaming) changes(text string) (all [][]int) {
	start := 0
	for piece := range strings.SplitSeq(text, `"`) {
		matches, known := n.found[piece]
		if !known {
			matches = changing.FindAllStringIndex(piece, -1)
			n.found[piece] = matches
		}
		for _, m := range matches {
			all = append(all, []int{start + m[0], start + m[1]})
		}
		start += len(piece) + 1
	}
	return all
}

// pair notes a pair and tells whether it agrees with those before it.
func (n *renaming) pair(recorded, ours string) bool {
	known, seen := n.forth[recorded]
	other, used := n.back[ours]
	if !seen && !used {
		n.forth[recorded], n.back[ours] = ours, recorded
		return true
	}
	return known == ours && other == recorded
}

// compareText finds the first difference between two texts apart from what is renamed.
func (n *renaming) compareText(want, got string) string {
	wants, gots := n.changes(want), n.changes(got)
	w, g := 0, 0
	for i := 0; ; i++ {
		wantEnd, gotEnd := len(want), len(got)
		if i < len(wants) {
			wantEnd = wants[i][0]
		}
		if i < len(gots) {
			gotEnd = gots[i][0]
		}
		if want[w:wantEnd] != got[g:gotEnd] {
			return around(want[w:], got[g:])
		}
		if i >= len(wants) || i >= len(gots) {
			return ""
		}
		recorded, ours := want[wants[i][0]:wants[i][1]], got[gots[i][0]:gots[i][1]]
		if !strings.HasPrefix(recorded, "ping") && !n.pair(recorded, ours) {
			return fmt.Sprintf("    %s was %s before, now %s\n    (after %q)", recorded, n.forth[recorded], ours, tail(want[:wants[i][0]]))
		}
		w, g = wants[i][1], gots[i][1]
	}
}

func around(want, got string) string {
	i := 0
	for i < len(want) && i < len(got) && want[i] == got[i] {
		i++
	}
	from := max(0, i-60)
	cut := func(s string) string { return s[min(from, len(s)):min(len(s), i+160)] }
	return fmt.Sprintf("    want ...%s\n    got  ...%s", cut(want), cut(got))
}

func tail(s string) string { return s[max(0, len(s)-60):] }

// comparedHeaders are those that matter to a client.
var comparedHeaders = []string{
	"content-type", "cache-control", "pragma", "www-authenticate", "allow", "location", "retry-after", "polar-version",
	"x-polar-sandbox", "x-accel-buffering", "x-polar-deprecation-notice", "vary", "access-control-allow-origin",
	"access-control-allow-methods", "access-control-allow-headers", "access-control-allow-credentials",
	"access-control-expose-headers", "access-control-max-age",
}

var totals = regexp.MustCompile(`"pagination":\{[^}]*\}`)

// compare tells how an answer differs from the recorded one, "" for not at all.
func (r *replay) compare(scenario string, _ int, exchange recordings.Exchange, got *httptest.ResponseRecorder) string {
	want := exchange.Response
	if got.Code != want.Status {
		return fmt.Sprintf("    want %d %.700s\n    got  %d %.700s", want.Status, want.Body, got.Code, got.Body)
	}
	for _, name := range comparedHeaders {
		expected := strings.ReplaceAll(want.Headers[name], "{base_url}", "http://emulator.test")
		if scenario[:2] == "50" && exchange.Note != "" {
			continue
		}
		if difference := r.names.compareText(expected, got.Header().Get(name)); difference != "" {
			return name + "\n" + difference
		}
	}
	if want.Body == nil && want.Summary != nil {
		return ""
	}
	recorded, ours := string(want.Body), got.Body.String()
	if everySession(exchange.Request.Path) {
		recorded, ours = totals.ReplaceAllString(recorded, ""), totals.ReplaceAllString(ours, "")
	}
	return r.names.compareText(recorded, ours)
}

// everySession tells a list of all sessions of an organization: its total counts those of scenarios kept apart, too.
func everySession(path string) bool {
	return strings.HasPrefix(path, "/v1/checkouts/?") && !strings.Contains(path, "_id=")
}

// learn keeps what the recording says is to be learned from an answer.
func (r *replay) learn(exchange recordings.Exchange, got *httptest.ResponseRecorder) {
	if exchange.Replay == nil || len(exchange.Replay.Capture) == 0 {
		return
	}
	var body any
	if json.Unmarshal(got.Body.Bytes(), &body) != nil {
		return
	}
	for name, path := range exchange.Replay.Capture {
		if value, ok := dig(body, path).(string); ok {
			r.vars[name] = value
		}
	}
}

// dig follows a dotted path of keys and indices.
func dig(v any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(node) {
				return nil
			}
			v = node[i]
		default:
			return nil
		}
	}
	return v
}
