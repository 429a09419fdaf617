package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/callers"
	"github.com/checkoutsvc/checkoutsvc/internal/metrics"
	"github.com/checkoutsvc/checkoutsvc/internal/server"
	"github.com/checkoutsvc/checkoutsvc/internal/tlsfiles"
)

// accessOptions are the flags of serve that say who may call, and how.
type accessOptions struct {
	certFile, keyFile, clientCAFile          string
	callersFile                              string
	jwtIssuer, jwtAudience                   string
	jwtAlgorithms, jwtJWKS                   string
	jwtRate                                  float64
	unauthenticated                          bool
	clientOperations                         string
	buyerListen, buyerIPHeader, buyerProxies string
	buyerRate                                float64
}

func (o *accessOptions) flags(flags *flag.FlagSet) {
	flags.StringVar(&o.certFile, "tls-cert-file", "", "the certificate that callers and buyers see, followed by its chain, in PEM form; with --tls-key-file")
	flags.StringVar(&o.keyFile, "tls-key-file", "", "the certificate's private key; both files may be replaced at any time")
	flags.StringVar(&o.clientCAFile, "tls-client-ca-file", "", "the authorities of callers' certificates; with neither --callers-file nor --jwt-jwks every certificate of theirs may call")
	flags.StringVar(&o.callersFile, "callers-file", "", "file that lists who may call: names, hashed tokens or certificates, scopes, organizations, limits\n(docs/operations.md); may be changed at any time")
	flags.StringVar(&o.jwtJWKS, "jwt-jwks", "", "file or URL with the keys of those who issue callers' JWTs")
	flags.StringVar(&o.jwtIssuer, "jwt-issuer", "", "who must have issued a caller's JWT (iss)")
	flags.StringVar(&o.jwtAudience, "jwt-audience", "", "whom a caller's JWT must be meant for (aud)")
	flags.StringVar(&o.jwtAlgorithms, "jwt-algorithms", defaultAlgorithms, "the signatures that are taken, separated by commas")
	flags.Float64Var(&o.jwtRate, "jwt-requests-per-second", 0, "how many calls a second each subject of a JWT may make; 0 sets no bound")
	flags.BoolVar(&o.unauthenticated, "allow-unauthenticated-callers", false, "let everybody who reaches this machine spend the service's token: listen on any address, under any host name,\nwithout asking who calls")
	flags.StringVar(&o.clientOperations, "client-operations", "", "what the buyers' operations need besides the client secret: open (nothing) or scoped (a caller);\nby default open over REST, where SDKs send no credential, and scoped over gRPC")
	flags.StringVar(&o.buyerListen, "buyer-listen", "", "address for buyers' browsers: serves the buyers' three operations alone, and takes --cors-origins for itself")
	flags.Float64Var(&o.buyerRate, "buyer-requests-per-second", 5, "how many calls a second each address may make at --buyer-listen, and four times as many at once; 0 sets no bound")
	flags.StringVar(&o.buyerIPHeader, "buyer-ip-header", "", "header in which --trusted-proxies tell the buyer's address, such as X-Forwarded-For: it counts for the limit,\nand becomes customer_ip_address of a create that names none")
	flags.StringVar(&o.buyerProxies, "trusted-proxies", "", "networks of those who are trusted to tell a buyer's address, separated by commas, such as 10.0.0.0/8")
}

// check refuses what no single flag can refuse by itself.
func (o *accessOptions) check() error {
	return errors.Join(o.checkTLS(), o.checkJWT(), o.checkBuyers(), o.checkIdle(), checkBuyerHeader(o.buyerIPHeader), o.checkAddress("buyer-listen", o.buyerListen))
}

func (o *accessOptions) checkTLS() error {
	switch {
	case (o.certFile == "") != (o.keyFile == ""):
		return usageError{errors.New("--tls-cert-file and --tls-key-file belong together")}
	case o.clientCAFile != "" && o.certFile == "":
		return usageError{errors.New("--tls-client-ca-file needs --tls-cert-file and --tls-key-file")}
	case o.unauthenticated && o.asksCallers():
		return usageError{errors.New("--allow-unauthenticated-callers contradicts --callers-file, --jwt-jwks and --tls-client-ca-file; leave it out")}
	}
	return nil
}

func (o *accessOptions) checkJWT() error {
	if (o.jwtJWKS == "") != (o.jwtIssuer == "") || (o.jwtJWKS == "") != (o.jwtAudience == "") {
		return usageError{errors.New("--jwt-jwks, --jwt-issuer and --jwt-audience belong together")}
	}
	if !(o.jwtRate >= 0) {
		return usageError{errors.New("--jwt-requests-per-second must be 0 or more")}
	}
	return nil
}

func (o *accessOptions) checkBuyers() error {
	if o.clientOperations != "" {
		if err := oneOf("client-operations", o.clientOperations, "open", "scoped"); err != nil {
			return err
		}
	}
	if (o.buyerIPHeader == "") != (o.buyerProxies == "") {
		return usageError{errors.New("--buyer-ip-header and --trusted-proxies belong together: a header that anybody could send tells nothing")}
	}
	if !(o.buyerRate >= 0) {
		return usageError{errors.New("--buyer-requests-per-second must be 0 or more")}
	}
	_, err := prefixes(o.buyerProxies)
	return err
}

// prefixes reads networks, or single addresses.
func prefixes(value string) (all []netip.Prefix, err error) {
	for _, text := range list(value) {
		prefix, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); single == nil {
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("--trusted-proxies: %q is no network such as 10.0.0.0/8", text)}
		}
		if prefix, err = trustedPrefix(prefix); err != nil {
			return nil, err
		}
		all = append(all, prefix)
	}
	return all, nil
}

