package main

import (
	"bytes"
	"encoding/json"
)

// object is a JSON object that keeps the order of its members, so that readers of the document find fields in the
// order of the wire.
type object []member

type member struct {
	name  string
	value any
}

// list is a JSON array.
type list = []any

func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// set replaces a member or adds it at the end.
func (o object) set(name string, value any) object {
	for i := range o {
		if o[i].name == name {
			o[i].value = value
			return o
		}
	}
	return append(o, member{name, value})
}

// without is a copy that lacks one member.
func (o object) without(name string) object {
	var rest object
	for _, m := range o {
		if m.name != name {
			rest = append(rest, m)
		}
	}
	return rest
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var text bytes.Buffer
	text.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			text.WriteByte(',')
		}
		if err := appendJSON(&text, m.name); err != nil {
			return nil, err
		}
		text.WriteByte(':')
		if err := appendJSON(&text, m.value); err != nil {
			return nil, err
		}
	}
	text.WriteByte('}')
	return text.Bytes(), nil
}

// appendJSON writes a value without the escapes for HTML that json.Marshal makes.
func appendJSON(text *bytes.Buffer, value any) error {
	encoder := json.NewEncoder(text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	text.Truncate(text.Len() - 1) // Encode ends every value with a line feed
	return nil
}
