package validate

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator/ordered"
)

// UUID4 takes the text of a version 4 UUID, plain, without dashes, in braces or as urn, and cleans it to the plain
// lower-case form.
func UUID4() Schema {
	return Schema{"uuid", checkUUID4}
}

func checkUUID4(in ordered.Value) result {
	switch {
	case in.Kind() != ordered.KindString:
		return refuse(in, "uuid_type", "UUID input should be a string, bytes or UUID object")
	case !utf8.ValidString(in.Text()):
		return notUnicode(in)
	}
	id, complaint := parseUUID(in.Text())
	if complaint != "" {
		return refuse(in, "uuid_parsing", "Input should be a valid UUID, "+complaint, "error", complaint)
	}
	if id[6]>>4 != 4 || id[8]>>6 != 2 {
		return refuse(in, "uuid_version", "UUID version 4 expected", "expected_version", 4)
	}
	text := hex.EncodeToString(id)
	return valid(ordered.String(strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")), lax)
}

var uuidGroups = [5]int{8, 4, 4, 4, 12}

const uuidLength = 36

// parseUUID reads the bytes of a UUID, or says what is wrong with text.
func parseUUID(text string) (id []byte, complaint string) {
	digits := unwrapUUID(text)
	wrapping := len(text) - len(digits)
	if i := strings.IndexFunc(digits, notUUID); i >= 0 {
		r, _ := utf8.DecodeRuneInString(digits[i:])
		if len(digits) != uuidLength {
			i += strings.Index(text, digits) // Places count from the digits only if there are as many as should be.
		}
		return nil, fmt.Sprintf("invalid character: found `%c` at %d", r, i+1)
	}
	groups := strings.Split(digits, "-")
	if len(groups) == 1 && wrapping == 0 {
		if len(digits) != 32 {
			return nil, fmt.Sprintf("invalid length: expected length 32 for simple format, found %d", len(digits))
		}
		id, _ = hex.DecodeString(digits)
		return id, ""
	}
	if len(groups) != len(uuidGroups) {
		return nil, fmt.Sprintf("invalid group count: expected 5, found %d", len(groups))
	}
	for i, group := range groups {
		if n := len(group); n != uuidGroups[i] {
			if i == len(groups)-1 {
				n += wrapping // Polar's parser counts what stands around the digits to the last group.
			}
			return nil, fmt.Sprintf("invalid group length in group %d: expected %d, found %d", i, uuidGroups[i], n)
		}
	}
	id, _ = hex.DecodeString(strings.Join(groups, ""))
	return id, ""
}

// unwrapUUID takes digits out of braces or from behind urn:uuid:.
func unwrapUUID(text string) string {
	if rest, ok := strings.CutPrefix(text, "urn:uuid:"); ok {
		return rest
	}
	if len(text) >= 2 && text[0] == '{' && text[len(text)-1] == '}' {
		return text[1 : len(text)-1]
	}
	return text
}

func notUUID(r rune) bool {
	return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'f') && (r < 'A' || r > 'F')
}
