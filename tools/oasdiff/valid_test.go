package oasdiff

import (
	"os"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
)

// The document is OpenAPI 3.1 by the schema that the OpenAPI Initiative publishes.
func TestValid(t *testing.T) {
	text, err := os.ReadFile(ours)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(parsed)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, failures := v.ValidateDocument(); !ok {
		for _, failure := range failures {
			t.Error(failure.Message, failure.Reason)
			for _, detail := range failure.SchemaValidationErrors {
				t.Error(detail.FieldPath, detail.Reason)
			}
		}
	}
}
