import { Caller, type Method } from "./call.js";
import { open } from "./channel.js";
import type { Consequence } from "./failure.js";
import { Checkout } from "./gen/polar/checkouts/v1/checkout.js";
import { CheckoutConfirmStripe } from "./gen/polar/checkouts/v1/checkout_confirm_stripe.js";
import { CheckoutCreate as CreateMessage } from "./gen/polar/checkouts/v1/checkout_create.js";
import { CheckoutPublic } from "./gen/polar/checkouts/v1/checkout_public.js";
import { CheckoutPublicConfirmed } from "./gen/polar/checkouts/v1/checkout_public_confirmed.js";
import * as service from "./gen/polar/checkouts/v1/checkout_service.js";
import { CheckoutUpdate as UpdateMessage } from "./gen/polar/checkouts/v1/checkout_update.js";
import { CheckoutUpdatePublic as UpdatePublicMessage } from "./gen/polar/checkouts/v1/checkout_update_public.js";
import type { CallOptions, ConfirmOptions, ConnectOptions, CreateOptions } from "./options.js";
import { allPages } from "./pages.js";
import type * as fields from "./requests.js";
import { changes, message, retryMessage } from "./requests.js";

const usual = 30_000;
const seenThrough = 65_000; // the service goes on with a create or confirm for 60 s once it is sent to Polar

function method<Req, Res>(
  name: string,
  consequence: Consequence,
  timeout: number,
  request: Method<Req, Res>["request"],
  response: Method<Req, Res>["response"],
): Method<Req, Res> {
  return { name, consequence, timeout, request, response };
}

const rpc = {
  list: method("ListCheckouts", "reads", usual, service.ListCheckoutsRequest, service.ListCheckoutsResponse),
  create: method("CreateCheckout", "repeatable", seenThrough, service.CreateCheckoutRequest, Checkout),
  get: method("GetCheckout", "reads", usual, service.GetCheckoutRequest, Checkout),
  update: method("UpdateCheckout", "repeatable", usual, service.UpdateCheckoutRequest, Checkout),
  clientGet: method("GetClientCheckout", "reads", usual, service.GetClientCheckoutRequest, CheckoutPublic),
  clientUpdate: method(
    "UpdateClientCheckout",
    "repeatable",
    usual,
    service.UpdateClientCheckoutRequest,
    CheckoutPublic,
  ),
  confirm: method(
    "ConfirmClientCheckout",
    "once",
    seenThrough,
    service.ConfirmClientCheckoutRequest,
    CheckoutPublicConfirmed,
  ),
};

/**
 * A client of one checkoutsvc. Make it with connect, share it, and close it at the end.
 *
 * Every method fails with a CheckoutsvcError, or a subclass of it by Polar's name; with a TypeError where the request
 * holds what cannot be sent. Times are Dates, money is a number in the currency's minor unit.
 */
export class CheckoutsvcClient {
  readonly #caller: Caller;

  /** Use connect. */
  constructor(address: string, options: ConnectOptions = {}) {
    this.#caller = new Caller(open(address, options), options);
  }

  /**
   * Creates a checkout, open for 24 hours. Send the buyer to its `url`, or build a form of your own with its
   * `clientSecret`.
   */
  async createCheckout(checkout: fields.CheckoutCreate, options: CreateOptions = {}): Promise<Checkout> {
    const request = {
      checkoutCreate: message(CreateMessage, checkout),
      retries: retryMessage(options.retries),
      requestId: options.requestId ?? "",
    };
    return this.#caller.call(rpc.create, request, options);
  }

  /** Reads one checkout, whatever its status. */
  async getCheckout(id: string, options: CallOptions = {}): Promise<Checkout> {
    return this.#caller.call(rpc.get, { id, retries: retryMessage(options.retries) }, options);
  }

  /** Changes an open checkout; amounts and tax are computed anew. Null clears a field, what is absent stays. */
  async updateCheckout(id: string, update: fields.CheckoutUpdate, options: CallOptions = {}): Promise<Checkout> {
    const { changes: checkoutUpdate, updateMask } = changes(UpdateMessage, update);
    const request = { id, checkoutUpdate, updateMask, retries: retryMessage(options.retries) };
    return this.#caller.call(rpc.update, request, options);
  }

  /** Lists one page of checkouts, the newest first unless sorted otherwise; see listAll. */
  async listCheckouts(
    filter: fields.ListFilter = {},
    options: CallOptions = {},
  ): Promise<service.ListCheckoutsResponse> {
    const request = message(service.ListCheckoutsRequest, filter);
    return this.#caller.call(rpc.list, { ...request, retries: retryMessage(options.retries) }, options);
  }

  /**
   * Yields every checkout that the filter lets pass, fetching page after page while the loop goes on, from the filter's
   * page and with its limit; with neither set, in the largest pages of 100. The options are those of each page's call.
   *
   * Polar counts pages from the newest, and the list can change between two of them. What slides from one page to the next
   * because checkouts were added is yielded once. If checkouts drop out of the filter meanwhile, as many others can be
   * missed.
   */
  listAll(filter: fields.ListFilter = {}, options: CallOptions = {}): AsyncGenerator<Checkout, void, undefined> {
    return allPages((page) => this.listCheckouts(page, options), filter);
  }

  /** Reads one checkout as its buyer. */
  async getClientCheckout(clientSecret: string, options: CallOptions = {}): Promise<CheckoutPublic> {
    return this.#caller.call(rpc.clientGet, { clientSecret, retries: retryMessage(options.retries) }, options);
  }

  /** Changes an open checkout as its buyer. Null clears a field, what is absent stays. */
  async updateClientCheckout(
    clientSecret: string,
    update: fields.CheckoutUpdatePublic,
    options: CallOptions = {},
  ): Promise<CheckoutPublic> {
    const { changes: checkoutUpdatePublic, updateMask } = changes(UpdatePublicMessage, update);
    const request = { clientSecret, checkoutUpdatePublic, updateMask, retries: retryMessage(options.retries) };
    return this.#caller.call(rpc.clientUpdate, request, options);
  }

  /**
   * Confirms an open checkout: charges the buyer, or finishes it where nothing is due. The answer says that the payment has
   * begun, not that it succeeded: read the checkout until isPaid says so, or it is OPEN again.
   *
   * Never repeat it blindly: after OutcomeUnknown read the checkout, because the buyer may have been charged.
   */
  async confirmClientCheckout(
    clientSecret: string,
    confirm: fields.CheckoutConfirm = {},
    options: ConfirmOptions = {},
  ): Promise<CheckoutPublicConfirmed> {
    const request = {
      clientSecret,
      checkoutConfirmStripe: message(CheckoutConfirmStripe, confirm),
      retries: retryMessage(options.retries),
      acceptSecondChargeRisk: options.acceptSecondChargeRisk ?? false,
    };
    return this.#caller.call(rpc.confirm, request, options);
  }

  /** Ends the connections. An idle client does not keep the process alive, so a script may leave it out. */
  close(): void {
    this.#caller.close();
  }
}

/**
 * Makes a client of the service at an address: host:port of its gRPC port, or a target in gRPC's syntax. It does not
 * connect yet: the first call does.
 * @throws TypeError if the address is none, such as the URL of the REST side, if the timeout is no positive number, or if a
 * token would go to another machine in plain text.
 */
export function connect(address: string, options: ConnectOptions = {}): CheckoutsvcClient {
  return new CheckoutsvcClient(address, options);
}
