// Package schema declares what Polar's operations take as input (B 1.5 to 1.7, 4). Each is a rule of package validate;
// applied to what was sent it answers the cleaned input, or the items of Polar's 422. The order of the fields is the
// order of the items.
package schema

import (
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

var (
	emptyMap = ordered.NewObject().Value()

	optionalText  = validate.Nullable(validate.Str())
	optionalBool  = validate.Nullable(validate.Bool())
	optionalUUID  = validate.Nullable(validate.UUID4())
	optionalURL   = validate.Nullable(validate.HTTPURL())
	optionalIP    = validate.Nullable(validate.IP())
	optionalEmail = validate.Nullable(validate.Email(mailRefusal))

	optionalCount = func(most int64) validate.Schema {
		return validate.Nullable(validate.Int(validate.Ge(1), validate.Le(most)))
	}

	// tidyText drops the white space around a text, and turns blank text into null.
	tidyText = validate.Nullable(validate.Then(validate.Str(), validate.StripToNull))
	// name is a tidy text of at most 256 characters, counted before it is tidied.
	name = validate.Nullable(validate.Then(validate.SizedStr(0, 256), validate.StripToNull))

	locale   = validate.Nullable(validate.Locale())
	currency = validate.Enum("PresentmentCurrency", Currencies...)
)

const (
	maxSeats = 10_000
	maxInt32 = 2_147_483_647
)

// successURL is a URL in which the placeholder survives that becomes the checkout's id.
var successURL = validate.Nullable(validate.Then(validate.HTTPURL(), func(v ordered.Value) ordered.Value {
	return ordered.String(strings.ReplaceAll(v.Text(), "%7BCHECKOUT_ID%7D", "{CHECKOUT_ID}"))
}))

// metadata is a map of up to 50 short keys to texts, numbers and booleans.
var metadata = validate.Map(
	validate.SizedStr(1, 40),
	validate.Union(validate.SizedStr(1, 500), validate.Int(), validate.Float(), validate.Bool()),
	50)

// customFieldData is a map to texts, integers, booleans, times and nulls; it is held against the fields of the product
// later. Text is text here; what becomes a time is a number with a fraction, which stays as it was sent.
var customFieldData = validate.Map(
	validate.Str(),
	validate.Nullable(validate.Union(validate.Str(), validate.Int(), validate.Bool(), validate.Unchanged(validate.Datetime()))),
	0)

// address is a billing address. Unlike other input it may hold U+0000 (B 1.1). The cleaned one has all six members.
var address = validate.Nullable(validate.After(
	validate.PlainModel("AddressInput",
		validate.Default("line1", tidyText, ordered.Null),
		validate.Default("line2", tidyText, ordered.Null),
		validate.Default("postal_code", tidyText, ordered.Null),
		validate.Default("city", tidyText, ordered.Null),
		validate.Default("state", tidyText, ordered.Null),
		validate.Required("country", validate.First(validate.Upper, validate.Enum("CountryAlpha2Input", countries...))),
	),
	[]string{"validate_state"}, checkState))

// checkState completes the state of an American or Canadian address with its country, and refuses unknown ones.
func checkState(v ordered.Value) *validate.Item {
	country, state := v.Get("country").Text(), v.Get("state").Text()
	known, fixed := states[country]
	if !fixed || state == "" {
		return nil
	}
	short := strings.TrimPrefix(state, country+"-")
	if !known[short] {
		return validate.RefuseValue(map[string]string{"US": "Invalid US state", "CA": "Invalid CA subdivision"}[country])
	}
	v.Object().Set("state", ordered.String(country+"-"+short))
	return nil
}

// mailRefusal says why a domain takes no mail. No DNS is asked: every domain takes mail but those under three names
// that stand for the ways in which a domain may not.
func mailRefusal(domain string) string {
	for zone, refusal := range map[string]string{
		"nodomain.example.net": "does not exist",
		"nullmx.example.net":   "does not accept email",
		"nomx.example.net":     "does not accept email",
	} {
		if domain == zone || strings.HasSuffix(domain, "."+zone) {
			return "The domain name " + domain + " " + refusal + "."
		}
	}
	return ""
}

// completeTrial refuses one half of a trial without the other.
func completeTrial(v ordered.Value) *validate.Item {
	if v.Get("trial_interval").IsNull() != v.Get("trial_interval_count").IsNull() {
		return validate.Refuse("missing", "Both trial_interval and trial_interval_count must be set together.")
	}
	return nil
}

// trialFields are the two halves of a trial.
func trialFields() []validate.Field {
	return []validate.Field{
		validate.Optional("trial_interval", validate.Nullable(validate.Enum("TrialInterval", "day", "week", "month", "year"))),
		validate.Optional("trial_interval_count", optionalCount(1000)),
	}
}
