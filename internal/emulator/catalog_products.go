package emulator

import (
	"net/http"
	"slices"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
)

// home is the organization that a set-up call makes things for: the token's, or the one that a user names.
func (c *call) home(in *ordered.Object) (*organization, error) {
	own := c.subject.organizations()
	if id := in.Get("organization_id"); !id.IsNull() {
		for _, org := range own {
			if org.id == id.Text() {
				return org, nil
			}
		}
		return nil, invalidValue("Organization not found.", id, "organization_id")
	}
	if len(own) == 0 {
		return nil, errNotPermitted
	}
	return own[0], nil
}

func (c *call) createProduct() (*answer, error) {
	in, err := c.input(schema.ProductCreate)
	if err != nil {
		return nil, err
	}
	org, err := c.home(in)
	if err != nil {
		return nil, err
	}
	p := &product{
		id: newID(), createdAt: c.store.born(c.now), org: org,
		name: in.Get("name").Text(), description: in.Get("description").TextPtr(), visibility: "public",
		interval: in.Get("recurring_interval").TextPtr(), trialInterval: in.Get("trial_interval").TextPtr(),
		trialIntervalCount: intPtr(in.Get("trial_interval_count")),
		meterInterval:      in.Get("meter_interval").TextPtr(),
		meterIntervalCount: intPtr(in.Get("meter_interval_count")),
		metadata:           object(in.Get("metadata")),
	}
	if visibility := in.Get("visibility"); !visibility.IsNull() {
		p.visibility = visibility.Text()
	}
	if p.interval != nil {
		p.intervalCount = firstSet(intPtr(in.Get("recurring_interval_count")), ptr(int64(1)))
	}
	prices, wrong := c.composePrices(p, in.Get("prices"), false, "prices")
	if wrong != nil {
		return nil, wrong
	}
	p.prices = prices
	if p.fields, err = c.attachedFields(in, org); err != nil {
		return nil, err
	}
	// The answer of a creation lists the prices as they were sent, every later one in the catalogue's order.
	out := renderProduct(p)
	out.Set("prices", renderPrices(p.prices, p))
	a := reply(http.StatusCreated, out)
	p.settle()
	c.store.products.insert(p.id, p)
	return a, nil
}

// settle brings what the call has sent into the form in which the database gives it back.
func (p *product) settle() {
	p.metadata = storedMap(p.metadata)
	for _, each := range p.prices {
		each.settle()
	}
}

func (c *call) attachedFields(in *ordered.Object, org *organization) ([]attachedField, error) {
	var fields []attachedField
	for i, item := range in.Get("attached_custom_fields").Items() {
		id := item.Get("custom_field_id")
		field := c.store.fields.get(id.Text())
		if field == nil || field.org != org {
			return nil, invalidValue("Custom field does not exist.", id, "attached_custom_fields", i, "custom_field_id")
		}
		fields = append(fields, attachedField{field: field, required: item.Get("required").Truth()})
	}
	return fields, nil
}

// ownProduct finds the product of the path.
func (c *call) ownProduct(id string) (*product, error) {
	p := c.store.products.get(id)
	if p == nil || p.deleted || !c.subject.sees(p.org) {
		return nil, errNotFound
	}
	return p, nil
}

func (c *call) getProduct() (*answer, error) {
	id, wrong := c.id()
	if err := invalidInput(wrong); err != nil {
		return nil, err
	}
	p, err := c.ownProduct(id)
	if err != nil {
		return nil, err
	}
	return reply(http.StatusOK, renderProduct(p)), nil
}

func (c *call) updateProduct() (*answer, error) {
	id, wrong := c.id()
	in, err := c.input(schema.ProductUpdate, wrong...)
	if err != nil {
		return nil, err
	}
	p, err := c.ownProduct(id)
	if err != nil {
		return nil, err
	}
	changed := *p
	list := in.Get("prices")
	fresh, wrongPrices := c.freshPrices(p, list)
	if wrongPrices != nil {
		return nil, wrongPrices
	}
	if _, sent := in.Lookup("attached_custom_fields"); sent {
		if changed.fields, err = c.attachedFields(in, p.org); err != nil {
			return nil, err
		}
	}
	if !list.IsNull() {
		c.archivePrices(p, list)
		changed.prices = append(slices.Clone(p.prices), fresh...)
	}
	if changed.copyUpdated(in) {
		changed.modifiedAt = ptr(c.store.born(c.now))
	}
	*p = changed
	a := reply(http.StatusOK, renderProduct(p))
	p.settle()
	return a, nil
}

// copyUpdated copies the product's own columns and tells whether any has changed; prices are rows of their own.
func (p *product) copyUpdated(in *ordered.Object) bool {
	before := renderProductHead(p).Value()
	for key, value := range in.All() {
		switch key {
		case "name":
			p.name = value.Text()
		case "description":
			p.description = value.TextPtr()
		case "visibility":
			p.visibility = value.Text()
		case "is_archived":
			p.archived = value.Truth()
		case "trial_interval":
			p.trialInterval = value.TextPtr()
		case "trial_interval_count":
			p.trialIntervalCount = intPtr(value)
		case "recurring_interval":
			p.interval = value.TextPtr()
		case "recurring_interval_count":
			p.intervalCount = intPtr(value)
		case "metadata":
			p.metadata = object(value)
			return true
		}
	}
	return !renderProductHead(p).Value().Equal(before)
}

// freshPrices makes the prices of a list that do not exist yet. Where all do there is nothing to check.
func (c *call) freshPrices(p *product, list ordered.Value) ([]*price, problems) {
	var fresh []ordered.Value
	for _, item := range list.Items() {
		if item.Get("id").IsNull() {
			fresh = append(fresh, item)
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	return c.composePrices(p, ordered.Array(fresh...), false, "prices")
}

// archivePrices archives every price that the list does not name by id. Sessions that sell it see that.
func (c *call) archivePrices(p *product, list ordered.Value) {
	kept := map[string]bool{}
	for _, item := range list.Items() {
		kept[item.Get("id").Text()] = true
	}
	for _, old := range p.prices {
		if !old.archived && !kept[old.id] {
			old.archived, old.modifiedAt = true, ptr(c.store.born(c.now))
		}
	}
}

func (c *call) listProducts() (*answer, error) {
	var found []*product
	for p := range c.store.products.each {
		if !p.deleted && c.subject.sees(p.org) {
			found = append(found, p)
		}
	}
	slices.Reverse(found)
	return c.setUpPage(func(in *ordered.Object) (*answer, error) { return page(in, found, renderProduct) })
}

// setUpPage answers a list of a set-up call; of the query only page and limit count.
func (c *call) setUpPage(answerPage func(*ordered.Object) (*answer, error)) (*answer, error) {
	in, items := schema.ListPage(schema.Parameters(c.request.URL.RawQuery))
	if err := invalidInput(items); err != nil {
		return nil, err
	}
	return answerPage(in)
}

func (c *call) setProductBenefits() (*answer, error) {
	id, wrong := c.id()
	in, err := c.input(schema.ProductBenefitsUpdate, wrong...)
	if err != nil {
		return nil, err
	}
	p, err := c.ownProduct(id)
	if err != nil {
		return nil, err
	}
	var benefits []*benefit
	for i, item := range in.Get("benefits").Items() {
		b := c.store.benefits.get(item.Text())
		if b == nil || b.org != p.org {
			return nil, invalidValue("Benefit does not exist.", item, "benefits", i)
		}
		benefits = append(benefits, b)
	}
	p.benefits = benefits
	return reply(http.StatusOK, renderProduct(p)), nil
}
