package checkouts

import (
	"encoding/json"
	"fmt"
)

// Unmodelled reads a member of Polar's answer that the message has no place for, such as one that Polar added lately,
// out of the message's unmodelled_json into what into points to, as json.Unmarshal does. It tells whether there is such
// a member.
//
//	var loyalty struct{ Points int }
//	found, err := checkouts.Unmodelled(checkout, "loyalty", &loyalty)
func Unmodelled(message interface{ GetUnmodelledJson() map[string]string }, name string, into any) (bool, error) {
	text, found := message.GetUnmodelledJson()[name]
	if !found {
		return false, nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return true, fmt.Errorf("checkouts: unmodelled member %s: %w", name, err)
	}
	return true, nil
}
