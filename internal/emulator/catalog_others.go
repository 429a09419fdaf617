package emulator

import (
	"net/http"
	"slices"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
)

func (c *call) createMeter() (*answer, error) {
	in, err := c.input(schema.MeterCreate)
	if err != nil {
		return nil, err
	}
	org, err := c.home(in)
	if err != nil {
		return nil, err
	}
	m := &meter{
		id: newID(), createdAt: c.store.born(c.now), org: org, name: in.Get("name").Text(), unit: "scalar",
		customLabel: in.Get("custom_label").TextPtr(), customMultiplier: intPtr(in.Get("custom_multiplier")),
		filter: in.Get("filter").Object(), aggregation: in.Get("aggregation").Object(), metadata: object(in.Get("metadata")),
	}
	if unit := in.Get("unit"); !unit.IsNull() {
		m.unit = unit.Text()
	}
	// Polar writes the row of a new meter a second time, to start its counting.
	m.modifiedAt = ptr(c.store.born(c.now))
	a := reply(http.StatusCreated, renderMeter(m))
	m.metadata = storedMap(m.metadata)
	c.store.meters.insert(m.id, m)
	return a, nil
}

func (c *call) createBenefit() (*answer, error) {
	in, err := c.input(schema.BenefitCreate)
	if err != nil {
		return nil, err
	}
	org, err := c.home(in)
	if err != nil {
		return nil, err
	}
	b := &benefit{
		id: newID(), createdAt: c.store.born(c.now), org: org, kind: in.Get("type").Text(),
		description: in.Get("description").Text(), visibility: "public",
		metadata: object(in.Get("metadata")), properties: object(in.Get("properties")),
	}
	if visibility := in.Get("visibility"); !visibility.IsNull() {
		b.visibility = visibility.Text()
	}
	a := reply(http.StatusCreated, renderBenefit(b))
	b.metadata = storedMap(b.metadata)
	c.store.benefits.insert(b.id, b)
	return a, nil
}

func (c *call) createCustomField() (*answer, error) {
	in, err := c.input(schema.CustomFieldCreate)
	if err != nil {
		return nil, err
	}
	org, err := c.home(in)
	if err != nil {
		return nil, err
	}
	slug := in.Get("slug")
	taken := c.store.fields.find(func(f *customField) bool { return f.org == org && f.slug == slug.Text() })
	if taken != nil {
		return nil, invalidValue("Custom field with this slug already exists.", slug, "slug")
	}
	f := &customField{
		id: newID(), createdAt: c.store.born(c.now), org: org, kind: in.Get("type").Text(), slug: slug.Text(),
		name: in.Get("name").Text(), metadata: object(in.Get("metadata")), properties: object(in.Get("properties")),
	}
	a := reply(http.StatusCreated, renderCustomField(f))
	f.metadata = storedMap(f.metadata)
	c.store.fields.insert(f.id, f)
	return a, nil
}

func (c *call) listCustomFields() (*answer, error) {
	var found []*customField
	for f := range c.store.fields.each {
		if c.subject.sees(f.org) {
			found = append(found, f)
		}
	}
	return c.setUpPage(func(in *ordered.Object) (*answer, error) { return page(in, found, renderCustomField) })
}

func (c *call) createDiscount() (*answer, error) {
	in, err := c.input(schema.DiscountCreate)
	if err != nil {
		return nil, err
	}
	org, err := c.home(in)
	if err != nil {
		return nil, err
	}
	d := discountFrom(in)
	d.id, d.createdAt, d.org = newID(), c.store.born(c.now), org
	if d.code != nil {
		if _, taken := c.store.discountWithCode(org, *d.code); taken {
			return nil, invalidValue("Discount with this code already exists.", in.Get("code"), "code")
		}
	}
	for i, id := range in.Get("products").Items() {
		p := c.store.products.get(id.Text())
		if p == nil || p.org != org {
			return nil, invalidValue("Product not found.", id, "products", i)
		}
		d.products = append(d.products, p)
	}
	a := reply(http.StatusCreated, renderDiscount(d))
	d.metadata, d.amounts = storedMap(d.metadata), storedMap(d.amounts)
	c.store.discounts.insert(d.id, d)
	return a, nil
}

func discountFrom(in *ordered.Object) *discount {
	d := &discount{
		kind: in.Get("type").Text(), duration: in.Get("duration").Text(), months: intPtr(in.Get("duration_in_months")),
		name: in.Get("name").Text(), code: in.Get("code").TextPtr(), metadata: object(in.Get("metadata")),
		startsAt: timePtr(in.Get("starts_at")), endsAt: timePtr(in.Get("ends_at")),
		maximum: intPtr(in.Get("max_redemptions")), perCustomer: intPtr(in.Get("max_redemptions_per_customer")),
	}
	if d.kind == "percentage" {
		d.basisPoints = in.Get("basis_points").Int64Or(0)
		return d
	}
	if d.amounts = in.Get("amounts").Object(); d.amounts == nil {
		d.amounts = ordered.NewObject(in.Get("currency").Text(), in.Get("amount"))
	}
	return d
}

func (c *call) ownDiscount() (*discount, error) {
	id, wrong := c.id()
	if err := invalidInput(wrong); err != nil {
		return nil, err
	}
	d := c.store.discounts.get(id)
	if d == nil || d.deleted || !c.subject.sees(d.org) {
		return nil, errNotFound
	}
	return d, nil
}

func (c *call) getDiscount() (*answer, error) {
	d, err := c.ownDiscount()
	if err != nil {
		return nil, err
	}
	return reply(http.StatusOK, renderDiscount(d)), nil
}

func (c *call) deleteDiscount() (*answer, error) {
	d, err := c.ownDiscount()
	if err != nil {
		return nil, err
	}
	d.deleted = true
	return noContent(), nil
}

// noContent is the answer of a deletion.
func noContent() *answer {
	return &answer{status: http.StatusNoContent, header: http.Header{"Content-Type": {"application/json"}}}
}

func (c *call) listDiscounts() (*answer, error) {
	var found []*discount
	for d := range c.store.discounts.each {
		if !d.deleted && c.subject.sees(d.org) {
			found = append(found, d)
		}
	}
	slices.Reverse(found)
	return c.setUpPage(func(in *ordered.Object) (*answer, error) { return page(in, found, renderDiscount) })
}

func (c *call) listOrganizations() (*answer, error) {
	found := c.subject.organizations()
	return c.setUpPage(func(in *ordered.Object) (*answer, error) { return page(in, found, renderOrganization) })
}

func (c *call) getOrganization() (*answer, error) {
	id, wrong := c.id()
	if err := invalidInput(wrong); err != nil {
		return nil, err
	}
	for _, org := range c.subject.organizations() {
		if org.id == id {
			return reply(http.StatusOK, renderOrganization(org)), nil
		}
	}
	return nil, errNotFound
}
