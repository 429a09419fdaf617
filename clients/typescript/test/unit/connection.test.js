// Who the client is to the service, and how it gets there.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inspect, promisify } from "node:util";

import { CheckoutsvcError, connect } from "@checkoutsvc/client";
import * as grpc from "@grpc/grpc-js";

import { isLocal } from "../node_modules/@checkoutsvc/client/dist/target.js";
import { clientOf, errorFrom, serve } from "./server.js";

/** A service that notes the metadata of its calls. */
async function noting(t) {
  const seen = [];
  const { address } = await serve(t, (_, __, call) => {
    seen.push(call.metadata.getMap());
    return {};
  });
  return { address, seen };
}

test("token and organization go with every call", async (t) => {
  const { address, seen } = await noting(t);
  let asked = 0;
  const tokens = ["secret", () => `secret${++asked}`, async () => "later", "", undefined];
  for (const token of tokens) {
    await clientOf(t, address, { token, organization: "acme" }).getCheckout("x");
  }
  assert.deepEqual(
    seen.map(({ authorization }) => authorization),
    ["Bearer secret", "Bearer secret1", "Bearer later", undefined, undefined],
  );
  assert.ok(seen.every((metadata) => metadata["polar-organization"] === "acme"));
  assert.match(seen[0]["user-agent"], /^checkoutsvc-node\/\d/);
});

test("no token gets into an error or what is logged of a client", async (t) => {
  const { address } = await serve(t, () => ({ code: grpc.status.UNAUTHENTICATED, details: "who are you?" }));
  const refused = clientOf(t, address, { token: "hush" });
  const broken = clientOf(t, address, { token: "hush\n" });
  const errors = [await errorFrom(refused.getCheckout("x")), await errorFrom(broken.getCheckout("x"))];
  assert.equal(errors[0].code, "UNAUTHENTICATED");
  assert.match(errors[0].message, /who are you\?.*token/);
  assert.ok(errors[1] instanceof TypeError);
  assert.match(errors[1].message, /`token`/);
  assert.doesNotMatch(
    [...errors, refused, broken].map((value) => inspect(value, { depth: 9, showHidden: true })).join(),
    /hush/,
  );
});

test("what is no address is refused at once", () => {
  for (const address of ["", " ", undefined, "http://127.0.0.1:8080", "https://checkouts.example.com"]) {
    assert.throws(() => connect(address), /^TypeError: connect: .*host:port/, address);
  }
});

test("a token goes to another machine over TLS only", () => {
  for (const token of ["hush", () => "hush", async () => "hush"]) {
    assert.throws(() => connect("192.0.2.2:59003", { tls: false, token }), /^TypeError: connect: a token .*TLS/);
    for (const [address, tls] of [
      ["192.0.2.2:59003", undefined],
      ["192.0.2.2:59003", true],
      ["127.0.0.1:59003", false],
      ["unix:/run/a.sock", false],
    ]) {
      connect(address, { tls, token }).close();
    }
  }
  connect("192.0.2.2:59003", { tls: false }).close();
});

test("a timeout is a positive number of milliseconds", async (t) => {
  const { address } = await serve(t, () => ({ id: "x" }));
  for (const timeout of [0, -1, NaN, Infinity, "5000", null]) {
    assert.throws(() => connect(address, { timeout }), /^TypeError: .*`timeout`/, `${timeout}`);
    const error = await errorFrom(clientOf(t, address).getCheckout("x", { timeout }));
    assert.ok(error instanceof TypeError, `${timeout}`);
    assert.match(error.message, /`timeout`/);
  }
  for (const timeout of [1e12, Number.MAX_VALUE]) {
    assert.equal((await clientOf(t, address, { timeout }).getCheckout("x")).id, "x");
    assert.equal((await clientOf(t, address).getCheckout("x", { timeout })).id, "x");
  }
});

test("a call of a closed client is CANCELLED", async (t) => {
  const { address } = await serve(t, () => assert.fail("nothing may arrive"));
  const client = connect(address);
  client.close();
  for (const call of [client.getCheckout("x"), client.confirmClientCheckout("secret")]) {
    const error = await errorFrom(call);
    assert.ok(error instanceof CheckoutsvcError);
    assert.equal(error.name, "CheckoutsvcError");
    assert.equal(error.code, "CANCELLED");
    assert.match(error.text, /closed/);
  }
});

