// What is expected against what came.
import assert from "node:assert/strict";

import { CheckoutsvcError, isFinal, isPaid, unmodelled } from "@checkoutsvc/client";

import { protoJson, tagged } from "./convert.js";

/** Fails on a member that is not known, so that nothing goes unchecked. */
export function only(object, words) {
  const unknown = Object.keys(object).filter((word) => !words.includes(word));
  assert.deepEqual(unknown, [], "unknown words");
}

/** Checks all that is expected of an answer. */
export function checkAnswer(expect, answer) {
  only(expect, ["answer", "metadata", "custom_field_data", "unmodelled", "paid", "final"]);
  if (expect.answer !== undefined) {
    fits(expect.answer, protoJson(answer), "answer");
  }
  checkValues(expect.metadata, answer.metadata, "metadata");
  checkValues(expect.custom_field_data, answer.customFieldData, "custom_field_data");
  for (const [name, wanted] of Object.entries(expect.unmodelled ?? {})) {
    assert.deepEqual(unmodelled(answer, name), wanted, `unmodelled ${name}`);
  }
  if (expect.paid !== undefined) {
    assert.equal(isPaid(answer), expect.paid, "paid");
  }
  if (expect.final !== undefined) {
    assert.equal(isFinal(answer), expect.final, "final");
  }
}

function checkValues(wanted, got, where) {
  for (const [key, value] of Object.entries(wanted ?? {})) {
    assert.deepEqual(tagged(got[key]), value, `${where}.${key}`);
  }
}

/** Checks an error; without a wanted one there may be none. */
export function checkError(wanted, error) {
  if (wanted === undefined) {
    if (error !== undefined) throw error;
    return;
  }
  assert.ok(error !== undefined, "the call must fail");
  assert.ok(error instanceof CheckoutsvcError, `${error?.stack}`);
  const { class: name, fields = {}, ...rest } = wanted;
  if (name !== undefined) {
    assert.ok([name].flat().includes(error.name), `class ${error.name}, not ${name}: ${error.message}`);
  }
  only(rest, Object.keys(base));
  for (const [member, value] of Object.entries(rest)) {
    fits(value, base[member](error), member);
  }
  for (const [member, value] of Object.entries(fields)) {
    fits(value, fieldOf(error, member), `${error.name}.${member}`);
  }
}

const base = {
  method: (error) => error.method,
  code: (error) => error.code,
  domain: (error) => error.domain,
  reason: (error) => error.reason,
  message: (error) => error.message,
  http_status: (error) => error.httpStatus,
  violations: (error) => error.violations,
  metadata: (error) => error.metadata,
  retry_delay_ms: (error) => error.retryDelay,
  retry_safe: (error) => error.retrySafe,
};

/** A named error's own field, by its name in the scenario. */
function fieldOf(error, name) {
  const special = {
    "TokenError.name": () => error.error,
    "TokenError.description": () => error.errorDescription,
    "RateLimited.retry_after": () => error.retryAfter / 1000,
  };
  const usual = name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  const own = special[`${error.name}.${name}`];
  assert.ok(own || usual in error, `${error.name} has no ${usual}`);
  return protoJson(own ? own() : error[usual]);
}

/** Compares as the README says: of an object the members that are wanted, of a list all. */
export function fits(wanted, got, where) {
  if (isNothing(wanted)) {
    assert.ok(isNothing(got), `${where}: ${JSON.stringify(got)?.slice(0, 200)}, not ${JSON.stringify(wanted)}`);
  } else if (wanted === "<any>") {
    assert.ok(!isNothing(got), `${where} is missing`);
  } else if (Array.isArray(wanted) && typeof got === "string") {
    assert.ok(wanted.includes(got), `${where}: ${got}, none of ${wanted}`);
  } else if (Array.isArray(wanted)) {
    assert.equal(got?.length, wanted.length, `length of ${where}: ${JSON.stringify(got)?.slice(0, 500)}`);
    wanted.forEach((element, index) => fits(element, got[index], `${where}[${index}]`));
  } else if (typeof wanted === "object") {
    Object.entries(wanted).forEach(([name, value]) => fits(value, got?.[name], `${where}.${name}`));
  } else if (typeof wanted === "string" && wanted.startsWith("~ ")) {
    assert.ok(typeof got === "string" && got.includes(wanted.slice(2)), `${where}: ${got} lacks ${wanted.slice(2)}`);
  } else {
    assert.equal(got, wanted, where);
  }
}

function isNothing(value) {
  const empty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return empty || [undefined, null, 0, false, ""].includes(value);
}
