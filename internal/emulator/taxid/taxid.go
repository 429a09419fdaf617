// Package taxid checks tax numbers as Polar does (B 2.9): by the country of the billing address, with the formats and
// check digits of the commonest kinds. Of the rarer kinds only the format is checked.
package taxid

import (
	"regexp"
	"strconv"
	"strings"
)

// kind is one sort of number. check, where set, looks at the digits after the pattern has matched.
type kind struct {
	name    string
	pattern *regexp.Regexp
	check   func(digits string) bool
}

// Validate normalises number and tells what kind it is; false if it is no valid number for an address in country. The
// VAT ids of the European Union are good for an address in any of its countries, but need their prefix.
func Validate(number, country string) (normalised, name string, ok bool) {
	if members[country] {
		return validateVAT(compact(number))
	}
	for _, k := range kinds[country] {
		compacted := strings.TrimPrefix(compact(number), prefixes[k.name])
		if k.pattern.MatchString(compacted) && (k.check == nil || k.check(compacted)) {
			return compacted, k.name, true
		}
	}
	return "", "", false
}

// compact drops what people put between the characters, and upper-cases.
func compact(number string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "", "/", "", "\u00a0", "").Replace(number))
}

func validateVAT(number string) (string, string, bool) {
	if len(number) < 4 {
		return "", "", false
	}
	country, digits := number[:2], number[2:]
	if country == "GR" {
		country = "EL"
	}
	k, known := vat[country]
	if !known || !k.pattern.MatchString(digits) || k.check != nil && !k.check(digits) {
		return "", "", false
	}
	return country + digits, "eu_vat", true
}

// members are the countries of the European Union.
var members = set("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")

// prefixes may stand before a number and are dropped.
var prefixes = map[string]string{"gb_vat": "GB", "au_abn": "", "no_vat": "NO"}

// vat holds the VAT ids of the European Union by prefix.
var vat = map[string]kind{
	"AT": {pattern: whole(`U\d{8}`)},
	"BE": {pattern: whole(`[01]?\d{9}`), check: checkBE},
	"BG": {pattern: whole(`\d{9,10}`)},
	"CY": {pattern: whole(`\d{8}[A-Z]`)},
	"CZ": {pattern: whole(`\d{8,10}`)},
	"DE": {pattern: whole(`[1-9]\d{8}`), check: checkDE},
	"DK": {pattern: whole(`[1-9]\d{7}`), check: weighted(11, 2, 7, 6, 5, 4, 3, 2, 1)},
	"EE": {pattern: whole(`\d{9}`), check: weighted(10, 3, 7, 1, 3, 7, 1, 3, 7, 1)},
	"EL": {pattern: whole(`\d{9}`)},
	"ES": {pattern: whole(`[A-Z0-9]\d{7}[A-Z0-9]`)},
	"FI": {pattern: whole(`\d{8}`), check: weighted(11, 7, 9, 10, 5, 8, 4, 2, 1)},
	"FR": {pattern: whole(`[A-HJ-NP-Z0-9]{2}\d{9}`), check: checkFR},
	"HR": {pattern: whole(`\d{11}`), check: mod11and10},
	"HU": {pattern: whole(`\d{8}`), check: weighted(10, 9, 7, 3, 1, 9, 7, 3, 1)},
	"IE": {pattern: whole(`\d[A-Z0-9+*]\d{5}[A-W][AH]?`)},
	"IT": {pattern: whole(`\d{11}`), check: luhn},
	"LT": {pattern: whole(`\d{9}|\d{12}`)},
	"LU": {pattern: whole(`\d{8}`), check: checkLU},
	"LV": {pattern: whole(`\d{11}`)},
	"MT": {pattern: whole(`[1-9]\d{7}`), check: weighted(37, 3, 4, 6, 7, 8, 9, 10, 1)},
	"NL": {pattern: whole(`\d{9}B\d{2}`)},
	"PL": {pattern: whole(`\d{10}`), check: weighted(11, 6, 5, 7, 2, 3, 4, 5, 6, 7, -1)},
	"PT": {pattern: whole(`[1-9]\d{8}`), check: checkPT},
	"RO": {pattern: whole(`[1-9]\d{1,9}`)},
	"SE": {pattern: whole(`\d{10}01`), check: func(d string) bool { return luhn(d[:10]) }},
	"SI": {pattern: whole(`[1-9]\d{7}`)},
	"SK": {pattern: whole(`[1-9]\d[2346-9]\d{7}`), check: func(d string) bool { return atoi(d)%11 == 0 }},
}

