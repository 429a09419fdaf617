package validate

import (
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
		tag, err := canonical.Parse(in.Text())
		if base, _, _ := tag.Raw(); err != nil || base.String() == "und" {
			return refused(ValueError(in, "Invalid IETF BCP 47 language tag"))
		}
		return valid(ordered.String(tag.String()), exact)
	}}
}
