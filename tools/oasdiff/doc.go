// Package oasdiff holds our OpenAPI document to a validator, to the recorded wire and to Polar's own document. It has
// nothing but tests, in a module of its own because oasdiff and the validator bring a hundred modules with them.
package oasdiff
