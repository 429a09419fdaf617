package access

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/test/book"
)

// Two organizations at one Polar, and their tokens.
const (
	demo        = emulator.DemoOrganizationID
	demoToken   = emulator.DefaultToken
	market      = "0b000000-0000-4000-8000-000000000002"
	marketToken = "polar_oat_marketS3cret"
	product     = `{"name":"Mug","prices":[{"amount_type":"free"}]}`
)

// twoOrganizations is a Polar with both, and the file that maps them to their tokens.
func twoOrganizations(t *testing.T) (polar *book.Polar, organizations, marketProduct string) {
	t.Helper()
	polar = book.Start(t)
	polar.AddOrganization(emulator.Organization{ID: market, Slug: "market", Name: "Market"})
	if _, err := polar.AddToken(emulator.Token{Value: marketToken, OrganizationID: market}); err != nil {
		t.Fatal(err)
	}
	made := call(t, plain, "POST", polar.URL+"/v1/products/", product, bearer(marketToken))
	var answer struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(made.body), &answer); err != nil || made.status != 201 {
		t.Fatal(made)
	}
	return polar, file(t, "organizations.json", `{"organizations":[{"id":"`+demo+`","token":"`+demoToken+`"},{"id":"`+market+`","token":"`+marketToken+`"}]}`), answer.ID
}

// TestOrganizations: each call goes with the token of the organization that it names and that its caller may use, and
// the name itself goes nowhere.
func TestOrganizations(t *testing.T) {
	polar, organizations, marketProduct := twoOrganizations(t)
	everywhere, onlyMarket := shop, reader
	everywhere.Organizations = []string{demo, market}
	onlyMarket.Organizations, onlyMarket.Scopes = []string{market}, both()
	service := start(t, "--polar="+polar.URL, "--organizations-file="+organizations, "--callers-file="+file(t, "callers.json", callersText(t, everywhere, onlyMarket)))
	service.Secret(marketToken)
	create := func(token, organization, product string) answer {
		headers := []string{bearer(token), "Idempotency-Key: one"}
		if organization != "" {
			headers = append(headers, "Polar-Organization: "+organization)
		}
		return call(t, plain, "POST", service.REST+"/v1/checkouts/", `{"products":["`+product+`"]}`, headers...)
	}
	before := len(polar.Asked())
	inDemo, inMarket := create(shopToken, demo, emulator.DemoFreeID), create(shopToken, market, marketProduct)
	if inDemo.status != 201 || inMarket.status != 201 || inDemo.body == inMarket.body {
		t.Errorf("one key in two organizations: %d, %d", inDemo.status, inMarket.status)
	}
	var sent []string
	for _, x := range polar.Asked()[before:] {
		sent = append(sent, x.Header.Get("Authorization"))
		if x.Header.Get("Polar-Organization") != "" {
			t.Error("the selection reached Polar")
		}
	}
	if !slices.Equal(sent, []string{"Bearer " + demoToken, "Bearer " + marketToken}) {
		t.Errorf("sent with %q", sent)
	}
	before = len(polar.Asked())
	if none := create(shopToken, "", emulator.DemoFreeID); none.status != 409 || !strings.Contains(none.body, `"OrganizationRequired"`) {
		t.Errorf("none selected: %d %s", none.status, none.body)
	}
	for _, c := range [][2]string{{readerToken, demo}, {readerToken, "0b000000-0000-4000-8000-00000000000f"}, {shopToken, "x"}} {
		if got := create(c[0], c[1], emulator.DemoFreeID); got.status != 403 || !strings.Contains(got.body, `"insufficient_scope"`) {
			t.Errorf("%s: %d %s", c[1], got.status, got.body)
		}
	}
	if asked := polar.Asked()[before:]; len(asked) > 0 {
		t.Errorf("Polar was asked %v", asked)
	}
	if got := call(t, plain, "GET", service.REST+"/v1/checkouts/client/polar_c_x", ""); got.status != 404 {
		t.Errorf("a buyer needs no organization: %d %s", got.status, got.body)
	}
	overGRPC(t, dial(t, service.GRPC))
}

func overGRPC(t *testing.T, client pb.CheckoutServiceClient) {
	t.Helper()
	for organization, want := range map[string]codes.Code{"": codes.InvalidArgument, demo: codes.PermissionDenied, market: codes.OK} {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+readerToken)
		if organization != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "polar-organization", organization)
		}
		if _, err := client.ListCheckouts(ctx, &pb.ListCheckoutsRequest{}); status.Code(err) != want {
			t.Errorf("%q: %v", organization, err)
		}
	}
}

// TestOneTokenOfUnknownOrganization: a caller that is bound to organizations does not sell with a token of nobody knows whose.
func TestOneTokenOfUnknownOrganization(t *testing.T) {
	bound := shop
	bound.Organizations = []string{market}
	service := start(t, "--callers-file="+file(t, "callers.json", callersText(t, bound, reader)))
	if got := call(t, plain, "GET", service.REST+"/v1/checkouts/", "", bearer(shopToken)); got.status != 403 || !strings.Contains(got.body, "--organizations-file") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := call(t, plain, "GET", service.REST+"/v1/checkouts/", "", bearer(readerToken)); got.status != 200 {
		t.Errorf("a caller that is bound to none: %d", got.status)
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+shopToken)
	if _, err := dial(t, service.GRPC).GetClientCheckout(ctx, &pb.GetClientCheckoutRequest{ClientSecret: "polar_c_x"}); status.Code(err) != codes.NotFound {
		t.Errorf("a buyer's operation carries no token: %v", err)
	}
}

// TestOrganizationsChange: an organization that is taken out of the file is served no more, one that is added is.
func TestOrganizationsChange(t *testing.T) {
	polar, organizations, _ := twoOrganizations(t)
	service := start(t, "--polar="+polar.URL, "--organizations-file="+organizations)
	list := func(organization string) int {
		return call(t, plain, "GET", service.REST+"/v1/checkouts/", "", "Polar-Organization: "+organization).status
	}
	if list(demo) != 200 || list(market) != 200 {
		t.Fatal("not both are served")
	}
	write(t, organizations, `{"organizations":[{"id":"`+market+`","token":"`+marketToken+`"}]}`)
	eventually(t, "an organization that was taken out is still served", func() bool { return list(demo) == 403 })
	if got := call(t, plain, "GET", service.REST+"/v1/checkouts/", ""); got.status != 200 {
		t.Errorf("the only organization need not be named: %d %s", got.status, got.body)
	}
}
