package emulator

import (
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// renderCheckoutProduct is a product inside a session (B 1.4).
func renderCheckoutProduct(p *product) *ordered.Object {
	out := renderProductHead(p)
	out.Set("prices", renderPrices(p.catalog(), p))
	benefits := make([]ordered.Value, 0, len(p.benefits))
	for _, b := range p.benefits {
		if b.visibility == "public" {
			benefits = append(benefits, renderPublicBenefit(b).Value())
		}
	}
	out.Set("benefits", ordered.Array(benefits...))
	out.Set("medias", renderMedias(p))
	return out
}

// renderProduct is a product of the products API, with what only its merchant sees.
func renderProduct(p *product) *ordered.Object {
	out := renderProductHead(p)
	out.Set("metadata", p.metadata.Value())
	out.Set("prices", renderPrices(p.catalog(), p))
	benefits := make([]ordered.Value, 0, len(p.benefits))
	for _, b := range p.benefits {
		benefits = append(benefits, renderBenefit(b).Value())
	}
	out.Set("benefits", ordered.Array(benefits...))
	out.Set("medias", renderMedias(p))
	out.Set("attached_custom_fields", renderAttachedFields(p))
	return out
}

func renderProductHead(p *product) *ordered.Object {
	return ordered.NewObject(
		"id", p.id,
		"created_at", stamp(p.createdAt),
		"modified_at", stampPtr(p.modifiedAt),
		"trial_interval", p.trialInterval,
		"trial_interval_count", p.trialIntervalCount,
		"name", p.name,
		"description", p.description,
		"visibility", p.visibility,
		"recurring_interval", p.interval,
		"recurring_interval_count", p.intervalCount,
		"meter_interval", p.meterInterval,
		"meter_interval_count", p.meterIntervalCount,
		"is_recurring", p.recurring(),
		"is_archived", p.archived,
		"organization_id", p.org.id,
	)
}

func renderMedias(p *product) ordered.Value {
	medias := make([]ordered.Value, len(p.medias))
	for i, media := range p.medias {
		medias[i] = media.Value()
	}
	return ordered.Array(medias...)
}

func renderPrices(prices []*price, p *product) ordered.Value {
	items := make([]ordered.Value, len(prices))
	for i, each := range prices {
		items[i] = renderPrice(each, p).Value()
	}
	return ordered.Array(items...)
}

// renderPrice is a price of any kind; p is the product whose interval it carries.
func renderPrice(price *price, p *product) *ordered.Object {
	source, occasion, interval := "catalog", "one_time", p.interval
	if price.adHoc {
		source = "ad_hoc"
	}
	if p.recurring() {
		occasion = "recurring"
	}
	if price.legacyInterval != nil {
		interval = price.legacyInterval
	}
	out := ordered.NewObject(
		"created_at", stamp(price.createdAt),
		"modified_at", stampPtr(price.modifiedAt),
		"id", price.id,
		"source", source,
		"amount_type", price.kind,
		"price_currency", price.currency,
		"tax_behavior", price.taxBehavior,
		"is_archived", price.archived,
		"product_id", price.productID,
		"type", occasion,
		"recurring_interval", interval,
	)
	price.renderKind(out)
	if price.legacyInterval != nil {
		out.Set("legacy", ordered.Bool(true))
	}
	return out
}

// renderKind adds the keys of the price's own kind.
func (p *price) renderKind(out *ordered.Object) {
	switch p.kind {
	case "fixed":
		out.Set("price_amount", ordered.Int(p.amount))
	case "custom":
		out.Set("minimum_amount", ordered.Int(p.minimum))
		out.Set("maximum_amount", ordered.Of(p.maximum))
		out.Set("preset_amount", ordered.Of(p.preset))
	case "seat_based":
		out.Set("seat_tiers", renderSeatTiers(p.tiers).Value())
		out.Set("price_per_seat", ordered.Int(p.tiers.steps[0].rate))
	case "unit_based":
		out.Set("tiers", renderUnitTiers(p.tiers).Value())
		out.Set("minimum_units", ordered.Of(p.tiers.minimum))
		out.Set("unit_label", p.unitLabel.Value())
		out.Set("maximum_units", ordered.Of(p.tiers.most()))
	case "metered_unit":
		out.Set("unit_amount", ordered.String(p.unitAmount))
		out.Set("cap_amount", ordered.Of(p.cap))
		out.Set("meter_id", ordered.String(p.meter.id))
		out.Set("meter", ordered.NewObject("id", p.meter.id, "name", p.meter.name, "unit", p.meter.unit,
			"custom_label", p.meter.customLabel, "custom_multiplier", p.meter.customMultiplier).Value())
	}
}

// renderSeatTiers names the first and last seat of every tier.
func renderSeatTiers(t tiers) *ordered.Object {
	steps := make([]ordered.Value, len(t.steps))
	first := t.least()
	for i, step := range t.steps {
		steps[i] = ordered.NewObject("min_seats", first, "max_seats", step.bound, "price_per_seat", step.rate).Value()
		if step.bound != nil {
			first = *step.bound + 1
		}
	}
	return ordered.NewObject("seat_tier_type", t.kind(), "tiers", steps, "minimum_seats", t.least(), "maximum_seats", t.most())
}

func renderUnitTiers(t tiers) *ordered.Object {
	steps := make([]ordered.Value, len(t.steps))
	for i, step := range t.steps {
		steps[i] = ordered.NewObject("bound", step.bound, "unit_amount", ordered.Int(step.rate).Text()).Value()
	}
	return ordered.NewObject("type", t.kind(), "tiers", steps)
}

// renderPublicBenefit is a benefit as buyers see it.
func renderPublicBenefit(b *benefit) *ordered.Object {
	return ordered.NewObject(
		"id", b.id,
		"created_at", stamp(b.createdAt),
		"modified_at", ordered.Null,
		"type", b.kind,
		"description", b.description,
		"selectable", true,
		"deletable", true,
		"is_deleted", false,
		"organization_id", b.org.id,
	)
}

func renderBenefit(b *benefit) *ordered.Object {
	out := renderPublicBenefit(b)
	out.Set("metadata", b.metadata.Value())
	out.Set("visibility", ordered.String(b.visibility))
	out.Set("properties", b.properties.Value())
	out.Set("is_tax_applicable", ordered.Bool(true))
	out.Set("visibility_configurable", ordered.Bool(true))
	return out
}

func renderAttachedFields(p *product) ordered.Value {
	items := make([]ordered.Value, len(p.fields))
	for i, attached := range p.fields {
		items[i] = ordered.NewObject(
			"custom_field_id", attached.field.id,
			"custom_field", renderCustomField(attached.field),
			"order", i,
			"required", attached.required,
		).Value()
	}
	return ordered.Array(items...)
}

func renderCustomField(f *customField) *ordered.Object {
	return ordered.NewObject(
		"created_at", stamp(f.createdAt),
		"modified_at", ordered.Null,
		"id", f.id,
		"metadata", f.metadata,
		"type", f.kind,
		"slug", f.slug,
		"name", f.name,
		"organization_id", f.org.id,
		"properties", f.properties,
	)
}

func renderMeter(m *meter) *ordered.Object {
	return ordered.NewObject(
		"metadata", m.metadata,
		"created_at", stamp(m.createdAt),
		"modified_at", stampPtr(m.modifiedAt),
		"id", m.id,
		"name", m.name,
		"unit", m.unit,
		"custom_label", m.customLabel,
		"custom_multiplier", m.customMultiplier,
		"filter", m.filter,
		"aggregation", m.aggregation,
		"organization_id", m.org.id,
		"archived_at", ordered.Null,
	)
}
