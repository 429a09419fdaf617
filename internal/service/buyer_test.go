package service

import (
	"net/netip"
	"testing"
)

func TestWithBuyer(t *testing.T) {
	v4, v6 := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("2001:db8::1%eth0")
	for _, c := range []struct {
		body  string
		buyer netip.Addr
		want  string
	}{
		{`{"products":["a"]}`, v4, `{"customer_ip_address":"203.0.113.7","products":["a"]}`},
		{" \n{ }", v6, " \n{" + `"customer_ip_address":"2001:db8::1" }`},
		{`{"products":["a"]}`, netip.MustParseAddr("::ffff:203.0.113.7"), `{"customer_ip_address":"203.0.113.7","products":["a"]}`},
		{`{"products":["a"]}`, netip.Addr{}, `{"products":["a"]}`},
		{`{"customer_ip_address":"198.51.100.1"}`, v4, `{"customer_ip_address":"198.51.100.1"}`},
		{`{"customer_ip_address":null}`, v4, `{"customer_ip_address":null}`},
		{`{"metadata":{"customer_ip_address":"x"}}`, v4, `{"customer_ip_address":"203.0.113.7","metadata":{"customer_ip_address":"x"}}`},
		{`[]`, v4, `[]`},
		{`null`, v4, `null`},
		{`{"a":`, v4, `{"a":`},
		{``, v4, ``},
	} {
		if got := string(withBuyer([]byte(c.body), c.buyer)); got != c.want {
			t.Errorf("%s: %s", c.body, got)
		}
	}
}
