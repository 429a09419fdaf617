package apicoverage

import (
	"maps"
	"slices"
	"sync"
	"testing"
)

// Each case changes the document as Polar might; the comparison must notice, wherever it is.

func TestNoticesANewPropertyInEverySchema(t *testing.T) {
	for name, s := range loadDocument(t).Components.Schemas {
		if s.Properties == nil {
			continue
		}
		expectNews(t, name, func(doc *document) {
			doc.Components.Schemas[name].Properties["planted"] = &schema{Type: "string"}
		})
	}
}

func TestNoticesANewValueInEveryEnum(t *testing.T) {
	heldAsText := []string{"PresentmentCurrency", "CheckoutSortProperty"}
	for name, s := range loadDocument(t).Components.Schemas {
		if s.Enum == nil || slices.Contains(heldAsText, name) {
			continue
		}
		expectNews(t, name, func(doc *document) {
			target := doc.Components.Schemas[name]
			target.Enum = append(target.Enum, "planted")
		})
	}
}

func TestNoticesANewParameterAndANewErrorInEveryOperation(t *testing.T) {
	for path, operations := range loadDocument(t).Paths {
		for verb, op := range operations {
			expectNews(t, op.ID, func(doc *document) {
				target := doc.Paths[path][verb]
				planted := &parameter{Name: "planted", In: "query", Schema: &schema{Type: "string"}}
				target.Parameters = append(target.Parameters, planted)
			})
			expectNews(t, op.ID, func(doc *document) {
				doc.Components.Schemas["Planted"] = &schema{Type: "object", Properties: map[string]*schema{}}
				doc.Paths[path][verb].Responses["418"] = content{map[string]struct{ Schema *schema }{
					"application/json": {&schema{Ref: "#/components/schemas/Planted"}},
				}}
			})
		}
	}
}

func TestNoticesANewOperationAndALostOne(t *testing.T) {
	expectNews(t, "new operation", func(doc *document) {
		doc.Paths["/v1/checkouts/{id}"]["delete"] = &operation{ID: "checkouts:delete"}
	})
	expectNews(t, "lost operation", func(doc *document) { delete(doc.Paths["/v1/checkouts/"], "get") })
}

func TestNoticesALostPropertyAndALostValue(t *testing.T) {
	expectNews(t, "lost property", func(doc *document) {
		delete(doc.Components.Schemas["Pagination"].Properties, "max_page")
	})
	expectNews(t, "lost value", func(doc *document) {
		target := doc.Components.Schemas["CheckoutStatus"]
		target.Enum = target.Enum[1:]
	})
}

func TestNoticesAnotherTypeNullOrForm(t *testing.T) {
	change := func(owner, property string, to *schema) func(*document) {
		return func(doc *document) { doc.Components.Schemas[owner].Properties[property] = to }
	}
	null, text := &schema{Type: "null"}, &schema{Type: "string"}
	expectNews(t, "type", change("Pagination", "max_page", text))
	expectNews(t, "null", change("Pagination", "max_page", &schema{AnyOf: []*schema{{Type: "integer"}, null}}))
	expectNews(t, "no null", change("Checkout", "customer_name", text))
	expectNews(t, "list", change("Checkout", "products", text))
	expectNews(t, "map", change("Checkout", "metadata", text))
	expectNews(t, "time", change("Checkout", "created_at", text))
	old := &schema{AnyOf: []*schema{text, null}, Deprecated: true}
	expectNews(t, "deprecated", change("Checkout", "customer_name", old))
	expectNews(t, "variant", change("ProductPriceFixed", "amount_type", &schema{Type: "string", Const: "planted"}))
}

// before are the differences to the unchanged document.
var (
	unchanged sync.Once
	before    map[string]bool
)

// expectNews fails if a change of the document makes no new difference.
func expectNews(t *testing.T, what string, change func(*document)) {
	t.Helper()
	doc := loadDocument(t)
	unchanged.Do(func() { before = differences(loadDocument(t)) })
	change(doc)
	after := differences(doc)
	maps.DeleteFunc(after, func(finding string, _ bool) bool { return before[finding] })
	if len(after) == 0 {
		t.Errorf("a change in %s goes unnoticed", what)
	}
}
