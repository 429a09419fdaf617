package validate

import (
	"strings"

	"golang.org/x/text/language"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// canonical replaces deprecated parts of language tags and drops a script that goes without saying.
const canonical = language.DeprecatedBase | language.DeprecatedScript | language.DeprecatedRegion |
	language.SuppressScript | language.Legacy

// Locale takes BCP 47 tags of registered parts with a real language and cleans them: "EN_us" becomes "en-US".
func Locale() Schema {
	return Schema{"str", func(in ordered.Value) result {
		r := checkStr(in)
		if r.items != nil {
			return r
		}
		tag, ok := cleanTag(in.Text())
		if !ok {
			return refused(ValueError(in, "Invalid IETF BCP 47 language tag"))
		}
		return valid(ordered.String(tag), exact)
	}}
}

func cleanTag(text string) (cleaned string, ok bool) {
	text, extended := cutExtended(text)
	tag, err := canonical.Parse(text)
	base, _, _ := tag.Raw()
	cleaned = strings.Replace(tag.String(), base.String(), base.String()+extended, 1)
	return cleaned, err == nil && base.String() != "und"
}

// foreignExtension is a language with an extension of three letters that does not belong to it, as only Chinese,
// Arabic, Malay, Swahili, Latvian, Uzbek, Konkani and the sign languages have any.
var foreignExtension = pattern(`^(?i)([a-z]{2,3})([-_][a-z]{3})([-_].*)?$`)

const extensible = " zh ar ms sw lv uz kok sgn "

// cutExtended takes an extension out that Polar keeps as it is, whatever it says.
func cutExtended(text string) (rest, extension string) {
	part := foreignExtension().FindStringSubmatch(text)
	if part == nil || strings.Contains(extensible, " "+strings.ToLower(part[1])+" ") {
		return text, ""
	}
	return part[1] + part[3], "-" + strings.ToLower(part[2][1:])
}
