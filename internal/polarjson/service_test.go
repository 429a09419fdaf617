package polarjson

import (
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// bodies returns the messages that the service sends to Polar and those that it gets answered, by operation.
func bodies(t testing.TB) (sent, answered []protoreflect.MessageDescriptor) {
	t.Helper()
	services := checkoutsv1.File_polar_checkouts_v1_checkout_service_proto.Services()
	for i := range services.Len() {
		methods := services.Get(i).Methods()
		for j := range methods.Len() {
			m := methods.Get(j)
			answered = append(answered, m.Output())
			rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
			if body := rule.GetBody(); body != "" {
				sent = append(sent, m.Input().Fields().ByName(protoreflect.Name(body)).Message())
			}
		}
	}
	if len(answered) != 7 || len(sent) != 4 {
		t.Fatalf("%d answers and %d bodies; Polar's SDK has 7 operations, 4 with a body", len(answered), len(sent))
	}
	return sent, answered
}

func TestServiceFollowsTheConventions(t *testing.T) {
	sent, answered := bodies(t)
	for _, md := range sent {
		if _, err := NewRequest(md); err != nil {
			t.Error(err)
		}
	}
	for _, md := range answered {
		if _, err := NewAnswer(md); err != nil {
			t.Error(err)
		}
	}
}

func TestSentAndAnsweredMessagesAreDisjoint(t *testing.T) {
	sent, answered := bodies(t)
	inRequests := map[protoreflect.FullName]bool{}
	for _, md := range sent {
		reach(md, inRequests)
	}
	inAnswers := map[protoreflect.FullName]bool{}
	for _, md := range answered {
		reach(md, inAnswers)
	}
	for name := range inRequests {
		if inAnswers[name] && name.Parent() != "google.protobuf" {
			t.Errorf("%s is sent and answered", name)
		}
	}
}

func reach(md protoreflect.MessageDescriptor, found map[protoreflect.FullName]bool) {
	if found[md.FullName()] {
		return
	}
	found[md.FullName()] = true
	for i := range md.Fields().Len() {
		if inner := md.Fields().Get(i).Message(); inner != nil {
			reach(inner, found)
		}
	}
}
