package validate

import (
	"math/big"
	"net/netip"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// IP takes the text of an IPv4 or IPv6 address, or its number, and cleans it to the shortest text.
func IP() Schema {
	return Schema{"ip", func(in ordered.Value) result {
		addr, ok := parseIP(in)
		if !ok {
			return refuse(in, "ip_any_address", "value is not a valid IPv4 or IPv6 address")
		}
		return valid(ordered.String(addr.String()), lax)
	}}
}

func parseIP(in ordered.Value) (netip.Addr, bool) {
	switch in.Kind() {
	case ordered.KindString:
		addr, err := netip.ParseAddr(in.Text())
		return addr, err == nil && !strings.ContainsAny(addr.Zone(), "%/")
	case ordered.KindBool:
		return parseIP(boolAsInt(in))
	case ordered.KindInt:
		number, ok := new(big.Int).SetString(in.Text(), 10)
		if !ok || number.Sign() < 0 || number.BitLen() > 128 {
			return netip.Addr{}, false
		}
		if number.BitLen() <= 32 {
			return netip.AddrFrom4([4]byte(number.FillBytes(make([]byte, 4)))), true
		}
		return netip.AddrFrom16([16]byte(number.FillBytes(make([]byte, 16)))), true
	}
	return netip.Addr{}, false
}
