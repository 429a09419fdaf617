// What the package is to those who install it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import * as client from "@checkoutsvc/client";

import { version } from "../node_modules/@checkoutsvc/client/dist/version.js";

const home = fileURLToPath(new URL("../node_modules/@checkoutsvc/client/", import.meta.url));

test("it has what a registry wants, and nothing of the workshop", () => {
  const files = readdirSync(home).filter((name) => name !== "node_modules");
  assert.deepEqual(files.sort(), ["LICENSE", "README.md", "dist", "package.json"]);
  const manifest = JSON.parse(readFileSync(home + "package.json", "utf8"));
  assert.equal(manifest.version, version);
  for (const member of ["description", "license", "repository", "engines", "exports"]) {
    assert.ok(manifest[member], member);
  }
});

test("every enum of the proto files is to be had", async () => {
  const folder = home + "dist/gen/polar/checkouts/v1/";
  const own = ["RetryStrategy"]; // written as "none" and "backoff"
  const missing = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".js"))) {
    for (const [name, value] of Object.entries(await import(folder + file))) {
      if (value?.UNRECOGNIZED !== undefined && !own.includes(name) && client[name] !== value) {
        missing.push(name);
      }
    }
  }
  assert.deepEqual(missing, []);
});
