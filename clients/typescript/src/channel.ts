import { type ChannelCredentials, type ChannelOptions, Client, credentials } from "@grpc/grpc-js";

import type { ConnectOptions, TlsOptions } from "./options.js";
import { complaint, isLocal } from "./target.js";
import { version } from "./version.js";

/**
 * Spreads calls over all addresses of the target and repeats the three reads, and only them, where the service could not
 * be reached or could not reach Polar. Writes are repeated by nobody but the service (B 8.3).
 */
const serviceConfig = {
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: ["ListCheckouts", "GetCheckout", "GetClientCheckout"].map((method) => ({
        service: "polar.checkouts.v1.CheckoutService",
        method,
      })),
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: "0.1s",
        maxBackoff: "1s",
        backoffMultiplier: 3,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    },
  ],
  retryThrottling: { maxTokens: 10, tokenRatio: 0.1 },
};

const channelOptions: ChannelOptions = {
  "grpc.service_config": JSON.stringify(serviceConfig),
  // A TXT record would be looked up otherwise, and could have writes repeated.
  "grpc.service_config_disable_resolution": 1,
  // Keeps idle connections open through firewalls and notices a dead peer within 40 seconds. The service permits a ping
  // every 10 seconds.
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.keepalive_permit_without_calls": 1,
  // What the service takes from Polar; gRPC's own 4 MiB would refuse a full page of checkouts with many products.
  "grpc.max_receive_message_length": 64 << 20,
  "grpc.primary_user_agent": `checkoutsvc-node/${version}`,
};

/**
 * Makes gRPC's client. It does not connect yet: the first call does.
 * @throws TypeError if the address is none, or a token would go to another machine in plain text.
 */
export function open(address: string, options: ConnectOptions): Client {
  const wrong = complaint(address);
  if (wrong !== undefined) {
    throw new TypeError(`connect: ${wrong}`);
  }
  const local = isLocal(address);
  const tls = options.tls ?? !local;
  if (tls === false && !local && options.token) {
    throw new TypeError("connect: a token goes to another machine over TLS only, not in plain text");
  }
  // A proxy cannot reach this machine's loopback; it would refuse the call, or reach its own.
  const proxy = local ? { "grpc.enable_http_proxy": 0 } : {};
  return new Client(address, channelCredentials(tls), { ...channelOptions, ...proxy });
}

function channelCredentials(tls: boolean | TlsOptions): ChannelCredentials {
  if (tls === false) {
    return credentials.createInsecure();
  }
  const { ca, cert, key }: TlsOptions = tls === true ? {} : tls;
  return credentials.createSsl(bytes(ca), bytes(key), bytes(cert));
}

function bytes(pem: string | Uint8Array | undefined): Buffer | null {
  return pem === undefined ? null : Buffer.from(pem as Uint8Array);
}
