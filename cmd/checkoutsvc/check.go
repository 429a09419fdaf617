package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/callers"
	"github.com/checkoutsvc/checkoutsvc/internal/server"
	"github.com/checkoutsvc/checkoutsvc/internal/store"
	"github.com/checkoutsvc/checkoutsvc/internal/tokens"
)

// check takes the flags of serve and tests what they name: files, store, and what Polar says to the tokens. It listens
// nowhere and changes nothing.
func check(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) error {
	var o options
	flags := o.flags()
	flags.Init("check", flags.ErrorHandling())
	if err := parse(flags, args, env, stderr); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	config, err := o.server()
	if err != nil {
		return err
	}
	config.Logger = slog.New(slog.DiscardHandler)
	takeLibraryLog(config.Logger)
	r := &report{to: stdout}
	var opened closers
	defer func() { opened.close() }()
	o.reportAccess(ctx, r, &config, &opened)
	organizations := o.reportTokens(r, &config, env, &opened)
	o.reportStore(ctx, r)
	if o.polar == embedded {
		r.ok("Polar", "the built-in one: there is no account to ask about")
		if o.organizationsFile != "" {
			r.warn("Polar", "the built-in one knows none of the organizations and refuses their tokens until they are made there (docs/emulator.md)")
		}
	} else {
		newExam(&o, &config, r).run(ctx, organizations)
	}
	return r.verdict()
}

// report writes findings, one a line, with what to do about those that are not good.
type report struct {
	to                   io.Writer
	good, doubtful, fail int
}

func (r *report) line(mark, subject, format string, args []any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintf(r.to, "%-5s %s: %s\n", mark, subject, strings.ReplaceAll(text, "\n", "; "))
}

func (r *report) ok(subject, format string, args ...any) {
	r.good++
	r.line("ok", subject, format, args)
}

func (r *report) warn(subject, format string, args ...any) {
	r.doubtful++
	r.line("warn", subject, format, args)
}

func (r *report) bad(subject, format string, args ...any) {
	r.fail++
	r.line("FAIL", subject, format, args)
}

// verdict is an error if anything was bad.
func (r *report) verdict() error {
	if r.fail == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d checks failed", r.fail, r.good+r.doubtful+r.fail)
}

// soon is how long before its end a certificate is warned of.
const soon = 14 * 24 * time.Hour

// reportAccess opens what says who may call.
func (o *options) reportAccess(ctx context.Context, r *report, config *server.Config, opened *closers) {
	if err := o.access.suits(o.credentials); err != nil {
		r.bad("callers", "%s", err)
	}
	if err := o.access.openTLS(config, opened); err != nil {
		r.bad("TLS", "%s", err)
	} else if config.TLS != nil {
		reportExpiry(r, config.TLS.NotAfter())
	}
	if err := o.access.openCallers(config, opened); err != nil {
		r.bad("callers", "%s", err)
		return
	}
	for _, one := range chainOf(config.Callers) {
		switch one := one.(type) {
		case *callers.File:
			r.ok("callers", "%s lists %d", o.access.callersFile, len(one.Callers()))
		case *callers.JWT:
			reportKeys(ctx, r, one)
		}
	}
	if config.Callers == nil && o.access.unauthenticated {
		r.warn("callers", "everybody who reaches this machine may spend the service's token (--allow-unauthenticated-callers)")
	}
}

// chainOf takes apart what openCallers put together.
func chainOf(all callers.Authenticator) callers.Chain {
	if only, ok := all.(callers.CertificatesOnly); ok {
		all = only.Authenticator
	}
	chain, _ := all.(callers.Chain)
	return chain
}

func reportExpiry(r *report, at time.Time) {
	left := time.Until(at)
	if left < soon {
		r.warn("TLS", "the certificate ends on %s, in %d days; renew it now", at.UTC().Format(time.DateOnly), int(left.Hours()/24))
		return
	}
	r.ok("TLS", "the certificate is good until %s", at.UTC().Format(time.DateOnly))
}

// reportKeys waits for the keys of those who issue JWTs.
func reportKeys(ctx context.Context, r *report, one *callers.JWT) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := one.Ready(ctx); err != nil {
		r.bad("JWT", "%s", err)
		return
	}
	r.ok("JWT", "the keys of the issuer are there")
}

// reportTokens reads the service's tokens and gives the organizations that have one: "" for a single token, none where
// the service holds none.
func (o *options) reportTokens(r *report, config *server.Config, env func(string) (string, bool), opened *closers) []string {
	held, err := o.tokens(config, env)
	*opened = append(*opened, held...)
	switch {
	case err != nil:
		r.bad("token", "%s", err)
		config.Polar.Token = func(string) string { return "" }
		return nil
	case config.Polar.ForwardAuthorization:
		return nil
	}
	several, ok := config.Organizations.(*tokens.Organizations)
	if !ok {
		reportNeedlessOrganizations(r, config.Callers)
		return []string{""}
	}
	ids := slices.Sorted(slices.Values(several.IDs()))
	r.ok("organizations", "%s lists %d", o.organizationsFile, len(ids))
	reportOrganizations(r, config.Callers, ids)
	return ids
}

// reportNeedlessOrganizations looks for callers that are bound to organizations where nobody knows whose the one token is.
func reportNeedlessOrganizations(r *report, all callers.Authenticator) {
	for _, one := range chainOf(all) {
		file, ok := one.(*callers.File)
		if !ok {
			continue
		}
		for _, caller := range file.Callers() {
			if len(caller.Organizations) > 0 {
				r.warn("callers", `%s lists "organizations" and is refused, since nobody knows whose the one token is; name it in --organizations-file, or take the list out`, caller.Name)
			}
		}
	}
}

// reportOrganizations compares what callers may use with what there is.
func reportOrganizations(r *report, all callers.Authenticator, ids []string) {
	for _, one := range chainOf(all) {
		file, ok := one.(*callers.File)
		if !ok {
			continue
		}
		for _, caller := range file.Callers() {
			if !slices.ContainsFunc(caller.Organizations, func(id string) bool { return slices.Contains(ids, id) }) {
				r.warn("callers", `%s may use none of the organizations; list some of them in its "organizations"`, caller.Name)
			}
		}
	}
}

// reportStore looks at the store without writing to it.
func (o *options) reportStore(ctx context.Context, r *report) {
	if o.store == store.InMemory {
		if o.polar != embedded {
			r.warn("store", "memory: a restart forgets request ids, confirms of unknown outcome and rate limits; name a file or a Redis with --store")
		}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found, err := store.Inspect(ctx, o.store, store.Options{KeyFile: o.storeKeyFile, CAFile: o.storeCAFile})
	var down *store.Unavailable
	switch {
	case errors.As(err, &down):
		r.bad("store", "%s; until it is reachable creates with a request id and confirms are refused", err)
	case err != nil:
		r.bad("store", "--store: %s", err)
	case found.InUse:
		r.ok("store", "another process has the file open; if that is not the service which this one replaces, name another file")
	case found.Eviction != "":
		r.bad("store", "Redis throws records away when its memory is full (maxmemory-policy %s), and with them what keeps buyers from paying twice; set noeviction", found.Eviction)
	case found.New:
		r.ok("store", "it can be used, and is empty yet")
	default:
		r.ok("store", "it can be used")
	}
}
