// Package checkouts is the Go client of checkoutsvc: Polar's checkout sessions over gRPC.
//
// Dial gives a client with the seven methods of the generated CheckoutServiceClient. What this package adds to the
// generated code:
//
//   - connections with defaults that suit the service (Dial),
//   - errors as Go types, found with errors.As: Error is there for every failed call, and a type by Polar's name, such
//     as NotOpenCheckout, where Polar says more,
//   - lists without page arithmetic (All, NextPage),
//   - the questions that are easily answered wrongly (IsPaid, IsFinal),
//   - Go scalars in place of the value messages of metadata and custom fields.
//
// Optional fields of a request are pointers; new makes them: new("usd"), new(int64(500)).
//
// A checkout that says CONFIRMED is not paid yet. Deliver when IsPaid says so.
package checkouts
