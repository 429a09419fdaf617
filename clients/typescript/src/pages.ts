import type { Checkout } from "./gen/polar/checkouts/v1/checkout.js";
import type { ListCheckoutsResponse } from "./gen/polar/checkouts/v1/checkout_service.js";
import type { ListFilter } from "./requests.js";

/** The most checkouts that Polar gives per page (B 4). */
const maxLimit = 100;

/** Yields the checkouts of all pages that list gives; a checkout that two neighbouring pages have comes once. */
export async function* allPages(
  list: (filter: ListFilter) => Promise<ListCheckoutsResponse>,
  filter: ListFilter,
): AsyncGenerator<Checkout, void, undefined> {
  const unset = filter.page === undefined && filter.limit === undefined;
  const base = unset ? { ...filter, limit: maxLimit } : filter;
  let previous = new Set<string>();
  for (let page = firstPage(filter), last = page; page <= last; page++) {
    const { items, pagination } = await list({ ...base, page });
    yield* items.filter(({ id }) => !previous.has(id));
    previous = new Set(items.map(({ id }) => id).filter((id) => id !== ""));
    last = pagination?.maxPage ?? 0;
  }
}

function firstPage({ page }: ListFilter): number {
  return page !== undefined && page > 0 ? page : 1;
}
