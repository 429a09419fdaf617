/**
 * The client of checkoutsvc: Polar's checkout sessions over gRPC.
 *
 *     const client = connect("127.0.0.1:9090");
 *     const checkout = await client.createCheckout({ products: [productId] });
 *
 * A checkout that says CONFIRMED is not paid yet. Deliver when isPaid says so.
 * @module
 */
export { CheckoutsvcClient, connect } from "./client.js";
export { isFinal, isPaid, unmodelled } from "./checkout.js";
export type { CallOptions, ConfirmOptions, ConnectOptions, CreateOptions, TlsOptions } from "./options.js";
export type {
  CheckoutConfirm,
  CheckoutCreate,
  CheckoutUpdate,
  CheckoutUpdatePublic,
  ListFilter,
  RetryConfig,
} from "./requests.js";
export { Json } from "./values.js";
export type { CustomFieldInputValue, CustomFieldValue, MetadataInputValue, MetadataValue } from "./values.js";
export { CheckoutsvcError, type Code, type Failure, type FieldViolation } from "./error.js";
export * from "./errors.js";
export * from "./messages.js";
