package harness

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestStartedServiceAnswersAndStopsCleanly(t *testing.T) {
	service := Start(t, "--log-level=DEBUG")
	for _, base := range []string{service.REST, service.Polar} {
		if page := list(t, base); page.Items == nil || page.Pagination == nil {
			t.Errorf("%s answers no page: %s %s", base, page.Items, page.Pagination)
		}
	}
	service.Stop(t)
	if !strings.Contains(service.Logs(), `"msg":"stopping"`) {
		t.Errorf("the logs do not tell of the stop:\n%s", service.Logs())
	}
}

type page struct{ Items, Pagination json.RawMessage }

func list(t *testing.T, base string) (answered page) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/v1/checkouts/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer polar_oat_emulator")
	answer, err := new(http.Client).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&answered); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", base, answer.StatusCode, err)
	}
	return answered
}

func TestSecretsAreFoundInLogs(t *testing.T) {
	for logs, want := range map[string]bool{
		"level=INFO msg=call code=OK":                         false,
		"a\nGET /v1/checkouts/client/polar_c_0123456789abc\n": true,
		"Authorization: Bearer abc":                           true,
		"token polar_oat_emulator":                            true,
		"the word hunter2 stands here":                        true,
	} {
		if got := leak(logs, []string{"hunter2"}); (got != "") != want {
			t.Errorf("leak(%q) = %q", logs, got)
		}
	}
}
