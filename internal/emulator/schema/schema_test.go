package schema

import (
	"slices"
	"strings"
	"testing"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

const (
	product = "c232ab00-9414-41ec-b3c8-9f6bdeced846"
	other   = "d232ab00-9414-41ec-b3c8-9f6bdeced847"
)

// accept applies rule to a JSON text that it has to take.
func accept(t *testing.T, rule validate.Schema, text string) ordered.Value {
	t.Helper()
	v, items := rule.Validate(parse(t, text))
	if items != nil {
		t.Fatalf("%s was refused: %s", text, validate.RequestValidationError(items))
	}
	return v
}

// refusals applies rule to a JSON text that it has to refuse, and answers "place: message" for each item.
func refusals(t *testing.T, rule validate.Schema, text string) []string {
	t.Helper()
	_, items := rule.Validate(parse(t, text))
	var lines []string
	for _, item := range items {
		lines = append(lines, place(item.Loc)+": "+item.Msg)
	}
	return lines
}

func place(loc []any) string {
	var b strings.Builder
	for _, step := range loc {
		b.WriteString("/" + ordered.Of(step).String())
	}
	return b.String()
}

func parse(t *testing.T, text string) ordered.Value {
	t.Helper()
	v, err := ordered.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestCreateChoosesItsForm(t *testing.T) {
	for text, form := range map[string]string{
		`{"products":["` + product + `"],"product_id":"` + other + `"}`:       "products",
		`{"product_id":"` + product + `","product_price_id":"` + other + `"}`: "product_id",
		`{"products":[],"product_id":"` + product + `"}`:                      "product_id",
		`{"products":["abc"],"product_price_id":"` + product + `"}`:           "product_price_id",
	} {
		v := accept(t, CheckoutCreate, text)
		for _, key := range []string{"products", "product_id", "product_price_id"} {
			if v.Object().Has(key) != (key == form) {
				t.Errorf("%s became %s, want the form with %s", text, v, form)
			}
		}
	}
}

func TestCreateFillsWhatIsNotSent(t *testing.T) {
	v := accept(t, CheckoutCreate, `{"product_id":"`+product+`","customer_external_id":"x","prices":{},"seats":null}`)
	want := `{"metadata":{},"custom_field_data":{},"allow_discount_codes":true,"require_billing_address":false,"seats":null,` +
		`"allow_trial":true,"external_customer_id":"x","customer_metadata":{},"product_id":"` + product + `"}`
	if v.String() != want {
		t.Errorf("got %s\nwant %s", v, want)
	}
	v.Get("metadata").Object().Set("a", ordered.Int(1))
	if again := accept(t, CheckoutCreate, `{"product_id":"`+product+`"}`); again.Get("metadata").Object().Len() != 0 {
		t.Error("two cleaned bodies share their default metadata")
	}
}

func TestUpdateKeepsOnlyWhatIsSent(t *testing.T) {
	v := accept(t, CheckoutUpdate, `{"zzz":1,"discount_id":null,"customer_name":"  ","metadata":{"b":1,"a":1.0}}`)
	if want := `{"customer_name":null,"metadata":{"b":1,"a":1.0},"discount_id":null}`; v.String() != want {
		t.Errorf("got %s, want %s", v, want)
	}
	if v := accept(t, CheckoutConfirmStripe, `{"discount_code":" half ","payment_method_type":" ","allow_trial":0}`); v.String() !=
		`{"payment_method_type":null,"discount_code":"half","allow_trial":false}` {
		t.Errorf("a confirm became %s", v)
	}
}

func TestQuantitiesMustBeInOrder(t *testing.T) {
	for body, want := range map[string]string{
		`"min_seats":6,"max_seats":5`:                    "Value error, min_seats must be less than or equal to max_seats",
		`"seats":2,"min_seats":5,"max_seats":9`:          "Value error, seats must be greater than or equal to min_seats",
		`"units":10,"max_units":5`:                       "Value error, units must be less than or equal to max_units",
		`"seats":9,"max_seats":5,"trial_interval":"day"`: "Both trial_interval and trial_interval_count must be set together.",
	} {
		got := refusals(t, CheckoutCreate, `{"products":["`+product+`"],`+body+`}`)
		if len(got) != 3 || !strings.HasSuffix(got[0], `CheckoutProductsCreate]]]": `+want) {
			t.Errorf("%s: %q, want first %q", body, got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		`{"country":"us","state":"NY"}`:               `{"line1":null,"line2":null,"postal_code":null,"city":null,"state":"US-NY","country":"US"}`,
		`{"city":" a\u0000 ","country":"FR"}`:         `{"line1":null,"line2":null,"postal_code":null,"city":"a\u0000","state":null,"country":"FR"}`,
		`{"country":"CA","state":"CA-QC","line1":""}`: `{"line1":null,"line2":null,"postal_code":null,"city":null,"state":"CA-QC","country":"CA"}`,
	} {
		if got := accept(t, address, in); got.String() != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
	if got := refusals(t, address, `{"country":"US","state":"PR"}`); !slices.Equal(got, []string{": Value error, Invalid US state"}) {
		t.Errorf("Puerto Rico: %q", got)
	}
}

func TestPrices(t *testing.T) {
	for in, want := range map[string]string{
		`{"amount_type":"free","x":1}`: `{"amount_type":"fixed","price_currency":"usd","tax_behavior":null,"price_amount":0}`,
		`{"amount_type":"custom"}`:     `{"amount_type":"custom","price_currency":"usd","tax_behavior":null,"minimum_amount":50,"maximum_amount":null,"preset_amount":null}`,
		`{"amount_type":"metered_unit","meter_id":"` + product + `","unit_amount":12.50}`: `{"amount_type":"metered_unit","price_currency":"usd",` +
			`"tax_behavior":null,"meter_id":"` + product + `","unit_amount":"12.5","cap_amount":null}`,
		`{"amount_type":"seat_based","seat_tiers":{"tiers":[{"min_seats":5,"price_per_seat":1},{"min_seats":1,"max_seats":4,"price_per_seat":2}]}}`: `{"amount_type":` +
			`"seat_based","price_currency":"usd","tax_behavior":null,"seat_tiers":{"seat_tier_type":"volume","tiers":[{"min_seats":1,` +
			`"max_seats":4,"price_per_seat":2},{"min_seats":5,"max_seats":null,"price_per_seat":1}]}}`,
	} {
		if got := accept(t, price, in); got.String() != want {
			t.Errorf("%s became\n%s, want\n%s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		`{"amount_type":"fixed","price_amount":79,"price_currency":"jpy"}`:            `/"fixed"/"price_amount": Amount must be at least ¥80 or 0 for free pricing`,
		`{"amount_type":"custom","maximum_amount":2100000001,"price_currency":"lak"}`: `/"custom"/"maximum_amount": Amount must be at most LAK21,000,000`,
		`{"amount_type":"fixed","price_amount":1,"price_currency":"xxx"}`:             `/"fixed"/"price_currency": `,
	} {
		if got := refusals(t, price, in); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestFormatAmount(t *testing.T) {
	for want, got := range map[string]string{
		"$999,999.99": FormatAmount(99_999_999, "usd"), "¥1,500": FormatAmount(1500, "jpy"), "CHF0.50": FormatAmount(50, "chf"),
		"ISK70": FormatAmount(7000, "isk"), "-€12.34": FormatAmount(-1234, "eur"), "A$0.70": FormatAmount(70, "aud"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestEveryCurrencyHasItsMinimum(t *testing.T) {
	for _, code := range Currencies {
		if minimums[code] == 0 {
			t.Errorf("%s has no minimum", code)
		}
	}
	if len(minimums) != len(Currencies) || MinimumAmount("zzz") != usualMinimum || MaximumAmount("ars") != 140_000_000 {
		t.Errorf("%d minimums for %d currencies", len(minimums), len(Currencies))
	}
}

func TestListParameters(t *testing.T) {
	for query, want := range map[string]string{
		"":                                 `{"page":1,"limit":10,"sorting":["-created_at"]}`,
		"limit=101&page=2&page=%203":       `{"page":3,"limit":100,"sorting":["-created_at"]}`,
		"limit=99999999999999999999":       `{"page":1,"limit":100,"sorting":["-created_at"]}`,
		"sorting=status&sorting=-status":   `{"page":1,"limit":10,"sorting":["status","-status"]}`,
		"query=&query=%25a+b;%zz%ff&x[]=1": `{"page":1,"limit":10,"sorting":["-created_at"],"query":"%a b;%zz�"}`,
		"external_customer_id=a,b&product_id=" + product + "&product_id=" + other: `{"page":1,"limit":10,"sorting":["-created_at"],"product_id":["` +
			product + `","` + other + `"],"external_customer_id":["a,b"]}`,
	} {
		got, items := ListCheckouts(Parameters(query))
		if items != nil || got.String() != want {
			t.Errorf("%s became %s, %v; want %s", query, got.Value(), items, want)
		}
	}
}

func TestPathID(t *testing.T) {
	if id, items := PathID(strings.ToUpper(product)); items != nil || id != product {
		t.Errorf("got %s, %v", id, items)
	}
	if _, items := PathID("abc"); len(items) != 1 || place(items[0].Loc) != `/"path"/"id"` {
		t.Errorf("got %v", items)
	}
}

// FuzzSchemas gives any body to every rule: nothing may panic, and what is cleaned may be cleaned again.
func FuzzSchemas(f *testing.F) {
	for _, seed := range []string{
		`{"products":["` + product + `"],"prices":{"` + product + `":[{"amount_type":"free"}]},"metadata":{"a":1e400}}`,
		`{"customer_email":"Jane <a@b.com>","customer_billing_address":{"country":"US","state":"NY"},"locale":"en_us"}`,
		`{"success_url":"http://[::1]:0/..?{#","customer_ip_address":1,"custom_field_data":{"a":-1.5}}`,
		`{"amount_type":"seat_based","seat_tiers":{"tiers":[{"min_seats":1,"price_per_seat":0}]}}`,
		`{"type":"select","properties":{"options":[]}}`, `{"type":"fixed","amounts":{"usd":1}}`, `[]`, `"\ud800"`,
	} {
		f.Add([]byte(seed))
	}
	rules := []validate.Schema{
		CheckoutCreate, CheckoutUpdate, CheckoutUpdatePublic, CheckoutConfirmStripe, CheckoutOpened, ProductCreate, ProductUpdate,
		ProductBenefitsUpdate, BenefitCreate, MeterCreate, DiscountCreate, CustomerCreate, CustomFieldCreate, price, address,
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, _ = ListCheckouts(Parameters(string(raw)))
		body, _, _ := validate.ReadBody(raw, "application/json")
		for _, rule := range rules {
			cleaned, items := body.Validate(rule)
			validate.RequestValidationError(items)
			if items == nil {
				if _, again := rule.Validate(cleaned); again != nil {
					t.Errorf("%q was taken, its cleaned form %s refused: %s", raw, cleaned, validate.RequestValidationError(again))
				}
			}
		}
	})
}
