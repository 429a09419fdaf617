package validate

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// Email takes e-mail addresses, also as "Name <address>" and with spaces around, and cleans them to the bare address
// with its domain in lower case. refusal says why a domain takes no mail, "" if it does.
func Email(refusal func(domain string) string) Schema {
	return Schema{"function-after[validate_dns(), str]", func(in ordered.Value) result {
		if r := checkStr(in); r.items != nil {
			return r
		}
		address, complaint := parseEmail(in.Text())
		if complaint != "" {
			return refuse(in, "value_error", "value is not a valid email address: "+complaint, "reason", complaint)
		}
		if complaint = refusal(address[strings.LastIndexByte(address, '@')+1:]); complaint != "" {
			return refuse(in, "value_error", address+" is not a valid email address: "+complaint,
				"email", address, "reason", complaint)
		}
		return valid(ordered.String(address), exact)
	}}
}

const (
	maxEmailInput = 2048 // characters, name and all
	maxEmail      = 254  // bytes
	maxDomain     = 253  // characters
	maxLabel      = 63   // characters
)

const space, word = `[\s\x1c-\x1f\x{85}\p{Z}]`, "[\\p{L}\\p{N}_!#$%&'*+\\-/=?^`{|}~]+"

// namedEmail is an address in angle brackets after a name, plain or quoted, or none.
var namedEmail = pattern(`^` + space + `*(?:(?:` + word + space + `+)*` + word + `|"(?:[^"]|\\")+")?` +
	space + `*<(.+)>` + space + `*$`)

// parseEmail cleans an address, or says what is wrong with it.
func parseEmail(text string) (address, complaint string) {
	if utf8.RuneCountInString(text) > maxEmailInput {
		return "", "Length must not exceed 2048 characters"
	}
	if m := namedEmail().FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	text = strings.TrimFunc(text, isSpace)
	at, complaint := unquotedAt(text)
	if complaint != "" {
		return "", complaint
	}
	local, domain := text[:at], text[at+1:]
	cleanLocal, complaint := parseLocalPart(local)
	if complaint != "" {
		return "", complaint
	}
	cleanDomain, complaint := parseDomain(domain)
	if complaint != "" {
		return "", complaint
	}
	if excess := len(text) - maxEmail; excess > 0 {
		return "", "The email address is too long " + tooMany(excess) + "."
	}
	return cleanLocal + "@" + cleanDomain, ""
}

// unquotedAt is where the @ stands that is not in quotes.
func unquotedAt(text string) (at int, complaint string) {
	quoted, escaped := false, false
	for i := range len(text) {
		switch c := text[i]; {
		case quoted && c == '\\' && !escaped:
			escaped = true
			continue
		case c == '"' && !escaped:
			quoted = !quoted
		case quoted:
		case c == '<':
			return 0, bracketComplaint(text[:i], text[i:])
		case c == '@':
			return i, ""
		}
		escaped = false
	}
	return 0, "An email address must have an @-sign."
}

// bracketComplaint says what is wrong with an address in angle brackets that namedEmail does not fit.
func bracketComplaint(name, address string) string {
	name = strings.TrimRightFunc(name, isSpace)
	bad := listed(notName().FindAllString(name, -1))
	switch {
	case bad != "" && !strings.HasPrefix(name, `"`):
		return "The display name contains invalid characters when not quoted: " + bad + "."
	case !strings.Contains(address, ">"):
		return "An open angle bracket at the start of the email address has to be followed by a close angle bracket at the end."
	case !strings.HasSuffix(strings.TrimRight(address, " "), ">"):
		return "There can't be anything after the email address."
	}
	return "An email address must have an @-sign."
}

func tooMany(excess int) string { return "(" + count(excess, "character") + " too many)" }

const atom = "a-zA-Z0-9_!#$%&'*+\\-/=?^`{|}~\\x{80}-\\x{10FFFF}"

var (
	dotAtom   = pattern(`^[` + atom + `]+(?:\.[` + atom + `]+)*$`)
	notAtom   = pattern(`[^.` + atom + `]`)
	notName   = pattern("[^a-zA-Z0-9_!#$%&'*+\\-/=?^`{|}~ ]")
	notDomain = pattern(`[^a-zA-Z0-9.\-\x{80}-\x{10FFFF}]`)
)

// roles are the mailbox names whose case does not count.
var roles = map[string]bool{
	"info": true, "marketing": true, "sales": true, "support": true, "abuse": true, "noc": true, "security": true,
	"postmaster": true, "hostmaster": true, "usenet": true, "news": true, "webmaster": true, "www": true, "uucp": true, "ftp": true,
}

func parseLocalPart(local string) (cleaned, complaint string) {
	switch {
	case local == "":
		return "", "There must be something before the @-sign."
	case len(local) > 1 && local[0] == '"' && local[len(local)-1] == '"':
		return "", "Quoting the part before the @-sign is not allowed here."
	case dotAtom().MatchString(local):
		if complaint = unsafe(local); complaint != "" {
			return "", complaint
		}
		if lower := strings.ToLower(local); roles[lower] {
			return lower, ""
		}
		return norm.NFC.String(local), ""
	}
	if bad := listed(notAtom().FindAllString(local, -1)); bad != "" {
		return "", "The email address contains invalid characters before the @-sign: " + bad + "."
	}
	return "", misplaced(local, "An email address cannot start with a period.",
		"An email address cannot have a period immediately before the @-sign.")
}

// misplaced finds a period at either end of s or next to another.
func misplaced(s, atStart, atEnd string) string {
	switch {
	case strings.HasSuffix(s, "."):
		return atEnd
	case strings.HasPrefix(s, "."):
		return atStart
	case strings.Contains(s, ".."):
		return "An email address cannot have two periods in a row."
	}
	return ""
}
