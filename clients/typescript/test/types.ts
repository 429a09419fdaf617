// A consumer's program: it has to pass the strict compiler, with every line that must be refused marked so.
import {
  type Checkout,
  type CheckoutPublicConfirmed,
  CheckoutStatus,
  CheckoutsvcError,
  connect,
  isPaid,
  Json,
  NotOpenCheckout,
  OutcomeUnknown,
  TrialInterval,
} from "@checkoutsvc/client";

const client = connect("127.0.0.1:9090", { token: async () => "secret", timeout: 10_000 });

export async function create(products: readonly string[]): Promise<number> {
  const checkout: Checkout = await client.createCheckout(
    {
      products,
      trialInterval: TrialInterval.MONTH,
      customerBillingAddress: { country: "GB" },
      metadata: { order: 7, express: true, weight: 0.5, large: 2n ** 60n, exact: new Json("1.0") },
      prices: { [products[0] ?? ""]: { prices: [{ amountType: { $case: "fixed", value: { priceAmount: 500 } } }] } },
    },
    { requestId: "order-7", retries: { strategy: "backoff", backoff: { maxElapsedTime: 5000 } } },
  );
  const created: Date | undefined = checkout.createdAt;
  const price = checkout.product?.prices[0]?.amountType;
  const amount = price?.$case === "fixed" ? price.value.priceAmount / 100 : 0;
  return checkout.totalAmount / 100 + amount + (created?.getTime() ?? 0);
}

export async function change(checkout: Checkout): Promise<void> {
  await client.updateCheckout(checkout.id, {
    discountId: null,
    metadata: null,
    customerName: "Ada",
    locale: undefined,
  });
  await client.updateClientCheckout(checkout.clientSecret, { customFieldData: { size: 42, gift: true, note: null } });
  for await (const other of client.listAll({ status: [CheckoutStatus.OPEN], sorting: ["created_at"] })) {
    if (isPaid(other)) break;
  }
  // @ts-expect-error: there is no such field
  await client.updateCheckout(checkout.id, { custmerName: "Ada" });
  // @ts-expect-error: a create has nothing to clear
  await client.createCheckout({ products: [], customerName: null });
  // @ts-expect-error: money is a number
  await client.createCheckout({ products: [], amount: "5" });
  // @ts-expect-error: no object is a value of metadata
  await client.createCheckout({ products: [], metadata: { nested: { a: 1 } } });
  // @ts-expect-error: no such status
  await client.listCheckouts({ status: ["open"] });
}

export async function confirm(secret: string): Promise<CheckoutPublicConfirmed | undefined> {
  try {
    return await client.confirmClientCheckout(secret, { confirmationTokenId: "ctoken_1" });
  } catch (error) {
    if (error instanceof NotOpenCheckout && error.status === CheckoutStatus.SUCCEEDED) return undefined;
    if (error instanceof OutcomeUnknown && !error.retrySafe) return undefined;
    if (error instanceof CheckoutsvcError && error.code === "UNAVAILABLE") return undefined;
    throw error;
  }
}
