// @polar-sh/sdk 0.49: its zod schemas refuse every answer that is not just what Polar sends.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Polar } from "@polar-sh/sdk";
import { AlreadyActiveSubscriptionError } from "@polar-sh/sdk/models/errors/alreadyactivesubscriptionerror.js";
import { ExpiredCheckoutError } from "@polar-sh/sdk/models/errors/expiredcheckouterror.js";
import { HTTPValidationError } from "@polar-sh/sdk/models/errors/httpvalidationerror.js";
import { NotOpenCheckout } from "@polar-sh/sdk/models/errors/notopencheckout.js";
import { PaymentError } from "@polar-sh/sdk/models/errors/paymenterror.js";
import { PaymentNotReady } from "@polar-sh/sdk/models/errors/paymentnotready.js";
import { ResourceNotFound } from "@polar-sh/sdk/models/errors/resourcenotfound.js";
import { SDKError } from "@polar-sh/sdk/models/errors/sdkerror.js";
import { TrialAlreadyRedeemed } from "@polar-sh/sdk/models/errors/trialalreadyredeemed.js";

import { ada, callerURL, control, donation, eventually, failure, half, handbook, membership, nobody, organization, restURL, script, token, workshop } from "./polar.mjs";

const polar = new Polar({ accessToken: token, serverURL: restURL });
const address = { country: "GB", line1: "12 St James's Square", line2: "Flat 3", postalCode: "SW1Y 4JH", city: "London" };
const payment = { confirmationTokenId: "ctoken_test", customerEmail: "buyer@example.com", customerBillingAddress: address };
const quick = { retries: { strategy: "backoff", backoff: { initialInterval: 1, maxInterval: 50, exponent: 1.1, maxElapsedTime: 5000 } } };

beforeEach(() => control("POST", "reset"));

const create = (more = {}) => polar.checkouts.create({ products: [handbook], customerEmail: "buyer@example.com", ...more });
const confirm = (checkout, more = {}) =>
  polar.checkouts.clientConfirm({ clientSecret: checkout.clientSecret, checkoutConfirmStripe: { ...payment, ...more } });
const clientUpdate = (checkout, fields) =>
  polar.checkouts.clientUpdate({ clientSecret: checkout.clientSecret, checkoutUpdatePublic: fields });
const update = (checkout, fields, options) => polar.checkouts.update({ id: checkout.id, checkoutUpdate: fields }, options);

