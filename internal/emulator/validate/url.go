package validate

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// maxURL is how many bytes a URL may have.
const maxURL = 2083

// HTTPURL takes http and https URLs and cleans them as browsers do (the WHATWG URL standard): "HTTPS://EXAMPLE.com"
// becomes "https://example.com/".
func HTTPURL() Schema {
	return Schema{"url", func(in ordered.Value) result {
		switch {
		case in.Kind() != ordered.KindString:
			return refuse(in, "url_type", "URL input should be a string or URL")
		case !utf8.ValidString(in.Text()):
			return notUnicode(in)
		case len(in.Text()) > maxURL:
			return refuse(in, "url_too_long", fmt.Sprintf("URL should have at most %d characters", maxURL), "max_length", maxURL)
		}
		u, complaint := parseURL(in.Text())
		switch {
		case complaint != "":
			return refuse(in, "url_parsing", "Input should be a valid URL, "+complaint, "error", complaint)
		case !u.isHTTP():
			const schemes = "'http' or 'https'"
			return refuse(in, "url_scheme", "URL scheme should be "+schemes, "expected_schemes", schemes)
		}
		return valid(ordered.String(u.String()), lax)
	}}
}

// webURL holds the parts of a URL in the form in which they are written.
type webURL struct {
	scheme, userinfo, host, port, path string
	query, fragment                    string // with "?" and "#"
}

func (u webURL) isHTTP() bool { return u.scheme == "http" || u.scheme == "https" }

// String puts the parts together.
func (u webURL) String() string {
	return u.scheme + "://" + u.userinfo + u.host + u.port + u.path + u.query + u.fragment
}

// specialPorts are the schemes that are parsed as URLs of the web, with the ports that need not be written.
var specialPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}

// parseURL takes text apart, or says what is wrong with it. Of schemes that are not of the web only the scheme counts.
func parseURL(text string) (u webURL, complaint string) {
	if text == "" {
		return u, "input is empty"
	}
	text = strings.Trim(text, controlsAndSpace)
	text = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(text)
	scheme, rest, found := strings.Cut(text, ":")
	if !found || !isScheme(scheme) {
		return u, "relative URL without a base"
	}
	u.scheme = strings.ToLower(scheme)
	defaultPort, special := specialPorts[u.scheme]
	if !special {
		return u, opaqueComplaint(rest)
	}
	rest = strings.TrimLeft(rest, `/\`)
	authority, rest := cutAtAny(rest, `/\?#`)
	if complaint = u.setAuthority(authority, defaultPort); complaint != "" {
		return u, complaint
	}
	rest, u.fragment = cutAtAny(rest, "#")
	rest, u.query = cutAtAny(rest, "?")
	u.path = cleanPath(rest)
	u.query = escape(u.query, ` "#<>'`)
	u.fragment = escape(u.fragment, " \"<>`")
	return u, ""
}

// controlsAndSpace are the characters up to the space.
const controlsAndSpace = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f" +
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "

func isScheme(s string) bool {
	for i, c := range s {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' && c < 0x80
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", c)) {
			return false
		}
	}
	return s != ""
}

// opaqueComplaint looks at the authority, if there is one, of a scheme that is not of the web.
func opaqueComplaint(rest string) string {
	authority, hasAuthority := strings.CutPrefix(rest, "//")
	authority, _ = cutAtAny(authority, "/?#")
	if !hasAuthority || authority == "" {
		return ""
	}
	host, port := cutPort(authority[strings.LastIndexByte(authority, '@')+1:])
	complaint := ""
	switch {
	case host == "":
		return "empty host"
	case strings.HasPrefix(host, "["):
		_, complaint = parseHost(host)
	case strings.ContainsAny(host, "\x00\t\n\r #/:<>?@[\\]^|"):
		complaint = "invalid domain character"
	}
	if complaint == "" {
		_, complaint = parsePort(port, "")
	}
	return complaint
}

// cutAtAny splits s before the first of chars.
func cutAtAny(s, chars string) (before, from string) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func (u *webURL) setAuthority(authority, defaultPort string) (complaint string) {
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		u.userinfo = userinfo(authority[:at])
		authority = authority[at+1:]
	}
	host, port := cutPort(authority)
	if host == "" {
		return "empty host"
	}
	if u.host, complaint = parseHost(host); complaint != "" {
		return complaint
	}
	u.port, complaint = parsePort(port, defaultPort)
	return complaint
}

func userinfo(text string) string {
	const reserved = " \"#<>?`{}/:;=@[\\]^|"
	user, password, _ := strings.Cut(text, ":")
	switch {
	case user == "" && password == "":
		return ""
	case password == "":
		return escape(user, reserved) + "@"
	}
	return escape(user, reserved) + ":" + escape(password, reserved) + "@"
}

// cutPort splits an authority at the colon before the port, which is not one inside brackets.
func cutPort(authority string) (host, port string) {
	colon := strings.IndexByte(authority, ':')
	if strings.HasPrefix(authority, "[") {
		colon = strings.LastIndexByte(authority, ':')
		if colon < strings.LastIndexByte(authority, ']') {
			colon = -1
		}
	}
	if colon < 0 {
		return authority, ""
	}
	return authority[:colon], authority[colon+1:]
}

func parsePort(port, defaultPort string) (text, complaint string) {
	if port == "" {
		return "", ""
	}
	number := strings.TrimLeft(port, "0")
	if strings.Trim(port, "0123456789") != "" || len(number) > 5 || (len(number) == 5 && number > "65535") {
		return "", "invalid port number"
	}
	if number == "" {
		number = "0"
	}
	if number == defaultPort {
		return "", ""
	}
	return ":" + number, ""
}

// cleanPath escapes path and resolves its "." and ".." segments.
func cleanPath(path string) string {
	path = strings.TrimLeft(path[:min(1, len(path))], `/\`) + path[min(1, len(path)):]
	segments := strings.Split(strings.ReplaceAll(path, `\`, "/"), "/")
	var kept []string
	for i, segment := range segments {
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		case ".":
		default:
			kept = append(kept, escape(segment, " \"#<>?`{}"))
			continue
		}
		if i == len(segments)-1 {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/")
}

// escape writes controls, what is not ASCII and the characters in set as %XX.
func escape(s, set string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7F || strings.IndexByte(set, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
