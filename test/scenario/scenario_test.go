// Package scenario plays scenario.json with the Go client against the real program.
package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/checkoutsvc/checkoutsvc/test/harness"
)

// scenario is what scenario.json holds; README.md explains it.
type scenario struct {
	Variables map[string]string `json:"variables"`
	Cases     []struct {
		Name  string `json:"name"`
		Needs string `json:"needs"`
		Steps []step `json:"steps"`
	} `json:"cases"`
}

type step struct {
	Polar string         `json:"polar"`
	Body  map[string]any `json:"body"`

	Call         string         `json:"call"`
	ID           string         `json:"id"`
	ClientSecret string         `json:"client_secret"`
	Fields       map[string]any `json:"fields"`
	Clear        []string       `json:"clear"`
	RequestID    string         `json:"request_id"`
	Retries      map[string]any `json:"retries"`
	TimeoutMS    int            `json:"timeout_ms"`
	AcceptRisk   bool           `json:"accept_second_charge_risk"`
	Take         int            `json:"take"`
	Client       *connection    `json:"client"`
	Expect       expectation    `json:"expect"`

	Save map[string]string `json:"save"`
}

// connection is how a step's own client differs from that of the others.
type connection struct {
	Address   string  `json:"address"`
	Token     *string `json:"token"`
	TimeoutMS int     `json:"timeout_ms"`
}

type expectation struct {
	Answer          map[string]any `json:"answer"`
	Metadata        map[string]any `json:"metadata"`
	CustomFieldData map[string]any `json:"custom_field_data"`
	Unmodelled      map[string]any `json:"unmodelled"`
	Paid            *bool          `json:"paid"`
	Final           *bool          `json:"final"`
	Count           *int           `json:"count"`
	Error           *wantedError   `json:"error"`
}

type wantedError struct {
	Class        any            `json:"class"`
	Method       any            `json:"method"`
	Code         any            `json:"code"`
	Domain       any            `json:"domain"`
	Reason       any            `json:"reason"`
	Message      any            `json:"message"`
	HTTPStatus   any            `json:"http_status"`
	RetryDelayMS any            `json:"retry_delay_ms"`
	Violations   any            `json:"violations"`
	Metadata     map[string]any `json:"metadata"`
	Fields       map[string]any `json:"fields"`
	RetrySafe    any            `json:"retry_safe"`
}

func TestScenario(t *testing.T) {
	text, err := os.ReadFile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	var all scenario
	decodeStrictly(t, text, &all)
	const token = "token-of-the-scenario"
	service := harness.Start(t, "--callers-file="+harness.CallersFile(t, token))
	service.Secret(token)
	p := newPlayer(t, service.GRPC, service.Polar, token)
	for _, c := range all.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if c.Needs == "authentication" && p.token == "" {
				t.Skip("the service runs without authentication")
			}
			p.reset(t, all.Variables)
			for i, s := range c.Steps {
				t.Logf("step %d: %s%s", i+1, s.Call, s.Polar)
				p.play(t, s)
			}
		})
	}
}

// decodeStrictly keeps a misspelt word in the scenario from being a check that checks nothing.
func decodeStrictly(t *testing.T, text []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// runName makes the names of this run's requests its own: the service remembers those of the last one.
func runName() string { return fmt.Sprintf("%x", time.Now().UnixNano()) }
