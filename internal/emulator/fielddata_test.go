package emulator

import (
	"errors"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
)

// fieldDataOf holds data, as it comes in a body, to one field.
func fieldDataOf(t *testing.T, field *customField, data string, required bool) string {
	t.Helper()
	body, err := ordered.Parse([]byte(`{"custom_field_data":` + data + `}`))
	if err != nil {
		t.Fatal(err)
	}
	cleaned, items := schema.CheckoutUpdate.Validate(body)
	if items != nil {
		t.Fatalf("%s: %v", data, items)
	}
	p := &product{fields: []attachedField{{field: field, required: required}}}
	got, refusal := validFieldData(p, object(cleaned.Get("custom_field_data")), required)
	var found problems
	if errors.As(refusal, &found) && len(found) == 1 {
		return found[0].kind + ": " + found[0].msg + " " + found[0].input.String()
	}
	return got.String()
}

func TestANumberWithAFractionIsATimeToFields(t *testing.T) {
	const shown = ` "1970-01-01T00:00:01.500000+00:00"`
	options, _ := ordered.Parse([]byte(`{"options":[{"value":"a","label":"A"}]}`))
	for kind, want := range map[string]string{
		"text":     "string_type: Input should be a valid string" + shown,
		"number":   "int_type: Input should be a valid integer" + shown,
		"checkbox": "bool_type: Input should be a valid boolean" + shown,
		"select":   "literal_error: Input should be 'a'" + shown,
		"date":     `{"f":"1970-01-01T00:00:01.500000Z"}`,
	} {
		field := &customField{slug: "f", kind: kind, properties: options.Object()}
		if got := fieldDataOf(t, field, `{"f":1.5}`, false); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	ticked := &customField{slug: "f", kind: "checkbox", properties: ordered.NewObject()}
	if got, want := fieldDataOf(t, ticked, `{"f":1.5}`, true), "literal_error: Input should be True"+shown; got != want {
		t.Errorf("a required checkbox: %s, want %s", got, want)
	}
	if got, want := fieldDataOf(t, ticked, `{"g":1.5}`, true), `missing: Field required {"g":"1970-01-01T00:00:01.500000+00:00"}`; got != want {
		t.Errorf("a missing one: %s, want %s", got, want)
	}
}

func TestAWholeNumberIsANumberToFields(t *testing.T) {
	field := &customField{slug: "f", kind: "number", properties: ordered.NewObject()}
	if got := fieldDataOf(t, field, `{"f":7.0}`, false); got != `{"f":7}` {
		t.Errorf("7.0 became %s", got)
	}
}
