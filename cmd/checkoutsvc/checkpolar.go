package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/limit"
	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
	"github.com/checkoutsvc/checkoutsvc/internal/probe"
	"github.com/checkoutsvc/checkoutsvc/internal/server"
)

const (
	// patience bounds one question.
	patience = 10 * time.Second
	// samples is how many answers are timed.
	samples = 5
	// slow is an answer that a buyer would wait for, and skewed a clock that is wrong.
	slow, skewed = time.Second, 5 * time.Second
	// nobodys is the id and client secret of no checkout: ids are UUIDs, and secrets longer.
	nobodys = "checkoutsvc-check"
)

// exam asks Polar what can be asked without changing anything, and reports the answers.
type exam struct {
	*report

	options  *options
	polar    polarhttp.Config
	limits   limit.Config
	watch    *stopwatch
	client   *polarhttp.Client
	replaced string // what to do about a token
	judged   bool   // whether the version was reported on
}

func newExam(o *options, config *server.Config, r *report) *exam {
	x := &exam{report: r, options: o, polar: config.Polar, limits: o.limits(config.Polar.BaseURL, nil), watch: newStopwatch()}
	x.polar.Transport = x.watch
	x.client = polarhttp.New(x.polar)
	x.replaced = "make another one at Polar, with checkouts:read and checkouts:write, and put it into POLAR_ACCESS_TOKEN"
	if file := o.tokenFile + o.organizationsFile; file != "" {
		x.replaced = "make another one at Polar, with checkouts:read and checkouts:write, and put it into " + file
	}
	return x
}

// run asks for each organization that has a token. What needs an answer is left out where there is none.
func (x *exam) run(ctx context.Context, organizations []string) {
	defer x.watch.close()
	first, answered := "", len(organizations) == 0
	for i, organization := range organizations {
		if i == 0 {
			first = organization
		}
		answered = x.token(ctx, organization) || answered
	}
	if !answered || !x.buyers(ctx, first) {
		return
	}
	x.latency(ctx, first)
	x.clock()
	x.rateLimits()
}

// ask sends one question.
func (x *exam) ask(ctx context.Context, req *polarhttp.Request) (*polarhttp.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer := new(polarhttp.Response)
	return answer, x.client.Do(ctx, req, answer)
}

func tokenOf(organization string) string {
	if organization == "" {
		return "token"
	}
	return "token of organization " + organization
}

// token reports on an organization's token and whether Polar answered for it at all.
func (x *exam) token(ctx context.Context, organization string) (answered bool) {
	subject := tokenOf(organization)
	answer, err := x.ask(ctx, probe.Question(organization))
	verdict := probe.Judge(answer, err)
	switch verdict.Kind {
	case probe.Well:
		x.version(answer)
		x.owner(subject, organization, answer.Body)
		x.scopes(ctx, subject, organization)
	case probe.TokenRejected:
		x.bad(subject, "%s (sandbox and production have separate ones); %s", verdict.Text, x.replaced)
	case probe.ScopeMissing:
		x.bad(subject, "%s; %s", verdict.Text, x.replaced)
	case probe.VersionRejected:
		x.versionGone(verdict)
	case probe.RateLimited:
		x.bad(subject, "%s; find out what else spends this organization's limit", verdict.Text)
	default:
		x.unreachable(verdict, err)
		return false
	}
	return true
}

// owner compares the organization that a token is listed for with that of the newest checkout which it may read, if there is one.
func (x *exam) owner(subject, organization string, list []byte) {
	var read struct {
		Items []struct {
			OrganizationID string `json:"organization_id"`
		} `json:"items"`
	}
	if organization == "" || json.Unmarshal(list, &read) != nil || len(read.Items) == 0 {
		return
	}
	if owner := read.Items[0].OrganizationID; owner != "" && owner != organization {
		x.bad(subject, "it reads checkouts of organization %s; were two tokens exchanged in %s?", owner, x.options.organizationsFile)
	}
}

// unreachable says why there is no answer of Polar's, with the cause that the network gave.
func (x *exam) unreachable(verdict probe.Verdict, err error) {
	if cause := errors.Unwrap(err); cause != nil {
		x.bad("Polar", "%s does not answer: %s; check the address, DNS, proxy and firewall", x.polar.BaseURL.Redacted(), cause)
		return
	}
	x.bad("Polar", "%s: %s; check --polar=%s", x.polar.BaseURL.Redacted(), verdict.Text, x.options.polar)
}

// version compares the version that Polar says it answered by.
func (x *exam) version(answer *polarhttp.Response) {
	if x.judged {
		return
	}
	x.judged = true
	switch served := answer.Header.Get("Polar-Version"); served {
	case x.polar.PolarVersion:
		x.ok("version", "Polar serves %s", served)
	case "":
		x.warn("version", "what answers does not say by which version; is it Polar?")
	default:
		x.warn("version", "%s was asked for and %s answers; something on the way changes headers", x.polar.PolarVersion, served)
	}
}

func (x *exam) versionGone(verdict probe.Verdict) {
	if !x.judged {
		x.bad("version", "%s (--polar-version=%s); upgrade checkoutsvc, or name a version that Polar has", verdict.Text, x.polar.PolarVersion)
	}
	x.judged = true
}

