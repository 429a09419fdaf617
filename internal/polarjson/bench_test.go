package polarjson

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
	"github.com/checkoutsvc/checkoutsvc/internal/recordings"
)

// The structs are what a careful programmer would write for encoding/json: the yardstick of the benchmarks.
type (
	jsonCheckout struct {
		ID                       string            `json:"id"`
		CreatedAt                time.Time         `json:"created_at"`
		ModifiedAt               *time.Time        `json:"modified_at"`
		CustomFieldData          map[string]any    `json:"custom_field_data"`
		PaymentProcessor         string            `json:"payment_processor"`
		Status                   string            `json:"status"`
		ClientSecret             string            `json:"client_secret"`
		URL                      string            `json:"url"`
		ExpiresAt                time.Time         `json:"expires_at"`
		SuccessURL               string            `json:"success_url"`
		ReturnURL                *string           `json:"return_url"`
		EmbedOrigin              *string           `json:"embed_origin"`
		Amount                   int64             `json:"amount"`
		Seats                    *int32            `json:"seats"`
		MinSeats                 *int32            `json:"min_seats"`
		MaxSeats                 *int32            `json:"max_seats"`
		DiscountAmount           int64             `json:"discount_amount"`
		NetAmount                int64             `json:"net_amount"`
		TaxAmount                *int64            `json:"tax_amount"`
		TaxBehavior              *string           `json:"tax_behavior"`
		TotalAmount              int64             `json:"total_amount"`
		Currency                 string            `json:"currency"`
		AllowTrial               *bool             `json:"allow_trial"`
		ActiveTrialInterval      *string           `json:"active_trial_interval"`
		ActiveTrialIntervalCount *int32            `json:"active_trial_interval_count"`
		TrialEnd                 *time.Time        `json:"trial_end"`
		OrganizationID           string            `json:"organization_id"`
		ProductID                *string           `json:"product_id"`
		ProductPriceID           *string           `json:"product_price_id"`
		DiscountID               *string           `json:"discount_id"`
		AllowDiscountCodes       bool              `json:"allow_discount_codes"`
		RequireBillingAddress    bool              `json:"require_billing_address"`
		IsDiscountApplicable     bool              `json:"is_discount_applicable"`
		IsFreeProductPrice       bool              `json:"is_free_product_price"`
		IsPaymentRequired        bool              `json:"is_payment_required"`
		IsPaymentSetupRequired   bool              `json:"is_payment_setup_required"`
		IsPaymentFormRequired    bool              `json:"is_payment_form_required"`
		CustomerID               *string           `json:"customer_id"`
		IsBusinessCustomer       bool              `json:"is_business_customer"`
		CustomerName             *string           `json:"customer_name"`
		CustomerEmail            *string           `json:"customer_email"`
		CustomerIPAddress        *string           `json:"customer_ip_address"`
		CustomerBillingName      *string           `json:"customer_billing_name"`
		CustomerBillingAddress   *jsonAddress      `json:"customer_billing_address"`
		CustomerTaxID            *string           `json:"customer_tax_id"`
		Locale                   *string           `json:"locale"`
		PaymentMethodType        *string           `json:"payment_method_type"`
		PaymentProcessorMetadata map[string]string `json:"payment_processor_metadata"`
		BillingAddressFields     struct {
			Country    string `json:"country"`
			State      string `json:"state"`
			City       string `json:"city"`
			PostalCode string `json:"postal_code"`
			Line1      string `json:"line1"`
			Line2      string `json:"line2"`
		} `json:"billing_address_fields"`
		TrialInterval        *string                `json:"trial_interval"`
		TrialIntervalCount   *int32                 `json:"trial_interval_count"`
		Metadata             map[string]any         `json:"metadata"`
		ExternalCustomerID   *string                `json:"external_customer_id"`
		Products             []jsonProduct          `json:"products"`
		Product              *jsonProduct           `json:"product"`
		ProductPrice         *jsonPrice             `json:"product_price"`
		Prices               map[string][]jsonPrice `json:"prices"`
		Discount             *jsonDiscount          `json:"discount"`
		SubscriptionID       *string                `json:"subscription_id"`
		AttachedCustomFields []json.RawMessage      `json:"attached_custom_fields"`
		CustomerMetadata     map[string]any         `json:"customer_metadata"`
	}
	jsonAddress struct {
		Line1      *string `json:"line1"`
		Line2      *string `json:"line2"`
		PostalCode *string `json:"postal_code"`
		City       *string `json:"city"`
		State      *string `json:"state"`
		Country    string  `json:"country"`
	}
	jsonProduct struct {
		ID                     string            `json:"id"`
		CreatedAt              time.Time         `json:"created_at"`
		ModifiedAt             *time.Time        `json:"modified_at"`
		TrialInterval          *string           `json:"trial_interval"`
		TrialIntervalCount     *int32            `json:"trial_interval_count"`
		Name                   string            `json:"name"`
		Description            *string           `json:"description"`
		Visibility             string            `json:"visibility"`
		RecurringInterval      *string           `json:"recurring_interval"`
		RecurringIntervalCount *int32            `json:"recurring_interval_count"`
		MeterInterval          *string           `json:"meter_interval"`
		MeterIntervalCount     *int32            `json:"meter_interval_count"`
		IsRecurring            bool              `json:"is_recurring"`
		IsArchived             bool              `json:"is_archived"`
		OrganizationID         string            `json:"organization_id"`
		Prices                 []jsonPrice       `json:"prices"`
		Benefits               []json.RawMessage `json:"benefits"`
		Medias                 []json.RawMessage `json:"medias"`
	}
	jsonPrice struct {
		CreatedAt     time.Time  `json:"created_at"`
		ModifiedAt    *time.Time `json:"modified_at"`
		ID            string     `json:"id"`
		Source        string     `json:"source"`
		AmountType    string     `json:"amount_type"`
		PriceCurrency string     `json:"price_currency"`
		TaxBehavior   *string    `json:"tax_behavior"`
		IsArchived    bool       `json:"is_archived"`
		ProductID     string     `json:"product_id"`
		PriceAmount   int64      `json:"price_amount"`
		MinimumAmount int64      `json:"minimum_amount"`
		MaximumAmount *int64     `json:"maximum_amount"`
		PresetAmount  *int64     `json:"preset_amount"`
	}
	jsonDiscount struct {
		Duration         string  `json:"duration"`
		DurationInMonths *int32  `json:"duration_in_months"`
		Type             string  `json:"type"`
		BasisPoints      int32   `json:"basis_points"`
		ID               string  `json:"id"`
		Name             string  `json:"name"`
		Code             *string `json:"code"`
	}
)

