package cases

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/test/book"
)

// wantedRequest is an entry of a polar section.
type wantedRequest struct {
	wireMessage
	// times is how often it came in a row; 0 is at least once.
	times int
}

// wanted reads the polar section. Without one, Polar is asked once, for what the rest section says.
func (p *play) wanted() (all []wantedRequest) {
	p.Helper()
	section, ok := p.sections["polar"]
	if !ok {
		asked := p.message("rest")
		asked.header = nil
		return []wantedRequest{{asked, 1}}
	}
	if strings.TrimSpace(section) == "nothing" {
		return nil
	}
	for _, request := range splitRequests(section) {
		m, err := parseMessage(request)
		if err != nil {
			p.Fatalf("section polar: %v", err)
		}
		times := 1
		if start, count, ok := strings.Cut(m.start, " x"); ok {
			m.start = start
			if times, err = strconv.Atoi(count); count == "+" {
				times = 0
			} else if err != nil {
				p.Fatalf("section polar: %q: %v", m.start, err)
			}
		}
		all = append(all, wantedRequest{m, times})
	}
	return all
}

// splitRequests cuts a section in front of each line that begins with a method.
func splitRequests(section string) (all []string) {
	for line := range strings.Lines(section) {
		method, _, _ := strings.Cut(line, " ")
		if slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete}, method) || len(all) == 0 {
			all = append(all, "")
		}
		all[len(all)-1] += line
	}
	return all
}

// checkAsked holds what Polar was asked to what the case says.
func (p *play) checkAsked(seen []*book.Exchange) {
	p.Helper()
	for _, want := range p.wanted() {
		for range max(1, want.times) {
			if len(seen) == 0 {
				p.Errorf("Polar was not asked: %s", want.start)
				return
			}
			p.checkRequest(want, seen[0])
			seen = seen[1:]
		}
		for want.times == 0 && len(seen) > 0 && seen[0].String() == want.start {
			seen = seen[1:]
		}
	}
	for _, x := range seen {
		p.Errorf("Polar was also asked: %s %s %s", x.Method, x.Path, x.Body)
	}
}

func (p *play) checkRequest(want wantedRequest, got *book.Exchange) {
	p.Helper()
	if start := got.String(); start != want.start {
		p.Errorf("Polar was asked %s, want %s", start, want.start)
	}
	for name, value := range want.header {
		if found := got.Header.Get(name); found != value {
			p.Errorf("Polar got %s %q, want %q", name, found, value)
		}
	}
	switch {
	case want.body == "" || want.body == string(got.Body):
	case len(got.Body) == 0:
		p.Errorf("Polar got no body, want %s", want.body)
	default:
		p.checkBody(want.body, string(got.Body))
	}
}

// checkBody compares bodies as JSON, both ways: what was left out must have stayed out.
func (p *play) checkBody(want, got string) {
	p.Helper()
	value := p.compare("the body that Polar got", want, got)
	wanted, err := decodeJSON(want)
	if err != nil {
		p.Fatal(err)
	}
	for _, member := range missing("the body that Polar got", value, wanted) {
		p.Errorf("%s was added", member)
	}
}

// checkDiscretion holds every request to what Polar may see: the service's token on a merchant's calls and nowhere
// else, the pinned version, and nothing of the caller's but what the allow-list names.
func (p *play) checkDiscretion(x *book.Exchange) {
	p.Helper()
	for name := range x.Header {
		if !slices.Contains([]string{"Accept", "Authorization", "Content-Length", "Content-Type", "Polar-Version", "User-Agent"}, name) {
			p.Errorf("Polar got the header %s", name)
		}
	}
	if p.program.callers {
		return
	}
	wanted := "Bearer " + p.known["token"].(string)
	if strings.HasPrefix(x.Path, "/v1/checkouts/client/") && !slices.Contains(p.flags(), "--client-token=service") {
		wanted = ""
	}
	if got := x.Header.Get("Authorization"); got != wanted {
		p.Errorf("Polar got the credential %q, want %q", got, wanted)
	}
	named := strings.ToLower(p.sections["service"] + p.sections["grpc"] + p.sections["rest"])
	version := x.Header.Get("Polar-Version")
	if version != "2026-10" && !strings.Contains(named, "polar-version: "+version) && !strings.Contains(named, "polar-version="+version) {
		p.Errorf("Polar got the version %q, which nobody named", version)
	}
}