test("a source of tokens that fails is UNAUTHENTICATED, with its error as the cause", async (t) => {
  const { address } = await serve(t, () => assert.fail("nothing may arrive"));
  const cause = new Error("the vault is shut");
  const fail = () => {
    throw cause;
  };
  for (const token of [fail, async () => fail()]) {
    const error = await errorFrom(clientOf(t, address, { token }).createCheckout({}));
    assert.ok(error instanceof CheckoutsvcError);
    assert.equal(error.code, "UNAUTHENTICATED");
    assert.match(error.text, /source of the token failed/);
    assert.doesNotMatch(error.message, /vault/);
    assert.equal(error.cause, cause);
  }
});

test("plain text is for this machine only", () => {
  for (const address of [
    "127.0.0.1:9090",
    "localhost:9090",
    "localhost",
    "[::1]:9090",
    "::1",
    "127.8.8.8:1",
    "unix:/run/a.sock",
    "unix-abstract:a",
    "dns:localhost:9090",
    "dns:///127.0.0.1:9090",
    "ipv4:127.0.0.1:1,127.0.0.2:1",
    "ipv6:[::1]:1",
  ]) {
    assert.ok(isLocal(address), address);
  }
  for (const address of [
    "10.0.0.1:9090",
    "checkouts.internal:443",
    "localhost.example.com:1",
    "127.0.0.1.example.com:1",
    "127.example.com:1",
    "[::2]:1",
    "dns://127.0.0.1/checkouts:1",
    "dns:///checkouts:1",
    "ipv4:127.0.0.1:1,10.0.0.1:1",
    "xds:///127.0.0.1",
  ]) {
    assert.ok(!isLocal(address), address);
  }
});

test("TLS with an authority and a certificate of one's own", async (t) => {
  const pem = certificate();
  if (!pem) {
    t.skip("openssl is needed to make a certificate");
    return;
  }
  const pair = [{ private_key: Buffer.from(pem.key), cert_chain: Buffer.from(pem.cert) }];
  const { port } = await serve(
    t,
    () => ({ id: "x" }),
    grpc.ServerCredentials.createSsl(Buffer.from(pem.cert), pair, true),
  );
  const address = `localhost:${port}`;
  const tls = { ca: pem.cert, cert: Buffer.from(pem.cert), key: pem.key };
  assert.equal((await clientOf(t, address, { tls }).getCheckout("x")).id, "x");
  for (const other of [undefined, true, { ca: pem.cert }]) {
    const error = await errorFrom(clientOf(t, address, { tls: other, timeout: 5000 }).createCheckout({}));
    assert.equal(error.code, "UNAVAILABLE");
  }
});

function certificate() {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(mkdtempSync(join(tmpdir(), "checkoutsvc-")), name));
  const args =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost";
  try {
    execFileSync("openssl", [...args.split(" "), "-keyout", key, "-out", cert], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

test("calls to this machine go past a proxy", async (t) => {
  const { address } = await serve(t, () => ({ id: "x" }));
  const nowhere = "http://127.0.0.1:9"; // nothing listens on the discard port
  const env = { ...process.env, http_proxy: nowhere, https_proxy: nowhere, grpc_proxy: nowhere, no_proxy: "" };
  assert.equal(await printed(address, env), "x\n");
});

test("a program ends although it did not close its client", async (t) => {
  const { address } = await serve(t, () => ({ id: "x" }));
  assert.equal(await printed(address, process.env), "x\n");
});

/** What a program of its own prints that reads a checkout and does not close its client. */
async function printed(address, env) {
  const program = `
    import { connect } from "@checkoutsvc/client";
    console.log((await connect(${JSON.stringify(address)}).getCheckout("x", { timeout: 5000 })).id);`;
  const args = ["--input-type=module", "-e", program];
  return (await promisify(execFile)(process.execPath, args, { timeout: 20_000, env })).stdout;
}
