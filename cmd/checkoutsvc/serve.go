package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
	"github.com/checkoutsvc/checkoutsvc/internal/guard"
	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/metrics"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/probe"
	"github.com/checkoutsvc/checkoutsvc/internal/server"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/tokens"
)

// options are the flags of serve.
type options struct {
	polar, tokenFile, polarVersion, credentials string
	clientToken, otherPaths                     string
	organizationsFile                           string
	grpcListen, restListen, adminListen         string
	metricsListen                               string
	access                                      accessOptions
	emulatorListen                              string
	restPrefix, corsOrigins                     string
	store, storeKeyFile, storeCAFile            string
	confirmGuard                                time.Duration
	polarShare                                  float64
	polarLimits                                 string
	probeEvery                                  time.Duration
	otlpEndpoint                                string
	traceRatio                                  float64
	sendTraceToPolar                            bool
	logLevel                                    slog.Level
	drainDelay, drainTimeout                    time.Duration
}

func (o *options) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.StringVar(&o.polar, "polar", "", "which Polar: production, sandbox, embedded or a base URL; must be given")
	flags.StringVar(&o.tokenFile, "polar-token-file", "", "file with Polar's organization access token; without it POLAR_ACCESS_TOKEN is used")
	flags.StringVar(&o.organizationsFile, "organizations-file", "", "file that maps several organizations to their tokens (docs/operations.md), instead of one token; may be\nchanged at any time")
	flags.StringVar(&o.polarVersion, "polar-version", "2026-10", "Polar-Version that is sent for callers that name none")
	flags.StringVar(&o.credentials, "credentials", "service", "whose token Polar sees: service (the service's own) or caller (each caller's, as it came)")
	flags.StringVar(&o.clientToken, "client-token", "none", "none, or service: buyers' operations carry the service's token too, for organizations in\nPolar's elevated rate limit group")
	flags.StringVar(&o.grpcListen, "grpc-listen", "127.0.0.1:9090", "address of the gRPC server")
	flags.StringVar(&o.restListen, "rest-listen", "127.0.0.1:8080", "address of the REST facade")
	flags.StringVar(&o.adminListen, "admin-listen", "127.0.0.1:9091", "address for operators: /healthz, /readyz, /metrics and profiles; empty for none")
	flags.StringVar(&o.metricsListen, "metrics-listen", "", "one more address for /healthz, /readyz and /metrics, which may be reached from outside")
	flags.StringVar(&o.restPrefix, "rest-prefix", "", "path below which the REST facade stands, such as /polar")
	flags.StringVar(&o.otherPaths, "other-paths", "refuse", "what becomes of REST paths that are no checkout operation: refuse, or forward (to Polar as they\ncame; only with --credentials=caller)")
	flags.StringVar(&o.corsOrigins, "cors-origins", "", "origins whose browsers may call the REST facade, separated by commas, or *; none by default")
	flags.StringVar(&o.emulatorListen, "emulator-listen", "127.0.0.1:8090", "address of the built-in Polar, with --polar=embedded")
	flags.StringVar(&o.store, "store", "memory", "where request ids, confirms of unknown outcome and rate limits are remembered: memory (lost at\nthe end), file:PATH (one process), redis://... or rediss://... (replicas)")
	flags.StringVar(&o.storeKeyFile, "store-key-file", "", "file with a key of 32 bytes that seals what is stored")
	flags.StringVar(&o.storeCAFile, "store-ca-file", "", "file with the authorities that sign Redis's certificate, with rediss://")
	flags.DurationVar(&o.confirmGuard, "confirm-guard", guard.For, "how long a confirm of unknown outcome holds back one with another confirmation token")
	flags.Float64Var(&o.polarShare, "polar-share", limit.DefaultShare, "part of Polar's rate limit that this service uses, above 0 and up to 1")
	flags.StringVar(&o.polarLimits, "polar-limits", "auto", "whose rate limits are kept: production, sandbox, none, or auto (by Polar's address)")
	flags.DurationVar(&o.probeEvery, "probe-every", probe.Hourly, "how often Polar is asked whether it still takes token and version, by a read of one checkout; 0 never asks")
	flags.StringVar(&o.otlpEndpoint, "otlp-endpoint", "", "base URL of an OpenTelemetry collector for traces and metrics, such as http://127.0.0.1:4318; without it\nOTEL_EXPORTER_OTLP_ENDPOINT counts, and without that nothing is sent")
	flags.Float64Var(&o.traceRatio, "trace-ratio", 1, "part of the calls that is traced where the caller has not decided it, from 0 to 1")
	flags.BoolVar(&o.sendTraceToPolar, "send-trace-to-polar", false, "tell Polar which trace a request belongs to, in a traceparent header")
	flags.TextVar(&o.logLevel, "log-level", slog.LevelInfo, "least level that is logged: DEBUG, INFO, WARN or ERROR")
	flags.DurationVar(&o.drainDelay, "drain-delay", 0, "how long calls are still taken after SIGTERM has turned health to NOT_SERVING, for balancers to hear of it")
	flags.DurationVar(&o.drainTimeout, "drain-timeout", 65*time.Second, "how long calls in flight may take to end after SIGTERM; a confirm may need 60s")
	o.access.flags(flags)
	return flags
}

