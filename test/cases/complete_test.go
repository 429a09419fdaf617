package cases

import (
	"strings"
	"testing"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// part is a message that occurs within another one only.
const part = "ValidationError"

// TestTableIsComplete: every error that has a message occurs in the table, and every RPC with a success and with an error.
func TestTableIsComplete(t *testing.T) {
	var errorSections strings.Builder
	succeeds, fails := map[string]bool{}, map[string]bool{}
	for _, c := range loadCases(t) {
		method, _, _ := strings.Cut(c.sections["grpc"], "\n")
		_, ok := c.sections["answer"]
		succeeds[method] = succeeds[method] || ok
		fails[method] = fails[method] || !ok
		errorSections.WriteString("\n" + c.sections["error"])
	}
	methods := pb.File_polar_checkouts_v1_checkout_service_proto.Services().Get(0).Methods()
	for i := range methods.Len() {
		if name := string(methods.Get(i).Name()); !succeeds[name] || !fails[name] {
			t.Errorf("%s has no case with a success or none with an error", name)
		}
	}
	messages := pb.File_polar_checkouts_v1_errors_proto.Messages()
	for i := range messages.Len() {
		name := string(messages.Get(i).Name())
		if name != part && !strings.Contains(errorSections.String(), "\n"+name+" {") {
			t.Errorf("no case shows the error %s", name)
		}
	}
}
