// Package recordings reads the exchanges with the real Polar in testdata/polar, for tests that play them again.
// The format is described in testdata/polar/recordings/README.md.
package recordings

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Scenario is one file: exchanges that were played in order against one server.
type Scenario struct {
	Name      string     `json:"name"`
	About     string     `json:"about"`
	Exchanges []Exchange `json:"exchanges"`
}

// Exchange is one request and what the real server answered.
type Exchange struct {
	Request  Request  `json:"request"`
	Response Response `json:"response"`
	Replay   *Replay  `json:"replay"`
	Before   []Hook   `json:"before"`
	Note     string   `json:"note"`
}

// Request is what was sent. Framing is "" (a Content-Length was sent), "chunked", or "content-length:N".
type Request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    Body              `json:"body"`
	Framing string            `json:"framing"`
}

// Response is what came back; Summary replaces the body where that was too long to keep.
type Response struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    Body              `json:"body"`
	Summary json.RawMessage   `json:"summary"`
}

// Replay is the request with ${name} in place of ids learned earlier, and what to learn from the answer.
type Replay struct {
	Path    string            `json:"path"`
	Body    Body              `json:"body"`
	Capture map[string]string `json:"capture"`
}

// Hook is something done before an exchange that no public call can do.
type Hook struct {
	Name  string         `json:"hook"`
	Args  map[string]any `json:"args"`
	Words string         `json:"words"`
}

// Body is raw text or bytes; nil means none.
type Body []byte

// UnmarshalJSON takes the three forms of a body: null, text, and {"hex": "..."} for bytes that are no text.
func (b *Body) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err == nil {
		if *b = nil; text != nil {
			*b = Body(*text)
		}
		return nil
	}
	var raw struct{ Hex string }
	if err := json.Unmarshal(data, &raw); err != nil {
		return fmt.Errorf("body is neither text nor {hex}: %w", err)
	}
	decoded, err := hex.DecodeString(raw.Hex)
	*b = decoded
	return err
}

// Dir is the folder testdata/polar of this repository.
func Dir() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "testdata", "polar")
}

// Load reads every scenario in the order in which it was recorded: by number, with 23 last.
func Load() ([]Scenario, error) {
	files, err := filepath.Glob(filepath.Join(Dir(), "recordings", "*.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no recordings in %s: %w", Dir(), err)
	}
	var scenarios, last []Scenario
	for _, file := range files {
		scenario, err := load(file)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(scenario.Name, "23-") {
			last = append(last, scenario)
			continue
		}
		scenarios = append(scenarios, scenario)
	}
	return append(scenarios, last...), nil
}

func load(file string) (Scenario, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Scenario{}, err
	}
	var scenario Scenario
	if err := json.Unmarshal(data, &scenario); err != nil {
		return Scenario{}, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	return scenario, nil
}
