// Between protobuf's JSON with the names of the proto files, which the scenario speaks, and what the client takes and gives.
import assert from "node:assert/strict";

const values = new Set(["metadata", "customer_metadata", "custom_field_data"]);
const verbatim = new Set([...values, "unmodelled_json", "headers"]);

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const snake = (name) => name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());

/** Fields as the client takes them. */
export function native(fields = {}) {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [camel(name), nativeMember(name, value)]));
}

function nativeMember(name, value) {
  if (values.has(name)) {
    return Object.fromEntries(Object.entries(value).map(([key, tagged]) => [key, untagged(tagged)]));
  }
  const nested = typeof value === "object" && !Array.isArray(value) && !verbatim.has(name);
  return nested ? native(value) : value;
}

function untagged(tagged) {
  const [[kind, value]] = Object.entries(tagged);
  assert.ok(["string_value", "integer_value", "double_value", "bool_value"].includes(kind), `no such kind: ${kind}`);
  return value;
}

/** A value of the client's with its kind. A number with a fraction is a double; 1.0 is 1 in this language. */
export function tagged(value) {
  if (typeof value === "number") {
    return Number.isInteger(value) ? { integer_value: value } : { double_value: value };
  }
  return { [{ string: "string_value", boolean: "bool_value", bigint: "integer_value" }[typeof value]]: value };
}

/** Retries as the client takes them. */
export function retriesOf(retries) {
  if (retries === undefined) {
    return undefined;
  }
  const strategy = retries.strategy?.replace("RETRY_STRATEGY_", "").toLowerCase();
  return { ...native(retries), strategy };
}

/** An answer, or a part of one, as protobuf's JSON has it. */
export function protoJson(value) {
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (Array.isArray(value)) {
    return value.map(protoJson);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(member));
  }
  return typeof value === "string" && value.endsWith("_UNSPECIFIED") ? undefined : value;
}

function member([name, value]) {
  if (value?.$case !== undefined) {
    return [snake(value.$case), protoJson(value.value)];
  }
  return [snake(name), verbatim.has(snake(name)) ? value : protoJson(value)];
}
