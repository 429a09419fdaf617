package polarjson

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// exampleTypes are the messages of the schemas that have examples, by the start of the schema's name.
var exampleTypes = []struct {
	schema string
	sent   bool
	typ    proto.Message
	kind   string // the discriminator's value, where the schema does not fix it
}{
	{"AddressInput", true, &checkoutsv1.AddressInput{}, ""},
	{"Address", false, &checkoutsv1.Address{}, ""},
	{"CheckoutConfirmStripe", true, &checkoutsv1.CheckoutConfirmStripe{}, ""},
	{"CheckoutProductsCreate", true, &checkoutsv1.CheckoutCreate{}, ""},
	{"CheckoutUpdatePublic", true, &checkoutsv1.CheckoutUpdatePublic{}, ""},
	{"CheckoutUpdate", true, &checkoutsv1.CheckoutUpdate{}, ""},
	{"CheckoutDiscountFixed", false, &checkoutsv1.CheckoutDiscount{}, `"fixed"`},
	{"CheckoutDiscountPercentage", false, &checkoutsv1.CheckoutDiscount{}, `"percentage"`},
	{"CustomField", false, &checkoutsv1.CustomField{}, ""},
}

type schema struct {
	Properties map[string]schema
	AnyOf      []schema
	Examples   []json.RawMessage
	Const      json.RawMessage
	Enum       []json.RawMessage
}

// examples are those of a property, whether it may be null or not.
func (s schema) examples() []json.RawMessage {
	for _, option := range s.AnyOf {
		s.Examples = append(s.Examples, option.examples()...)
	}
	return s.Examples
}

// fixed is a value that the property certainly takes, or nil.
func (s schema) fixed() json.RawMessage {
	if s.Const == nil && len(s.Enum) > 0 {
		return s.Enum[0]
	}
	return s.Const
}

func TestExamplesOfTheOpenAPIDocument(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(recordings.Dir(), "openapi-checkouts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	count := 0
	for name, s := range document.Components.Schemas {
		if s.Properties["error"].Const != nil {
			continue // errors are not the codec's
		}
		for property, p := range s.Properties {
			for _, example := range p.examples() {
				count++
				checkExample(t, name, s, property, example)
			}
		}
	}
	if count < 30 {
		t.Errorf("only %d examples were found", count)
	}
}

// checkExample round-trips an object of the example and of the members whose values the schema fixes.
func checkExample(t *testing.T, name string, s schema, property string, example json.RawMessage) {
	t.Helper()
	object := map[string]json.RawMessage{}
	for other, o := range s.Properties {
		if value := o.fixed(); value != nil {
			object[other] = value
		}
	}
	object[property] = example
	for _, e := range exampleTypes {
		if !strings.HasPrefix(name, e.schema) {
			continue
		}
		if e.kind != "" {
			object["type"] = json.RawMessage(e.kind)
		}
		x, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		y, m := roundTrip(t, must(compile(descriptor(e.typ), e.sent)), e.typ.ProtoReflect().Type(), x)
		checkLaw(t, x, y)
		if kept := keptIn(m); kept != "" {
			t.Errorf("%s.%s: kept %s", name, property, kept)
		}
		return
	}
	t.Errorf("%s has an example and no message in the list", name)
}

func TestExampleCheckouts(t *testing.T) {
	for file, m := range map[string]proto.Message{
		"checkout.json": &checkoutsv1.Checkout{}, "checkout_public.json": &checkoutsv1.CheckoutPublic{},
	} {
		x, err := os.ReadFile(filepath.Join(recordings.Dir(), file))
		if err != nil {
			t.Fatal(err)
		}
		y, _ := roundTrip(t, MustAnswer(descriptor(m)), m.ProtoReflect().Type(), x)
		checkLaw(t, x, y)
	}
}
