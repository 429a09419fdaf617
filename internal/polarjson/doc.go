// Package polarjson turns Polar's JSON into protobuf and back, driven by descriptors. It knows no checkout: a
// field that Polar adds is a line in a .proto.
//
// # The law
//
// An answer loses nothing. Decoding fails only on text that is not one JSON object; and every member of an object x
// stands in the JSON of the message decoded from x with an equal value, numbers with their kind (1 and 1.0
// differ), the last one of a repeated name counting. Members that x lacks may appear there only as null, empty, or
// the zero of a field that cannot be unset. What a message cannot hold exactly is kept as JSON text, member by
// member, in its map unmodelled_json, while the typed field stays empty: unknown members, enum values and variants,
// integers beyond the field's width, a null or a kind of value that the field has no place for, a time or a double
// that would be printed differently. Only bytes and escapes that are no Unicode change: they become U+FFFD.
//
// # Conventions
//
//   - Field names are Polar's names. Kinds: string, bool, int32, int64, double, enum, google.protobuf.Timestamp,
//     message, lists of these, maps of these with string keys.
//   - An enum value is written as its name without the enum's prefix, in lower case; UNSPECIFIED is never written.
//   - A message that is a JSON object has map<string, string> unmodelled_json.
//   - A oneof in such a message is a union: its name is the discriminator, the name of the variant that is set its
//     value, and the members of the variant stand in the same object. Variants have no unmodelled_json.
//   - A message with the option transparent is no object. With a oneof it is a scalar: a field each for string,
//     int64, double and bool, as far as needed, and unmodelled_json for the rest; with nothing set it is null.
//     Without, it is its only field, a list or a map.
//   - Sent and answered messages are different types. In sent ones singular scalars and enums are optional. The
//     option omit_unset of an answered field leaves it out when unset.
//
// # How it works
//
// [NewAnswer] and [NewRequest] compile a descriptor into tables. [Codec.AppendWire] reads the text once and appends
// wire as it goes. Members mostly come in the order of the fields, so it compares the text at the cursor with the
// next field's name, quotes and colon included, and looks a name up only when that fails. A record's length is
// filled in when it is complete. When a value turns out not to fit, the output is cut back to where its member
// began and the member kept as text; inside lists, maps and transparent messages that is the member of the nearest
// object around. The members of a union's variant are remembered as offsets until the end of the object, since the
// discriminator may come last. Only a text that has a member twice is read again, looking through the names of each
// object first.
package polarjson
