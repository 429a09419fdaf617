// The values of Polar's free maps: strings, numbers and booleans here, messages with one oneof on the wire. The generated
// code takes these codecs in place of ones of its own (buf.gen.yaml).
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";

/** JSON text of a value that no scalar holds exactly, such as an integer beyond 64 bits, or 1.0 where it must not be 1. */
export class Json {
  /** @param text is the JSON text as Polar wrote it, or as it is to be sent. */
  constructor(readonly text: string) {}

  /** The value as JSON.parse gives it, which rounds large numbers. */
  parse(): unknown {
    return JSON.parse(this.text);
  }
}

/**
 * A value of `metadata` or `customerMetadata` in an answer. A whole number beyond 2^53 is a bigint, so that no digit is
 * lost; 1 and 1.0 are the same.
 */
export type MetadataValue = string | number | bigint | boolean | Json;

/**
 * A value of `metadata` or `customerMetadata` to store: a string of 1 to 500 characters, a number or a boolean. Polar
 * takes no fractions in `customerMetadata`.
 */
export type MetadataInputValue = string | number | bigint | boolean | Json;

/** A value of `customFieldData` in an answer; null if the buyer left the field empty. Dates are ISO 8601 strings. */
export type CustomFieldValue = string | number | bigint | boolean | Json | null;

/** A value of `customFieldData` to store: by the kind of the field; null empties it. */
export type CustomFieldInputValue = string | number | bigint | boolean | Json | null;

type Value = CustomFieldValue;

function encode(value: Value, writer: BinaryWriter = new BinaryWriter()): BinaryWriter {
  switch (typeof value) {
    case "string":
      return writer.uint32(10).string(value);
    case "bigint":
      return writer.uint32(16).int64(value);
    case "number":
      return Number.isSafeInteger(value) ? writer.uint32(16).int64(value) : writer.uint32(25).double(value);
    case "boolean":
      return writer.uint32(32).bool(value);
    default:
      return value === null ? writer : encodeJson(value, writer);
  }
}

function encodeJson(value: Json, writer: BinaryWriter): BinaryWriter {
  if (!(value instanceof Json)) {
    throw new TypeError("values of metadata and custom fields are strings, numbers, booleans or Json");
  }
  return writer.uint32(42).string(value.text);
}

function decode(input: BinaryReader | Uint8Array, length?: number): Value {
  const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
  const end = length === undefined ? reader.len : reader.pos + length;
  let value: Value = null;
  while (reader.pos < end) {
    value = decodeField(reader, value);
  }
  return value;
}

function decodeField(reader: BinaryReader, before: Value): Value {
  const tag = reader.uint32();
  switch (tag) {
    case 10:
      return reader.string();
    case 16:
      return whole(BigInt(reader.int64()));
    case 25:
      return reader.double();
    case 32:
      return reader.bool();
    case 42:
      return new Json(reader.string());
    default:
      reader.skip(tag & 7);
      return before;
  }
}

function whole(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

interface Codec<T> {
  encode(value: T, writer?: BinaryWriter): BinaryWriter;
  decode(input: BinaryReader | Uint8Array, length?: number): T;
  fromPartial(value: unknown): T;
}

function codec<T>(): Codec<T> {
  return { encode, decode, fromPartial: (value: unknown) => value } as unknown as Codec<T>;
}

export const MetadataValue = codec<MetadataValue>();
export const MetadataInputValue = codec<MetadataInputValue>();
export const CustomFieldValue = codec<CustomFieldValue>();
export const CustomFieldInputValue = codec<CustomFieldInputValue>();
