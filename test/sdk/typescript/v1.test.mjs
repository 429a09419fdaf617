// @polar-sh/sdk 1.0: it names an API version in every request, sends its bearer token with every call, and gives up
// after five seconds.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { PolarClientError, PolarNetworkError, PolarRateLimitError, PolarServerError } from "polar-sdk-v1";
import { createPolar, errors } from "polar-sdk-v1/2026-10";
import { createPolar as createEarlierPolar } from "polar-sdk-v1/2026-04";

import { ada, callerURL, control, donation, eventually, failure, half, handbook, membership, nobody, organization, restURL, script, token, workshop } from "./polar.mjs";

const polar = createPolar({ accessToken: token, baseUrl: restURL });
const address = { country: "GB", line1: "12 St James's Square", line2: "Flat 3", postal_code: "SW1Y 4JH", city: "London" };
const payment = { confirmation_token_id: "ctoken_test", customer_email: "buyer@example.com", customer_billing_address: address };

beforeEach(() => control("POST", "reset"));

const create = (more = {}) => polar.checkouts.create({ products: [handbook], customer_email: "buyer@example.com", ...more });
const confirm = (checkout, more = {}) => polar.checkouts.clientConfirm(checkout.client_secret, { ...payment, ...more });
const clientUpdate = (checkout, fields) => polar.checkouts.clientUpdate(checkout.client_secret, fields);

describe("operations", () => {
  for (const [how, client] of [
    ["as documented", polar],
    ["with a slash at the URL's end", createPolar({ accessToken: token, baseUrl: `${restURL}/` })],
    ["in an earlier API version", createEarlierPolar({ accessToken: token, baseUrl: restURL })],
  ])
    test(`a purchase from create to success, ${how}`, async () => {
      const created = await client.checkouts.create({ products: [handbook], discount_id: half, metadata: { cart: "c-1", items: 2, ratio: 1.5 } });
      assert.equal(created.status, "open");
      assert.deepEqual([created.amount, created.discount_amount, created.net_amount], [1000, 500, 500]);
      assert.deepEqual(created.metadata, { cart: "c-1", items: 2, ratio: 1.5 });

      const seen = await client.checkouts.clientGet(created.client_secret);
      assert.deepEqual([seen.id, seen.organization.id, seen.product.name], [created.id, organization, "Handbook"]);
      const named = await client.checkouts.clientUpdate(created.client_secret, { customer_name: "Grace", customer_billing_address: address });
      assert.deepEqual([named.customer_name, named.customer_billing_address.line2], ["Grace", "Flat 3"]);

      const confirmed = await client.checkouts.clientConfirm(created.client_secret, payment);
      assert.equal(confirmed.status, "confirmed");
      assert.match(confirmed.customer_session_token, /^polar_cst_/);
      await eventually(() => client.checkouts.get(created.id), (c) => c.status === "succeeded");
    });

  test("buyers' calls need no token", async () => {
    const created = await create();
    const buyer = createPolar({ baseUrl: restURL }); // sends "Bearer undefined"
    assert.equal((await buyer.checkouts.clientGet(created.client_secret)).id, created.id);
    assert.equal((await buyer.checkouts.clientConfirm(created.client_secret, payment)).status, "confirmed");
  });

  test("update, and null that clears", async () => {
    const created = await create({ discount_id: half, customer_name: "Grace" });
    const kept = await polar.checkouts.update(created.id, { metadata: { n: 1 }, return_url: "https://shop.example.com/cart" });
    assert.deepEqual([kept.metadata, kept.return_url, kept.discount_id], [{ n: 1 }, "https://shop.example.com/cart", half]);
    const cleared = await polar.checkouts.update(created.id, { discount_id: null, customer_name: null });
    assert.deepEqual([cleared.discount_id, cleared.customer_name, cleared.metadata], [null, null, { n: 1 }]);
  });

  test("list takes every parameter", async () => {
    const mine = await create({ customer_id: ada, customer_email: undefined });
    const other = await create({ products: [donation] });
    const found = async (query) => (await polar.checkouts.list(query)).items.map((c) => c.id);
    assert.deepEqual(await found(), [other.id, mine.id]);
    assert.deepEqual(await found({ organization_id: organization, sorting: ["created_at"] }), [mine.id, other.id]);
    assert.deepEqual(await found({ product_id: [donation] }), [other.id]);
    assert.deepEqual(await found({ customer_id: ada }), [mine.id]);
    assert.deepEqual(await found({ external_customer_id: ["ada"] }), [mine.id]);
    assert.deepEqual(await found({ status: ["open", "confirmed"], sorting: ["-status", "created_at"] }), [mine.id, other.id]);
    assert.deepEqual(await found({ status: "expired" }), []);
    assert.deepEqual(await found({ query: "buyer@" }), [other.id]);
    assert.deepEqual(await found({ page: 2, limit: 1 }), [mine.id]);
  });

  test("pages follow each other, and an empty list ends", async () => {
    const ids = [];
    for await (const checkout of polar.checkouts.iterList({ limit: 10 })) ids.push(checkout.id);
    assert.deepEqual(ids, []);
    const created = await create();
    await control("POST", `checkouts/${created.id}/copy`, { count: 24 });
    for await (const checkout of polar.checkouts.iterList({ limit: 10 })) ids.push(checkout.id);
    assert.equal(new Set(ids).size, 25);
  });
});

