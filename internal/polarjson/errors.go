package polarjson

import "fmt"

// SyntaxError says why a text is not one JSON object. It quotes no value, since values may be secrets.
type SyntaxError struct {
	// Pointer is the JSON pointer (RFC 6901) of the innermost member or element that was being read; "" is the whole
	// text. It is cut at 256 bytes.
	Pointer string
	// Offset counts bytes from the start of the text.
	Offset int
	// Reason is a few words, such as "unexpected end".
	Reason string
}

// Error names the place and the reason.
func (e *SyntaxError) Error() string {
	if e.Pointer == "" {
		return fmt.Sprintf("JSON at byte %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("JSON at %s (byte %d): %s", e.Pointer, e.Offset, e.Reason)
}

// FieldError says which field of a message cannot be written as JSON, or which path of a mask is none.
// It quotes no value.
type FieldError struct {
	// Field is the path of the field from the message that was given, such as "prices.KEY[0].price_amount".
	Field string
	// Reason is a clause that follows the name, such as "is no top-level field".
	Reason string
}

// Error is the field followed by the reason.
func (e *FieldError) Error() string { return e.Field + " " + e.Reason }
