// From the status of a failed call to an error.
import { type ServiceError, status as Status } from "@grpc/grpc-js";

import { CheckoutsvcError, type Code, type Failure } from "./error.js";
import * as errors from "./errors.js";
import { Any } from "./gen/google/protobuf/any.js";
import { BadRequest, ErrorInfo, RetryInfo } from "./gen/google/rpc/error_details.js";
import { Status as RpcStatus } from "./gen/google/rpc/status.js";
import * as pb from "./gen/polar/checkouts/v1/errors.js";

/** How sending a method again does: reads change nothing, and of the writes only a confirm does harm (B 8). */
export type Consequence = "reads" | "repeatable" | "once";

/** The call that failed. */
export interface Attempt {
  /** The RPC, such as "GetCheckout". */
  method: string;
  consequence: Consequence;
  /** Whether the request may have left this machine. */
  sent: boolean;
}

/** Makes the error of a call that gRPC says has failed. */
export function failed(attempt: Attempt, error: ServiceError, cause?: unknown): CheckoutsvcError {
  const details = detailsOf(error);
  const failure = describe(attempt, error, details);
  const named = nameOf(failure, details);
  if (named) {
    return named;
  }
  if (failure.domain === "" && attempt.sent && attempt.consequence !== "reads" && unanswered.has(failure.code)) {
    return outcomeUnknown(attempt, failure, cause);
  }
  return new CheckoutsvcError(failure, cause === undefined ? undefined : { cause });
}

/** The same uncertainty as between the service and Polar, so the same type. */
function outcomeUnknown(attempt: Attempt, failure: Failure, cause: unknown): errors.OutcomeUnknown {
  const message = {
    operation: attempt.method,
    retrySafe: attempt.consequence === "repeatable",
    detail: `sent to the service, which did not answer (${failure.code})`,
  };
  return new errors.OutcomeUnknown(failure, message, cause);
}

/** The codes that gRPC itself gives a call without an answer. Others say that the call was refused. */
const unanswered: ReadonlySet<Code> = new Set<Code>([
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "CANCELLED",
  "INTERNAL",
  "UNKNOWN",
]);

function detailsOf(error: ServiceError): Any[] {
  const [encoded] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(encoded instanceof Uint8Array)) {
    return [];
  }
  try {
    return RpcStatus.decode(encoded).details;
  } catch {
    return []; // not of this service's making: code and text remain
  }
}

function describe(attempt: Attempt, error: ServiceError, details: Any[]): Failure {
  const info = first(details, "google.rpc.ErrorInfo", ErrorInfo);
  const pause = first(details, "google.rpc.RetryInfo", RetryInfo)?.retryDelay;
  const code = (Status[error.code] ?? "UNKNOWN") as Code;
  return {
    method: attempt.method,
    code,
    text:
      error.details.replace(/\.? Resolution note: $/, "") +
      (info ? "" : advice(code, attempt.sent)) +
      (code === "UNAUTHENTICATED" && attempt.sent ? tokenAdvice : ""),
    domain: info?.domain ?? "",
    reason: info?.reason ?? "",
    httpStatus: Number(info?.metadata["http_status"]) || undefined,
    retryDelay: pause && pause.seconds * 1000 + pause.nanos / 1e6,
    violations: first(details, "google.rpc.BadRequest", BadRequest)?.fieldViolations.map(violation) ?? [],
    metadata: info?.metadata ?? {},
    detailTypes: details.map((detail) => detail.typeUrl),
  };
}

function violation({ field, description }: { field: string; description: string }) {
  return { field, description };
}

const tokenAdvice = "; connect() takes the token of the service in its options";

/** What to do about a call that the service did not answer. */
function advice(code: Code, sent: boolean): string {
  switch (code) {
    case "UNAVAILABLE":
      return sent
        ? ""
        : "; is the address the gRPC port of a running checkoutsvc, and do both sides want TLS or both not?";
    case "DEADLINE_EXCEEDED":
      return sent ? "; the option `timeout` gives a call more time" : "; there was no connection to the service";
    default:
      return "";
  }
}

