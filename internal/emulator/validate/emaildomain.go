package validate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/runenames"
)

var (
	// mailDomains maps domains to lower case and to their ASCII form and back.
	mailDomains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
		idna.CheckHyphens(false), idna.BidiRule(), idna.VerifyDNSLength(false))
	topLevel = pattern(`[A-Za-z]$`)
)

// specialUse are the top-level domains that are reserved for other uses than mail.
var specialUse = []string{"arpa", "invalid", "local", "localhost", "onion", "test"}

// parseDomain cleans the domain of an e-mail address, or says what is wrong with it.
func parseDomain(domain string) (cleaned, complaint string) {
	switch excess := utf8.RuneCountInString(domain) - maxDomain; {
	case domain == "":
		return "", "There must be something after the @-sign."
	case strings.HasPrefix(domain, "[") && strings.HasSuffix(domain, "]"):
		if strings.Trim(domain[1:len(domain)-1], "0123456789.") != "" && !strings.Contains(domain, ":") {
			return "", "The part after the @-sign in brackets is not an IPv4 address and has no address literal tag."
		}
		return "", "A bracketed IP address after the @-sign is not allowed here."
	case excess > 0:
		return "", "The email address is too long after the @-sign " + tooMany(excess) + "."
	}
	if bad := listed(notDomain().FindAllString(domain, -1)); bad != "" {
		return "", "The part after the @-sign contains invalid characters: " + bad + "."
	}
	if complaint = unsafe(domain); complaint != "" {
		return "", complaint
	}
	mapped, err := mailDomains.ToUnicode(domain)
	form := mapped
	if isASCII(domain) {
		form = domain
	}
	if complaint = domainForm(form); complaint != "" {
		return "", complaint
	}
	if complaint = unregistrable(form); complaint != "" {
		return "", complaint
	}
	ascii, asciiErr := mailDomains.ToASCII(domain)
	if err != nil || asciiErr != nil {
		return "", "The part after the @-sign is not valid IDNA (Invalid A-label)."
	}
	return mapped, asciiForm(ascii)
}

// unregistrable finds a character that no registered name may have: of those beyond ASCII only letters, marks and
// digits may stand there.
func unregistrable(domain string) (complaint string) {
	for label := range strings.SplitSeq(domain, ".") {
		for i, r := range []rune(label) {
			if r > unicode.MaxASCII && !unicode.In(r, unicode.L, unicode.M, unicode.Nd) {
				return fmt.Sprintf("The part after the @-sign is invalid (Codepoint U+%04X at position %d of %s not allowed).", r, i+1, pythonRepr(label))
			}
		}
		if ascii, _ := mailDomains.ToASCII(label); len(ascii) > maxLabel && !isASCII(label) {
			return "The part after the @-sign is invalid (Label too long)."
		}
	}
	return ""
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// domainForm looks for periods and hyphens in the wrong places.
func domainForm(domain string) (complaint string) {
	complaint = misplaced(domain, "An email address cannot have a period immediately after the @-sign.",
		"An email address cannot end with a period.")
	switch {
	case complaint != "":
		return complaint
	case strings.HasSuffix(domain, "-"):
		return "An email address cannot end with a hyphen."
	case strings.HasPrefix(domain, "-"):
		return "An email address cannot have a hyphen immediately after the @-sign."
	case strings.Contains(domain, ".-") || strings.Contains(domain, "-."):
		return "An email address cannot have a period and a hyphen next to each other."
	case slices.ContainsFunc(strings.Split(domain, "."), fakePunycode):
		return "An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode."
	}
	return ""
}

// fakePunycode tells whether label has two hyphens after two characters, which only "xn" may stand before.
func fakePunycode(label string) bool {
	runes := []rune(label)
	return len(runes) >= 4 && string(runes[2:4]) == "--" && !strings.EqualFold(string(runes[:2]), "xn")
}

// asciiForm looks at the lengths and the top level of the domain as it stands in the DNS.
func asciiForm(domain string) (complaint string) {
	for label := range strings.SplitSeq(domain, ".") {
		if excess := len(label) - maxLabel; excess > 0 {
			return "After the @-sign, periods cannot be separated by so many characters " + tooMany(excess) + "."
		}
	}
	switch {
	case !strings.Contains(domain, "."):
		return "The part after the @-sign is not valid. It should have a period."
	case !topLevel().MatchString(domain):
		return "The part after the @-sign is not valid. It is not within a valid top-level domain."
	case slices.Contains(specialUse, domain[strings.LastIndexByte(domain, '.')+1:]):
		return "The part after the @-sign is a special-use or reserved name that cannot be used with email."
	}
	return ""
}

// unsafe finds characters that do not show: spaces, controls, and marks without a letter before them.
func unsafe(s string) (complaint string) {
	var bad []rune
	for i, r := range s {
		if !unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && (i == 0 || !unicode.Is(unicode.M, r)) && !slices.Contains(bad, r) {
			bad = append(bad, r)
		}
	}
	if bad == nil {
		return ""
	}
	slices.Sort(bad)
	names := make([]string, len(bad))
	for i, r := range bad {
		names[i] = display(r)
	}
	return "The email address contains unsafe characters: " + strings.Join(names, ", ") + "."
}

// listed names each of chars once, in order of the names.
func listed(chars []string) string {
	names := make([]string, len(chars))
	for i, c := range chars {
		r, _ := utf8.DecodeRuneInString(c)
		names[i] = display(r)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// display shows a character that shows in quotes, and names the others.
func display(r rune) string {
	switch name := runenames.Name(r); {
	case r == '\\':
		return `"\"`
	case unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S):
		return pythonRepr(string(r))
	case name == "" || name[0] == '<':
		return fmt.Sprintf("U+%04X", r)
	default:
		return name
	}
}
