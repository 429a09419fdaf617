package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// buyers finds out where buyers are, by what proxies tell that are trusted to know.
type buyers struct {
	// header is the canonical name of what they tell it in; "" where nobody tells.
	header  string
	trusted []netip.Prefix
}

func newBuyers(header string, trusted []netip.Prefix) *buyers {
	return &buyers{header: http.CanonicalHeaderKey(header), trusted: trusted}
}

// byProxies are headers into which a proxy writes the address that it sees, of a create that of a merchant's back end.
var byProxies = map[string]bool{"X-Forwarded-For": true, "X-Real-Ip": true, "True-Client-Ip": true, "Cf-Connecting-Ip": true, "Forwarded": true}

// onCreate is where the buyer is for whom a merchant's back end creates a checkout: what the back end tells, and never
// where it is itself. In X-Forwarded-For it stands last, as the proxy saw it, and the buyer before it.
func (b *buyers) onCreate(peer netip.Addr, values []string) netip.Addr {
	if !byProxies[b.header] {
		address, _ := b.told(peer, values)
		return address
	}
	backEnd, ok := b.told(peer, values)
	if !ok || b.header != "X-Forwarded-For" {
		return netip.Addr{}
	}
	all := strings.Split(strings.Join(values, ","), ",")
	for i, text := range slices.Backward(all) {
		if address, ok := parseAddress(strings.TrimSpace(text)); ok && address == backEnd {
			buyer, _ := b.told(peer, all[:i])
			return buyer
		}
	}
	return netip.Addr{}
}

// told is the address that a trusted peer tells: the last one in the header that is no trusted proxy's itself. What
// stands before it, anybody may have written.
func (b *buyers) told(peer netip.Addr, values []string) (netip.Addr, bool) {
	if b.header == "" || !b.trusts(peer) {
		return netip.Addr{}, false
	}
	for _, text := range slices.Backward(strings.Split(strings.Join(values, ","), ",")) {
		address, ok := parseAddress(strings.TrimSpace(text))
		if !ok {
			return netip.Addr{}, false
		}
		if !b.trusts(address) {
			return address, true
		}
	}
	return netip.Addr{}, false
}

// of is where a call comes from: what a trusted peer tells, or the peer itself.
func (b *buyers) of(peer netip.Addr, values []string) netip.Addr {
	if address, ok := b.told(peer, values); ok {
		return address
	}
	return peer
}

// text is the same for the log; "" where it is not known.
func (b *buyers) text(peer netip.Addr, values []string) string {
	if address := b.of(peer, values); address.IsValid() {
		return address.String()
	}
	return ""
}

func (b *buyers) trusts(address netip.Addr) bool {
	return slices.ContainsFunc(b.trusted, func(p netip.Prefix) bool { return p.Contains(address) })
}

// parseAddress reads an address with or without a port, as proxies write both.
func parseAddress(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		withPort, err := netip.ParseAddrPort(text)
		return withPort.Addr().Unmap(), err == nil
	}
	return address.Unmap().WithZone(""), true
}

// addressLimit bounds what each address may send, so that one cannot use up what Polar lets all buyers do together.
type addressLimit struct {
	perSecond rate.Limit
	burst     int
	addresses *lru.Cache[netip.Prefix, *rate.Limiter]
}

// knownAddresses is how many are kept apart; of more, those that were silent for longest begin anew.
const knownAddresses = 100_000

// newAddressLimit bounds calls per second; nil where perSecond is 0.
func newAddressLimit(perSecond float64) *addressLimit {
	if perSecond == 0 {
		return nil
	}
	addresses, _ := lru.New[netip.Prefix, *rate.Limiter](knownAddresses) // it fails for sizes below 1 only
	return &addressLimit{perSecond: rate.Limit(perSecond), burst: max(1, int(4*perSecond)), addresses: addresses}
}

// allow counts a call; one that is refused may be repeated after the pause.
func (l *addressLimit) allow(address netip.Addr) (ok bool, retryAfter time.Duration) {
	if l == nil || !address.IsValid() {
		return true, 0
	}
	bits := 64 // a household's network in IPv6
	if address.Is4() {
		bits = 32
	}
	network, _ := address.Prefix(bits) // the zones are gone
	limiter, found := l.addresses.Get(network)
	if !found {
		limiter = rate.NewLimiter(l.perSecond, l.burst)
		if earlier, raced, _ := l.addresses.PeekOrAdd(network, limiter); raced {
			limiter = earlier
		}
	}
	reservation := limiter.Reserve()
	if pause := reservation.Delay(); pause > 0 {
		reservation.Cancel()
		return false, pause
	}
	return true, 0
}
