package validate

import (
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// hostNames maps host names as browsers do: lower case, international names in their ASCII form, few other demands.
var hostNames = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
	idna.CheckHyphens(false), idna.CheckJoiners(true), idna.BidiRule(), idna.VerifyDNSLength(false))

// parseHost cleans the host of a URL of the web, or says what is wrong with it.
func parseHost(host string) (cleaned, complaint string) {
	if strings.HasPrefix(host, "[") {
		return parseIPv6Host(host)
	}
	name, err := hostNames.ToASCII(unescape(host))
	switch {
	case err != nil || strings.ContainsFunc(name, forbiddenInHost) || emptyPunycode(host):
		return "", "invalid international domain name"
	case name == "":
		return "", "empty host"
	}
	if endsInNumber(name) {
		return parseIPv4Host(name)
	}
	return name, ""
}

// emptyPunycode tells whether a label of host says that it stands for another name, and then stands for none.
func emptyPunycode(host string) bool {
	return strings.Contains("."+strings.ToLower(host)+".", ".xn--.")
}

func forbiddenInHost(r rune) bool {
	return r <= ' ' || r == 0x7F || strings.ContainsRune(`#/:<>?@[\]^|%`, r)
}

func parseIPv6Host(host string) (cleaned, complaint string) {
	addr, err := netip.ParseAddr(strings.TrimSuffix(host[1:], "]"))
	if err != nil || !addr.Is6() || addr.Zone() != "" || !strings.HasSuffix(host, "]") {
		return "", "invalid IPv6 address"
	}
	text := addr.String()
	if addr.Is4In6() {
		b := addr.As16()
		text = "::ffff:" + strconv.FormatInt(int64(b[12])<<8|int64(b[13]), 16) + ":" + strconv.FormatInt(int64(b[14])<<8|int64(b[15]), 16)
	}
	return "[" + text + "]", ""
}

// endsInNumber tells whether the last label of name is a number, which makes name an IPv4 address.
func endsInNumber(name string) bool {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	last := labels[len(labels)-1]
	if last != "" && strings.Trim(last, "0123456789") == "" {
		return true
	}
	_, ok := ipv4Number(last)
	return ok
}

// parseIPv4Host reads one to four decimal, octal or hexadecimal numbers, the last of which fills the bytes that are left.
func parseIPv4Host(name string) (cleaned, complaint string) {
	const bad = "invalid IPv4 address"
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	if len(labels) > 4 {
		return "", bad
	}
	var address uint64
	for i, label := range labels {
		number, ok := ipv4Number(label)
		last := i == len(labels)-1
		switch {
		case !ok || (!last && number > 255) || (last && number >= 1<<(8*(5-len(labels)))):
			return "", bad
		case last:
			address |= number
		default:
			address |= number << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}).String(), ""
}

func ipv4Number(label string) (uint64, bool) {
	lower := strings.ToLower(label)
	digits, base := lower, 10
	if rest, ok := strings.CutPrefix(lower, "0x"); ok {
		digits, base = rest, 16
	} else if len(lower) > 1 && lower[0] == '0' {
		digits, base = lower[1:], 8
	}
	if digits == "" && base != 10 {
		return 0, true
	}
	number, err := strconv.ParseUint(digits, base, 33)
	return number, err == nil
}

// unescape turns %XX into bytes and leaves what is no such escape.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}
