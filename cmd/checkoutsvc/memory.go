package main

import "runtime/debug"

// gcPercent is how much garbage may gather beside what is in use. What is in use is little, a few MB, so that Go's own
// 100 % would collect it dozens of times a second under load, which is a tenth of what a read costs. GOGC and GOMEMLIMIT
// overrule it.
const gcPercent = 400

// tradeMemory sets it, unless the operator has set something.
func tradeMemory(env func(string) (string, bool)) {
	if _, set := env("GOGC"); !set {
		debug.SetGCPercent(gcPercent)
	}
}