// benchCheckout is the checkout of 4.7 KB, as text and as message.
func benchCheckout(b *testing.B) ([]byte, *checkoutsv1.Checkout) {
	b.Helper()
	src, err := os.ReadFile(filepath.Join(recordings.Dir(), "checkout.json"))
	if err != nil {
		b.Fatal(err)
	}
	wire, err := checkoutCodec.AppendWire(nil, src)
	if err != nil {
		b.Fatal(err)
	}
	m := &checkoutsv1.Checkout{}
	if err := proto.Unmarshal(wire, m); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	return src, m
}

var checkoutCodec = MustAnswer(descriptor(&checkoutsv1.Checkout{}))

func BenchmarkDecodeEncodingJSON(b *testing.B) {
	src, _ := benchCheckout(b)
	for b.Loop() {
		var c jsonCheckout
		if err := json.Unmarshal(src, &c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeProtojson(b *testing.B) {
	_, m := benchCheckout(b)
	src, err := protojson.Marshal(m)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := protojson.Unmarshal(src, &checkoutsv1.Checkout{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendWire(b *testing.B) {
	src, _ := benchCheckout(b)
	buf := make([]byte, 0, len(src))
	for b.Loop() {
		if _, err := checkoutCodec.AppendWire(buf, src); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppendWireKept has an unknown member in each product and price, an unknown enum value, and an unknown
// variant.
func BenchmarkAppendWireKept(b *testing.B) {
	src, _ := benchCheckout(b)
	src = bytes.ReplaceAll(src, []byte(`"is_archived":`), []byte(`"archived_by":{"name":"x"},"is_archived":`))
	src = bytes.Replace(src, []byte(`"status":"open"`), []byte(`"status":"paused"`), 1)
	src = bytes.Replace(src, []byte(`"type":"percentage"`), []byte(`"type":"gift"`), 1)
	b.SetBytes(int64(len(src)))
	buf := make([]byte, 0, len(src))
	for b.Loop() {
		if _, err := checkoutCodec.AppendWire(buf, src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendWireAndUnmarshal(b *testing.B) {
	src, _ := benchCheckout(b)
	buf := make([]byte, 0, len(src))
	for b.Loop() {
		wire, err := checkoutCodec.AppendWire(buf, src)
		if err != nil {
			b.Fatal(err)
		}
		if err := proto.Unmarshal(wire, &checkoutsv1.Checkout{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeEncodingJSON(b *testing.B) {
	src, _ := benchCheckout(b)
	var c jsonCheckout
	if err := json.Unmarshal(src, &c); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := json.Marshal(&c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeProtojson(b *testing.B) {
	_, m := benchCheckout(b)
	for b.Loop() {
		if _, err := protojson.Marshal(m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	src, m := benchCheckout(b)
	buf := make([]byte, 0, 2*len(src))
	for b.Loop() {
		if _, err := checkoutCodec.AppendJSON(buf, m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNewAnswer is what a program pays at its start for the tables of its largest message.
func BenchmarkNewAnswer(b *testing.B) {
	for b.Loop() {
		if _, err := NewAnswer(descriptor(&checkoutsv1.CheckoutPublicConfirmed{})); err != nil {
			b.Fatal(err)
		}
	}
}
