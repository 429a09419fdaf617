package service

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"slices"
)

// withBuyer adds the buyer's address to the body of a create that does not say it: Polar chooses country, currency and
// tax by it. A body that is no JSON object is left for Polar to refuse, and an explicit null is an answer too.
func withBuyer(body []byte, buyer netip.Addr) []byte {
	if !buyer.IsValid() {
		return body
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members == nil {
		return body
	}
	if _, said := members["customer_ip_address"]; said {
		return body
	}
	member := `"customer_ip_address":"` + buyer.Unmap().WithZone("").String() + `"`
	if len(members) > 0 {
		member += ","
	}
	return slices.Insert(slices.Clone(body), bytes.IndexByte(body, '{')+1, []byte(member)...)
}
