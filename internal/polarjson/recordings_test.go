package polarjson

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// operation is one of the seven, with the types of its bodies.
type operation struct {
	name    string
	method  string
	path    *regexp.Regexp
	request proto.Message
	answer  proto.Message
}

var operations = []operation{
	{
		name: "list", method: "GET", path: regexp.MustCompile(`^/v1/checkouts/(custom/)?(\?.*)?$`),
		answer: &checkoutsv1.ListCheckoutsResponse{},
	},
	{
		name: "create", method: "POST", path: regexp.MustCompile(`^/v1/checkouts/(custom/)?$`),
		request: &checkoutsv1.CheckoutCreate{}, answer: &checkoutsv1.Checkout{},
	},
	{
		name: "client_get", method: "GET", path: regexp.MustCompile(`^/v1/checkouts/(custom/)?client/[^/]+$`),
		answer: &checkoutsv1.CheckoutPublic{},
	},
	{
		name: "client_update", method: "PATCH", path: regexp.MustCompile(`^/v1/checkouts/(custom/)?client/[^/]+$`),
		request: &checkoutsv1.CheckoutUpdatePublic{}, answer: &checkoutsv1.CheckoutPublic{},
	},
	{
		name: "client_confirm", method: "POST", path: regexp.MustCompile(`^/v1/checkouts/(custom/)?client/[^/]+/confirm$`),
		request: &checkoutsv1.CheckoutConfirmStripe{}, answer: &checkoutsv1.CheckoutPublicConfirmed{},
	},
	{
		name: "get", method: "GET", path: regexp.MustCompile(`^/v1/checkouts/(custom/)?[^/?]+$`),
		answer: &checkoutsv1.Checkout{},
	},
	{
		name: "update", method: "PATCH", path: regexp.MustCompile(`^/v1/checkouts/(custom/)?[^/?]+$`),
		request: &checkoutsv1.CheckoutUpdate{}, answer: &checkoutsv1.Checkout{},
	},
}

func operationOf(r recordings.Request) *operation {
	path := strings.TrimPrefix(r.Path, "/api")
	for i := range operations {
		if op := &operations[i]; op.method == r.Method && op.path.MatchString(path) {
			return op
		}
	}
	return nil
}

// forRecorded calls visit for each exchange on the seven operations that succeeded, and demands some of each.
func forRecorded(t testing.TB, visit func(op *operation, e recordings.Exchange)) {
	t.Helper()
	scenarios, err := recordings.Load()
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, s := range scenarios {
		for _, e := range s.Exchanges {
			op := operationOf(e.Request)
			if op == nil || e.Response.Status/100 != 2 || e.Response.Body == nil {
				continue
			}
			count[op.name]++
			visit(op, e)
		}
	}
	for _, op := range operations {
		if count[op.name] == 0 {
			t.Errorf("no answer of %s is recorded", op.name)
		}
	}
	t.Logf("recorded answers: %v", count)
}

func descriptor(m proto.Message) protoreflect.MessageDescriptor { return m.ProtoReflect().Descriptor() }

// keptInRecordings are the members that the recordings bring into unmodelled_json, with the reason.
var keptInRecordings = map[string]string{
	"MetadataValue": "an integer beyond int64",
	"OrganizationFeatureSettings.overview_metrics": "null in the place of a list, which is not the same as []",
	"ProductPrice.unit_label":                      "null in the place of a map, which is not the same as {}",
}

func TestRecordedAnswersLoseNothing(t *testing.T) {
	found := map[string]string{}
	forRecorded(t, func(op *operation, e recordings.Exchange) {
		y, m := roundTrip(t, MustAnswer(descriptor(op.answer)), op.answer.ProtoReflect().Type(), e.Response.Body)
		checkLaw(t, e.Response.Body, y)
		collectKept(m.ProtoReflect(), found)
	})
	for _, field := range sortedNames(found) {
		if keptInRecordings[field] == "" {
			t.Errorf("%s is kept in unmodelled_json (as %.60s) without a reason", field, found[field])
		}
	}
	for field := range keptInRecordings {
		if found[field] == "" {
			t.Errorf("%s is listed as kept, but is typed everywhere", field)
		}
	}
}

func TestRecordedAnswersNeedNoAllocation(t *testing.T) {
	codecs := map[string]*Codec{}
	for _, op := range operations {
		codecs[op.name] = MustAnswer(descriptor(op.answer))
	}
	buf := make([]byte, 0, 1<<20)
	forRecorded(t, func(op *operation, e recordings.Exchange) {
		allocated := testing.AllocsPerRun(1, func() { _, _ = codecs[op.name].AppendWire(buf, e.Response.Body) })
		if allocated != 0 {
			t.Errorf("%s %s: %v allocations", e.Request.Method, e.Request.Path, allocated)
		}
	})
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// collectKept adds what unmodelled_json holds anywhere in m, as "Message.member" to its text.
func collectKept(m protoreflect.Message, found map[string]string) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.Name() == unmodelledName && fd.IsMap():
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				found[fmt.Sprint(m.Descriptor().Name(), ".", k)] = v.String()
				return true
			})
		case fd.Name() == unmodelledName:
			found[fmt.Sprint(m.Descriptor().Name())] = v.String()
		case fd.IsMap() && fd.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
				collectKept(v.Message(), found)
				return true
			})
		case fd.IsList() && fd.Message() != nil:
			for i := range v.List().Len() {
				collectKept(v.List().Get(i).Message(), found)
			}
		case !fd.IsMap() && !fd.IsList() && fd.Message() != nil:
			collectKept(v.Message(), found)
		}
		return true
	})
}

func TestRecordedRequestsComeBackEqual(t *testing.T) {
	count, leniencies := 0, 0
	forRecorded(t, func(op *operation, e recordings.Exchange) {
		if op.request == nil || len(e.Request.Body) == 0 {
			return
		}
		if !json.Valid(e.Request.Body) {
			leniencies++ // Polar takes a byte order mark and other encodings; the codec takes JSON
			return
		}
		count++
		y, _ := roundTrip(t, MustRequest(descriptor(op.request)), op.request.ProtoReflect().Type(), e.Request.Body)
		checkEqual(t, e.Request.Body, y)
	})
	t.Logf("%d request bodies; %d that are no JSON to the letter", count, leniencies)
}
