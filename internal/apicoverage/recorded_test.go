package apicoverage

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// Every member that the real server was seen to answer has its field, nulls only where null is possible, and the fields
// stand in the order of the wire.
func TestRecordedAnswersHaveTheirFieldsInOrder(t *testing.T) {
	scenarios, err := recordings.Load()
	if err != nil {
		t.Fatal(err)
	}
	checkouts := 0
	for _, scenario := range scenarios {
		for i, exchange := range scenario.Exchanges {
			message := answerOf(exchange)
			if message == nil {
				continue
			}
			checkouts++
			for _, complaint := range compare(message, json.RawMessage(exchange.Response.Body)) {
				t.Errorf("%s, exchange %d: %s", scenario.Name, i, complaint)
			}
		}
	}
	if checkouts < 100 {
		t.Errorf("only %d answers were compared", checkouts)
	}
}

func TestComparisonNoticesWhatDoesNotFit(t *testing.T) {
	for _, c := range []struct{ why, message, object string }{
		{"another order", "Pagination", `{"max_page":1,"total_count":1}`},
		{"an unknown member", "Pagination", `{"total_count":1,"planted":1}`},
		{"a null", "Pagination", `{"total_count":null}`},
		{"an unknown enum value", "CheckoutDiscount", `{"duration":"planted"}`},
		{"a member of another variant", "CheckoutDiscount", `{"type":"percentage","amount":1}`},
		{"something deep down", "Checkout", `{"prices":{"a":[{"planted":1}]}}`},
	} {
		if len(compare(messageByName(t, c.message), json.RawMessage(c.object))) == 0 {
			t.Errorf("%s goes unnoticed", c.why)
		}
	}
}

// answerOf is the message of an answer of one of the seven operations, or nil for any other answer.
func answerOf(exchange recordings.Exchange) protoreflect.MessageDescriptor {
	var answer map[string]json.RawMessage
	ours := strings.Contains(exchange.Request.Path, "/v1/checkouts")
	if err := json.Unmarshal(exchange.Response.Body, &answer); err != nil || !ours {
		return nil
	}
	has := func(key string) bool { _, ok := answer[key]; return ok }
	switch {
	case has("items"):
		return (*checkoutsv1.ListCheckoutsResponse)(nil).ProtoReflect().Descriptor()
	case has("customer_session_token"):
		return (*checkoutsv1.CheckoutPublicConfirmed)(nil).ProtoReflect().Descriptor()
	case has("organization"):
		return (*checkoutsv1.CheckoutPublic)(nil).ProtoReflect().Descriptor()
	case has("client_secret"):
		return (*checkoutsv1.Checkout)(nil).ProtoReflect().Descriptor()
	}
	return nil
}

// compare tells what does not fit between a message and its JSON.
func compare(message protoreflect.MessageDescriptor, object json.RawMessage) (complaints []string) {
	if proto.GetExtension(message.Options(), checkoutsv1.E_Transparent).(bool) {
		if unionOf(message) == nil {
			return compareField(message.Fields().Get(0), object)
		}
		return nil
	}
	members, last := membersInOrder(object), -1
	places := placesOf(message, members)
	for _, m := range members {
		if union := unionOf(message); union != nil && m.key == string(union.Name()) {
			continue
		}
		place, ok := places[m.key]
		if !ok {
			complaints = append(complaints, string(message.Name())+" has no field "+m.key)
			continue
		}
		if place.index < last {
			complaints = append(complaints, string(message.Name())+"."+m.key+" is out of order")
		}
		last = place.index
		complaints = append(complaints, compareField(place.field, m.value)...)
	}
	return complaints
}

type place struct {
	field protoreflect.FieldDescriptor
	index int
}

// placesOf numbers the fields as they stand in the file, with those of the chosen variant where the union stands.
func placesOf(message protoreflect.MessageDescriptor, members []member) map[string]place {
	places, chosen := map[string]place{}, chosenVariant(unionOf(message), members)
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		if field.ContainingOneof() == nil || field.ContainingOneof().IsSynthetic() {
			places[string(field.Name())] = place{field, len(places)}
			continue
		}
		if field != chosen {
			continue
		}
		for j := range field.Message().Fields().Len() {
			inner := field.Message().Fields().Get(j)
			places[string(inner.Name())] = place{inner, len(places)}
		}
	}
	return places
}

// chosenVariant is the variant that the discriminator among the members names, or nil.
func chosenVariant(union protoreflect.OneofDescriptor, members []member) protoreflect.FieldDescriptor {
	for _, m := range members {
		if union != nil && m.key == string(union.Name()) {
			return union.Fields().ByName(protoreflect.Name(strings.Trim(string(m.value), `"`)))
		}
	}
	return nil
}

func compareField(field protoreflect.FieldDescriptor, value json.RawMessage) (complaints []string) {
	switch {
	case string(value) == "null":
		if !field.HasPresence() && !field.IsList() && !field.IsMap() {
			return []string{nameOf(field) + " cannot be null, but is"}
		}
	case field.Enum() != nil:
		name := enumPrefix(field.Enum()) + strings.ToUpper(strings.Trim(string(value), `"`))
		if field.Enum().Values().ByName(protoreflect.Name(name)) == nil {
			return []string{nameOf(field) + " has no value " + string(value)}
		}
	case field.IsMap() && field.MapValue().Message() != nil:
		for _, m := range membersInOrder(value) {
			complaints = append(complaints, compare(field.MapValue().Message(), m.value)...)
		}
	case field.IsList() && field.Message() != nil:
		var items []json.RawMessage
		if err := json.Unmarshal(value, &items); err != nil {
			return []string{nameOf(field) + " is no list"}
		}
		for _, item := range items {
			complaints = append(complaints, compare(field.Message(), item)...)
		}
	case !field.IsMap() && field.Message() != nil && value[0] == '{':
		return compare(field.Message(), value)
	}
	return complaints
}

type member struct {
	key   string
	value json.RawMessage
}

// membersInOrder are the members of a JSON object as they stand; of anything else, none.
func membersInOrder(object json.RawMessage) (members []member) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if begin, err := decoder.Token(); err != nil || begin != json.Delim('{') {
		return nil
	}
	for decoder.More() {
		key, keyErr := decoder.Token()
		var value json.RawMessage
		if valueErr := decoder.Decode(&value); keyErr != nil || valueErr != nil {
			return members
		}
		members = append(members, member{key.(string), value})
	}
	return members
}
