package taxid

import (
	"strconv"
	"strings"
)

// number is the value of digits.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

func digit(digits string, i int) int { return int(digits[i] - '0') }

// sum adds the digits times their weights.
func sum(digits string, weights ...int) int {
	total := 0
	for i, weight := range weights {
		total += weight * digit(digits, i)
	}
	return total
}

// weighted checks that all digits times their weights add up to a multiple of modulus.
func weighted(modulus int, weights ...int) func(string) bool {
	return func(digits string) bool { return len(digits) == len(weights) && sum(digits, weights...)%modulus == 0 }
}

func roundUp(n int) int { return (n + 9) / 10 * 10 }

// luhnSum adds every second digit, from the second on, doubled and with its own digits added.
func luhnSum(digits string) int {
	total := 0
	for i := range digits {
		d := digit(digits, i)
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		total += d
	}
	return total
}

// luhn is the check of payment cards.
func luhn(digits string) bool {
	if len(digits)%2 == 0 {
		digits = "0" + digits
	}
	return luhnSum(digits)%10 == 0
}

// mod11and10 is the recursive check of ISO 7064.
func mod11and10(digits string) bool {
	check := 5
	for i := range digits {
		if check == 0 {
			check = 10
		}
		check = (check*2%11 + digit(digits, i)) % 10
	}
	return check == 1
}

func checkBE(n string) bool { return number(n) > 0 && number(n)%100 == 97-number(n)/100%97 }

// checkBG takes the nine digits of a company, or ten of a person, a foreigner or another entity.
func checkBG(n string) bool {
	if len(n) == 9 {
		check := sum(n, 1, 2, 3, 4, 5, 6, 7, 8) % 11
		if check == 10 {
			check = sum(n, 3, 4, 5, 6, 7, 8, 9, 10) % 11 % 10
		}
		return check == digit(n, 8)
	}
	person := sum(n, 2, 4, 8, 5, 10, 9, 7, 3, 6) % 11 % 10
	foreigner := sum(n, 21, 19, 17, 13, 11, 9, 7, 3, 1) % 10
	other := (11 - sum(n, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11) % 11
	last := digit(n, 9)
	return validMonth(n[2:4], 0, 20, 40) && person == last || foreigner == last || other == last
}

// validMonth tells whether two digits are a month, shifted by one of the offsets that tell centuries or sexes apart.
func validMonth(digits string, offsets ...int) bool {
	for _, offset := range offsets {
		if month := number(digits) - offset; month >= 1 && month <= 12 {
			return true
		}
	}
	return false
}

func checkCY(n string) bool {
	odd := []int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21}
	total := 0
	for i := range 8 {
		if i%2 == 0 {
			total += odd[digit(n, i)]
		} else {
			total += digit(n, i)
		}
	}
	return n[:2] != "12" && n[8] == byte('A'+total%26)
}

// checkCZ takes the eight digits of a company; longer ones are a person's, of which the month is looked at.
func checkCZ(n string) bool {
	switch {
	case len(n) == 8:
		check := (11 - sum(n, 8, 7, 6, 5, 4, 3, 2)%11) % 11
		if check == 0 {
			check = 1
		}
		return n[0] != '9' && check%10 == digit(n, 7)
	case len(n) == 9 && n[0] == '6':
		return (8-(10-sum(n[1:], 8, 7, 6, 5, 4, 3, 2)%11)%11+10)%10 == digit(n, 8)
	case len(n) == 9:
		return validMonth(n[2:4], 0, 50)
	}
	return validMonth(n[2:4], 0, 20, 50, 70) && (number(n)%11 == 0 || number(n[:9])%11 == 10 && n[9] == '0')
}

// checkES takes the numbers of citizens, foreigners and companies.
func checkES(n string) bool {
	const letters = "TRWAGMYFPDXBNJZSQVHLCKE"
	digits := n[:8]
	if i := strings.IndexByte("XYZ", n[0]); i >= 0 {
		digits = strconv.Itoa(i) + n[1:8]
	} else if strings.IndexByte("KLM", n[0]) >= 0 {
		digits = n[1:8]
	}
	if digits[0] >= '0' && digits[0] <= '9' {
		return n[8] == letters[number(digits)%23]
	}
	return checkCIF(n)
}

