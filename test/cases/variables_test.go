package cases

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/checkoutsvc/checkoutsvc/internal/emulator"
)

// variables are what ${name} and ${name.member.0} in a case stand for: the demo catalogue, and what setup has made.
type variables map[string]any

func demoCatalogue() variables {
	return variables{
		"organization": emulator.DemoOrganizationID, "token": emulator.DefaultToken,
		"one_time": emulator.DemoOneTimeID, "monthly": emulator.DemoMonthlyID, "free": emulator.DemoFreeID,
		"custom": emulator.DemoCustomID, "seats": emulator.DemoSeatsID, "trial": emulator.DemoTrialID, "multi": emulator.DemoMultiID,
		"half": emulator.DemoHalfDiscountID, "fiver": emulator.DemoFixedDiscountID, "ada": emulator.DemoCustomerID,
	}
}

var reference = regexp.MustCompile(`\$\{([a-z0-9_.]+)\}`)

// fill puts the values in; a name that is not known is an error, not an empty text.
func (v variables) fill(text string) (string, error) {
	var failed error
	filled := reference.ReplaceAllStringFunc(text, func(ref string) string {
		value, err := v.lookUp(strings.Split(ref[2:len(ref)-1], "."))
		if err != nil {
			failed = fmt.Errorf("%s: %w", ref, err)
		}
		return value
	})
	return filled, failed
}

func (v variables) lookUp(path []string) (string, error) {
	at := any(map[string]any(v))
	for _, name := range path {
		var ok bool
		switch holder := at.(type) {
		case map[string]any:
			at, ok = holder[name]
		case []any:
			i, err := strconv.Atoi(name)
			if ok = err == nil && i < len(holder); ok {
				at = holder[i]
			}
		}
		if !ok {
			return "", fmt.Errorf("there is no %s", name)
		}
	}
	return fmt.Sprint(at), nil
}
