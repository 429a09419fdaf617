// The questions that are easily answered wrongly.
import { CheckoutStatus } from "./gen/polar/checkouts/v1/checkout_enums.js";

type Status = CheckoutStatus | { status: CheckoutStatus };

/**
 * Tells whether a checkout is paid, or free and done: only then deliver. CONFIRMED is not paid: the payment has begun, and
 * if it fails the checkout is OPEN again.
 */
export function isPaid(checkout: Status): boolean {
  return statusOf(checkout) === CheckoutStatus.SUCCEEDED;
}

/**
 * Tells whether a checkout will never change its status again: it SUCCEEDED, EXPIRED or FAILED. A status that this version
 * does not know counts as not final.
 */
export function isFinal(checkout: Status): boolean {
  const status: CheckoutStatus = statusOf(checkout);
  return status === CheckoutStatus.SUCCEEDED || status === CheckoutStatus.EXPIRED || status === CheckoutStatus.FAILED;
}

function statusOf(checkout: Status): CheckoutStatus {
  return typeof checkout === "string" ? checkout : checkout.status;
}

/**
 * Gives a member of an answer that this version has no field for: a new field, a value that its enum lacks. Undefined if
 * there is no such member. Numbers are rounded as JSON.parse does; `unmodelledJson` has the text as Polar wrote it.
 *
 *     unmodelled(checkout, "loyalty_points")
 */
export function unmodelled(answer: { unmodelledJson: Record<string, string> }, name: string): unknown {
  const text = Object.hasOwn(answer.unmodelledJson, name) ? answer.unmodelledJson[name] : undefined;
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