describe("operations", () => {
  test("a purchase from create to success", async () => {
    const created = await create({ discountId: half, metadata: { cart: "c-1", items: 2, vip: true } });
    assert.equal(created.status, "open");
    assert.deepEqual([created.amount, created.discountAmount, created.netAmount], [1000, 500, 500]);
    assert.deepEqual(created.metadata, { cart: "c-1", items: 2, vip: true });
    assert.ok(created.expiresAt > created.createdAt);

    const seen = await polar.checkouts.clientGet({ clientSecret: created.clientSecret });
    assert.deepEqual([seen.id, seen.organization.id, seen.product.name], [created.id, organization, "Handbook"]);
    const named = await clientUpdate(created, { customerName: "Grace", customerBillingAddress: address });
    assert.deepEqual([named.customerName, named.customerBillingAddress.line2], ["Grace", "Flat 3"]);

    const confirmed = await confirm(created);
    assert.equal(confirmed.status, "confirmed");
    assert.match(confirmed.customerSessionToken, /^polar_cst_/);
    await eventually(() => polar.checkouts.get({ id: created.id }), (c) => c.status === "succeeded");
  });

  test("update, and null that clears", async () => {
    const created = await create({ discountId: half, customerName: "Grace" });
    const kept = await update(created, { metadata: { n: 1 }, returnUrl: "https://shop.example.com/cart" });
    assert.deepEqual([kept.metadata, kept.returnUrl, kept.discountId], [{ n: 1 }, "https://shop.example.com/cart", half]);
    const cleared = await update(created, { discountId: null, customerName: null });
    assert.deepEqual([cleared.discountId, cleared.customerName, cleared.metadata], [null, null, { n: 1 }]);
  });

  test("list takes every parameter", async () => {
    const mine = await create({ customerId: ada, customerEmail: undefined });
    const other = await create({ products: [donation] });
    const found = async (request) => (await polar.checkouts.list(request)).result.items.map((c) => c.id);
    assert.deepEqual(await found({ organizationId: organization, sorting: ["created_at"] }), [mine.id, other.id]);
    assert.deepEqual(await found({ productId: [donation] }), [other.id]);
    assert.deepEqual(await found({ customerId: ada }), [mine.id]);
    assert.deepEqual(await found({ externalCustomerId: ["ada"] }), [mine.id]);
    assert.deepEqual(await found({ status: ["open", "confirmed"], sorting: ["-status", "created_at"] }), [mine.id, other.id]);
    assert.deepEqual(await found({ status: "expired" }), []);
    assert.deepEqual(await found({ query: "buyer@" }), [other.id]);
    assert.deepEqual(await found({ page: 2, limit: 1 }), [mine.id]);
  });

  test("pages follow each other", async () => {
    const created = await create();
    await control("POST", `checkouts/${created.id}/copy`, { count: 24 });
    const sizes = [];
    for await (const page of await polar.checkouts.list({ limit: 10 })) {
      assert.deepEqual([page.result.pagination.totalCount, page.result.pagination.maxPage], [25, 3]);
      sizes.push(page.result.items.length);
    }
    assert.deepEqual(sizes, [10, 10, 5]);
  });
});

