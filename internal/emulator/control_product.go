package emulator

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// ProductChange is what the control calls can do to a product.
type ProductChange struct {
	// Taxable products are the rule; false makes one that no tax is due on.
	Taxable *bool `json:"taxable"`
	// Medias are picture files attached to the product.
	Medias []Media `json:"medias"`
	// LegacyPrices replace the product's prices by old-style recurring ones, which no call of the API makes any more.
	LegacyPrices []LegacyPrice `json:"legacy_prices"`
}

// Media is an uploaded picture.
type Media struct {
	Name     string `json:"name"`
	MIMEType string `json:"mime_type"`
	Size     int64  `json:"size"` // bytes
	// StorageURL begins the file's public_url.
	StorageURL string `json:"storage_url"`
	// Extra are further members as Polar shows them, null where they are missing: storage_version, checksum_etag, ...
	Extra map[string]string `json:"extra"`
}

// LegacyPrice is an old-style recurring price: fixed with an amount, or custom.
type LegacyPrice struct {
	Interval string `json:"interval"` // month or year
	Amount   *int64 `json:"amount"`
	Minimum  int64  `json:"minimum"`
	Preset   *int64 `json:"preset"`
}

// UpdateProduct changes a product and answers the ids of the legacy prices made.
func (e *Emulator) UpdateProduct(id string, in ProductChange) ([]string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.store.products.get(id)
	if p == nil {
		return nil, fmt.Errorf("product %q: %w", id, ErrUnknown)
	}
	if in.Taxable != nil {
		p.notTaxable = !*in.Taxable
	}
	for _, media := range in.Medias {
		p.medias = append(p.medias, e.mediaFile(p, media))
	}
	return e.legacyPrices(p, in.LegacyPrices), nil
}

func (e *Emulator) mediaFile(p *product, m Media) *ordered.Object {
	extra := func(key string) ordered.Value {
		if value, ok := m.Extra[key]; ok {
			return ordered.String(value)
		}
		return ordered.Null
	}
	id := newID()
	path := "product_media/" + p.org.id + "/" + id + "/" + m.Name
	return ordered.NewObject(
		"id", id, "organization_id", p.org.id, "name", m.Name, "path", path, "mime_type", m.MIMEType, "size", m.Size,
		"storage_version", extra("storage_version"), "checksum_etag", extra("checksum_etag"),
		"checksum_sha256_base64", extra("checksum_sha256_base64"), "checksum_sha256_hex", extra("checksum_sha256_hex"),
		"last_modified_at", extra("last_modified_at"), "version", extra("version"), "service", "product_media",
		"is_uploaded", true, "created_at", stamp(e.store.born(e.clock.Now())),
		"size_readable", readableSize(m.Size), "public_url", m.StorageURL+"/"+path,
	)
}

func readableSize(size int64) string {
	const unit = 1024
	if size < unit {
		return fmt.Sprintf("%d B", size)
	}
	value, units := float64(size)/unit, "KMGT"
	for value >= unit && len(units) > 1 {
		value, units = value/unit, units[1:]
	}
	return fmt.Sprintf("%.1f %sB", value, units[:1])
}

func (e *Emulator) legacyPrices(p *product, list []LegacyPrice) []string {
	if len(list) == 0 {
		return nil
	}
	ids := make([]string, len(list))
	p.prices, p.legacyRecurrence = nil, true
	for i, in := range list {
		made := &price{
			id: newID(), createdAt: e.store.born(e.clock.Now()), productID: p.id, currency: p.org.currency,
			legacyInterval: ptr(strings.ToLower(in.Interval)), kind: "custom", minimum: in.Minimum, preset: in.Preset,
		}
		if in.Amount != nil {
			made.kind, made.amount = "fixed", *in.Amount
		}
		p.prices = append(p.prices, made)
		ids[i] = made.id
	}
	return ids
}

func (e *Emulator) controlProduct(r *http.Request) (any, error) {
	var in ProductChange
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	ids, err := e.UpdateProduct(r.PathValue("id"), in)
	return map[string][]string{"legacy_price_ids": ids}, err
}
