// Package checkouts is the Go client of checkoutsvc: Polar's checkout sessions over gRPC.
//
// Dial gives a client with the seven methods of the generated CheckoutServiceClient. What this package adds to the
// generated code:
//
//   - connections with defaults that suit the service (Dial), a token, an organization and deadlines (WithToken, ...),
//   - errors as Go types, found with errors.As: Error is there for every failed call, and a type by Polar's name, such
//     as NotOpenCheckout, where Polar says more,
//   - lists without page arithmetic (All, NextPage),
//   - updates that empty fields, without writing a mask (Clear),
//   - the questions that are easily answered wrongly (IsPaid, IsFinal, Error.RetrySafe),
//   - Go scalars in place of the value messages of metadata and custom fields (Metadata, CustomField, Value),
//   - what Polar answers and this version has no field for (Unmodelled).
//
// Optional fields of a request are pointers; new makes them: new("usd"), new(int64(500)).
//
// A checkout that says CONFIRMED is not paid yet. Deliver when IsPaid says so.
package checkouts