describe("errors", () => {
  const assertRaised = (error, type, status, name, detail) => {
    assert.equal(error.constructor, type, `${error.name}: ${error.message}`);
    assert.equal(error.statusCode, status);
    if (name !== undefined) assert.equal(error.error.error, name);
    if (detail !== undefined) assert.equal(error.error.detail, detail);
  };

  test("ResourceNotFound", async () => {
    for (const call of [() => polar.checkouts.get(nobody), () => polar.checkouts.clientGet("polar_c_nobody")])
      assertRaised(await failure(call()), errors.ResourceNotFound, 404, "ResourceNotFound", "Not found");
  });

  test("HTTPValidationError", async () => {
    const error = await failure(polar.checkouts.list({ organization_id: "x" }));
    assertRaised(error, errors.HTTPValidationError, 422, "RequestValidationError");
    assert.deepEqual(error.error.detail[0].loc.slice(0, 2), ["query", "organization_id"]);
    const refused = await failure(clientUpdate(await create(), { discount_code: "NONE" }));
    assertRaised(refused, errors.HTTPValidationError, 422, "PolarRequestValidationError");
    assert.deepEqual(refused.error.detail[0].loc, ["body", "discount_code"]);
  });

  test("ExpiredCheckoutError", async () => {
    const created = await create();
    await control("PATCH", `checkouts/${created.id}`, { overdue: true });
    const detail = "This checkout session has expired.";
    assertRaised(await failure(confirm(created)), errors.ExpiredCheckoutError, 410, "ExpiredCheckoutError", detail);
  });

  test("403 with the names that tell why", async () => {
    const created = await create();
    await confirm(created, { confirmation_token_id: "ctoken_hold" });
    const text = `Checkout ${created.id} is not open: confirmed`;
    assertRaised(await failure(polar.checkouts.update(created.id, { customer_name: "x" })), errors.CheckoutsUpdate403Error, 403, "NotOpenCheckout", text);
    assertRaised(await failure(clientUpdate(created, { customer_name: "x" })), errors.CheckoutsClientUpdate403Error, 403, "NotOpenCheckout", text);

    await control("POST", "subscriptions", { customer_id: ada, product_id: membership });
    const second = await create({ products: [membership], customer_id: ada, customer_email: undefined });
    assertRaised(await failure(clientUpdate(second, {})), errors.CheckoutsClientUpdate403Error, 403, "AlreadyActiveSubscriptionError");

    const third = await create();
    await control("PATCH", `organizations/${organization}`, { status: "created" });
    assertRaised(await failure(confirm(third)), errors.CheckoutsClientConfirm403Error, 403, "PaymentNotReady");
  });

  test("TrialAlreadyRedeemed", async () => {
    const flags = { prevent_trial_abuse: true, allow_multiple_subscriptions: true };
    await control("PATCH", `organizations/${organization}`, { flags });
    const first = await create({ products: [workshop] });
    await confirm(first);
    await eventually(() => polar.checkouts.get(first.id), (c) => c.status === "succeeded");
    const error = await failure(confirm(await create({ products: [workshop] })));
    assertRaised(error, errors.CheckoutsClientConfirm403Error, 403, "TrialAlreadyRedeemed");
  });

  test("NotPermitted", async () => {
    const created = await create();
    await control("PATCH", `organizations/${organization}`, { status: "blocked" });
    assertRaised(await failure(polar.checkouts.clientGet(created.client_secret)), errors.NotPermitted, 403, "NotPermitted");
  });

  test("PaymentError", async () => {
    const error = await failure(confirm(await create(), { confirmation_token_id: "ctoken_decline" }));
    const detail = "The payment failed: Your card was declined. Please try again with a different payment method.";
    assertRaised(error, errors.PaymentError, 400, "PaymentError", detail);
  });

  test("CheckoutLocked", async () => {
    const created = await create();
    await control("POST", `checkouts/${created.id}/lock`, { for: "60s" });
    assertRaised(await failure(confirm(created)), errors.CheckoutLocked, 409, "CheckoutLocked");
  });

  test("rate limits, failures of Polar, and what is not served here", async () => {
    await script({ status: 429, headers: { "Retry-After": "5" } });
    const limited = await failure(polar.checkouts.list());
    assertRaised(limited, PolarRateLimitError, 429);
    assert.equal(limited.retryAfter, 5);
    await setTimeout(5_000); // the service rests as long as Polar has said
    await script({ status: 503, count: 10 });
    const down = await failure(polar.checkouts.list());
    assert.equal(down.constructor, PolarServerError);
    assert.match(down.message, /503/);
    const elsewhere = await failure(polar.products.list());
    assert.equal(elsewhere.constructor, PolarServerError);
    assert.match(elsewhere.message, /501.*NotServedHere/);
  });

  test("a confirm that Polar carried out is found out and not repeated", async () => {
    const created = await create();
    await script({ method: "POST", path: "/confirm$", cut: true, act: true });
    const confirmed = await confirm(created);
    assert.equal(confirmed.status, "confirmed");
    assert.equal(confirmed.customer_session_token, null);
  });

  test("a confirm whose outcome nobody knows", async () => {
    const created = await create();
    await script({ method: "POST", path: "/confirm$", cut: true });
    // This SDK picks the class by status alone, so that only the name in the body tells it from a locked session.
    const patient = createPolar({ accessToken: token, baseUrl: restURL, timeout: 30 }); // seconds
    assertRaised(await failure(patient.checkouts.clientConfirm(created.client_secret, payment)), errors.CheckoutLocked, 409, "OutcomeUnknown");
  });

  test("a caller that gives up", async () => {
    await script({ hang: true });
    const error = await failure(polar.checkouts.list({}, { timeout: 0.2 }));
    assert.equal(error.constructor, PolarNetworkError);
  });
});

test("with credentials=caller the caller's own token decides, and other paths reach Polar", async () => {
  const own = createPolar({ accessToken: token, baseUrl: callerURL });
  const created = await own.checkouts.create({ products: [handbook] });
  assert.equal((await own.checkouts.get(created.id)).id, created.id);
  assert.ok((await own.products.list()).items.some((p) => p.id === handbook));
  const wrong = createPolar({ accessToken: "polar_oat_wrong", baseUrl: callerURL });
  const error = await failure(wrong.checkouts.get(created.id));
  assert.equal(error.constructor, PolarClientError);
  assert.equal(error.statusCode, 401);
  assert.match(error.message, /invalid_token/);
});
