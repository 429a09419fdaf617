// The errors by Polar's names. `detail` holds Polar's words: show or log them, don't build on them.
import { CheckoutsvcError, type Failure } from "./error.js";
import { CheckoutStatus } from "./gen/polar/checkouts/v1/checkout_enums.js";
import type * as pb from "./gen/polar/checkouts/v1/errors.js";

/** An error of which Polar says nothing more than a sentence. */
export abstract class DetailedError extends CheckoutsvcError {
  /** What happened, in Polar's words or the service's. */
  readonly detail: string;

  constructor(failure: Failure, message: { detail: string }) {
    super(failure);
    this.detail = message.detail;
  }
}

/** There is no such checkout, or it belongs to another organization. Check the id or secret; don't repeat the call. */
export class ResourceNotFound extends DetailedError {
  override readonly name = "ResourceNotFound";
}

/** The checkout expired. Create a new one; this one cannot be revived. */
export class ExpiredCheckoutError extends DetailedError {
  override readonly name = "ExpiredCheckoutError";
}

/**
 * The checkout is not open, so it cannot be changed or confirmed. Act by its status: on CONFIRMED wait for the payment and
 * read it again, on SUCCEEDED treat it as paid, on the others create a new one.
 */
export class NotOpenCheckout extends DetailedError {
  override readonly name = "NotOpenCheckout";
  /** Where the checkout stands; UNSPECIFIED if Polar's words name no known status. */
  readonly status: CheckoutStatus;

  constructor(failure: Failure, message: pb.NotOpenCheckout) {
    super(failure, message);
    this.status = message.status;
  }
}

/** The buyer has an active subscription and the organization allows only one. Lead the buyer to the customer portal. */
export class AlreadyActiveSubscriptionError extends DetailedError {
  override readonly name = "AlreadyActiveSubscriptionError";
}

/** The organization may not take payments yet. The merchant must finish its set-up with Polar. */
export class PaymentNotReady extends DetailedError {
  override readonly name = "PaymentNotReady";
}

/**
 * The payment was refused; the checkout is still open. Ask the buyer for another payment method and confirm with a new
 * confirmation token. The detail may be shown to the buyer.
 */
export class PaymentError extends DetailedError {
  override readonly name = "PaymentError";
}

/** The buyer had a trial of this product before. Set `allowTrial` to false and confirm again. */
export class TrialAlreadyRedeemed extends DetailedError {
  override readonly name = "TrialAlreadyRedeemed";
}

/** The buyer used this discount as often as it may be. Remove the discount and go on. */
export class DiscountRedemptionLimitReached extends DetailedError {
  override readonly name = "DiscountRedemptionLimitReached";
}

/**
 * Another call is working on the checkout. An update can be repeated after a moment; before a confirm is repeated, read
 * the checkout: the other call may have confirmed it.
 */
export class CheckoutLocked extends DetailedError {
  override readonly name = "CheckoutLocked";
}

/** The customer of the checkout was deleted. Create a new checkout. */
export class CheckoutCustomerDeleted extends DetailedError {
  override readonly name = "CheckoutCustomerDeleted";
}

/**
 * A customer with this external ID exists under another e-mail address. Use that address, or another external ID in a new
 * checkout.
 */
export class CheckoutCustomerExternalIdMismatch extends DetailedError {
  override readonly name = "CheckoutCustomerExternalIdMismatch";
}

/** The price has no tier for this number of seats or units. Choose another number. */
export class InvalidQuantityError extends DetailedError {
  override readonly name = "InvalidQuantityError";
}

/** The organization is blocked or deleted, or the user may not do this. Only Polar or the merchant can change that. */
export class NotPermitted extends DetailedError {
  override readonly name = "NotPermitted";
}

/**
 * Nobody knows who calls. With the domain "checkoutsvc" the service wants a token or a client certificate from this program.
 * From Polar, with UNAUTHENTICATED, the caller must bring another token; with INTERNAL it was the service's own, and its
 * operator must act.
 */
export class Unauthorized extends DetailedError {
  override readonly name = "Unauthorized";
}

/**
 * The token was refused or lacks the scope, by Polar or, with the domain "checkoutsvc", by the service. With UNAUTHENTICATED
 * or PERMISSION_DENIED the caller needs another token; with INTERNAL it was the service's own, and its operator must act.
 */
export class TokenError extends CheckoutsvcError {
  override readonly name = "TokenError";
  /** "invalid_token" or "insufficient_scope". */
  readonly error: string;
  /** The same in a sentence. */
  readonly errorDescription: string;