// kinds holds the numbers of other countries, in the order in which they are tried.
var kinds = map[string][]kind{
	"AE": {{name: "ae_trn", pattern: whole(`\d{15}`)}},
	"AU": {{name: "au_abn", pattern: whole(`\d{11}`), check: checkABN}},
	"BR": {
		{name: "br_cnpj", pattern: whole(`\d{14}`)},
		{name: "br_cpf", pattern: whole(`\d{11}`)},
	},
	"CA": {
		{name: "ca_gst_hst", pattern: whole(`\d{9}(RC|RM|RP|RT)\d{4}`), check: func(d string) bool { return luhn(d[:9]) }},
		{name: "ca_bn", pattern: whole(`\d{9}`), check: luhn},
	},
	"CH": {{name: "ch_uid", pattern: whole(`CHE\d{9}`), check: checkCH}, {name: "ch_vat", pattern: whole(`CHE\d{9}(MWST|TVA|IVA|TPV)`)}},
	"GB": {{name: "gb_vat", pattern: whole(`\d{9}(\d{3})?|GD[0-4]\d\d|HA[5-9]\d\d`), check: checkGB}},
	"IN": {{name: "in_gst", pattern: whole(`\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]`)}},
	"JP": {{name: "jp_cn", pattern: whole(`\d{13}`)}},
	"MX": {{name: "mx_rfc", pattern: whole(`[A-Z&Ñ]{3,4}\d{6}[A-Z0-9]{3}`)}},
	"NO": {{name: "no_vat", pattern: whole(`\d{9}(MVA)?`), check: func(d string) bool {
		return weighted(11, 3, 2, 7, 6, 5, 4, 3, 2, 1)(d[:9])
	}}},
	"NZ": {{name: "nz_gst", pattern: whole(`\d{8,9}`)}},
	"SG": {{name: "sg_gst", pattern: whole(`[A-Z]\d{8}[A-Z0-9]`)}, {name: "sg_uen", pattern: whole(`\d{8,9}[A-Z]`)}},
	"UA": {{name: "ua_vat", pattern: whole(`\d{10,12}`)}},
	"US": {{name: "us_ein", pattern: whole(`\d{9}`)}},
	"ZA": {{name: "za_vat", pattern: whole(`4\d{9}`)}},
}

func whole(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)$`) }

// weighted checks that the digits times their weights add up to a multiple of modulus.
func weighted(modulus int, weights ...int) func(string) bool {
	return func(digits string) bool { return len(digits) == len(weights) && sum(digits, weights...)%modulus == 0 }
}

func sum(digits string, weights ...int) int {
	total := 0
	for i, weight := range weights {
		total += weight * int(digits[i]-'0')
	}
	return total
}

// luhn is the check of payment cards.
func luhn(digits string) bool {
	total := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		total += d
	}
	return total%10 == 0
}

// mod11and10 is the recursive check of ISO 7064.
func mod11and10(digits string) bool {
	check := 5
	for i := range digits {
		if check == 0 {
			check = 10
		}
		check = (check*2%11 + int(digits[i]-'0')) % 10
	}
	return check == 1
}

func checkBE(digits string) bool {
	n := atoi(digits)
	return n > 0 && n%100 == 97-n/100%97
}

func checkDE(digits string) bool { return mod11and10(digits) }

// checkFR holds the key of a company number, where the key is all digits, to its formula.
func checkFR(digits string) bool {
	key, siren := digits[:2], digits[2:]
	if !luhn(siren) && siren[:3] != "000" {
		return false
	}
	if !strings.ContainsFunc(key, func(r rune) bool { return r > '9' }) {
		return atoi(key) == atoi(siren+"12")%97
	}
	return true
}

func checkGB(digits string) bool {
	if len(digits) < 9 {
		return true
	}
	remainder := sum(digits, 8, 7, 6, 5, 4, 3, 2, 10, 1) % 97
	return remainder == 0 || remainder == 42
}

func checkLU(digits string) bool { return atoi(digits[:6])%89 == atoi(digits[6:]) }

func checkPT(digits string) bool {
	check := (11 - sum(digits, 9, 8, 7, 6, 5, 4, 3, 2)%11) % 11 % 10
	return check == int(digits[8]-'0')
}

func checkABN(digits string) bool {
	return (sum(digits, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
}

func checkCH(number string) bool {
	digits := number[3:]
	check := (11 - sum(digits, 5, 4, 3, 2, 7, 6, 5, 4)%11) % 11
	return check == int(digits[8]-'0')
}

func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

func set(words string) map[string]bool {
	members := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		members[word] = true
	}
	return members
}
