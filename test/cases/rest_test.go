package cases

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// overREST makes the case's call and gives its answer, nil after an error.
func (p *play) overREST() any {
	p.Helper()
	call := p.message("rest")
	status, header, body := p.send(call)
	p.checkHTTP(p.message("http"), status, header, body)
	p.finish([]byte(call.body))
	if _, ok := p.sections["answer"]; !ok {
		return nil
	}
	return p.compare("answer", p.sections["answer"], string(body))
}

// request makes a request with its path to the letter.
func (p *play) request(call wireMessage) *http.Request {
	p.Helper()
	method, path, _ := strings.Cut(call.start, " ")
	request, err := http.NewRequestWithContext(p.Context(), method, p.program.REST, strings.NewReader(call.body))
	if err != nil {
		p.Fatal(err)
	}
	path, query, _ := strings.Cut(path, "?")
	request.URL = &url.URL{Scheme: "http", Host: request.URL.Host, Opaque: "//" + request.URL.Host + path, RawQuery: query}
	if call.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range call.header {
		request.Header.Set(name, value)
	}
	return request
}

// send makes the call.
func (p *play) send(call wireMessage) (int, http.Header, []byte) {
	p.Helper()
	transport := &http.Transport{DisableCompression: true} // adds no header of its own
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(p.request(call))
	if err != nil {
		p.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.Fatal(err)
	}
	return answer.StatusCode, answer.Header, body
}

// checkHTTP compares an answer with an http section. One that is not marked as the service's own must be Polar's last,
// byte for byte.
func (p *play) checkHTTP(want wireMessage, status int, header http.Header, body []byte) {
	p.Helper()
	wanted, whose, _ := strings.Cut(want.start, " ")
	if strconv.Itoa(status) != wanted {
		p.Errorf("status %d with %s, want %s", status, body, wanted)
	}
	for name, value := range want.header {
		if found := header.Get(name); found != value && !matches(value, found) {
			p.Errorf("%s is %q, want %q", name, found, value)
		}
	}
	if seen := p.polar.Asked(); whose != "own" {
		if len(seen) == 0 {
			p.Fatal("Polar was not asked, so the answer is not Polar's")
		}
		if last := seen[len(seen)-1]; status != last.Status || !bytes.Equal(body, last.Answer.Bytes()) {
			p.Errorf("got %d %s, Polar answered %d %s", status, body, last.Status, last.Answer.Bytes())
		}
	}
	switch {
	case want.body == "":
	case strings.HasPrefix(want.body, "{"):
		p.compare("body", want.body, string(body))
	case want.body != string(body):
		p.Errorf("body %q, want %q", body, want.body)
	}
}
