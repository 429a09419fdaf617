package schema

import (
	"fmt"
	"math"
	"strings"
)

// Currencies are the presentment currencies, in Polar's order (B 10.1).
var Currencies = strings.Fields(`
	aed all amd aoa ars aud awg azn bam bbd bdt bif bmd bnd bob brl bsd bwp bzd cad cdf chf clp cny cop crc cve
	czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jpy
	kes kgs khr kmf krw kyd kzt lak lkr lrd lsl mad mdl mga mkd mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok
	npr nzd pab pen pgk php pkr pln pyg qar ron rsd rwf sar sbd scr sek sgd shp sos srd szl thb tjs top try ttd
	twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw`)

// minimums lists the smallest amounts that are not free, in minor units.
var minimums = byCurrency(map[int64]string{
	40:      "gbp",
	50:      "chf eur usd",
	70:      "aud cad sgd",
	80:      "jpy",
	90:      "nzd",
	100:     "awg azn bam bmd bnd bsd djf fkp gip kyd pab shp vuv xcg xpf",
	150:     "ils",
	200:     "aed bbd bzd fjd gel myr pen pln qar sar top wst xcd",
	250:     "brl ron",
	300:     "pgk",
	320:     "dkk",
	400:     "hkd sbd ttd",
	500:     "bob clp cny gtq kmf mad mop nok sek tjs xaf xof",
	800:     "krw mvr scr",
	900:     "mxn zar",
	1000:    "bwp lsl mdl nad rwf szl zmw",
	1500:    "czk",
	2000:    "bif hnl nio srd thb twd uyu",
	3000:    "egp mga try uah",
	3500:    "php",
	4000:    "dop gmd pyg",
	5000:    "all cve gnf kgs mkd mur mzn",
	6000:    "inr rsd",
	7000:    "bdt dzd htg isk kes",
	8000:    "etb jmd npr",
	10000:   "lrd",
	17500:   "huf",
	20000:   "amd gyd lkr pkr vnd yer",
	30000:   "crc kzt",
	50000:   "aoa sos",
	70000:   "ngn",
	75000:   "ars",
	100000:  "mwk",
	200000:  "cdf cop mnt tzs ugx",
	300000:  "khr",
	700000:  "uzs",
	900000:  "idr",
	2000000: "lak",
})

func byCurrency(lists map[int64]string) map[string]int64 {
	amounts := map[string]int64{}
	for amount, list := range lists {
		for currency := range strings.FieldsSeq(list) {
			amounts[currency] = amount
		}
	}
	return amounts
}

// maximums lists the largest amounts that differ from the usual one, in minor units.
var maximums = map[string]int64{
	"ars": 140_000_000,
	"cdf": 280_000_000,
	"cop": 400_000_000,
	"idr": 1_600_000_000,
	"khr": 400_000_000,
	"lak": 2_100_000_000,
	"mnt": 350_000_000,
	"mwk": 175_000_000,
	"ngn": 155_000_000,
	"tzs": 250_000_000,
	"ugx": 370_000_000,
	"uzs": 1_250_000_000,
}

const (
	usualMinimum = 50
	usualMaximum = 99_999_999
)

// MinimumAmount is the smallest amount of a price in currency that is not free, in minor units.
func MinimumAmount(currency string) int64 {
	if amount, ok := minimums[currency]; ok {
		return amount
	}
	return usualMinimum
}

// MaximumAmount is the largest amount of a price in currency, in minor units.
func MaximumAmount(currency string) int64 {
	if amount, ok := maximums[currency]; ok {
		return amount
	}
	return usualMaximum
}

var (
	// zeroDecimal are the currencies whose minor unit is the currency itself.
	zeroDecimal = set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
	// wholeOnly are those of which people write no fractions.
	wholeOnly = set("all bif clp djf gnf isk jpy kmf krw lak mga pyg rsd rwf sos ugx vnd vuv xaf xof xpf yer")
	// symbols are what stands before an amount in English, where it is not the code in capitals.
	symbols = map[string]string{
		"aud": "A$", "brl": "R$", "cad": "CA$", "cny": "CN¥", "eur": "€", "gbp": "£", "hkd": "HK$", "ils": "₪",
		"inr": "₹", "jpy": "¥", "krw": "₩", "mxn": "MX$", "nzd": "NZ$", "php": "₱", "twd": "NT$", "usd": "$",
		"vnd": "₫", "xaf": "FCFA", "xcd": "EC$", "xcg": "Cg.", "xof": "F\u202fCFA", "xpf": "CFPF",
	}
)

func set(list string) map[string]bool {
	members := map[string]bool{}
	for member := range strings.FieldsSeq(list) {
		members[member] = true
	}
	return members
}

// FormatAmount writes amount, in minor units of currency, as Polar does in its texts: "$999,999.99".
func FormatAmount(amount int64, currency string) string {
	units, places := float64(amount), 2
	if !zeroDecimal[currency] {
		units /= 100
	}
	if wholeOnly[currency] {
		units, places = math.RoundToEven(units), 0
	}
	symbol, ok := symbols[currency]
	if !ok {
		symbol = strings.ToUpper(currency)
	}
	whole, fraction, _ := strings.Cut(fmt.Sprintf("%.*f", places, math.Abs(units)), ".")
	text := symbol + grouped(whole)
	if fraction != "" {
		text += "." + fraction
	}
	if units < 0 {
		return "-" + text
	}
	return text
}

// grouped puts a comma before every three digits.
func grouped(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