// check refuses values that no single flag can refuse by itself.
func (o *options) check() error {
	if err := errors.Join(o.checkTelemetry(), o.checkCredentials(), o.checkPolar(), o.checkREST(), o.checkStore(), o.access.check()); err != nil {
		return err
	}
	if o.probeEvery != 0 && o.probeEvery < time.Minute {
		return usageError{errors.New("--probe-every must be at least 1m, for each probe counts in Polar's rate limit; or 0 for none")}
	}
	if o.drainTimeout <= 0 || o.drainDelay < 0 {
		return usageError{errors.New("--drain-timeout must be more than 0, and --drain-delay not less")}
	}
	if err := o.checkOrganizations(); err != nil {
		return err
	}
	return errors.Join(
		o.access.reachable("grpc-listen", o.grpcListen), o.access.reachable("rest-listen", o.restListen),
		loopbackOrNone("admin-listen", o.adminListen, "it serves profiles of the process; use 127.0.0.1, and --metrics-listen for health and metrics"),
		o.access.checkAddress("metrics-listen", o.metricsListen))
}

// oneOf refuses a value that is not among those that a flag takes.
func oneOf(flag, value string, values ...string) error {
	if slices.Contains(values, value) {
		return nil
	}
	return usageError{fmt.Errorf("--%s: %q is none of %s", flag, value, strings.Join(values, ", "))}
}

func (o *options) checkCredentials() error {
	if err := errors.Join(oneOf("credentials", o.credentials, "service", "caller"), oneOf("client-token", o.clientToken, "none", "service")); err != nil {
		return err
	}
	if o.credentials == "caller" && (o.clientToken == "service" || o.tokenFile != "" || o.organizationsFile != "") {
		return usageError{errors.New("--credentials=caller means that the service holds no token; leave --polar-token-file, --organizations-file and --client-token out")}
	}
	if o.tokenFile != "" && o.organizationsFile != "" {
		return usageError{errors.New("--polar-token-file is one organization's token and --organizations-file has several; give one of them")}
	}
	return nil
}

// checkOrganizations refuses what would let a stranger choose whose token is used.
func (o *options) checkOrganizations() error {
	a := &o.access
	switch {
	case o.organizationsFile == "":
		return nil
	case o.clientToken == "service" && (a.buyerListen != "" || a.asksCallers() && a.clientOperations != "scoped"):
		return usageError{errors.New("--client-token=service with --organizations-file would let every buyer choose whose token is used: add --client-operations=scoped and leave --buyer-listen out, or run a service for each organization")}
	case a.clientCAFile != "" && a.callersFile == "" && a.jwtJWKS == "":
		return usageError{errors.New("--organizations-file needs to know which caller may use which organization: list them in --callers-file, or in JWTs")}
	}
	return nil
}

func (o *options) checkPolar() error {
	if !(o.polarShare > 0 && o.polarShare <= 1) { // not a number is neither
		return usageError{fmt.Errorf("--polar-share: %g is not above 0 and up to 1", o.polarShare)}
	}
	if o.confirmGuard < guard.Minimum {
		return usageError{fmt.Errorf("--confirm-guard: must be at least %s", guard.Minimum)}
	}
	if !versionForm.MatchString(o.polarVersion) {
		return usageError{fmt.Errorf("--polar-version: %q is no version such as 2026-10", o.polarVersion)}
	}
	return oneOf("polar-limits", o.polarLimits, "auto", "production", "sandbox", "none")
}

