package schema

import (
	"net/url"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

// maxLimit is what a larger limit is silently lowered to.
const maxLimit = 100

// Parameters reads a raw query as Polar does: bytes that are no UTF-8 become U+FFFD, a "%" that begins no escape
// stands for itself, ";" separates nothing.
func Parameters(rawQuery string) url.Values {
	values := url.Values{}
	for pair := range strings.SplitSeq(rawQuery, "&") {
		if key, value, _ := strings.Cut(pair, "="); pair != "" {
			key = unescape(key)
			values[key] = append(values[key], unescape(value))
		}
	}
	return values
}

func unescape(s string) string {
	s = strings.ReplaceAll(s, "+", " ")
	var b strings.Builder
	for len(s) > 0 {
		n := 1
		if s[0] == '%' && len(s) >= 3 {
			n = 3
		}
		if plain, err := url.PathUnescape(s[:n]); err == nil {
			b.WriteString(plain)
		} else {
			n = 1
			b.WriteByte(s[0])
		}
		s = s[n:]
	}
	return string([]rune(b.String()))
}

// ListCheckouts checks the parameters of GET /v1/checkouts/ (B 4). The answer has page, limit (lowered to 100) and
// sorting always, the filters if they were sent: query as a string, the others as lists. The loc of items begins with
// "query".
func ListCheckouts(query url.Values) (*ordered.Object, []validate.Item) {
	cleaned, items := listCheckouts.Validate(collect(query))
	return cleaned.Object(), validate.Prefix(items, "query")
}

// repeatable are the parameters of which every value counts; of the others the last does.
var repeatable = map[string]bool{
	"sorting": true, "organization_id": true, "product_id": true, "customer_id": true,
	"external_customer_id": true, "status": true,
}

// collect turns parameters into the object that their rules are applied to.
func collect(query url.Values) ordered.Value {
	sent := ordered.NewObject()
	for key, values := range query {
		switch {
		case len(values) == 0:
		case repeatable[key]:
			sent.Set(key, ordered.Strings(values...))
		default:
			sent.Set(key, ordered.String(values[len(values)-1]))
		}
	}
	return sent.Value()
}

var pageFields = []validate.Field{
	validate.Default("page", validate.Int(validate.Gt(0)), ordered.Int(1)),
	validate.Default("limit", validate.Then(validate.Int(validate.Gt(0)), lowered), ordered.Int(10)),
}

var listCheckouts = validate.PlainModel("ListCheckouts", append(pageFields[:2:2],
	validate.Default("sorting",
		validate.List(validate.Enum("CheckoutSortProperty", "created_at", "-created_at", "expires_at", "-expires_at", "status", "-status"), 0),
		ordered.Strings("-created_at")),
	validate.Optional("organization_id", anyOf(validate.UUID4())),
	validate.Optional("product_id", anyOf(validate.UUID4())),
	validate.Optional("customer_id", anyOf(validate.UUID4())),
	validate.Optional("external_customer_id", anyOf(validate.Str())),
	validate.Optional("status", anyOf(validate.Enum("CheckoutStatus", "open", "expired", "confirmed", "succeeded", "failed"))),
	validate.Optional("query", validate.Str()),
)...)

// ListPage checks the page and limit of any other list.
func ListPage(query url.Values) (*ordered.Object, []validate.Item) {
	cleaned, items := validate.PlainModel("Page", pageFields...).Validate(collect(query))
	return cleaned.Object(), validate.Prefix(items, "query")
}

// anyOf is a filter of one or more values. Parameters always come as a list, so the rule for one value never fits, but
// it complains with the other.
func anyOf(one validate.Schema) validate.Schema {
	list := validate.List(one, 0)
	return validate.Union(one, validate.Labelled("json-or-python[json="+list.Label()+
		",python=chain[is-instance[Sequence],function-wrap[sequence_validator()]]]", list))
}

// lowered cuts a limit down to the largest.
func lowered(v ordered.Value) ordered.Value {
	if n, ok := v.Int64(); ok && n <= maxLimit {
		return v
	}
	return ordered.Int(maxLimit)
}

// PathID checks the id in a path and cleans it to its plain form. The loc of items is that of a path parameter id.
func PathID(segment string) (string, []validate.Item) {
	cleaned, items := validate.UUID4().Validate(ordered.String(segment))
	return cleaned.Text(), validate.Prefix(items, "path", "id")
}
