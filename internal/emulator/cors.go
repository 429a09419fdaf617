package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// frontendOrigin is the one origin that gets credentialed CORS: Polar's own frontend in the recorded set-up.
const frontendOrigin = "http://127.0.0.1:3000"

const (
	corsMethods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
	corsHeaders = "Accept, Accept-Language, Authorization, Content-Language, Content-Type, Polar-Version"
)

// preflight answers a CORS preflight, nil for every other request (B 7.2).
func preflight(r *http.Request) *answer {
	origin, method := r.Header.Get("Origin"), r.Header.Get("Access-Control-Request-Method")
	if r.Method != http.MethodOptions || origin == "" || method == "" {
		return nil
	}
	a := &answer{status: http.StatusOK, body: []byte("OK"), header: http.Header{}}
	a.header.Set("Content-Type", "text/plain; charset=utf-8")
	a.header.Set("Access-Control-Allow-Methods", corsMethods)
	a.header.Set("Access-Control-Max-Age", "600")
	a.origin(origin)
	requested := r.Header.Get("Access-Control-Request-Headers")
	var refused []string
	if !slices.Contains(strings.Split(corsMethods, ", "), method) {
		refused = append(refused, "method")
	}
	switch {
	case origin != frontendOrigin:
		a.header.Set("Access-Control-Allow-Headers", corsHeaders)
		if !allowedHeaders(requested) {
			refused = append(refused, "headers")
		}
	case requested != "":
		a.header.Set("Access-Control-Allow-Headers", requested)
	}
	if len(refused) > 0 {
		a.status, a.body = http.StatusBadRequest, []byte("Disallowed CORS "+strings.Join(refused, ", "))
	}
	return a
}

func allowedHeaders(requested string) bool {
	if requested == "" {
		return true
	}
	allowed := strings.Split(strings.ToLower(corsHeaders), ", ")
	for name := range strings.SplitSeq(requested, ",") {
		if !slices.Contains(allowed, strings.ToLower(strings.TrimSpace(name))) {
			return false
		}
	}
	return true
}

// allowOrigin adds the CORS headers of an ordinary answer.
func (a *answer) allowOrigin(r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	a.origin(origin)
	if origin != frontendOrigin {
		a.header.Set("Access-Control-Expose-Headers", versionHeader)
	}
}

func (a *answer) origin(origin string) {
	if origin != frontendOrigin {
		a.header.Set("Access-Control-Allow-Origin", "*")
		return
	}
	a.header.Set("Access-Control-Allow-Origin", origin)
	a.header.Set("Access-Control-Allow-Credentials", "true")
	a.header.Set("Vary", "Origin")
}
