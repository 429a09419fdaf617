package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var (
	versionForm = regexp.MustCompile(`^[A-Za-z0-9._-]{0,64}$`)
	prefixForm  = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?$`)
	headerForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	// injected are the variables that Kubernetes sets in every pod for a service called checkoutsvc.
	injected = regexp.MustCompile(`_SERVICE_(HOST|PORT)(_|$)|_PORT(_[0-9]+_|$)`)
)

// otherHeaders have a meaning of their own, or another form than addresses.
var otherHeaders = []string{"authorization", "cookie", "host", "forwarded", "content-type", "content-length", "polar-organization", "polar-version", "idempotency-key", "x-request-id"}

// checkOrigin refuses what no browser sends as an origin.
func checkOrigin(origin string) error {
	at, err := url.Parse(origin)
	if origin == "*" || err == nil && at.Scheme != "" && at.Host != "" && origin == at.Scheme+"://"+at.Host {
		return nil
	}
	return usageError{fmt.Errorf("--cors-origins: %q is no origin such as https://shop.example.com, without a path or a slash at its end", origin)}
}

// checkBuyerHeader refuses a header in which no proxy tells an address.
func checkBuyerHeader(name string) error {
	if name == "" || headerForm.MatchString(name) && !slices.Contains(otherHeaders, strings.ToLower(name)) {
		return nil
	}
	return usageError{fmt.Errorf("--buyer-ip-header: %q is no header that holds nothing but addresses, such as X-Forwarded-For", name)}
}

// trustedPrefix gives a network in the form in which peers are compared with it, and refuses one that is nobody's own.
func trustedPrefix(prefix netip.Prefix) (netip.Prefix, error) {
	if prefix.Addr().Is4In6() && prefix.Bits() >= 96 {
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
	}
	if least := map[bool]int{true: 8, false: 7}[prefix.Addr().Is4()]; prefix.Bits() < least {
		return prefix, usageError{fmt.Errorf("--trusted-proxies: %s is no network of yours: anybody in it could tell any address", prefix)}
	}
	return prefix.Masked(), nil
}

// checkIdle refuses flags that say who may call, where nobody is asked.
func (o *accessOptions) checkIdle() error {
	switch {
	case o.clientOperations == "scoped" && !o.asksCallers():
		return usageError{errors.New("--client-operations=scoped asks buyers' operations for a caller, but nobody is asked: say who may call with --callers-file, --jwt-jwks or --tls-client-ca-file")}
	case o.jwtJWKS == "" && (o.jwtAlgorithms != defaultAlgorithms || o.jwtRate != 0):
		return usageError{errors.New("--jwt-algorithms and --jwt-requests-per-second need --jwt-jwks")}
	}
	return nil
}

const defaultAlgorithms = "RS256,ES256,EdDSA"

// tellUnknownVariables warns of variables that look like flags and are none: a letter too many leaves a flag at its default.
func tellUnknownVariables(logger *slog.Logger, flags *flag.FlagSet, environment []string) {
	var unknown []string
	for _, pair := range environment {
		name, _, _ := strings.Cut(pair, "=")
		rest, ours := strings.CutPrefix(name, "CHECKOUTSVC_")
		known := flags.Lookup(strings.ToLower(strings.ReplaceAll(rest, "_", "-"))) != nil
		if ours && !known && !injected.MatchString(name) && !strings.HasPrefix(rest, "EMULATOR_") && rest != "TOKEN" && rest != "ADDRESS" {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		logger.Warn("these variables are no flags of serve and do nothing", "variables", unknown)
	}
}