interface Decoder<T> {
  decode(input: Uint8Array): T;
}

function first<T>(details: Any[], type: string, decoder: Decoder<T>): T | undefined {
  const detail = details.find((candidate) => typeName(candidate) === type);
  return detail && attempt(() => decoder.decode(detail.value));
}

function typeName(detail: Any): string {
  return detail.typeUrl.slice(detail.typeUrl.lastIndexOf("/") + 1);
}

/** A detail that cannot be read is as good as none: the error must come through in any case. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

const polarPackage = "polar.checkouts.v1.";

/** An SDKError may stand beside the error that Polar's answer led to; then that one counts. */
function nameOf(failure: Failure, details: Any[]): CheckoutsvcError | undefined {
  const named = details
    .filter((detail) => typeName(detail).startsWith(polarPackage))
    .map((detail) => attempt(() => byName[typeName(detail).slice(polarPackage.length)]?.(failure, detail.value)))
    .filter((error) => error !== undefined);
  return named.find((error) => !(error instanceof errors.SDKError)) ?? named[0];
}

type Make = (failure: Failure, encoded: Uint8Array) => CheckoutsvcError;

function row<T>(decoder: Decoder<T>, type: new (failure: Failure, message: T) => CheckoutsvcError): Make {
  return (failure, encoded) => new type(failure, decoder.decode(encoded));
}

/** The errors by the names of their messages in errors.proto. */
export const byName: Readonly<Record<string, Make>> = {
  ResourceNotFound: row(pb.ResourceNotFound, errors.ResourceNotFound),
  ExpiredCheckoutError: row(pb.ExpiredCheckoutError, errors.ExpiredCheckoutError),
  NotOpenCheckout: row(pb.NotOpenCheckout, errors.NotOpenCheckout),
  AlreadyActiveSubscriptionError: row(pb.AlreadyActiveSubscriptionError, errors.AlreadyActiveSubscriptionError),
  PaymentNotReady: row(pb.PaymentNotReady, errors.PaymentNotReady),
  PaymentError: row(pb.PaymentError, errors.PaymentError),
  TrialAlreadyRedeemed: row(pb.TrialAlreadyRedeemed, errors.TrialAlreadyRedeemed),
  DiscountRedemptionLimitReached: row(pb.DiscountRedemptionLimitReached, errors.DiscountRedemptionLimitReached),
  CheckoutLocked: row(pb.CheckoutLocked, errors.CheckoutLocked),
  CheckoutCustomerDeleted: row(pb.CheckoutCustomerDeleted, errors.CheckoutCustomerDeleted),
  CheckoutCustomerExternalIdMismatch: row(
    pb.CheckoutCustomerExternalIdMismatch,
    errors.CheckoutCustomerExternalIdMismatch,
  ),
  InvalidQuantityError: row(pb.InvalidQuantityError, errors.InvalidQuantityError),
  NotPermitted: row(pb.NotPermitted, errors.NotPermitted),
  Unauthorized: row(pb.Unauthorized, errors.Unauthorized),
  TokenError: row(pb.TokenError, errors.TokenError),
  HTTPValidationError: row(pb.HTTPValidationError, errors.HTTPValidationError),
  TaxCalculationTechnicalError: row(pb.TaxCalculationTechnicalError, errors.TaxCalculationTechnicalError),
  NoPricesForCurrencies: row(pb.NoPricesForCurrencies, errors.NoPricesForCurrencies),
  RateLimited: row(pb.RateLimited, errors.RateLimited),
  SDKError: row(pb.SDKError, errors.SDKError),
  OutcomeUnknown: row(pb.OutcomeUnknown, errors.OutcomeUnknown),
  ConfirmOutcomeUnknown: row(pb.ConfirmOutcomeUnknown, errors.ConfirmOutcomeUnknown),
  RequestIdReused: row(pb.RequestIdReused, errors.RequestIdReused),
  RequestInProgress: row(pb.RequestInProgress, errors.RequestInProgress),
};
