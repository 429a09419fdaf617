// Plays test/scenario/scenario.json, as its README says, with the client that is installed.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";

import { connect } from "@checkoutsvc/client";

import { checkAnswer, checkError, only } from "./compare.js";
import { native, retriesOf } from "./convert.js";

const { CHECKOUTSVC_ADDRESS, CHECKOUTSVC_EMULATOR, CHECKOUTSVC_SCENARIO } = process.env;
const token = process.env.CHECKOUTSVC_TOKEN || undefined;
const scenario = JSON.parse(readFileSync(CHECKOUTSVC_SCENARIO, "utf8"));
const shared = connect(CHECKOUTSVC_ADDRESS, { token });
after(() => shared.close());

for (const { name, needs, steps } of scenario.cases) {
  assert.ok(needs === undefined || needs === "authentication", `${name} needs something unknown: ${needs}`);
  test(name, { skip: needs && !token && "the service runs without authentication" }, async () => {
    const variables = { ...scenario.variables, run: randomUUID() };
    await ask("POST /_emulator/reset", {});
    for (const [index, step] of steps.entries()) {
      await play(expanded(step, variables), variables).catch((error) => {
        error.message = `step ${index + 1}, ${JSON.stringify(step)}: ${error.message}`;
        throw error;
      });
    }
  });
}

/** A step with its variables' values. */
function expanded(step, variables) {
  const text = JSON.stringify(step).replace(/\$\{(\w+)\}/g, (_, name) => {
    assert.ok(name in variables, `there is no variable ${name}`);
    return JSON.stringify(variables[name]).slice(1, -1);
  });
  return JSON.parse(text);
}

async function play(step, variables) {
  if (step.polar !== undefined) {
    only(step, ["polar", "body", "save"]);
    keep(step.save, await ask(step.polar, step.body), variables);
    return;
  }
  only(step, stepWords);
  const { client, close } = clientOf(step.client);
  try {
    await (step.call === "list_all" ? listAll(client, step) : call(client, step, variables));
  } finally {
    close();
  }
}

const stepWords =
  "call id client_secret fields clear request_id retries accept_second_charge_risk timeout_ms take client expect save".split(
    " ",
  );

/** The client that all steps use, or one of the step's own. */
function clientOf(own) {
  if (own === undefined) {
    return { client: shared, close: () => {} };
  }
  only(own, ["address", "token", "timeout_ms"]);
  const client = connect(own.address ?? CHECKOUTSVC_ADDRESS, { token: own.token ?? token, timeout: own.timeout_ms });
  return { client, close: () => client.close() };
}

async function call(client, step, variables) {
  const [answer, error] = await outcome(calls[step.call](client, step, options(step)));
  const expect = step.expect ?? {};
  if (error !== undefined || expect.error !== undefined) {
    checkError(expect.error, error);
    return;
  }
  checkAnswer(expect, answer);
  const saved = Object.fromEntries(Object.entries(step.save ?? {}).map(([to, from]) => [to, camel(from)]));
  keep(saved, answer, variables);
}

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

const calls = {
  list_checkouts: (client, step, options) => client.listCheckouts(native(step.fields), options),
  create_checkout: (client, step, options) => client.createCheckout(native(step.fields), options),
  get_checkout: (client, step, options) => client.getCheckout(step.id, options),
  update_checkout: (client, step, options) => client.updateCheckout(step.id, changes(step), options),
  get_client_checkout: (client, step, options) => client.getClientCheckout(step.client_secret, options),
  update_client_checkout: (client, step, options) =>
    client.updateClientCheckout(step.client_secret, changes(step), options),
  confirm_client_checkout: (client, step, options) =>
    client.confirmClientCheckout(step.client_secret, native(step.fields), options),
};

function changes({ fields, clear = [] }) {
  return { ...native(fields), ...Object.fromEntries(clear.map((name) => [camel(name), null])) };
}

function options(step) {
  return {
    timeout: step.timeout_ms,
    requestId: step.request_id,
    retries: retriesOf(step.retries),
    acceptSecondChargeRisk: step.accept_second_charge_risk,
  };
}

async function listAll(client, step) {
  const seen = new Set();
  const [, error] = await outcome(
    (async () => {
      for await (const { id } of client.listAll(native(step.fields), options(step))) {
        assert.ok(!seen.has(id), `${id} came twice`);
        seen.add(id);
        if (seen.size === step.take) break;
      }
    })(),
  );
  only(step.expect ?? {}, ["count", "error"]);
  if (step.expect?.count !== undefined) {
    assert.equal(seen.size, step.expect.count, "count");
  }
  checkError(step.expect?.error, error);
}

/** The answer of a call or its error. */
function outcome(promise) {
  return promise.then(
    (answer) => [answer, undefined],
    (error) => [undefined, error],
  );
}

function keep(save, answer, variables) {
  for (const [variable, member] of Object.entries(save ?? {})) {
    assert.equal(typeof answer[member], "string", `${member} is no text to keep`);
    variables[variable] = answer[member];
  }
}

/** Makes a call to the emulator, past the service. */
async function ask(line, body) {
  const [method, path] = line.split(" ");
  const response = await fetch(CHECKOUTSVC_EMULATOR + path, {
    method,
    headers: { authorization: "Bearer polar_oat_emulator", "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${line}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