// checkCIF takes a company's number, which ends in a digit or in a letter by its first letter.
func checkCIF(n string) bool {
	if strings.IndexByte("ABCDEFGHJNPQRSUVW", n[0]) < 0 {
		return false
	}
	total := 0
	for i := range 7 {
		d := digit(n, i+1)
		if i%2 == 0 {
			d = d*2/10 + d*2%10
		}
		total += d
	}
	check := (10 - total%10) % 10
	byDigit, byLetter := n[8] == byte('0'+check), n[8] == "JABCDEFGHI"[check]
	switch {
	case strings.IndexByte("ABEH", n[0]) >= 0:
		return byDigit
	case strings.IndexByte("PQSW", n[0]) >= 0:
		return byLetter
	}
	return byDigit || byLetter
}

// checkFR looks at the company number and at the key before it, in which letters stand for numbers.
func checkFR(n string) bool {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	key, siren := n[:2], n[2:]
	if siren[:3] != "000" && !luhn(siren) {
		return false
	}
	if key[0] <= '9' && key[1] <= '9' {
		return number(key) == number(siren+"12")%97
	}
	first, second := strings.IndexByte(alphabet, key[0]), strings.IndexByte(alphabet, key[1])
	check := first*34 + second - 100
	if key[0] <= '9' {
		check = first*24 + second - 10
	}
	return (number(siren)+1+check/11)%11 == check%11
}

func checkIE(n string) bool {
	const letters = "WABCDEFGHIJKLMNOPQRSTUV"
	digits, extra := n[:7], 0
	if n[1] < '0' || n[1] > '9' {
		digits = "0" + n[2:7] + n[:1]
	} else if len(n) == 9 {
		extra = 9 * strings.IndexByte(letters, n[8])
	}
	return n[7] == letters[(sum(digits, 8, 7, 6, 5, 4, 3, 2)+extra)%23]
}

func checkIT(n string) bool {
	province := number(n[7:10])
	known := province >= 1 && province <= 100 || province == 120 || province == 121 || province == 888 || province == 999
	return n[:7] != "0000000" && known && luhn(n)
}

func checkLT(n string) bool {
	if n[len(n)-2] != '1' {
		return false
	}
	digits := n[:len(n)-1]
	check := 0
	for i := range digits {
		check += (1 + i%9) * digit(digits, i)
	}
	if check %= 11; check == 10 {
		check = 0
		for i := range digits {
			check += (1 + (i+2)%9) * digit(digits, i)
		}
	}
	return check%11%10 == digit(n, len(n)-1)
}

// checkNL takes the older numbers by the check of a citizen's, newer ones by that of bank accounts.
func checkNL(n string) bool {
	if n[:9] != "000000000" && sum(n, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0 {
		return true
	}
	remainder := 0
	for _, c := range "NL" + n {
		value := strings.IndexRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", c)
		if value > 9 {
			remainder = (remainder*100 + value) % 97
		} else {
			remainder = (remainder*10 + value) % 97
		}
	}
	return remainder == 1
}

func checkRO(n string) bool {
	padded := strings.Repeat("0", 10-len(n)) + n
	return 10*sum(padded, 7, 5, 3, 2, 1, 7, 5, 3, 2)%11%10 == digit(padded, 9)
}

func checkCPF(n string) bool {
	return number(n) > 0 && elevens(n, 10, 9, 8, 7, 6, 5, 4, 3, 2) == digit(n, 9) &&
		elevens(n, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) == digit(n, 10)
}

func checkCNPJ(n string) bool {
	return number(n) > 0 && elevens(n, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == digit(n, 12) &&
		elevens(n, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == digit(n, 13)
}

// elevens is a check digit of Brazil.
func elevens(n string, weights ...int) int {
	if remainder := sum(n, weights...) % 11; remainder >= 2 {
		return 11 - remainder
	}
	return 0
}

func checkCH(n string) bool {
	digits := n[3:12]
	return (11-sum(digits, 5, 4, 3, 2, 7, 6, 5, 4)%11)%11 == digit(digits, 8)
}

func checkGB(n string) bool {
	if n[0] > '9' {
		return true
	}
	remainder := sum(n, 8, 7, 6, 5, 4, 3, 2, 10, 1) % 97
	return remainder == 0 || number(n[:3]) >= 100 && (remainder == 42 || remainder == 55)
}

// checkIN checks the state, and the last character by the card check in base 36.
func checkIN(n string) bool {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	state := number(n[:2])
	total := 0
	for i := range n {
		value := strings.IndexByte(alphabet, n[len(n)-1-i])
		if i%2 == 1 {
			value = value*2/36 + value*2%36
		}
		total += value
	}
	return (state >= 1 && state <= 38 || state == 97) && n[7:11] != "0000" && total%36 == 0
}

func checkJP(n string) bool {
	total := 0
	for i := range 12 {
		total += (1 + i%2) * digit(n, 12-i)
	}
	return 9-total%9 == digit(n, 0)
}
