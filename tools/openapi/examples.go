package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// examples are answers of the real Polar: of all recorded ones of a kind the shortest.
type examples struct {
	// success by method; shortest error bodies by method and status, then by the error's name.
	success map[string]json.RawMessage
	failed  map[failureKey]map[string]json.RawMessage
}

type failureKey struct {
	operation string
	status    int
}

func readExamples() (*examples, error) {
	scenarios, err := recordings.Load()
	if err != nil {
		return nil, err
	}
	e := &examples{success: map[string]json.RawMessage{}, failed: map[failureKey]map[string]json.RawMessage{}}
	for _, scenario := range scenarios {
		for _, exchange := range scenario.Exchanges {
			if at := operationOf(exchange.Request.Method, exchange.Request.Path); at != nil {
				e.take(at, exchange.Response)
			}
		}
	}
	return e, nil
}

func (e *examples) take(at *polarhttp.Operation, response recordings.Response) {
	body := json.RawMessage(response.Body)
	if !json.Valid(body) || len(body) == 0 {
		return
	}
	if response.Status == at.Success {
		// An empty list shows nothing.
		if e.success[at.Name] == nil || len(body) < len(e.success[at.Name]) && !bytes.Contains(body, []byte(`"items":[]`)) {
			e.success[at.Name] = body
		}
		return
	}
	key := failureKey{at.Name, response.Status}
	if e.failed[key] == nil {
		e.failed[key] = map[string]json.RawMessage{}
	}
	name := errorName(body)
	if shortest := e.failed[key][name]; shortest == nil || len(body) < len(shortest) {
		e.failed[key][name] = body
	}
}

func errorName(body []byte) string {
	var named struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &named) != nil || named.Error == "" {
		return "UnnamedError"
	}
	return named.Error
}

// refusals are the examples for one status, by name.
func (e *examples) refusals(operation string, status int) (all object) {
	for name, body := range e.failed[failureKey{operation, status}] {
		all = append(all, member{name, object{{"value", body}}})
	}
	slices.SortFunc(all, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return all
}

var templates = func() map[*polarhttp.Operation]*regexp.Regexp {
	all := map[*polarhttp.Operation]*regexp.Regexp{}
	for _, at := range polarhttp.Operations {
		all[at] = regexp.MustCompile("^" + regexp.MustCompile(`\{[a-z_]+\}`).ReplaceAllString(at.Template, "[^/]+") + "$")
	}
	return all
}()

// operationOf finds the operation of a recorded request; other calls have none.
func operationOf(method, target string) *polarhttp.Operation {
	path, _, _ := strings.Cut(target, "?")
	for _, at := range polarhttp.Operations {
		if at.Method == method && templates[at].MatchString(path) {
			return at
		}
	}
	return nil
}

// Ids of the demo catalogue that the embedded Polar starts with, so that the examples can be sent as they are.
const (
	demoProduct  = "0b000000-0000-4000-8000-000000000001"
	demoMultiple = "0b000000-0000-4000-8000-000000000007"
)

func example(summary string, value object) object {
	return object{{"summary", summary}, {"value", value}}
}

// requestExamples are bodies by method. The first is what a page offers.
var requestExamples = map[string]object{
	"CreateCheckout": {
		{"product", example("One product", object{
			{"products", list{demoProduct}},
			{"customer_email", "ada@example.com"},
			{"success_url", "https://example.com/thanks?checkout_id={CHECKOUT_ID}"},
			{"metadata", object{{"order", "A-17"}}},
		})},
		{"choice", example("Two products to choose from", object{{"products", list{demoProduct, demoMultiple}}, {"currency", "usd"}})},
		{"ad_hoc_price", example("A price made for this checkout", object{
			{"products", list{demoProduct}},
			{"prices", object{{demoProduct, list{object{
				{"amount_type", "fixed"}, {"price_amount", 2500}, {"price_currency", "usd"},
			}}}}},
		})},
	},
	"UpdateCheckout": {
		{"notes", example("Notes and language", object{{"metadata", object{{"order", "A-17"}, {"gift", true}}}, {"locale", "fr"}})},
		{"no_discount", example("Remove the discount", object{{"discount_id", nil}})},
	},
	"UpdateClientCheckout": {
		{"buyer", example("Who buys", object{
			{"customer_name", "Ada Lovelace"},
			{"customer_email", "ada@example.com"},
			{"customer_billing_address", object{{"country", "FR"}}},
		})},
		{"discount", example("A discount code", object{{"discount_code", "HALF"}})},
	},
	"ConfirmClientCheckout": {
		{"payment", example("With a payment", object{
			{"confirmation_token_id", "ctoken_123"},
			{"customer_email", "ada@example.com"},
			{"customer_billing_address", object{{"country", "FR"}}},
		})},
		{"free", example("Nothing to pay", object{{"customer_email", "ada@example.com"}})},
	},
}
