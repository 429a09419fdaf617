package emulator

import (
	"cmp"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
)

// listCheckouts answers a page of the sessions that the subject may see.
func (c *call) listCheckouts() (*answer, error) {
	in, items := schema.ListCheckouts(schema.Parameters(c.request.URL.RawQuery))
	if err := invalidInput(items); err != nil {
		return nil, err
	}
	if holdsNUL(append(texts(in.Get("external_customer_id")), in.Get("query").Text())...) {
		return nil, errInternal
	}
	filter := c.checkoutFilter(in)
	var found []*checkout
	for id := range slices.Values(c.store.checkouts.order) {
		if each := c.read(id); each != nil && filter(each) {
			found = append(found, each)
		}
	}
	sortCheckouts(found, texts(in.Get("sorting")))
	return page(in, found, c.renderCheckout)
}

// checkoutFilter combines the filters of a list with AND.
func (c *call) checkoutFilter(in *ordered.Object) func(*checkout) bool {
	matchesQuery := queryFilter(in.Get("query"))
	anyOf := func(key string) func(string) bool {
		wanted, given := in.Lookup(key)
		values := texts(wanted)
		return func(value string) bool { return !given || wanted.IsNull() || slices.Contains(values, value) }
	}
	organization, product, customer := anyOf("organization_id"), anyOf("product_id"), anyOf("customer_id")
	external, status := anyOf("external_customer_id"), anyOf("status")
	return func(each *checkout) bool {
		customerID, externalID := "", "\x00"
		if each.customer != nil {
			customerID, externalID = each.customer.id, textOr(each.customer.externalID, "\x00")
		}
		return c.subject.sees(each.org) && organization(each.org.id) && product(each.product.id) && customer(customerID) &&
			external(externalID) && status(each.status) && matchesQuery(each.email)
	}
}

// queryFilter looks for a part of the e-mail, in any case, with SQL's wildcards. An empty query is a filter, too: it
// drops whoever has no e-mail.
func queryFilter(query ordered.Value) func(email *string) bool {
	if query.IsNull() {
		return func(*string) bool { return true }
	}
	pattern := regexp.MustCompile("(?is)" + likePattern(query.Text()))
	return func(email *string) bool { return email != nil && pattern.MatchString(*email) }
}

// likePattern turns SQL's pattern into a regular expression: % is anything, _ one character, a backslash takes the
// special meaning of what follows.
func likePattern(like string) string {
	var b strings.Builder
	escaped := false
	for _, r := range like {
		switch {
		case escaped:
			b.WriteString(regexp.QuoteMeta(string(r)))
			escaped = false
		case r == '\\':
			escaped = true
		case r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteByte('.')
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}

// checkoutOrders are the columns to sort by; the database sorts states alphabetically.
var checkoutOrders = map[string]func(a, b *checkout) int{
	"created_at": func(a, b *checkout) int { return a.createdAt.Compare(b.createdAt) },
	"expires_at": func(a, b *checkout) int { return a.expiresAt.Compare(b.expiresAt) },
	"status":     func(a, b *checkout) int { return cmp.Compare(a.status, b.status) },
}

func sortCheckouts(list []*checkout, criteria []string) {
	slices.SortStableFunc(list, func(a, b *checkout) int {
		for _, criterion := range criteria {
			name, descending := strings.CutPrefix(criterion, "-")
			order := checkoutOrders[name](a, b)
			if descending {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})
}

// page answers one page of rows in Polar's list form. An offset that the database cannot hold is its plain 500.
func page[T any](in *ordered.Object, rows []T, render func(T) *ordered.Object) (*answer, error) {
	number, limit := clamped(in.Get("page")), clamped(in.Get("limit"))
	if number > math.MaxInt64/limit {
		return nil, errInternal
	}
	total := int64(len(rows))
	from := min((number-1)*limit, total)
	items := make([]ordered.Value, 0, limit)
	for _, row := range rows[from:min(from+limit, total)] {
		items = append(items, render(row).Value())
	}
	return reply(http.StatusOK, ordered.NewObject(
		"items", items,
		"pagination", ordered.NewObject("total_count", total, "max_page", (total+limit-1)/limit),
	)), nil
}
