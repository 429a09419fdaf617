package com.checkoutsvc.client.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.checkoutsvc.client.CheckoutPages;
import com.checkoutsvc.client.CheckoutsvcClient;
import com.checkoutsvc.client.v1.Checkout;
import com.checkoutsvc.client.v1.ListCheckoutsRequest;
import com.checkoutsvc.client.v1.ListCheckoutsResponse;
import com.checkoutsvc.client.v1.Pagination;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PagesTest {

  /** Gives pages as if the list had grown by one before the second was asked for. */
  private static Function<Message, Message> pages(List<List<String>> pages) {
    return message -> {
      int page = (int) Math.max(((ListCheckoutsRequest) message).getPage(), 1);
      var answer =
          ListCheckoutsResponse.newBuilder()
              .setPagination(Pagination.newBuilder().setMaxPage(pages.size()));
      pages.get(page - 1).forEach(id -> answer.addItems(Checkout.newBuilder().setId(id)));
      return answer.build();
    };
  }

  private static List<String> ids(Iterable<Checkout> checkouts) {
    var ids = new ArrayList<String>();
    checkouts.forEach(checkout -> ids.add(checkout.getId()));
    return ids;
  }

  @Test
  void whatSlidesToTheNextPageComesOnce() throws IOException {
    try (var fake =
            Fake.answering(pages(List.of(List.of("d", "c"), List.of("c", "b"), List.of("a"))));
        var client = CheckoutsvcClient.connect(fake.address())) {
      var all = client.listAll();
      assertEquals(List.of("d", "c", "b", "a"), ids(all));
      assertEquals(List.of("d", "c", "b", "a"), ids(all), "each loop begins anew");
      assertEquals(6, fake.calls.size());
    }
  }

  @Test
  void aPageWithNothingNewIsNotTheEnd() throws IOException {
    try (var fake =
            Fake.answering(pages(List.of(List.of("b"), List.of("b"), List.of(), List.of("a"))));
        var client = CheckoutsvcClient.connect(fake.address())) {
      assertEquals(List.of("b", "a"), ids(client.listAll()));
    }
  }

  @Test
  void aStreamFetchesWhatItNeeds() throws IOException {
    try (var fake = Fake.answering(pages(List.of(List.of("c", "b"), List.of("a"))));
        var client = CheckoutsvcClient.connect(fake.address())) {
      assertEquals(2, client.listAll().stream().limit(2).count());
      assertEquals(1, fake.calls.size());
    }
  }

  @Test
  void thePagesAreTheLargestUnlessTheRequestSaysOtherwise() throws IOException {
    try (var fake = Fake.answering(pages(List.of(List.of("a"), List.of("b"))));
        var client = CheckoutsvcClient.connect(fake.address())) {
      ids(client.listAll());
      assertEquals(100, ((ListCheckoutsRequest) fake.calls.get(0).request()).getLimit());
      assertEquals(100, ((ListCheckoutsRequest) fake.calls.get(1).request()).getLimit());
      assertEquals(2, ((ListCheckoutsRequest) fake.calls.get(1).request()).getPage());
      assertEquals(
          List.of("b"), ids(client.listAll(ListCheckoutsRequest.newBuilder().setPage(2).build())));
      assertFalse(((ListCheckoutsRequest) fake.calls.get(2).request()).hasLimit());
    }
  }

  @Test
  void theEnd() throws IOException {
    try (var fake = Fake.answering(pages(List.of(List.of())));
        var client = CheckoutsvcClient.connect(fake.address())) {
      var iterator = client.listAll().iterator();
      assertFalse(iterator.hasNext());
      assertThrows(NoSuchElementException.class, iterator::next);
      assertEquals(1, fake.calls.size());
    }
    var last =
        ListCheckoutsResponse.newBuilder()
            .setPagination(Pagination.newBuilder().setMaxPage(1))
            .build();
    assertEquals(
        List.of(),
        CheckoutPages.next(ListCheckoutsRequest.getDefaultInstance(), last).stream().toList());
  }
}
