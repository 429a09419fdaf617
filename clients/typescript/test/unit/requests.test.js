// What arrives at the service of what was written, and the other way round.
import assert from "node:assert/strict";
import { test } from "node:test";

import * as client from "@checkoutsvc/client";

import { CheckoutUpdate } from "../node_modules/@checkoutsvc/client/dist/gen/polar/checkouts/v1/checkout_update.js";
import { protoName } from "../node_modules/@checkoutsvc/client/dist/requests.js";
import { clientOf, errorFrom, serve } from "./server.js";

/** What arrives of a call. */
async function arriving(t, call, answer = {}) {
  const seen = [];
  const { address } = await serve(t, (_, request) => {
    seen.push(request);
    return answer;
  });
  await call(clientOf(t, address));
  assert.equal(seen.length, 1);
  return seen[0];
}

test("changes without clearing have no mask", async (t) => {
  const request = await arriving(t, (c) =>
    c.updateCheckout("id", { customerName: "Ada", locale: undefined, seats: 3 }),
  );
  assert.equal(request.id, "id");
  assert.equal(request.updateMask, undefined);
  assert.equal(request.checkoutUpdate.customerName, "Ada");
  assert.equal(request.checkoutUpdate.locale, undefined);
  assert.equal(request.checkoutUpdate.seats, 3);
  assert.equal(request.retries, undefined);
});

test("null clears: the mask has what is cleared and what is set, and nothing else", async (t) => {
  const update = { customerName: "Ada", discountId: null, locale: undefined, unmodelledJson: { gift: "true" } };
  const request = await arriving(t, (c) => c.updateCheckout("id", update));
  assert.deepEqual(request.updateMask, ["customer_name", "discount_id"]);
  assert.equal(request.checkoutUpdate.discountId, undefined);
  const buyer = await arriving(t, (c) => c.updateClientCheckout("secret", { discountCode: null }));
  assert.deepEqual(buyer.updateMask, ["discount_code"]);
  assert.equal(buyer.clientSecret, "secret");
});

test("metadata is emptied by null and by an empty object", async (t) => {
  for (const metadata of [null, {}]) {
    const request = await arriving(t, (c) => c.updateCheckout("id", { metadata }));
    assert.deepEqual(request.updateMask, ["metadata"]);
    assert.deepEqual(request.checkoutUpdate.metadata, {});
  }
});

test("the names in a mask are those of the proto file", () => {
  const names = Object.keys(CheckoutUpdate.fromPartial({}));
  assert.ok(names.length > 20);
  for (const name of names) {
    assert.equal(
      protoName(name).replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
      name,
    );
  }
  assert.equal(protoName("customerTaxId"), "customer_tax_id");
});

test("retries, request id and the risk of a second charge arrive", async (t) => {
  const retries = { strategy: "backoff", backoff: { initialInterval: 1, exponent: 1.5 }, retryConnectionErrors: true };
  const create = await arriving(t, (c) => c.createCheckout({ products: ["p"] }, { requestId: "order-7", retries }));
  assert.equal(create.requestId, "order-7");
  assert.equal(create.retries.strategy, "RETRY_STRATEGY_BACKOFF");
  assert.equal(create.retries.backoff.initialInterval, 1);
  assert.equal(create.retries.retryConnectionErrors, true);
  const get = await arriving(t, (c) => c.getCheckout("x", { retries: { strategy: "none" } }));
  assert.equal(get.retries.strategy, "RETRY_STRATEGY_NONE");
  const list = await arriving(t, (c) => c.listCheckouts({ limit: 5 }, { retries: {} }));
  assert.equal(list.retries.strategy, undefined);
  assert.equal(list.limit, 5);
  const confirm = await arriving(t, (c) => c.confirmClientCheckout("secret", {}, { acceptSecondChargeRisk: true }));
  assert.equal(confirm.acceptSecondChargeRisk, true);
});