// scopes asks for a change of a checkout that cannot exist. Polar looks at the scope before it looks at the id (B 3.9).
func (x *exam) scopes(ctx context.Context, subject, organization string) {
	answer, err := x.ask(ctx, &polarhttp.Request{
		Operation: polarhttp.UpdateCheckout, Segment: nobodys, Body: []byte(`{}`), ContentType: "application/json", Accept: "application/json",
		Organization: organization,
	})
	switch {
	case err != nil:
		x.warn(subject, "it may read checkouts; whether it may write could not be seen: %s", err)
	case answer.Status == http.StatusUnprocessableEntity, answer.Status == http.StatusNotFound:
		x.ok(subject, "Polar takes it for reading and writing checkouts")
	case answer.Status == http.StatusForbidden:
		x.bad(subject, "it may read checkouts and not write them: creates and updates will fail; %s", x.replaced)
	default:
		x.warn(subject, "it may read checkouts; whether it may write could not be seen: Polar answers %d", answer.Status)
	}
}

// nobodysCheckout asks for a checkout by a client secret that is nobody's. The organization matters with --client-token=service.
func nobodysCheckout(organization string) *polarhttp.Request {
	return &polarhttp.Request{Operation: polarhttp.GetClientCheckout, Segment: nobodys, Accept: "application/json", Organization: organization}
}

// buyers reports whether buyers' operations are answered.
func (x *exam) buyers(ctx context.Context, organization string) (answered bool) {
	answer, err := x.ask(ctx, nobodysCheckout(organization))
	verdict := probe.Judge(answer, err)
	switch {
	case err == nil && answer.Status == http.StatusNotFound && isNotFound(answer.Body):
		x.ok("buyers", "their operations are answered")
		return true
	case verdict.Kind == probe.RateLimited:
		x.bad("buyers", "%s; too many confirms came from this address, see docs/limits.md", verdict.Text)
		return true
	case verdict.Kind == probe.VersionRejected:
		x.versionGone(verdict)
		return true
	case verdict.Kind == probe.TokenRejected && x.polar.ClientToken:
		return true // reported with the token
	default:
		x.unreachable(verdict, err)
		return false
	}
}

// isNotFound tells the answer that an object is missing from that of a router.
func isNotFound(body []byte) bool {
	var named struct {
		Error string `json:"error"`
	}
	return json.Unmarshal(body, &named) == nil && named.Error == "ResourceNotFound"
}

// latency times some more answers, on the connection that stands.
func (x *exam) latency(ctx context.Context, organization string) {
	for range samples {
		if _, err := x.ask(ctx, nobodysCheckout(organization)); err != nil {
			x.warn("latency", "an answer is missing: %s", err)
			return
		}
	}
	took := make([]time.Duration, 0, samples)
	for _, each := range x.watch.last(samples) {
		took = append(took, each.firstByte)
	}
	slices.Sort(took)
	middle := took[len(took)/2]
	text := fmt.Sprintf("an answer takes %s (%s to %s)%s", brief(middle), brief(took[0]), brief(took[len(took)-1]), x.watch.first().connection())
	if middle > slow {
		x.warn("latency", "%s; every buyer waits for that, run nearer to Polar", text)
		return
	}
	x.ok("latency", "%s", text)
}

// brief is a duration as people read it.
func brief(d time.Duration) time.Duration {
	if d < 10*time.Millisecond {
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(time.Millisecond)
}

// clock compares this machine's with Polar's, by the header Date, which tells whole seconds.
func (x *exam) clock() {
	skew, known := x.watch.skew()
	switch {
	case !known:
		x.warn("clock", "Polar's answers have no date to compare with")
	case skew.Abs() > skewed:
		direction := "behind"
		if skew < 0 {
			direction, skew = "ahead of", -skew
		}
		x.warn("clock", "this machine's is %s %s Polar's; certificates, JWTs and expiries are judged by it, set it (NTP)", skew.Round(time.Second), direction)
	default:
		x.ok("clock", "this machine's agrees with Polar's, as far as a date in seconds tells")
	}
}

// rateLimits says what is kept, and that Polar does not show what it counts (B 7.2).
func (x *exam) rateLimits() {
	kept, sandbox := x.limits.Environment, x.watch.sandbox()
	const hidden = "Polar shows no counters, so an organization's group (default, restricted, elevated) cannot be seen from outside"
	switch {
	case kept == limit.None:
		x.warn("limits", "none are kept at this address; if Polar stands behind it, say so with --polar-limits")
	case kept == limit.Production && sandbox:
		x.warn("limits", "production's are kept, and this Polar says that it is a sandbox, whose are narrower; say --polar-limits=sandbox")
	case x.options.clientToken == "service":
		x.warn("limits", "%s's are kept for the elevated group, by --client-token=service; %s: make sure of it, or 7 confirms in a minute block the organization for half an hour", kept, hidden)
	default:
		x.ok("limits", "%s's are kept, at %g of each; %s", kept, x.options.polarShare, hidden)
	}
}
