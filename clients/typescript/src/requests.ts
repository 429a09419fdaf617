// What is sent: the fields of the messages as a developer writes them.
import type { CheckoutConfirmStripe as ConfirmMessage } from "./gen/polar/checkouts/v1/checkout_confirm_stripe.js";
import type { CheckoutCreate as CreateMessage } from "./gen/polar/checkouts/v1/checkout_create.js";
import type { ListCheckoutsRequest } from "./gen/polar/checkouts/v1/checkout_service.js";
import type { CheckoutUpdate as UpdateMessage } from "./gen/polar/checkouts/v1/checkout_update.js";
import type { CheckoutUpdatePublic as UpdatePublicMessage } from "./gen/polar/checkouts/v1/checkout_update_public.js";
import {
  type BackoffStrategy,
  RetryConfig as RetryMessage,
  RetryStrategy,
} from "./gen/polar/checkouts/v1/retry_config.js";
import type { Json } from "./values.js";

type Leaf = string | number | bigint | boolean | Date | Json | null | undefined;

/** A message of which only what is to be said needs to be there, at any depth. */
type Input<T> = T extends Leaf
  ? T
  : T extends (infer Element)[]
    ? readonly Input<Element>[]
    : T extends { $case: string; value: unknown }
      ? { $case: T["$case"]; value: Input<T["value"]> }
      : { [K in keyof T]?: Input<T[K]> | undefined };

/** Null clears a field; a field that is absent or undefined is left as it is. */
type Clearable<T> = { [K in keyof T]?: K extends "unmodelledJson" ? T[K] : T[K] | null | undefined };

/** A checkout to create. Set `products`. */
export interface CheckoutCreate extends Input<CreateMessage> {}
/** What the merchant changes of a checkout; null clears a field. */
export interface CheckoutUpdate extends Clearable<Input<UpdateMessage>> {}
/** What the buyer changes of a checkout; null clears a field. */
export interface CheckoutUpdatePublic extends Clearable<Input<UpdatePublicMessage>> {}
/** The buyer's consent, with last changes. */
export interface CheckoutConfirm extends Input<ConfirmMessage> {}
/** Which checkouts to list. Filters hold together; the values of one filter are alternatives. */
export interface ListFilter extends Input<Omit<ListCheckoutsRequest, "retries">> {}

/** How the service may repeat one call towards Polar; the form that Polar's own SDK has. A confirm is never repeated. */
export interface RetryConfig {
  /** Whether to repeat at all. Default: the service decides. */
  strategy?: "none" | "backoff" | undefined;
  /** The pauses of "backoff", in milliseconds. */
  backoff?: Input<BackoffStrategy> | undefined;
  /** Whether an attempt that got no answer is repeated too. Default: false. */
  retryConnectionErrors?: boolean | undefined;
}

/** The message, or undefined where nothing is said: then the service's own rules hold. */
export function retryMessage(retries: RetryConfig | undefined): RetryMessage | undefined {
  if (retries === undefined) {
    return undefined;
  }
  const strategies = { none: RetryStrategy.NONE, backoff: RetryStrategy.BACKOFF };
  return message(RetryMessage, { ...retries, strategy: retries.strategy && strategies[retries.strategy] });
}

interface MessageType<T> {
  fromPartial(fields: object): T;
}

/**
 * Makes the message of fields. A name that the message lacks is an error here, since the wire would lose it in silence.
 * @throws TypeError
 */
export function message<T extends object>(type: MessageType<T>, fields: object): T {
  const made = type.fromPartial(fields);
  const unknown = unknownField(fields, made);
  if (unknown !== undefined) {
    throw new TypeError(`there is no field ${unknown}; what this version does not know goes into unmodelledJson`);
  }
  return made;
}

/**
 * The path of a field that fromPartial dropped, at any depth. Maps keep all their keys, and what is no plain object or list,
 * such as a Date, is taken as it is.
 */
function unknownField(given: unknown, made: unknown): string | undefined {
  if (!isTree(given) || !isTree(made) || given === made) {
    return undefined;
  }
  for (const [name, value] of Object.entries(given).filter(([, value]) => value !== undefined)) {
    if (!(name in made)) {
      return name;
    }
    const below = unknownField(value, made[name]);
    if (below !== undefined) {
      return `${name}.${below}`;
    }
  }
  return undefined;
}

function isTree(value: unknown): value is Record<string, unknown> {
  return Array.isArray(value) || Object.prototype.toString.call(value) === "[object Object]";
}

/** A message with changes, and the mask that makes them mean what was written. */
export interface Changes<T> {
  changes: T;
  updateMask: string[] | undefined;
}

/**
 * Makes the message of changes, and a mask if one is needed: only where something is cleared, by null or an empty map,
 * which the message alone cannot say.
 * @throws TypeError
 */
export function changes<T extends object>(type: MessageType<T>, fields: object): Changes<T> {
  const made = message(type, fields);
  const given = Object.entries(fields).filter(([name, value]) => value !== undefined && name !== "unmodelledJson");
  const clears = given.some(([, value]) => value === null || isEmptyMap(value));
  return { changes: made, updateMask: clears ? given.map(([name]) => protoName(name)) : undefined };
}

function isEmptyMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** The name in the proto files: customer_tax_id for customerTaxId. */
export function protoName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
}