func (o *options) checkREST() error {
	if err := oneOf("other-paths", o.otherPaths, "refuse", "forward"); err != nil {
		return err
	}
	if o.otherPaths == "forward" && o.credentials != "caller" {
		return usageError{errors.New("--other-paths=forward needs --credentials=caller: the service's own token serves checkouts only")}
	}
	if o.restPrefix != "" && !strings.HasPrefix(o.restPrefix, "/") {
		return usageError{fmt.Errorf("--rest-prefix: %q does not begin with a slash", o.restPrefix)}
	}
	if !prefixForm.MatchString(o.restPrefix) {
		return usageError{fmt.Errorf("--rest-prefix: %q is no plain path such as /polar", o.restPrefix)}
	}
	for _, origin := range list(o.corsOrigins) {
		if err := checkOrigin(origin); err != nil {
			return err
		}
	}
	return nil
}

func (o *options) checkStore() error {
	if o.store == store.InMemory && (o.storeKeyFile != "" || o.storeCAFile != "") {
		return usageError{errors.New("--store=memory stores nothing that --store-key-file or --store-ca-file could protect; leave them out")}
	}
	return nil
}

// serve runs the service until ctx ends.
func serve(ctx context.Context, args []string, env func(string) (string, bool), stderr io.Writer) error {
	var o options
	if err := parse(o.flags(), args, env, stderr); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	config, err := o.server()
	if err != nil {
		return err
	}
	tradeMemory(env)
	logger, closeLog := newLogger(stderr, o.logLevel)
	defer closeLog()
	config.Logger = logger
	takeLibraryLog(config.Logger)
	tellUnknownVariables(config.Logger, new(options).flags(), os.Environ()) // flags gives its options their defaults
	opened, err := o.access.apply(&config, o.credentials)
	if err != nil {
		return err
	}
	defer opened.close()
	held, err := o.tokens(&config, env)
	if err != nil {
		return err
	}
	defer held.close()
	if o.store != store.InMemory {
		if config.Store, err = store.Open(ctx, o.store, store.Options{KeyFile: o.storeKeyFile, CAFile: o.storeCAFile}); err != nil {
			return fmt.Errorf("--store: %w", err)
		}
		defer config.Store.Close()
	} else if o.polar != embedded {
		config.Logger.Warn("--store=memory: a restart forgets request ids, confirms of unknown outcome and rate limits")
	}
	config.Limits, config.ConfirmGuard = o.limits(config.Polar.BaseURL, config.Store), o.confirmGuard
	if config.Limits.Environment == limit.None && o.polar != embedded && o.polarLimits == "auto" {
		config.Logger.Warn("no rate limits are kept at this address; if Polar stands behind it, say so with --polar-limits")
	}
	if o.polar == embedded {
		fake, err := o.embed(ctx, &config)
		if err != nil {
			return err
		}
		defer fake.Close()
	}
	stopTelemetry, err := o.telemetry(ctx, &config, env)
	if err != nil {
		return err
	}
	defer stopTelemetry()
	return listenAndRun(ctx, config, stderr)
}

// server turns the flags into what the server is made of.
func (o *options) server() (server.Config, error) {
	base, err := baseURL(o.polar)
	if err != nil {
		return server.Config{}, err
	}
	return server.Config{
		GRPCListen: o.grpcListen, RESTListen: o.restListen, AdminListen: o.adminListen, MetricsListen: o.metricsListen,
		ProbeEvery: o.probeEvery,
		RESTPrefix: o.restPrefix, DrainDelay: o.drainDelay, DrainTimeout: o.drainTimeout,
		ForwardOtherPaths: o.otherPaths == "forward", CORSOrigins: list(o.corsOrigins),
		Polar: polarhttp.Config{
			BaseURL: base, PolarVersion: o.polarVersion, UserAgent: "checkoutsvc/" + version(),
			ClientToken: o.clientToken == "service", ForwardAuthorization: o.credentials == "caller",
		},
	}, nil
}

