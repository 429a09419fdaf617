// One call over gRPC.
import { type Client, type ClientUnaryCall, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";

import type { CheckoutsvcError } from "./error.js";
import { failed, type Consequence } from "./failure.js";
import type { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { CallOptions, ConnectOptions } from "./options.js";

/** An RPC of CheckoutService. */
export interface Method<Req, Res> {
  name: string;
  consequence: Consequence;
  /** How long a call may take by default, in milliseconds. */
  timeout: number;
  request: { encode(message: Req): BinaryWriter };
  response: { decode(input: Uint8Array): Res };
}

/** Makes the calls of one client, each with its token, organization and deadline. */
export class Caller {
  readonly #client: Client;
  readonly #options: ConnectOptions;
  #closed = false;

  /** @throws TypeError if the timeout is none. */
  constructor(client: Client, options: ConnectOptions) {
    checkedTimeout(options.timeout);
    this.#client = client;
    this.#options = options;
  }

  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  /**
   * @throws CheckoutsvcError if the call failed.
   * @throws TypeError if the request holds what cannot be sent, such as a fraction for a whole number.
   */
  async call<Req, Res>(method: Method<Req, Res>, request: Req, options: CallOptions): Promise<Res> {
    const body = encoded(method, request);
    const timeout = checkedTimeout(options.timeout) ?? checkedTimeout(this.#options.timeout) ?? method.timeout;
    const deadline = Date.now() + timeout;
    const metadata = await this.#metadata(method);
    if (this.#closed) {
      throw unsent(method, localError(status.CANCELLED, "the client is closed"));
    }
    return new Promise((resolve, reject) => {
      new Flight(this.#client, method, options.signal, resolve, reject).start(body, metadata, deadline);
    });
  }

  async #metadata(method: Called): Promise<Metadata> {
    const metadata = new Metadata();
    const { organization } = this.#options;
    const bearer = await this.#token(method);
    if (bearer) {
      setHeader(metadata, "authorization", `Bearer ${bearer}`, "token");
    }
    if (organization) {
      setHeader(metadata, "polar-organization", organization, "organization");
    }
    return metadata;
  }

  /** The cause holds what the function threw; the text does not, for it goes into logs and may name the token. */
  async #token(method: Called): Promise<string | undefined> {
    const { token } = this.#options;
    if (typeof token !== "function" || this.#closed) {
      return token as string | undefined;
    }
    try {
      return await token();
    } catch (cause) {
      throw unsent(method, localError(status.UNAUTHENTICATED, "the source of the token failed"), cause);
    }
  }
}

type Called = Pick<Method<never, unknown>, "name" | "consequence">;

function unsent({ name, consequence }: Called, error: ServiceError, cause?: unknown): CheckoutsvcError {
  return failed({ method: name, consequence, sent: false }, error, cause);
}

const longest = 2 ** 31 - 1; // what a timer of Node takes, 24 days; gRPC throws beyond it

function checkedTimeout(timeout: number | undefined): number | undefined {
  if (timeout === undefined) {
    return undefined;
  }
  if (!Number.isFinite(timeout) || timeout <= 0) {
    throw new TypeError(`the option \`timeout\` has to be a number of milliseconds above 0, and is ${String(timeout)}`);
  }
  return Math.min(timeout, longest);
}

/** gRPC's own complaint would hold the value, and so the token. */
function setHeader(metadata: Metadata, name: string, value: string, option: string): void {
  if (!/^[\x20-\x7e]*$/.test(value)) {
    throw new TypeError(`the option \`${option}\` holds characters that no header may have, such as a line break`);
  }
  metadata.set(name, value);
}

function encoded<Req, Res>(method: Method<Req, Res>, request: Req): Buffer {
  try {
    return Buffer.from(method.request.encode(request).finish());
  } catch (error) {
    throw new TypeError(`${method.name}: the request cannot be sent: ${(error as Error).message}`, { cause: error });
  }
}

/** A call under way. */
class Flight<Req, Res> {
  #sent = false;
  #call: ClientUnaryCall | undefined;
  readonly #abort = (): void => this.#call?.cancel();

  constructor(
    private readonly client: Client,
    private readonly method: Method<Req, Res>,
    private readonly signal: AbortSignal | undefined,
    private readonly resolve: (answer: Res) => void,
    private readonly reject: (error: CheckoutsvcError) => void,
  ) {}

  start(body: Buffer, metadata: Metadata, deadline: number): void {
    if (this.signal?.aborted) {
      this.#fail(localError(status.CANCELLED, "aborted before it was sent"));
      return;
    }
    const path = `/polar.checkouts.v1.CheckoutService/${this.method.name}`;
    const options = { deadline, credentials: this.#notice() };
    this.#call = this.client.makeUnaryRequest(path, same, same, body, metadata, options, (error, answer) => {
      this.signal?.removeEventListener("abort", this.#abort);
      if (error) {
        this.#fail(error);
      } else {
        this.#finish(answer!);
      }
    });
    this.signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** gRPC asks for a call's credentials once it has a connection for it; until then nothing has left this machine. */
  #notice() {
    return credentials.createFromMetadataGenerator((_, done) => {
      this.#sent = true;
      done(null, new Metadata());
    });
  }

  #finish(answer: Buffer): void {
    try {
      this.resolve(this.method.response.decode(answer));
    } catch (error) {
      this.#fail(localError(status.INTERNAL, `the answer cannot be read: ${(error as Error).message}`));
    }
  }

  #fail(error: ServiceError): void {
    const { name, consequence } = this.method;
    const cause: unknown = this.signal?.aborted ? this.signal.reason : undefined;
    this.reject(failed({ method: name, consequence, sent: this.#sent }, error, cause));
  }
}

function same(bytes: Buffer): Buffer {
  return bytes;
}

function localError(code: status, details: string): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}
