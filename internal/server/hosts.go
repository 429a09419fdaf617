package server

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// loopbackHostsOnly refuses a Host that is not this machine. Where everybody on this machine may call, a page in its
// browser must not: it could, if its name were made to lead here (DNS rebinding), and then it names itself as the host.
func loopbackHostsOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopbackHost(r.Host) {
			writeError(w, http.StatusMisdirectedRequest, "HostNotServed",
				"This server does not ask who calls, and so serves this machine alone: call it as localhost or 127.0.0.1, or set up callers (docs/operations.md).")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopbackHost(hostPort string) bool {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = strings.Trim(hostPort, "[]")
	}
	if host == "" || strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") { // every browser names one, old health checks don't
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
