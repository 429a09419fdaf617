// Package probe asks Polar now and then whether it still knows the service's tokens and the pinned version, so that an operator learns
// of a token's end from a metric and not from a buyer.
package probe

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/polarhttp"
)

const (
	// Hourly is how often Polar is asked while all is well, unless Config says otherwise.
	Hourly = time.Hour
	// again is how soon it is asked after anything else, or sooner, so that trouble that was mended is not reported for an hour.
	again = time.Minute
	// patience bounds one question.
	patience = 30 * time.Second
)

// Polar answers questions. *upstream.Client does, within the limits; *polarhttp.Client does without.
type Polar interface {
	Do(ctx context.Context, req *polarhttp.Request, res *polarhttp.Response) error
}

// Config is what a probe is made of.
type Config struct {
	// Polar sends the service's token and the pinned version.
	Polar Polar
	// Organizations lists those whose tokens are asked for; nil where there is only one token, of "".
	Organizations func() []string
	// Refresh reads a rejected token again and reports whether it is another now; nil cannot.
	Refresh func(organization, rejected string) bool
	// Every is how often Polar is asked while all is well; 0 is Hourly.
	Every time.Duration
	// Logger is told when a verdict changes.
	Logger *slog.Logger
}

// Probe keeps the last verdict on each token. It is safe for use by many goroutines.
type Probe struct {
	config Config
	now    chan struct{}

	mu       sync.Mutex
	verdicts map[string]Verdict
}

// New makes a probe. It asks nothing before Run.
func New(config Config) *Probe {
	if config.Organizations == nil {
		config.Organizations = func() []string { return []string{""} }
	}
	if config.Refresh == nil {
		config.Refresh = func(string, string) bool { return false }
	}
	config.Every = cmp.Or(config.Every, Hourly)
	return &Probe{config: config, now: make(chan struct{}, 1), verdicts: map[string]Verdict{}}
}

// Run asks at once and then now and then, sooner after trouble, until ctx ends.
func (p *Probe) Run(ctx context.Context) {
	for {
		wait := p.config.Every
		if !p.askAll(ctx) {
			wait = min(wait, again)
		}
		select {
		case <-time.After(wait):
		case <-p.now:
		case <-ctx.Done():
			return
		}
	}
}

// Now has Polar asked at once, since something was refused; while trouble is known it is asked soon anyway.
func (p *Probe) Now() {
	if p.State() != nil {
		return
	}
	select {
	case p.now <- struct{}{}:
	default: // it is about to ask
	}
}

// State is what is wrong, in a sentence each; nothing where all is well, or nothing is known yet.
func (p *Probe) State() (reasons []string) {
	for organization, verdict := range p.Verdicts() {
		if verdict.Kind != Well {
			reasons = append(reasons, about(organization, verdict.Text))
		}
	}
	slices.Sort(reasons)
	return reasons
}

// Verdicts are the last ones by organization, "" where there is only one token. A question that got no answer leaves the
// one before: trouble at Polar is not the token's, and shows elsewhere.
func (p *Probe) Verdicts() map[string]Verdict {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.verdicts)
}

func about(organization, text string) string {
	if organization == "" {
		return text
	}
	return "organization " + organization + ": " + text
}

// askAll reports whether all is well.
func (p *Probe) askAll(ctx context.Context) bool {
	all, organizations := true, p.config.Organizations()
	p.forget(organizations)
	for _, organization := range organizations {
		verdict := p.ask(ctx, organization)
		if ctx.Err() != nil {
			return false
		}
		all = all && verdict.Kind == Well
		p.note(organization, verdict)
	}
	return all
}

// ask asks once more where a rejected token has just been replaced.
func (p *Probe) ask(ctx context.Context, organization string) Verdict {
	question := Question(organization)
	verdict := p.once(ctx, question)
	if verdict.Kind == TokenRejected && p.config.Refresh(organization, question.Sent) {
		return p.once(ctx, question)
	}
	return verdict
}

func (p *Probe) once(ctx context.Context, question *polarhttp.Request) Verdict {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer := new(polarhttp.Response)
	err := p.config.Polar.Do(ctx, question, answer)
	return Judge(answer, err)
}

// note keeps a verdict and logs a change.
func (p *Probe) note(organization string, verdict Verdict) {
	if !verdict.decisive() {
		p.config.Logger.Debug("the probe got no answer that says anything of the token", "organization", organization, "cause", verdict.Text)
		return
	}
	p.mu.Lock()
	before, known := p.verdicts[organization]
	p.verdicts[organization] = verdict
	p.mu.Unlock()
	switch {
	case verdict.Kind != Well && verdict != before:
		p.config.Logger.Error(about(organization, verdict.Text), "kind", string(verdict.Kind))
	case verdict.Kind == Well && known && before.Kind != Well:
		p.config.Logger.Info(about(organization, verdict.Text)+" again", "kind", string(verdict.Kind))
	}
}

// forget drops the verdicts on organizations that are served no more.
func (p *Probe) forget(organizations []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for organization := range p.verdicts {
		if !slices.Contains(organizations, organization) {
			delete(p.verdicts, organization)
		}
	}
}
