package schema

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// bodies tells which rule a recorded request's body falls under, by method and path.
var bodies = []struct {
	method string
	path   *regexp.Regexp
	rule   validate.Schema
}{
	{"POST", regexp.MustCompile(`^/v1/checkouts/(custom/)?$`), CheckoutCreate},
	{"PATCH", regexp.MustCompile(`^/v1/checkouts/(custom/)?[^/]+$`), CheckoutUpdate},
	{"PATCH", regexp.MustCompile(`^/v1/checkouts/(custom/)?client/[^/]+$`), CheckoutUpdatePublic},
	{"POST", regexp.MustCompile(`^/v1/checkouts/(custom/)?client/[^/]+/confirm$`), CheckoutConfirmStripe},
	{"POST", regexp.MustCompile(`^/v1/checkouts/(custom/)?client/[^/]+/opened$`), CheckoutOpened},
	{"POST", regexp.MustCompile(`^/v1/products/$`), ProductCreate},
	{"PATCH", regexp.MustCompile(`^/v1/products/[^/]+$`), ProductUpdate},
	{"POST", regexp.MustCompile(`^/v1/products/[^/]+/benefits$`), ProductBenefitsUpdate},
	{"POST", regexp.MustCompile(`^/v1/benefits/$`), BenefitCreate},
	{"POST", regexp.MustCompile(`^/v1/meters/$`), MeterCreate},
	{"POST", regexp.MustCompile(`^/v1/discounts/$`), DiscountCreate},
	{"POST", regexp.MustCompile(`^/v1/customers/$`), CustomerCreate},
	{"POST", regexp.MustCompile(`^/v1/custom-fields/$`), CustomFieldCreate},
}

var byID = regexp.MustCompile(`^/v1/checkouts/(?:custom/)?([^/]+)$`)

// TestRecordedAnswers gives every recorded request to the rules of its operation: the recorded schema-level 422 must
// come out byte for byte, and what Polar took must pass.
func TestRecordedAnswers(t *testing.T) {
	scenarios, err := recordings.Load()
	if err != nil {
		t.Fatal(err)
	}
	refused, agree, passed := 0, 0, 0
	for _, scenario := range scenarios {
		for i, e := range scenario.Exchanges {
			items, known := check(e.Request)
			if !known {
				continue
			}
			recorded := string(e.Response.Body)
			isRefusal := strings.HasPrefix(recorded, `{"error":"RequestValidationError"`)
			switch {
			case isRefusal:
				refused++
				if got := string(validate.RequestValidationError(items)); got == recorded {
					agree++
				} else {
					t.Errorf("%s %d: %s %s %.200s\n got %.600s\nwant %.600s", scenario.Name, i, e.Request.Method, e.Request.Path, e.Request.Body, got, recorded)
				}
			case reachedOperation(e.Response.Status, recorded):
				passed++
				if items != nil {
					t.Errorf("%s %d: %s %s %.200s\nwas answered %d, refused here: %.300s", scenario.Name, i, e.Request.Method, e.Request.Path,
						e.Request.Body, e.Response.Status, validate.RequestValidationError(items))
				}
			}
		}
	}
	t.Logf("%d of %d recorded refusals agree; %d requests that Polar took passed", agree, refused, passed)
	if refused < 190 || passed < 700 {
		t.Errorf("only %d refusals and %d passes were looked at", refused, passed)
	}
}

// reachedOperation tells whether an answer can only come from behind the validation.
func reachedOperation(status int, body string) bool {
	return status < 300 || strings.Contains(body, `"PolarRequestValidationError"`) || status == 410 ||
		strings.Contains(body, `"NotOpenCheckout"`)
}

// check applies the rules of a request's operation; false when it has none here.
func check(r recordings.Request) (items []validate.Item, known bool) {
	path, query, _ := strings.Cut(strings.TrimPrefix(r.Path, "/api"), "?")
	if r.Method == "GET" && strings.TrimPrefix(path, "/v1/checkouts/") == "" {
		_, items = ListCheckouts(Parameters(query))
		return items, true
	}
	if id := byID.FindStringSubmatch(path); id != nil && (r.Method == "GET" || r.Method == "PATCH") {
		segment, _ := url.PathUnescape(id[1])
		_, items = PathID(segment)
		known = true
	}
	for _, b := range bodies {
		if b.method == r.Method && b.path.MatchString(path) {
			return append(items, checkBody(r, b.rule)...), true
		}
	}
	return items, known
}

func checkBody(r recordings.Request, rule validate.Schema) []validate.Item {
	contentType := ""
	for name, value := range r.Headers {
		if strings.EqualFold(name, "content-type") {
			contentType = value
		}
	}
	body, state, items := validate.ReadBody(r.Body, contentType)
	if state == validate.BodyRead {
		_, items = body.Validate(rule)
	}
	return items
}