test("what cannot be sent is a TypeError, and nothing is sent", async (t) => {
  const { address } = await serve(t, () => assert.fail("nothing may arrive"));
  const c = clientOf(t, address);
  const mistakes = [
    [() => c.createCheckout({ custmerName: "Ada" }), /custmerName.*unmodelledJson/],
    [() => c.updateCheckout("x", { custmerName: null }), /custmerName/],
    [() => c.createCheckout({ customerBillingAddress: { contry: "GB" } }), /customerBillingAddress\.contry/],
    [
      () => c.confirmClientCheckout("s", { customerBillingAddress: { contry: "GB" } }),
      /customerBillingAddress\.contry/,
    ],
    [() => c.getCheckout("x", { retries: { backoff: { intial: 1 } } }), /backoff\.intial/],
    [() => c.createCheckout({ amount: 4.5 }), /CreateCheckout.*4\.5/],
    [() => c.createCheckout({ seats: 2 ** 40 }), /1099511627776/],
    [() => c.createCheckout({ metadata: { nested: { a: 1 } } }), /strings, numbers, booleans/],
    [() => c.createCheckout({ metadata: { huge: 2n ** 63n } }), /9223372036854775808/],
  ];
  for (const [call, message] of mistakes) {
    const error = await errorFrom(call());
    assert.ok(error instanceof TypeError, `${error}`);
    assert.match(error.message, message);
  }
});

const values = {
  text: "7",
  empty: "",
  whole: 7,
  negative: -3,
  zero: 0,
  fraction: 0.5,
  yes: true,
  no: false,
  large: 2n ** 53n,
  least: -(2n ** 63n),
};

test("values of metadata and custom fields keep their kind, both ways", async (t) => {
  const fields = { metadata: values, customFieldData: { ...values, nothing: null } };
  const echo = await serve(t, (_, { checkoutCreate: { metadata, customFieldData } }) => ({
    metadata,
    customFieldData,
  }));
  const checkout = await clientOf(t, echo.address).createCheckout(fields);
  assert.deepEqual(checkout.metadata, values);
  assert.deepEqual(checkout.customFieldData, { ...values, nothing: null });
});

test("a value that no scalar holds is JSON", async (t) => {
  const text = "123456789012345678901234567890";
  const echo = await serve(t, (_, { checkoutCreate: { metadata } }) => ({ metadata }));
  const { metadata } = await clientOf(t, echo.address).createCheckout({ metadata: { huge: new client.Json(text) } });
  assert.ok(metadata.huge instanceof client.Json);
  assert.equal(metadata.huge.text, text);
  assert.equal(metadata.huge.parse(), 123456789012345678901234567890);
});

test("times are Dates and money is a number", async (t) => {
  const createdAt = new Date("2026-11-25T01:02:03.456Z");
  const { address } = await serve(t, () => ({ createdAt, totalAmount: 999_999_999_999, taxAmount: 0 }));
  const checkout = await clientOf(t, address).getCheckout("x");
  assert.deepEqual(checkout.createdAt, createdAt);
  assert.equal(checkout.totalAmount, 999_999_999_999);
  assert.equal(checkout.taxAmount, 0);
  assert.equal(checkout.discountId, undefined);
});

test("what this version does not know is there", async (t) => {
  const { address } = await serve(t, () => ({ unmodelledJson: { loyalty: '{"points":3}', status: '"paused"' } }));
  const checkout = await clientOf(t, address).getCheckout("x");
  assert.deepEqual(client.unmodelled(checkout, "loyalty"), { points: 3 });
  assert.equal(client.unmodelled(checkout, "toString"), undefined);
  assert.equal(client.unmodelled(checkout, "status"), "paused");
  assert.equal(checkout.status, client.CheckoutStatus.UNSPECIFIED);
  assert.ok(!client.isPaid(checkout) && !client.isFinal(checkout));
});

test("only SUCCEEDED is paid; SUCCEEDED, EXPIRED and FAILED are final", () => {
  const { OPEN, EXPIRED, CONFIRMED, SUCCEEDED, FAILED } = client.CheckoutStatus;
  const all = [OPEN, EXPIRED, CONFIRMED, SUCCEEDED, FAILED];
  assert.deepEqual(all.filter(client.isPaid), [SUCCEEDED]);
  assert.deepEqual(
    all.filter((status) => client.isFinal({ status })),
    [EXPIRED, SUCCEEDED, FAILED],
  );
});

test("an answer may be larger than gRPC's own limit", async (t) => {
  const url = "x".repeat(5 << 20);
  const { address } = await serve(t, () => ({ url }));
  assert.equal((await clientOf(t, address).getCheckout("x")).url.length, url.length);
});
