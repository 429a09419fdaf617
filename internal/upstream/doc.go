// Package upstream is the one place where attempts are made: it decides whether, when and how often a call is sent to
// Polar. Nothing above it repeats a call, and what is below, polarhttp, sends each one once.
//
// On its way a call passes, in this order: its deadline; then for each attempt the circuit breaker, the rate limits,
// and a bound on calls in flight. What comes back is repeated by the consequence of the operation (B 8.3) and by what
// the caller asked for, as long as the retry budget lasts.
package upstream
