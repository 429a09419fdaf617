// Package apicoverage holds the protos to Polar's OpenAPI document. It has nothing but tests: every operation,
// parameter, property and enum value of the document must have its counterpart, and every proto field must have one
// there. What differs on purpose is listed in allowed_test.go with its reason.
package apicoverage
