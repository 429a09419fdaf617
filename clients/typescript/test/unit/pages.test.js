import assert from "node:assert/strict";
import { test } from "node:test";

import * as grpc from "@grpc/grpc-js";

import { clientOf, errorFrom, serve } from "./server.js";

/** A service with pages of ids; a page may be a status to fail with. Notes which page was asked for. */
async function book(t, ...pages) {
  const asked = [];
  const { address } = await serve(t, (_, request) => {
    asked.push([request.page, request.limit]);
    const page = pages[request.page - 1] ?? [];
    const items = page.code ?? page.map((id) => ({ id }));
    return page.code ? page : { items, pagination: { totalCount: 9, maxPage: pages.length } };
  });
  return { client: clientOf(t, address), asked };
}

async function ids(iterator) {
  const all = [];
  for await (const { id } of iterator) {
    all.push(id);
  }
  return all;
}

test("all checkouts of all pages come, in the largest pages", async (t) => {
  const { client, asked } = await book(t, ["a", "b"], ["c"]);
  assert.deepEqual(await ids(client.listAll()), ["a", "b", "c"]);
  assert.deepEqual(asked, [
    [1, 100],
    [2, 100],
  ]);
});

test("page and limit of the filter are kept", async (t) => {
  const { client, asked } = await book(t, ["a"], ["b"], ["c"]);
  assert.deepEqual(await ids(client.listAll({ page: 2, limit: 1 })), ["b", "c"]);
  assert.deepEqual(asked, [
    [2, 1],
    [3, 1],
  ]);
});

test("a checkout that slid onto the next page comes once, one without an id always", async (t) => {
  const { client } = await book(t, ["a", "b", ""], ["b", "c", ""], ["a"]);
  assert.deepEqual(await ids(client.listAll()), ["a", "b", "", "c", "", "a"]);
});

test("an empty list is one call", async (t) => {
  const { client, asked } = await book(t);
  assert.deepEqual(await ids(client.listAll()), []);
  assert.equal(asked.length, 1);
});

test("no page is fetched before it is needed", async (t) => {
  const { client, asked } = await book(t, ["a", "b"], ["c"]);
  const all = client.listAll();
  assert.equal(asked.length, 0);
  for await (const { id } of all) {
    if (id === "b") break;
  }
  assert.equal(asked.length, 1);
});

test("the error of a page comes after what was there before it", async (t) => {
  const { client } = await book(t, ["a"], { code: grpc.status.INTERNAL, details: "no" });
  const all = client.listAll();
  assert.equal((await all.next()).value.id, "a");
  assert.equal((await errorFrom(all.next())).method, "ListCheckouts");
});
