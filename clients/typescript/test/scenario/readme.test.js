// The README's examples do what they show.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { before, test } from "node:test";
import { promisify } from "node:util";

const run = async (name) => (await promisify(execFile)(process.execPath, [name], { timeout: 20_000 })).stdout;

before(async () => {
  const headers = { authorization: "Bearer polar_oat_emulator" };
  assert.ok((await fetch(`${process.env.CHECKOUTSVC_EMULATOR}/_emulator/reset`, { method: "POST", headers })).ok);
});

test("five lines lead to a checkout", async () => {
  assert.match(await run("readme-first.mjs"), /^https:\S+\n$/);
});

test("the sections make a purchase", async () => {
  const [created, ...rest] = (await run("readme-sections.mjs")).trim().split("\n");
  assert.match(created, /^https:\S+ 10 usd$/);
  assert.match(rest[0], /^\S+ buyer@example.com 7$/);
  assert.equal(rest.at(-1), "wait");
});
