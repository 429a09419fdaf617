import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import * as client from "@checkoutsvc/client";

import * as messages from "../node_modules/@checkoutsvc/client/dist/gen/polar/checkouts/v1/errors.js";
import { clientOf, encodedStatus, errorFrom, info, serve, status } from "./server.js";

/** The error of one call to a service that fails with a status. */
async function errorOf(t, failure, call = (c) => c.getCheckout("x")) {
  const { address } = await serve(t, () => failure);
  return errorFrom(call(clientOf(t, address)));
}

const confirm = (c) => c.confirmClientCheckout("secret");

test("every error of the proto file has a class of its name", async (t) => {
  const names = Object.keys(messages).filter((name) => messages[name].decode && !/Entry$|^ValidationError$/.test(name));
  assert.ok(names.length >= 24);
  for (const name of names) {
    const error = await errorOf(
      t,
      status("FAILED_PRECONDITION", `${name}: no`, info("X"), [
        name,
        { detail: name === "HTTPValidationError" ? [] : "why" },
      ]),
    );
    assert.ok(error instanceof client[name], name);
    assert.ok(error instanceof client.CheckoutsvcError);
    assert.equal(error.name, name);
    assert.equal(error.message, `GetCheckout: FAILED_PRECONDITION: ${name}: no`);
  }
});

test("an error tells all that its status tells", async (t) => {
  const error = await errorOf(
    t,
    status(
      "INVALID_ARGUMENT",
      "HTTPValidationError: seats",
      [
        "ErrorInfo",
        {
          domain: "polar.sh",
          reason: "HTTP_VALIDATION_ERROR",
          metadata: { http_status: "422", operation: "GetCheckout" },
        },
      ],
      ["RetryInfo", { retryDelay: { seconds: 1, nanos: 500_000_000 } }],
      ["BadRequest", { fieldViolations: [{ field: "seats", description: "too many" }] }],
      [
        "HTTPValidationError",
        { detail: [{ field: "seats", msg: "too many", input: '"buyer@example.com"' }], omittedItems: 2 },
      ],
    ),
  );
  assert.ok(error instanceof client.HTTPValidationError);
  assert.equal(error.method, "GetCheckout");
  assert.equal(error.code, "INVALID_ARGUMENT");
  assert.equal(error.text, "HTTPValidationError: seats");
  assert.equal(error.domain, "polar.sh");
  assert.equal(error.reason, "HTTP_VALIDATION_ERROR");
  assert.equal(error.httpStatus, 422);
  assert.equal(error.retryDelay, 1500);
  assert.deepEqual(error.violations, [{ field: "seats", description: "too many" }]);
  assert.deepEqual(error.metadata, { http_status: "422", operation: "GetCheckout" });
  assert.equal(error.items[0].input, '"buyer@example.com"');
  assert.equal(error.omittedItems, 2);
});

test("what a buyer entered is not in what is logged of an error", async (t) => {
  const invalid = await errorOf(
    t,
    status("INVALID_ARGUMENT", "no", info("X"), ["HTTPValidationError", { detail: [{ input: "ada@example.com" }] }]),
  );
  const odd = await errorOf(
    t,
    status("INTERNAL", "no", info("X"), ["SDKError", { statusCode: 418, body: "ada@example.com" }]),
  );
  for (const error of [invalid, odd]) {
    assert.doesNotMatch(inspect(error) + JSON.stringify(error) + error.stack, /ada@/);
  }
  assert.equal(odd.body, "ada@example.com");
});

test("an error of a newer service is the base error with all that is known", async (t) => {
  const error = await errorOf(
    t,
    status("FAILED_PRECONDITION", "Teapot: short", info("TEAPOT"), ["Teapot", new Uint8Array([1])]),
  );
  assert.equal(Object.getPrototypeOf(error), client.CheckoutsvcError.prototype);
  assert.equal(error.reason, "TEAPOT");
  assert.deepEqual(error.detailTypes.at(-1), "type.googleapis.com/google.rpc.Teapot");
  assert.equal(error.retrySafe, true);
});

test("details that cannot be read leave code and text", async (t) => {
  const error = await errorOf(t, encodedStatus("NOT_FOUND", "gone", [255, 255, 255]));
  assert.equal(error.code, "NOT_FOUND");
  assert.match(error.message, /gone/);
  assert.equal(error.domain, "");
});

test("an SDKError gives way to the error that it led to", async (t) => {
  const details = [
    ["SDKError", { statusCode: 502 }],
    ["OutcomeUnknown", { operation: "ConfirmClientCheckout", retrySafe: false }],
  ];
  const error = await errorOf(t, status("UNKNOWN", "?", info("OUTCOME_UNKNOWN"), ...details), confirm);
  assert.ok(error instanceof client.OutcomeUnknown);
  assert.equal(error.operation, "ConfirmClientCheckout");
});

test("a create may be repeated after an unknown outcome as its error says", async (t) => {
  const failure = status("UNKNOWN", "?", info("OUTCOME_UNKNOWN"), [
    "OutcomeUnknown",
    { operation: "CreateCheckout", retrySafe: true },
  ]);
  assert.equal((await errorOf(t, failure, (c) => c.createCheckout({}))).retrySafe, true);
});

test("a confirm that was held back is never safe to repeat, not even once the guard lifts", async (t) => {
  for (const offset of [60_000, -1]) {
    const detail = ["ConfirmOutcomeUnknown", { liftsAt: new Date(Date.now() + offset) }];
    const error = await errorOf(
      t,
      status("FAILED_PRECONDITION", "?", info("CONFIRM_OUTCOME_UNKNOWN"), detail),
      confirm,
    );
    assert.ok(error.liftsAt instanceof Date);
    assert.equal(error.retrySafe, false);
  }
});

test("a confirm that was answered with nothing definite is not repeated", async (t) => {
  for (const code of ["INTERNAL", "UNKNOWN"]) {
    const failure = status(code, "?", info("UNEXPECTED_ANSWER"));
    assert.equal((await errorOf(t, failure, confirm)).retrySafe, false);
    assert.equal((await errorOf(t, failure)).retrySafe, true);
  }
});

test("pauses are in milliseconds", async (t) => {
  const error = await errorOf(
    t,
    status("RESOURCE_EXHAUSTED", "slow", info("RATE_LIMITED"), ["RateLimited", { retryAfter: 2 }]),
  );
  assert.equal(error.retryAfter, 2000);
  assert.equal(
    (await errorOf(t, status("RESOURCE_EXHAUSTED", "slow", info("X"), ["RateLimited", {}]))).retryAfter,
    undefined,
  );
});
