// What a call comes to that no service answers.
import assert from "node:assert/strict";
import net from "node:net";
import { pipeline } from "node:stream";
import { test } from "node:test";

import { CheckoutsvcError, OutcomeUnknown } from "@checkoutsvc/client";
import * as grpc from "@grpc/grpc-js";

import { clientOf, errorFrom, serve } from "./server.js";

const mute = () => undefined;

function isBase(error, code) {
  assert.equal(Object.getPrototypeOf(error), CheckoutsvcError.prototype, error.name);
  assert.equal(error.code, code);
  assert.equal(error.domain, "");
  assert.equal(error.retrySafe, true);
}

function isUnknown(error, code, retrySafe) {
  assert.ok(error instanceof OutcomeUnknown, `${error.name}: ${error.message}`);
  assert.equal(error.code, code);
  assert.equal(error.retrySafe, retrySafe);
}

/** A listener that hands each connection to a function. */
async function listen(t, take = () => {}) {
  const sockets = [];
  const server = net.createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    take(socket);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return { address: `127.0.0.1:${server.address().port}`, sockets };
}

test("a wrong address did nothing, and the error says where to look", async (t) => {
  const client = clientOf(t, "127.0.0.1:1");
  const calls = [client.getCheckout("x"), client.createCheckout({}), client.confirmClientCheckout("x")];
  for (const error of await Promise.all(calls.map(errorFrom))) {
    isBase(error, "UNAVAILABLE");
    assert.match(error.message, /ECONNREFUSED.*gRPC port/);
  }
});

test("a deadline that passes before there is a connection did nothing", async (t) => {
  const silent = await listen(t);
  const client = clientOf(t, silent.address, { timeout: 100 });
  const error = await errorFrom(client.confirmClientCheckout("x"));
  isBase(error, "DEADLINE_EXCEEDED");
  assert.match(error.message, /no connection/);
});

test("the outcome of a write is unknown when its deadline passes, that of a read does not matter", async (t) => {
  const { address } = await serve(t, mute);
  const client = clientOf(t, address);
  const options = { timeout: 100 };
  const error = await errorFrom(client.getCheckout("x", options));
  isBase(error, "DEADLINE_EXCEEDED");
  assert.match(error.message, /`timeout`/);
  isUnknown(await errorFrom(client.createCheckout({}, options)), "DEADLINE_EXCEEDED", true);
  isUnknown(await errorFrom(client.updateCheckout("x", {}, options)), "DEADLINE_EXCEEDED", true);
  isUnknown(await errorFrom(client.updateClientCheckout("x", {}, options)), "DEADLINE_EXCEEDED", true);
  const confirm = await errorFrom(client.confirmClientCheckout("x", {}, options));
  isUnknown(confirm, "DEADLINE_EXCEEDED", false);
  assert.equal(confirm.operation, "ConfirmClientCheckout");
});

test("the client's own timeout holds for all calls that name none", async (t) => {
  const { address } = await serve(t, mute);
  isBase(await errorFrom(clientOf(t, address, { timeout: 100 }).getCheckout("x")), "DEADLINE_EXCEEDED");
});

test("calls have a deadline without being asked", async (t) => {
  const deadlines = {};
  const { address } = await serve(t, (name, _, call) => {
    deadlines[name] = Math.round((call.getDeadline() - Date.now()) / 1000);
    return {};
  });
  const client = clientOf(t, address);
  await Promise.all([
    client.getCheckout("x"),
    client.updateCheckout("x", {}),
    client.createCheckout({}),
    client.confirmClientCheckout("x"),
  ]);
  assert.deepEqual(deadlines, { GetCheckout: 30, UpdateCheckout: 30, CreateCheckout: 65, ConfirmClientCheckout: 65 });
});

test("an abort ends the call and keeps its reason", async (t) => {
  const abort = new AbortController();
  const reason = new Error("the buyer left");
  const { address } = await serve(t, () => void abort.abort(reason));
  const client = clientOf(t, address);
  const error = await errorFrom(client.confirmClientCheckout("x", {}, { signal: abort.signal }));
  isUnknown(error, "CANCELLED", false);
  assert.equal(error.cause, reason);
  const late = await errorFrom(client.confirmClientCheckout("x", {}, { signal: abort.signal }));
  isBase(late, "CANCELLED");
  assert.equal(late.cause, reason);
});

test("the outcome of a write is unknown when the connection breaks", async (t) => {
  const broken = () => wire.sockets.forEach((socket) => socket.destroy());
  const { port } = await serve(t, () => void setImmediate(broken));
  const wire = await listen(t, (socket) => {
    const through = net.connect(port, "127.0.0.1");
    pipeline(socket, through, socket, () => through.destroy());
  });
  isUnknown(await errorFrom(clientOf(t, wire.address).confirmClientCheckout("x")), "UNAVAILABLE", false);
});

test("the outcome of a write is unknown when something between answers for the service", async (t) => {
  const { address } = await serve(t, () => ({ code: grpc.status.UNKNOWN, details: "Bad Gateway" }));
  isUnknown(await errorFrom(clientOf(t, address).confirmClientCheckout("x")), "UNKNOWN", false);
});

test("a refusal by something between is no unknown outcome", async (t) => {
  const { address } = await serve(t, () => ({ code: grpc.status.PERMISSION_DENIED, details: "no" }));
  isBase(await errorFrom(clientOf(t, address).confirmClientCheckout("x")), "PERMISSION_DENIED");
});

test("the outcome of a write is unknown when its answer cannot be read", async (t) => {
  const { address } = await serve(t, () => new Uint8Array([255, 255]));
  const client = clientOf(t, address);
  isUnknown(await errorFrom(client.confirmClientCheckout("x")), "INTERNAL", false);
  isBase(await errorFrom(client.getCheckout("x")), "INTERNAL");
});

test("reads are repeated where the service is unavailable, writes are not", async (t) => {
  const arrivals = async (call) => {
    let count = 0;
    // Each has a service of its own: of one that fails too often no more is asked.
    const { address } = await serve(t, () => {
      count++;
      return { code: grpc.status.UNAVAILABLE, details: "not now" };
    });
    await errorFrom(call(clientOf(t, address)));
    return count;
  };
  for (const read of [(c) => c.listCheckouts(), (c) => c.getCheckout("x"), (c) => c.getClientCheckout("x")]) {
    assert.equal(await arrivals(read), 3, `${read}`);
  }
  assert.equal(await arrivals((c) => c.createCheckout({})), 1);
  assert.equal(await arrivals((c) => c.updateCheckout("x", {})), 1);
  assert.equal(await arrivals((c) => c.updateClientCheckout("x", {})), 1);
  assert.equal(await arrivals((c) => c.confirmClientCheckout("x")), 1);
});
