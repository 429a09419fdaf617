import type { RetryConfig } from "./requests.js";

/** How a client connects and what all its calls have in common. */
export interface ConnectOptions {
  /**
   * Whether the connection is encrypted; certificates of one's own imply that it is. Default: plain text to this machine
   * (loopback, Unix sockets), TLS to any other. Plain text to another machine has to be asked for with `false`,
   * and goes with no token.
   */
  tls?: boolean | TlsOptions | undefined;
  /**
   * The bearer token for the service, or a function that gives it, which is asked before each call. Default: none is sent.
   */
  token?: string | (() => string | Promise<string>) | undefined;
  /** The organization that calls are for, where the service sells for several: its name or ID there. */
  organization?: string | undefined;
  /**
   * How long a call may take, in milliseconds. Default: 30000 for reads and updates, 65000 for create and confirm, which the
   * service sees through for a minute once they are sent to Polar. At most 24 days; what is longer counts as that.
   */
  timeout?: number | undefined;
}

/** Certificates and keys, in PEM. */
export interface TlsOptions {
  /** The authorities to trust in place of the well-known ones. */
  ca?: string | Uint8Array | undefined;
  /** The client's own certificate; together with `key`. */
  cert?: string | Uint8Array | undefined;
  /** The key of that certificate. */
  key?: string | Uint8Array | undefined;
}

/** What any call can be given. */
export interface CallOptions {
  /** How long the call may take, in milliseconds; in place of the client's own. */
  timeout?: number | undefined;
  /** Ends the call: with CANCELLED, or for a write that was sent already with OutcomeUnknown. */
  signal?: AbortSignal | undefined;
  /** How the service may repeat the call towards Polar. Default: the service's own rules. */
  retries?: RetryConfig | undefined;
}

/** What a create can be given. */
export interface CreateOptions extends CallOptions {
  /**
   * Makes the call idempotent: a name of your own for this purchase, at most 255 bytes, such as an order number. The same
   * name with the same checkout gives the first answer again; with another checkout it is RequestIdReused.
   */
  requestId?: string | undefined;
}

/** What a confirm can be given. */
export interface ConfirmOptions extends CallOptions {
  /**
   * Confirms although an earlier confirm with another confirmation token has an unknown outcome, so that the buyer may be
   * charged twice. Default: false, such a call is refused with ConfirmOutcomeUnknown.
   */
  acceptSecondChargeRisk?: boolean | undefined;
}