// asksCallers reports whether callers must say who they are.
func (o *accessOptions) asksCallers() bool {
	return o.callersFile != "" || o.jwtJWKS != "" || o.clientCAFile != ""
}

// reachable refuses an address that others could reach while nobody asks who calls.
func (o *accessOptions) reachable(flag, address string) error {
	if o.asksCallers() || o.unauthenticated {
		return o.checkAddress(flag, address)
	}
	return loopback(flag, address, "anybody who reaches it could spend the service's Polar token; say who may call with --callers-file, --jwt-jwks or --tls-client-ca-file, use 127.0.0.1, or open it to all with --allow-unauthenticated-callers")
}

func (o *accessOptions) checkAddress(flag, address string) error {
	if address == "" {
		return nil
	}
	_, err := hostOf(flag, address)
	return err
}

// apply opens the files and puts what is in them into config. What must be closed at the end is in the list.
func (o *accessOptions) apply(config *server.Config, credentials string) (opened closers, err error) {
	config.AnyHost, config.ClientOperations = o.unauthenticated, server.ClientOperations(o.clientOperations)
	config.BuyerListen, config.BuyerRate, config.BuyerIPHeader = o.buyerListen, o.buyerRate, o.buyerIPHeader
	config.TrustedProxies, _ = prefixes(o.buyerProxies) // checked before
	if err := o.suits(credentials); err != nil {
		return nil, err
	}
	for _, open := range []func(*server.Config, *closers) error{o.openTLS, o.openCallers} {
		if err := open(config, &opened); err != nil {
			opened.close()
			return nil, err
		}
	}
	return opened, nil
}

// suits refuses ways to tell callers apart that need the header which credentials leaves to Polar.
func (o *accessOptions) suits(credentials string) error {
	if credentials == "caller" && (o.jwtJWKS != "" || o.callersFile != "" && o.clientCAFile == "") {
		return usageError{errors.New("--credentials=caller leaves the header Authorization to Polar: callers can only be told apart by certificates then, with --tls-client-ca-file")}
	}
	return nil
}

func (o *accessOptions) openTLS(config *server.Config, opened *closers) error {
	if o.certFile == "" {
		return nil
	}
	files, err := tlsfiles.Open(tlsfiles.Config{
		Certificate: o.certFile, Key: o.keyFile, ClientCA: o.clientCAFile,
		Tell: alarm(config.Logger, "TLS files"),
	})
	if err != nil {
		return fmt.Errorf("--tls-cert-file: %w", err)
	}
	config.TLS = files
	watch(config, metrics.TLS, "TLS files", files.Problem)
	*opened = append(*opened, files.Close)
	return nil
}

func (o *accessOptions) openCallers(config *server.Config, opened *closers) error {
	var all callers.Chain
	if o.callersFile != "" {
		file, err := callers.OpenFile(o.callersFile, alarm(config.Logger, "callers file"))
		if err != nil {
			return fmt.Errorf("--callers-file: %w", err)
		}
		all, *opened = append(all, file), append(*opened, file.Close)
		watch(config, metrics.Callers, "callers file", file.Problem)
	}
	if o.jwtJWKS != "" {
		jwt, err := callers.NewJWT(callers.JWTConfig{
			Issuer: o.jwtIssuer, Audience: o.jwtAudience, Algorithms: list(o.jwtAlgorithms), JWKS: o.jwtJWKS,
			Leeway: jwtLeeway, PerSecond: o.jwtRate,
			Tell: alarm(config.Logger, "keys of callers' JWTs"),
		})
		if err != nil {
			return usageError{fmt.Errorf("--jwt-...: %w", err)}
		}
		all, *opened = append(all, jwt), append(*opened, jwt.Close)
		watch(config, metrics.JWTKeys, "keys of callers' JWTs", jwt.Problem)
	}
	if len(all) == 0 && o.clientCAFile != "" {
		all = append(all, callers.AnyCertificate{})
	}
	switch {
	case config.Polar.ForwardAuthorization && len(all) > 0:
		config.Callers = callers.CertificatesOnly{Authenticator: all}
	case len(all) > 0:
		config.Callers = all
	}
	return nil
}

// jwtLeeway is how far the clock of who issues JWTs may be from ours.
const jwtLeeway = 30 * time.Second

// closers are what must be closed at the end.
type closers []func()

func (all closers) close() {
	for _, f := range all {
		f()
	}
}

// alarm tells the operator of files that cannot be read any more, and again when they can.
func alarm(logger *slog.Logger, what string) func(error) {
	return func(err error) {
		if err != nil {
			logger.Error("the "+what+" cannot be read; "+meanwhile, "cause", err)
			return
		}
		logger.Info("the " + what + " are in use as they are now")
	}
}

// meanwhile is what becomes of what can no longer be read. Of keys at a URL there may be nothing yet; the cause says so then.
const meanwhile = "what was read before, if anything, is in use"

// watch tells of the same for as long as it lasts: in readiness, and by name in the metrics.
func watch(config *server.Config, name, what string, problem func() string) {
	config.Trouble = append(config.Trouble, func() []string {
		if problem() == "" {
			return nil
		}
		return []string{"the " + what + " cannot be read; " + meanwhile}
	})
	if config.Reloads == nil {
		config.Reloads = map[string]func() string{}
	}
	config.Reloads[name] = problem
}