describe("errors", () => {
  const assertRaised = (error, type, status, fields) => {
    assert.ok(error instanceof type, `${error.name}: ${error.message}`);
    assert.equal(error.statusCode, status);
    for (const [name, value] of Object.entries(fields)) assert.equal(error[name], value, name);
  };

  test("ResourceNotFound", async () => {
    for (const call of [() => polar.checkouts.get({ id: nobody }), () => polar.checkouts.clientGet({ clientSecret: "polar_c_nobody" })])
      assertRaised(await failure(call()), ResourceNotFound, 404, { error: "ResourceNotFound", detail: "Not found" });
  });

  test("HTTPValidationError", async () => {
    const error = await failure(polar.checkouts.list({ organizationId: "x" }));
    assertRaised(error, HTTPValidationError, 422, {});
    assert.deepEqual(error.detail[0].loc.slice(0, 2), ["query", "organization_id"]);
    const refused = await failure(clientUpdate(await create(), { discountCode: "NONE" }));
    assertRaised(refused, HTTPValidationError, 422, {});
    assert.deepEqual(refused.detail[0].loc, ["body", "discount_code"]);
  });

  test("ExpiredCheckoutError", async () => {
    const created = await create();
    await control("PATCH", `checkouts/${created.id}`, { overdue: true });
    const detail = "This checkout session has expired.";
    assertRaised(await failure(confirm(created)), ExpiredCheckoutError, 410, { error: "ExpiredCheckoutError", detail });
  });

  test("NotOpenCheckout", async () => {
    const created = await create();
    await confirm(created, { confirmationTokenId: "ctoken_hold" });
    const fields = { error: "NotOpenCheckout", detail: `Checkout ${created.id} is not open: confirmed` };
    for (const call of [() => update(created, { customerName: "x" }), () => clientUpdate(created, { customerName: "x" }), () => confirm(created)])
      assertRaised(await failure(call()), NotOpenCheckout, 403, fields);
  });

  test("AlreadyActiveSubscriptionError", async () => {
    await control("POST", "subscriptions", { customer_id: ada, product_id: membership });
    const created = await create({ products: [membership], customerId: ada, customerEmail: undefined });
    const fields = { detail: "You already have an active subscription." };
    assertRaised(await failure(update(created, {})), AlreadyActiveSubscriptionError, 403, fields);
  });

  test("PaymentNotReady", async () => {
    const created = await create();
    await control("PATCH", `organizations/${organization}`, { status: "created" });
    assertRaised(await failure(confirm(created)), PaymentNotReady, 403, { detail: "Organization is not ready to accept payments" });
  });

  test("TrialAlreadyRedeemed", async () => {
    const flags = { prevent_trial_abuse: true, allow_multiple_subscriptions: true };
    await control("PATCH", `organizations/${organization}`, { flags });
    const first = await create({ products: [workshop] });
    await confirm(first);
    await eventually(() => polar.checkouts.get({ id: first.id }), (c) => c.status === "succeeded");
    const error = await failure(confirm(await create({ products: [workshop] })));
    assertRaised(error, TrialAlreadyRedeemed, 403, { error: "TrialAlreadyRedeemed" });
  });

  test("PaymentError", async () => {
    const error = await failure(confirm(await create(), { confirmationTokenId: "ctoken_decline" }));
    const detail = "The payment failed: Your card was declined. Please try again with a different payment method.";
    assertRaised(error, PaymentError, 400, { error: "PaymentError", detail });
  });

  test("SDKError for every other", async () => {
    const created = await create();
    await control("POST", `checkouts/${created.id}/lock`, { for: "60s" });
    const locked = await failure(update(created, { customerName: "x" }));
    assertRaised(locked, SDKError, 409, {});
    assert.match(locked.body, /"error":"CheckoutLocked"/);
    await script({ status: 429, headers: { "Retry-After": "5" } });
    const limited = await failure(polar.checkouts.get({ id: created.id }));
    assertRaised(limited, SDKError, 429, {});
    assert.equal(limited.headers.get("retry-after"), "5");
    await setTimeout(5_000); // the service rests as long as Polar has said
    const elsewhere = await failure(polar.products.list({}));
    assertRaised(elsewhere, SDKError, 501, {});
    assert.match(elsewhere.body, /"error":"NotServedHere"/);
  });

  test("a confirm that Polar carried out is found out and not repeated, whatever the retries", async () => {
    const created = await create();
    await script({ method: "POST", path: "/confirm$", cut: true, act: true });
    const request = { clientSecret: created.clientSecret, checkoutConfirmStripe: payment };
    const confirmed = await polar.checkouts.clientConfirm(request, quick);
    assert.equal(confirmed.status, "confirmed");
    assert.equal(confirmed.customerSessionToken, null);
  });

  test("a confirm whose outcome nobody knows is not repeated, whatever the retries", async () => {
    const created = await create();
    await script({ method: "POST", path: "/confirm$", cut: true });
    const request = { clientSecret: created.clientSecret, checkoutConfirmStripe: payment };
    const error = await failure(polar.checkouts.clientConfirm(request, quick));
    assertRaised(error, SDKError, 409, {});
    assert.match(error.body, /"error":"OutcomeUnknown"/);
  });
});

test("the SDK's own retries work", async () => {
  const created = await create();
  await script({ method: "GET", status: 503, count: 2 });
  assert.equal((await polar.checkouts.get({ id: created.id }, quick)).id, created.id);
  await script({ method: "PATCH", status: 429, headers: { "Retry-After": "1" } });
  assert.equal((await update(created, { customerName: "Grace" }, quick)).customerName, "Grace");
});

test("with credentials=caller the caller's own token decides, and other paths reach Polar", async () => {
  const own = new Polar({ accessToken: token, serverURL: callerURL });
  const created = await own.checkouts.create({ products: [handbook] });
  assert.equal((await own.checkouts.get({ id: created.id })).id, created.id);
  assert.ok((await own.products.list({})).result.items.some((p) => p.id === handbook));
  const wrong = new Polar({ accessToken: "polar_oat_wrong", serverURL: callerURL });
  const error = await failure(wrong.checkouts.get({ id: created.id }));
  assert.ok(error instanceof SDKError);
  assert.equal(error.statusCode, 401);
  assert.match(error.body, /invalid_token/);
});
