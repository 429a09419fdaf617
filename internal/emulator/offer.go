package emulator

import (
	"slices"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// chooseOffer resolves the products and prices of a create, whose body has one of three forms (B 1.5).
func (c *call) chooseOffer(in *ordered.Object) (*offer, error) {
	switch {
	case in.Has("products"):
		return c.offerProducts(in)
	case in.Has("product_id"):
		return c.offerProduct(in)
	}
	return c.offerPrice(in.Get("product_price_id"))
}

// offerPrice sells exactly one price, in its own currency.
func (c *call) offerPrice(id ordered.Value) (*offer, error) {
	p, owner := c.store.price(id.Text())
	switch {
	case p == nil || !c.subject.sees(owner.org):
		return nil, invalidValue("Price does not exist.", id, "product_price_id")
	case p.archived:
		return nil, invalidValue("Price is archived.", id, "product_price_id")
	case owner.archived:
		return nil, invalidValue("Product is archived.", id, "product_price_id")
	}
	return &offer{products: []*product{owner}, set: priceSet{currency: p.currency, prices: []*price{p}}}, nil
}

func (c *call) offerProduct(in *ordered.Object) (*offer, error) {
	id := in.Get("product_id")
	p, text := c.sellable(id.Text())
	if text != "" {
		return nil, invalidValue(text, id, "product_id")
	}
	set, err := pricesIn(p.catalog(), currencies(in, p.org)...)
	if err != nil {
		return nil, invalidValue(noPriceText, id, "product_id")
	}
	return &offer{products: []*product{p}, set: set}, nil
}

const noPriceText = "Product is not available in the specified currency."

func (c *call) offerProducts(in *ordered.Object) (*offer, error) {
	ids := in.Get("products").Items()
	products, err := c.sellableProducts(ids)
	if err != nil {
		return nil, err
	}
	first := products[0]
	adHoc, err := c.adHocPrices(in.Get("prices").Object(), products)
	if err != nil {
		return nil, err
	}
	prices := adHoc[first]
	if prices == nil {
		prices = first.catalog()
	}
	set, err := pricesIn(prices, currencies(in, first.org)...)
	if err != nil {
		return nil, invalidValue(noPriceText, ids[0], "products", 0)
	}
	return &offer{products: products, adHoc: adHoc, set: set}, nil
}

// sellable is the product with that id, or the text that says why the subject cannot sell it.
func (c *call) sellable(id string) (p *product, text string) {
	p = c.store.products.get(id)
	switch {
	case p == nil || p.deleted || !c.subject.sees(p.org):
		return nil, "Product does not exist."
	case p.archived:
		return nil, "Product is archived."
	case p.visibility == "draft":
		return nil, "Product is a draft."
	}
	return p, ""
}

// sellableProducts reports every product that cannot be sold, not only the first.
func (c *call) sellableProducts(ids []ordered.Value) ([]*product, error) {
	var products []*product
	var found problems
	for i, id := range ids {
		p, text := c.sellable(id.Text())
		if text != "" {
			found = append(found, invalidValue(text, id, "products", i)...)
			continue
		}
		products = append(products, p)
	}
	switch {
	case slices.ContainsFunc(products, func(p *product) bool { return p.org != products[0].org }):
		// Polar means to name the products in a 422 here but cannot write them into it.
		return nil, errInternal
	case found != nil:
		return nil, found
	}
	return products, nil
}

// adHocPrices are the prices that a create makes for its products, by product.
func (c *call) adHocPrices(in *ordered.Object, products []*product) (map[*product][]*price, error) {
	made := map[*product][]*price{}
	var found problems
	for id, list := range in.All() {
		i := slices.IndexFunc(products, func(p *product) bool { return p.id == id })
		if i < 0 {
			found = append(found, invalidValue("Product is not set on that checkout.", ordered.String(id), "prices", id)...)
			continue
		}
		prices, wrong := c.composePrices(products[i], list, true, "prices", id)
		made[products[i]] = prices
		found = append(found, wrong...)
	}
	if found != nil {
		return nil, found
	}
	return made, nil
}

// currencies lists in which currencies a session may begin, best first: the requested one alone, else that of the
// buyer's country and the organization's (B 2.6).
func currencies(in *ordered.Object, org *organization) []string {
	if requested := in.Get("currency"); !requested.IsNull() {
		return []string{requested.Text()}
	}
	var list []string
	if local := currencyOf(countryOf(in.Get("customer_ip_address").Text())); local != "" {
		list = append(list, local)
	}
	return append(list, org.currency)
}
