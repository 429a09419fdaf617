package service

import (
	"bytes"
	"encoding/json"
	"errors"
)

var errNoCheckout = errors.New("not a checkout")

// asConfirmed turns the text of a public checkout into that of a confirmed one: status confirmed, which is all that the
// SDKs take there, and a customer session token that is null, in Polar's place (B 1.3). Everything else keeps its text.
func asConfirmed(checkout []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(checkout))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return nil, errNoCheckout
	}
	out, first := []byte{'{'}, true
	add := func(name string, value []byte) {
		if !first {
			out = append(out, ',')
		}
		first = false
		quoted, _ := json.Marshal(name)
		out = append(append(append(out, quoted...), ':'), value...)
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, errNoCheckout
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, errNoCheckout
		}
		switch name {
		case "status":
			value = []byte(`"confirmed"`)
		case "customer_session_token":
			continue
		case "subtotal_amount":
			add("customer_session_token", []byte("null"))
		}
		add(name.(string), value)
	}
	if !bytes.Contains(out, []byte(`"customer_session_token":null`)) {
		add("customer_session_token", []byte("null"))
	}
	return append(out, '}'), nil
}
