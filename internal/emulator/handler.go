package emulator

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/schema"
	"github.com/checkoutsvc/checkoutsvc/internal/emulator/validate"
)

// The versions of the API that Polar knows; they do not differ (B 7.1).
const (
	versionHeader  = "Polar-Version"
	defaultVersion = "2026-04"
)

var versions = []string{defaultVersion, "2026-10"}

// maxBody is the largest Content-Length that Polar takes (B 3.4).
const maxBody = 10_485_760

const deprecationNotice = "The API root has moved from /api/v1 to /v1. Please update your integration."

// call is one request on its way through an operation. The emulator's mutex is held while it is served.
type call struct {
	*Emulator
	request *http.Request
	subject subject
	params  map[string]string
	now     time.Time
	raw     []byte
	body    validate.Body
	// stale lets reads show what a lagging replica would.
	stale bool
}

// handle answers a request of Polar's API; the order of the steps is Polar's precedence (B 3.9).
func (e *Emulator) handle(r *http.Request, stale bool) *answer {
	version := r.Header.Get(versionHeader)
	if version == "" {
		version = defaultVersion
	}
	if !slices.Contains(versions, version) {
		a := refusal(errNoRoute)
		a.jsonType()
		return a
	}
	a := preflight(r)
	if a == nil {
		a = e.inner(r, stale)
		a.allowOrigin(r)
	}
	if a.internal() {
		return refusal(errInternal)
	}
	a.jsonType()
	a.header.Set(versionHeader, version)
	return a
}

// internal tells an uncaught exception, which Polar's outermost layer answers without the usual headers.
func (a *answer) internal() bool {
	return a.status == http.StatusInternalServerError && strings.HasPrefix(a.header.Get("Content-Type"), "text/plain")
}

// inner answers everything but versions and CORS.
func (e *Emulator) inner(r *http.Request, stale bool) *answer {
	if err := checkLength(r); err != nil {
		return refusal(err)
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return refusal(errUnreadable)
	}
	path, deprecated := r.URL.Path, false
	if strings.HasPrefix(path, "/api/v1") {
		path, deprecated = strings.TrimPrefix(path, "/api"), true
	}
	a := e.admitted(r, path, raw, stale)
	if deprecated {
		a.header.Set("X-Polar-Deprecation-Notice", deprecationNotice)
	}
	return a
}

// checkLength refuses bodies of unknown or excessive length without reading them.
func checkLength(r *http.Request) error {
	writes := r.Method == http.MethodPost || r.Method == http.MethodPut || r.Method == http.MethodPatch
	_, stated := r.Header["Content-Length"]
	switch {
	case writes && r.ContentLength <= 0 && !stated:
		return errNoLength
	case r.ContentLength > maxBody:
		return errTooLarge
	}
	return nil
}

// admitted answers what has passed the framing: rate limits, credentials, then the operation.
func (e *Emulator) admitted(r *http.Request, path string, raw []byte, stale bool) *answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.clock.Now()
	if limited := e.limiter.admit(r, path, now); limited != nil {
		return limited
	}
	who, err := e.store.authenticate(r.Header, now)
	if err != nil {
		return refusal(err)
	}
	e.limiter.remember(r.Header, who, now)
	c := &call{Emulator: e, request: r, subject: who, now: now, raw: raw, stale: stale}
	a, err := c.route(path)
	if err != nil {
		a = refusal(err)
	}
	if a.header.Get("Cache-Control") == "" {
		a.header.Set("Cache-Control", "private, no-store")
	}
	if e.limiter.limits == SandboxLimits {
		a.header.Set("X-Polar-Sandbox", "1")
	}
	return a
}

func (c *call) route(path string) (*answer, error) {
	found, params, err := c.router.find(c.request.Method, path)
	if errors.Is(err, errNoRoute) {
		if other, known := c.router.slashRedirect(path); known {
			return nil, redirect(c.request, other)
		}
	}
	if err != nil {
		return nil, err
	}
	c.params = params
	if found.body {
		if err := c.parse(); err != nil {
			return nil, err
		}
	}
	if err := found.need.check(c.subject); err != nil {
		return nil, err
	}
	return found.serve(c)
}

// parse reads the body as JSON; malformed JSON is refused before the caller's rights are looked at.
func (c *call) parse() error {
	body, state, items := validate.ReadBody(c.raw, c.request.Header.Get("Content-Type"))
	switch state {
	case validate.BodyUnreadable:
		return errUnreadable
	case validate.BodyMalformed:
		return invalidInput(items)
	}
	c.body = body
	return nil
}

// input validates the body; before is what was found wrong with the path.
func (c *call) input(s validate.Schema, before ...validate.Item) (*ordered.Object, error) {
	value, items := c.body.Validate(s)
	if err := invalidInput(append(before, items...)); err != nil {
		return nil, err
	}
	return object(value), nil
}

// id is the path's id in canonical form, and what is wrong with it.
func (c *call) id() (string, []validate.Item) {
	return schema.PathID(c.params["id"])
}

// invalidInput is a schema-level 422, nil where there is nothing to refuse.
func invalidInput(items []validate.Item) error {
	switch {
	case len(items) == 0:
		return nil
	case !validate.Renderable(items):
		return errInternal
	}
	return &answerError{status: http.StatusUnprocessableEntity, body: validate.RequestValidationError(items)}
}

// unlocked lets others in while something slow happens.
func (c *call) unlocked(f func()) {
	c.mu.Unlock()
	defer c.mu.Lock()
	f()
}

func (c *call) health() (*answer, error) {
	return reply(http.StatusOK, ordered.NewObject("status", "ok")), nil
}