// tokens puts the service's own tokens into config, where it holds any. What must be closed at the end is in the list.
func (o *options) tokens(config *server.Config, env func(string) (string, bool)) (closers, error) {
	switch {
	case config.Polar.ForwardAuthorization:
		return nil, nil
	case o.organizationsFile != "":
		organizations, err := tokens.OpenOrganizations(o.organizationsFile, alarm(config.Logger, "organizations file and its tokens"))
		if err != nil {
			return nil, fmt.Errorf("--organizations-file: %w", err)
		}
		config.Organizations, config.Polar.Token, config.RefreshToken = organizations, organizations.Token, organizations.Refresh
		watch(config, metrics.Organizations, "organizations file and its tokens", organizations.Problem)
		return closers{organizations.Close}, nil
	case o.polar == embedded && o.tokenFile == "":
		config.Polar.Token = func(string) string { return emulator.DefaultToken }
		return nil, nil
	}
	token, err := oneToken(o.tokenFile, env, alarm(config.Logger, "token file"))
	if err != nil {
		return nil, err
	}
	watch(config, metrics.Token, "token file", token.Problem)
	config.Polar.Token = func(string) string { return token.Token() }
	config.RefreshToken = func(_, rejected string) bool { return token.Refresh(rejected) }
	return closers{token.Close}, nil
}

// list splits a flag's value at its commas.
func list(value string) (all []string) {
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// limits are those that Polar sets at the address, or behind it; any other Polar has none that we know of.
func (o *options) limits(base *url.URL, records store.Store) limit.Config {
	config := limit.Config{Share: o.polarShare}
	switch {
	case o.polarLimits == "production" || o.polarLimits == "auto" && "https://"+base.Host == productionURL:
		config.Environment = limit.Production
	case o.polarLimits == "sandbox" || o.polarLimits == "auto" && "https://"+base.Host == sandboxURL:
		config.Environment = limit.Sandbox
	}
	if o.store != store.InMemory {
		config.Store, config.Shared = records, strings.HasPrefix(o.store, "redis")
	}
	if o.clientToken == "service" {
		config.Group = limit.Elevated
	}
	return config
}

// playToken is the service's own token, whatever it is: the built-in Polar takes the one that it is given at the start.
func (o *options) playToken(config *server.Config) string {
	if o.credentials == "caller" || o.organizationsFile != "" {
		return ""
	}
	return config.Polar.Token("")
}

// embed puts the built-in Polar where the real one would be.
func (o *options) embed(ctx context.Context, config *server.Config) (*emulator.Emulator, error) {
	if err := loopback("emulator-listen", o.emulatorListen, emulatorStays); err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.emulatorListen)
	if err != nil {
		return nil, fmt.Errorf("--emulator-listen: %w", err)
	}
	fake := emulator.New(emulator.Options{Token: o.playToken(config)})
	config.Embedded, config.EmbeddedListener = fake, listener
	config.Polar.BaseURL.Host = listener.Addr().String()
	return fake, nil
}

func listenAndRun(ctx context.Context, config server.Config, stderr io.Writer) error {
	s, err := server.New(config)
	if err != nil {
		return err
	}
	if err := s.Listen(ctx); err != nil {
		return err
	}
	at := s.Addresses()
	listening := []any{"grpc", at.GRPC, "rest", at.REST, "admin", at.Admin, "polar", config.Polar.BaseURL.Redacted(), "version", version()}
	if at.Buyers != "" {
		listening = append(listening, "buyers", at.Buyers)
	}
	if at.Metrics != "" {
		listening = append(listening, "metrics", at.Metrics)
	}
	config.Logger.Info("listening", listening...)
	if config.AnyHost {
		config.Logger.Warn("--allow-unauthenticated-callers: whoever reaches this machine can sell with the service's Polar token")
	}
	if config.Embedded != nil {
		config.Logger.Warn("this is the built-in Polar: no payment is real, and everything is forgotten at the end")
		fmt.Fprintf(stderr, tryThis, at.REST, at.GRPC, config.EmbeddedListener.Addr(), at.REST, at.GRPC, at.GRPC)
	}
	return s.Run(ctx)
}

const tryThis = `
checkoutsvc sells through the built-in Polar.
  REST, Polar's wire http://%s
  gRPC               %s
  the built-in Polar http://%s (docs/emulator.md)

Try, in another terminal:
  curl -s 'http://%s/v1/checkouts/?limit=2'
  go run ./examples/purchase -addr %s
  go run github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4 -plaintext -d '{"limit": 2}' \
    %s polar.checkouts.v1.CheckoutService/ListCheckouts

`
