/** The name of a gRPC status code, which tells what to do where nothing more is known. */
export type Code =
  | "CANCELLED"
  | "UNKNOWN"
  | "INVALID_ARGUMENT"
  | "DEADLINE_EXCEEDED"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "RESOURCE_EXHAUSTED"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "OUT_OF_RANGE"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DATA_LOSS"
  | "UNAUTHENTICATED";

/** One thing wrong with a request. */
export interface FieldViolation {
  /** Path of the field in the body or parameters, such as "customer_billing_address.country". "": the body as a whole. */
  field: string;
  /** What is wrong, for developers. */
  description: string;
}

/** What is known of a failed call. */
export interface Failure {
  /** The RPC that failed, such as "ConfirmClientCheckout". */
  readonly method: string;
  /** The status code. */
  readonly code: Code;
  /** The service's text, which begins with the error's name; gRPC's where the service did not answer. */
  readonly text: string;
  /** Where the error arose: "polar.sh", or "checkoutsvc" for the service itself. "" if the service did not answer. */
  readonly domain: string;
  /** The error's name within the domain, such as "NOT_OPEN_CHECKOUT". "" without a domain. */
  readonly reason: string;
  /** The status that Polar answered; undefined if it did not. */
  readonly httpStatus: number | undefined;
  /** How long to wait before the call is worth repeating, in milliseconds; undefined if the service names no time. */
  readonly retryDelay: number | undefined;
  /** The fields that were refused, by Polar or by the service. */
  readonly violations: readonly FieldViolation[];
  /** What else the service tells, by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Type URLs of the status' details, those that this version does not know included. */
  readonly detailTypes: readonly string[];
}

/**
 * A failed call. Where the service or Polar says more, the error is one of the subclasses that have Polar's names, such as
 * NotOpenCheckout; an error that only a newer service knows is this class itself, with code, reason and message.
 *
 * `message` holds method, code and the service's text, for logs. No token is ever in it.
 */
export class CheckoutsvcError extends Error implements Failure {
  override readonly name: string = "CheckoutsvcError";
  readonly method: string;
  readonly code: Code;
  readonly text: string;
  readonly domain: string;
  readonly reason: string;
  readonly httpStatus: number | undefined;
  readonly retryDelay: number | undefined;
  readonly violations: readonly FieldViolation[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly detailTypes: readonly string[];

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(`${failure.method}: ${failure.code}: ${failure.text}`, options);
    this.method = failure.method;
    this.code = failure.code;
    this.text = failure.text;
    this.domain = failure.domain;
    this.reason = failure.reason;
    this.httpStatus = failure.httpStatus;
    this.retryDelay = failure.retryDelay;
    this.violations = failure.violations;
    this.metadata = failure.metadata;
    this.detailTypes = failure.detailTypes;
  }

  /**
   * Whether sending the very same call again does no harm. It tells nothing of whether that would help: a refused value is
   * refused again. False where a confirm may have charged the buyer.
   */
  get retrySafe(): boolean {
    const unexplained = this.name === "CheckoutsvcError" && this.domain !== "" && vague.has(this.code);
    return !(unexplained && this.method === "ConfirmClientCheckout");
  }
}

/** Codes that, without a name, say nothing of what became of the call. */
const vague: ReadonlySet<Code> = new Set<Code>(["INTERNAL", "UNKNOWN"]);
