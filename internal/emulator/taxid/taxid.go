// Package taxid checks tax numbers as Polar does (B 2.9): by the country of the billing address, with the formats and
// check digits of the European Union and of the countries that buyers come from most. Numbers of other countries are
// refused.
package taxid

import (
	"regexp"
	"strings"
	"sync"
)

// kind is one sort of number: what separators it may be written with, what prefix may be left out, its pattern and,
// where set, its check digits.
type kind struct {
	name    string
	prefix  string
	pattern func() *regexp.Regexp
	check   func(number string) bool
	// finish, where set, completes a number that may be written short.
	finish func(number string) string
}

// Validate normalises number and tells what kind it is; false if it is no valid number for an address in country. The
// VAT ids of the European Union are good for an address in any of its countries, but need their prefix.
func Validate(number, country string) (normalised, name string, ok bool) {
	compacted := compact(number)
	if union[country] {
		return validateVAT(compacted)
	}
	for _, k := range kinds[country] {
		if normalised, ok := k.validate(strings.TrimPrefix(compacted, k.prefix)); ok {
			return normalised, k.name, true
		}
	}
	return "", "", false
}

var separators = strings.NewReplacer(" ", "", "-", "", ".", "", "/", "", "\u00a0", "")

// compact drops what people write between the characters, and upper-cases.
func compact(number string) string { return strings.ToUpper(separators.Replace(number)) }

func (k kind) validate(number string) (string, bool) {
	if !k.pattern().MatchString(number) {
		return "", false
	}
	if k.finish != nil {
		number = k.finish(number)
	}
	return number, k.check == nil || k.check(number)
}

func validateVAT(number string) (string, string, bool) {
	if len(number) < 2 {
		return "", "", false
	}
	prefix := number[:2]
	k, known := vat[strings.Replace(prefix, "GR", "EL", 1)]
	if !known {
		return "", "", false
	}
	digits, ok := k.validate(number[2:])
	return prefix + digits, "eu_vat", ok
}

// union are the countries of the European Union.
var union = set("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")

// vat holds the VAT ids of the European Union by prefix.
var vat = map[string]kind{
	"AT": {pattern: whole(`U\d{8}`), check: func(n string) bool { return luhnSum(n[1:8])+digit(n, 8)+4 == roundUp(luhnSum(n[1:8])+digit(n, 8)+4) }},
	"BE": {pattern: whole(`[01]?\d{9}`), check: checkBE, finish: func(n string) string { return strings.Repeat("0", 10-len(n)) + n }},
	"BG": {pattern: whole(`\d{9,10}`), check: checkBG},
	"CY": {pattern: whole(`\d{8}[A-Z]`), check: checkCY},
	"CZ": {pattern: whole(`\d{8,10}`), check: checkCZ},
	"DE": {pattern: whole(`[1-9]\d{8}`), check: mod11and10},
	"DK": {pattern: whole(`[1-9]\d{7}`), check: weighted(11, 2, 7, 6, 5, 4, 3, 2, 1)},
	"EE": {pattern: whole(`\d{9}`), check: weighted(10, 3, 7, 1, 3, 7, 1, 3, 7, 1)},
	"EL": {pattern: whole(`\d{9}`), check: func(n string) bool {
		return sum(n, 256, 128, 64, 32, 16, 8, 4, 2)%11%10 == digit(n, 8)
	}},
	"ES": {pattern: whole(`[A-Z0-9]\d{7}[A-Z0-9]`), check: checkES},
	"FI": {pattern: whole(`\d{8}`), check: weighted(11, 7, 9, 10, 5, 8, 4, 2, 1)},
	"FR": {pattern: whole(`[A-HJ-NP-Z0-9]{2}\d{9}`), check: checkFR},
	"HR": {pattern: whole(`\d{11}`), check: mod11and10},
	"HU": {pattern: whole(`\d{8}`), check: weighted(10, 9, 7, 3, 1, 9, 7, 3, 1)},
	"IE": {pattern: whole(`\d[A-Z0-9+*]\d{5}[A-W][A-I]?`), check: checkIE},
	"IT": {pattern: whole(`\d{11}`), check: checkIT},
	"LT": {pattern: whole(`\d{9}|\d{12}`), check: checkLT},
	"LU": {pattern: whole(`\d{8}`), check: func(n string) bool { return number(n[:6])%89 == number(n[6:]) }},
	"LV": {pattern: whole(`[4-9]\d{10}`), check: func(n string) bool { return sum(n, 9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1)%11 == 3 }},
	"MT": {pattern: whole(`[1-9]\d{7}`), check: weighted(37, 3, 4, 6, 7, 8, 9, 10, 1)},
	"NL": {pattern: whole(`\d{9}B\d{2}`), check: checkNL},
	"PL": {pattern: whole(`\d{10}`), check: weighted(11, 6, 5, 7, 2, 3, 4, 5, 6, 7, -1)},
	"PT": {pattern: whole(`[1-9]\d{8}`), check: func(n string) bool {
		return (11-sum(n, 9, 8, 7, 6, 5, 4, 3, 2)%11)%11%10 == digit(n, 8)
	}},
	"RO": {pattern: whole(`[1-9]\d{1,9}`), check: checkRO},
	"SE": {pattern: whole(`\d{10}01`), check: func(n string) bool { return luhn(n[:10]) }},
	"SI": {pattern: whole(`[1-9]\d{7}`), check: func(n string) bool {
		return (11-sum(n, 8, 7, 6, 5, 4, 3, 2)%11)%10 == digit(n, 7)
	}},
	"SK": {pattern: whole(`[1-9]\d[2346-9]\d{7}`), check: func(n string) bool { return number(n)%11 == 0 }},
}

