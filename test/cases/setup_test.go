package cases

import (
	"strings"

	"github.com/checkoutsvc/checkoutsvc/test/book"
)

// prepare carries out a setup section and remembers the answers that it names.
func prepare(polar *book.Polar, section string, known variables) error {
	for _, entry := range entries(section) {
		name, line, named := strings.Cut(entry, " = ")
		if !named || strings.ContainsAny(name, " {") {
			name, line = "", entry
		}
		line, err := known.fill(line)
		if err != nil {
			return err
		}
		answer, err := polar.Direct(line)
		if err != nil {
			return err
		}
		if name == "" {
			continue
		}
		if known[name], err = decodeJSON(answer); err != nil {
			return err
		}
	}
	return nil
}
