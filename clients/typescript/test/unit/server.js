// A service in this process that answers as a test wants.
import assert from "node:assert/strict";
import { inspect } from "node:util";

import { connect } from "@checkoutsvc/client";
import * as grpc from "@grpc/grpc-js";

import { Any } from "../node_modules/@checkoutsvc/client/dist/gen/google/protobuf/any.js";
import {
  BadRequest,
  ErrorInfo,
  RetryInfo,
} from "../node_modules/@checkoutsvc/client/dist/gen/google/rpc/error_details.js";
import { Status } from "../node_modules/@checkoutsvc/client/dist/gen/google/rpc/status.js";
import { Checkout } from "../node_modules/@checkoutsvc/client/dist/gen/polar/checkouts/v1/checkout.js";
import { CheckoutPublic } from "../node_modules/@checkoutsvc/client/dist/gen/polar/checkouts/v1/checkout_public.js";
import { CheckoutPublicConfirmed } from "../node_modules/@checkoutsvc/client/dist/gen/polar/checkouts/v1/checkout_public_confirmed.js";
import * as service from "../node_modules/@checkoutsvc/client/dist/gen/polar/checkouts/v1/checkout_service.js";
import * as errors from "../node_modules/@checkoutsvc/client/dist/gen/polar/checkouts/v1/errors.js";

const methods = {
  ListCheckouts: service.ListCheckoutsResponse,
  CreateCheckout: Checkout,
  GetCheckout: Checkout,
  UpdateCheckout: Checkout,
  GetClientCheckout: CheckoutPublic,
  UpdateClientCheckout: CheckoutPublic,
  ConfirmClientCheckout: CheckoutPublicConfirmed,
};

const definition = Object.fromEntries(
  Object.entries(methods).map(([name, response]) => [
    name,
    {
      path: `/polar.checkouts.v1.CheckoutService/${name}`,
      requestStream: false,
      responseStream: false,
      requestDeserialize: (bytes) => service[`${name}Request`].decode(bytes),
      requestSerialize: undefined,
      responseSerialize: (answer) =>
        Buffer.from(answer instanceof Uint8Array ? answer : response.encode(response.fromPartial(answer)).finish()),
      responseDeserialize: undefined,
    },
  ]),
);

/**
 * Starts a service of which answer makes the answers, of method, request and call: fields of the message, its encoding, a
 * grpc status to fail with, or nothing at all to keep the caller waiting.
 */
export async function serve(t, answer, credentials = grpc.ServerCredentials.createInsecure()) {
  const server = new grpc.Server();
  const handler = (name) => (call, done) => {
    const given = answer(name, call.request, call);
    if (given?.code !== undefined) {
      done(given);
    } else if (given !== undefined) {
      done(null, given);
    }
  };
  server.addService(definition, Object.fromEntries(Object.keys(methods).map((name) => [name, handler(name)])));
  const port = await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  t.after(() => server.forceShutdown());
  return { address: `127.0.0.1:${port}`, port };
}

const types = { ...errors, ErrorInfo, RetryInfo, BadRequest };

/** A client of a service, which is closed after the test. */
export function clientOf(t, address, options) {
  const client = connect(address, options);
  t.after(() => client.close());
  return client;
}

/** The error that a call must end with. */
export function errorFrom(call) {
  return call.then(
    (answer) => assert.fail(`the call must fail, and gave ${inspect(answer)}`),
    (error) => error,
  );
}

/** Makes a grpc status with details: pairs of a message's name and its fields. */
export function status(code, details, ...messages) {
  const anys = messages.map(([name, fields]) =>
    Any.fromPartial({
      typeUrl: `type.googleapis.com/${name in errors ? "polar.checkouts.v1" : "google.rpc"}.${name}`,
      value: types[name] ? types[name].encode(types[name].fromPartial(fields)).finish() : fields,
    }),
  );
  return encodedStatus(
    code,
    details,
    Status.encode({ code: grpc.status[code], message: details, details: anys }).finish(),
  );
}

/** Makes a grpc status whose details are these bytes. */
export function encodedStatus(code, details, bytes) {
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(bytes));
  return { code: grpc.status[code], details, metadata };
}

/** The name of this service's own errors, as a detail. */
export function info(reason, metadata = {}) {
  return ["ErrorInfo", { domain: "checkoutsvc", reason, metadata }];
}
