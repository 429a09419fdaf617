package com.checkoutsvc.client;

import com.checkoutsvc.client.v1.Checkout;
import com.checkoutsvc.client.v1.ListCheckoutsRequest;
import com.checkoutsvc.client.v1.ListCheckoutsResponse;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * All checkouts that a request lets pass. Each loop or stream begins anew and fetches a page when
 * it is needed.
 *
 * <p>It begins at the page of the request and keeps to its limit. With neither set it takes the
 * largest pages, 100 checkouts, for every page counts against Polar's rate limit. If a call fails,
 * its {@link CheckoutsvcError} is thrown where the loop stands; asking again repeats that page.
 *
 * <p>Polar counts pages from the newest, and the list can change between two of them. What slides
 * from one page to the next because checkouts were added comes once. If checkouts drop out of the
 * filter meanwhile, as many others can be missed.
 */
public final class CheckoutPages implements Iterable<Checkout> {

  /** The most checkouts that Polar gives per page (B 4). */
  private static final int MAX_LIMIT = 100;

  private final ListCheckoutsRequest first;
  private final Function<ListCheckoutsRequest, ListCheckoutsResponse> list;

  CheckoutPages(
      ListCheckoutsRequest request, Function<ListCheckoutsRequest, ListCheckoutsResponse> list) {
    boolean free = !request.hasPage() && !request.hasLimit();
    this.first = free ? request.toBuilder().setLimit(MAX_LIMIT).build() : request;
    this.list = list;
  }

  /** Gives the checkouts one by one. */
  @Override
  public Iterator<Checkout> iterator() {
    return new Pages();
  }

  /** Gives the checkouts as a stream, in order. */
  public Stream<Checkout> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  /**
   * Gives the request for the page after the one that was asked for and answered, or nothing if
   * that was the last.
   */
  public static Optional<ListCheckoutsRequest> next(
      ListCheckoutsRequest request, ListCheckoutsResponse answer) {
    long page = Math.max(request.getPage(), 1);
    if (page >= answer.getPagination().getMaxPage()) {
      return Optional.empty();
    }
    return Optional.of(request.toBuilder().setPage(page + 1).build());
  }

  private final class Pages implements Iterator<Checkout> {

    private Optional<ListCheckoutsRequest> request = Optional.of(first);
    private Iterator<Checkout> page = List.<Checkout>of().iterator();
    private Set<String> previous = Set.of();

    @Override
    public boolean hasNext() {
      while (!page.hasNext() && request.isPresent()) {
        fetch(request.get());
      }
      return page.hasNext();
    }

    @Override
    public Checkout next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return page.next();
    }

    private void fetch(ListCheckoutsRequest asked) {
      ListCheckoutsResponse answer = list.apply(asked);
      Set<String> before = previous;
      page =
          answer.getItemsList().stream()
              .filter(checkout -> !before.contains(checkout.getId()))
              .iterator();
      previous =
          answer.getItemsList().stream()
              .map(Checkout::getId)
              .filter(id -> !id.isEmpty())
              .collect(Collectors.toUnmodifiableSet());
      request = CheckoutPages.next(asked, answer);
    }
  }
}