// kinds holds the numbers of other countries, in the order in which they are tried.
var kinds = map[string][]kind{
	"AE": {{name: "ae_trn", pattern: whole(`\d{15}`)}},
	"AU": {{name: "au_abn", pattern: whole(`\d{11}`), check: func(n string) bool {
		return (sum(n, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
	}}},
	"BR": {
		{name: "br_cnpj", pattern: whole(`\d{14}`), check: checkCNPJ},
		{name: "br_cpf", pattern: whole(`\d{11}`), check: checkCPF},
	},
	"CA": {
		{name: "ca_gst_hst", pattern: whole(`\d{9}(RC|RM|RP|RT)\d{4}`), check: func(n string) bool { return luhn(n[:9]) }},
		{name: "ca_bn", pattern: whole(`\d{9}`), check: luhn},
	},
	"CH": {
		{name: "ch_uid", pattern: whole(`(CHE)?\d{9}`), check: checkCH, finish: func(n string) string {
			return "CHE" + strings.TrimPrefix(n, "CHE")
		}},
		{name: "ch_vat", pattern: whole(`CHE\d{9}(MWST|TVA|IVA|TPV)`), check: checkCH},
	},
	"GB": {{name: "gb_vat", prefix: "GB", pattern: whole(`\d{9}(\d{3})?|GD[0-4]\d\d|HA[5-9]\d\d`), check: checkGB}},
	"HK": {{name: "hk_br", pattern: whole(`\d{8}`)}},
	"IN": {{name: "in_gst", pattern: whole(`\d{2}[A-Z]{3}[ABCFGHJLPTK][A-Z]\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]`), check: checkIN}},
	"JP": {{name: "jp_cn", pattern: whole(`\d{13}`), check: checkJP}},
	"MX": {{name: "mx_rfc", pattern: whole(`[A-Z&Ñ]{3,4}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[A-Z0-9]{2}[0-9A]`)}},
	"NO": {{name: "no_vat", prefix: "NO", pattern: whole(`\d{9}MVA`), check: func(n string) bool {
		return weighted(11, 3, 2, 7, 6, 5, 4, 3, 2, 1)(n[:9])
	}}},
	"SG": {{name: "sg_uen", pattern: whole(`\d{8,9}[A-Z]`)}},
	"US": {{name: "us_ein", pattern: whole(`(0[1-6]|1[0-6]|2[0-7]|3[0-9]|4[0-8]|5[0-9]|6[0-8]|7[1-7]|8[0-8]|9[0-58-9])\d{7}`)}},
}

// whole is a pattern for a whole number, compiled when it is first needed: most programs never check a tax id.
func whole(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)$`) })
}

func set(words string) map[string]bool {
	members := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		members[word] = true
	}
	return members
}