  constructor(failure: Failure, message: pb.TokenError) {
    super(failure);
    this.error = message.error;
    this.errorDescription = message.errorDescription;
  }
}

/**
 * Polar refused the values of the request. Correct the fields and send it again. `violations` has the same fields and
 * texts, and those of the service's own refusals too.
 */
export class HTTPValidationError extends CheckoutsvcError {
  override readonly name = "HTTPValidationError";
  /** What was wrong, in Polar's order. Not enumerable, for it may hold personal data: what is logged lacks it. */
  declare readonly items: readonly pb.ValidationError[];
  /** How many items were left out because the answer would have been too large. */
  readonly omittedItems: number;

  constructor(failure: Failure, message: pb.HTTPValidationError) {
    super(failure);
    hide(this, "items", message.detail);
    this.omittedItems = message.omittedItems;
  }
}

/** Polar could not compute the tax. Nothing was charged or stored; the same call may work later. */
export class TaxCalculationTechnicalError extends DetailedError {
  override readonly name = "TaxCalculationTechnicalError";
}

/** The product has no price in a currency that the checkout can use. The merchant must correct its prices. */
export class NoPricesForCurrencies extends DetailedError {
  override readonly name = "NoPricesForCurrencies";
}

/** Too many calls, for Polar or for the service. Nothing was done. */
export class RateLimited extends CheckoutsvcError {
  override readonly name = "RateLimited";
  /** How long to wait before the next call, in milliseconds; undefined if not known. */
  readonly retryAfter: number | undefined;

  constructor(failure: Failure, message: pb.RateLimited) {
    super(failure);
    this.retryAfter = message.retryAfter === undefined ? undefined : message.retryAfter * 1000;
  }
}

/**
 * An answer of Polar's that stands for none of the other errors, or something that is no answer of Polar's. The code tells
 * what to do; this is for those who look into it.
 */
export class SDKError extends CheckoutsvcError {
  override readonly name = "SDKError";
  /** The HTTP status. */
  readonly statusCode: number;
  /** The body of the answer, cut off if `bodyTruncated`. It may hold anything, so it is not enumerable and not logged. */
  declare readonly body: string;
  /** Whether the body was cut off. */
  readonly bodyTruncated: boolean;
  /** Some headers of the answer, by name in lower case. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(failure: Failure, message: pb.SDKError) {
    super(failure);
    this.statusCode = message.statusCode;
    hide(this, "body", message.body);
    this.bodyTruncated = message.bodyTruncated;
    this.headers = message.headers;
  }
}

/**
 * A write was sent and no answer came: it may have been carried out. It stands for an answer that got lost between Polar
 * and the service, and likewise for one that got lost between the service and this program (a broken connection, the
 * timeout, an abort).
 */
export class OutcomeUnknown extends DetailedError {
  override readonly name = "OutcomeUnknown";
  /** The method, such as "ConfirmClientCheckout". */
  readonly operation: string;
  readonly #retrySafe: boolean;

  constructor(failure: Failure, message: pb.OutcomeUnknown, cause?: unknown) {
    super(failure, message);
    this.operation = message.operation;
    this.#retrySafe = message.retrySafe;
    if (cause !== undefined) {
      this.cause = cause;
    }
  }

  /**
   * True for an update, and for a create, which leaves at worst an open checkout that expires unused. False for a confirm:
   * read the checkout first, and confirm again only if it is still open after a while.
   */
  override get retrySafe(): boolean {
    return this.#retrySafe;
  }
}

/**
 * A confirm was held back: an earlier one of the same checkout, with another confirmation token, was sent and its outcome
 * is not known, so that this one could charge the buyer twice. Read the checkout; if it is still open at `liftsAt`,
 * confirm again.
 */
export class ConfirmOutcomeUnknown extends DetailedError {
  override readonly name = "ConfirmOutcomeUnknown";
  /** When a confirm is let through again; undefined if the service does not say. */
  readonly liftsAt: Date | undefined;

  constructor(failure: Failure, message: pb.ConfirmOutcomeUnknown) {
    super(failure, message);
    this.liftsAt = message.liftsAt;
  }

  /** False: after `liftsAt` the same confirm is let through, and could be the second charge. Read the checkout first. */
  override get retrySafe(): boolean {
    return false;
  }
}

/** The request id was used for another checkout before. Nothing was done. */
export class RequestIdReused extends DetailedError {
  override readonly name = "RequestIdReused";
}

/**
 * The same request id is at work elsewhere and did not finish before the deadline. The same call, after `retryDelay`,
 * gives the same checkout.
 */
export class RequestInProgress extends DetailedError {
  override readonly name = "RequestInProgress";
}

function hide(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, enumerable: false });
}
