package com.checkoutsvc.client.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.checkoutsvc.client.CheckoutsvcClient;
import com.checkoutsvc.client.CheckoutsvcError;
import com.checkoutsvc.client.OutcomeUnknown;
import com.checkoutsvc.client.v1.BackoffStrategy;
import com.checkoutsvc.client.v1.Checkout;
import com.checkoutsvc.client.v1.CheckoutConfirmStripe;
import com.checkoutsvc.client.v1.CheckoutCreate;
import com.checkoutsvc.client.v1.CheckoutPublic;
import com.checkoutsvc.client.v1.CheckoutPublicConfirmed;
import com.checkoutsvc.client.v1.CheckoutUpdate;
import com.checkoutsvc.client.v1.CheckoutUpdatePublic;
import com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest;
import com.checkoutsvc.client.v1.CreateCheckoutRequest;
import com.checkoutsvc.client.v1.GetCheckoutRequest;
import com.checkoutsvc.client.v1.GetClientCheckoutRequest;
import com.checkoutsvc.client.v1.ListCheckoutsRequest;
import com.checkoutsvc.client.v1.ListCheckoutsResponse;
import com.checkoutsvc.client.v1.RetryStrategy;
import com.checkoutsvc.client.v1.UpdateCheckoutRequest;
import com.checkoutsvc.client.v1.UpdateClientCheckoutRequest;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class CallsTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> ORGANIZATION =
      Metadata.Key.of("polar-organization", Metadata.ASCII_STRING_MARSHALLER);

  /** Answers each method with its own empty message. */
  private static Message empty(Message request) {
    if (request instanceof ListCheckoutsRequest) {
      return ListCheckoutsResponse.getDefaultInstance();
    }
    if (request instanceof ConfirmClientCheckoutRequest) {
      return CheckoutPublicConfirmed.getDefaultInstance();
    }
    return request instanceof GetClientCheckoutRequest
            || request instanceof UpdateClientCheckoutRequest
        ? CheckoutPublic.getDefaultInstance()
        : Checkout.getDefaultInstance();
  }

  private static void callAll(CheckoutsvcClient client) {
    client.listCheckouts();
    client.getCheckout("x");
    client.getClientCheckout("s");
    client.updateCheckout("x", CheckoutUpdate.getDefaultInstance());
    client.updateClientCheckout("s", CheckoutUpdatePublic.getDefaultInstance());
    client.createCheckout(CheckoutCreate.getDefaultInstance());
    client.confirmClientCheckout("s", CheckoutConfirmStripe.getDefaultInstance());
  }

  private static Function<Message, Message> unavailable() {
    return request -> {
      throw Status.UNAVAILABLE.withDescription("draining").asRuntimeException();
    };
  }

  @Test
  void readsHave30SecondsAndWhatIsSeenThroughHas65() throws IOException {
    try (var fake = Fake.answering(CallsTest::empty);
        var client = CheckoutsvcClient.connect(fake.address())) {
      callAll(client);
      for (var call : fake.calls) {
        boolean seenThrough =
            call.method().equals("CreateCheckout") || call.method().equals("ConfirmClientCheckout");
        assertNear(seenThrough ? 65_000 : 30_000, call);
      }
      assertEquals(7, fake.calls.size());
    }
  }

  @Test
  void aCallsOwnTimeWinsOverTheClients() throws IOException {
    try (var fake = Fake.answering(CallsTest::empty);
        var client =
            CheckoutsvcClient.connect(
                fake.address(), with -> with.timeout(Duration.ofSeconds(20)))) {
      callAll(client);
      fake.calls.forEach(call -> assertNear(20_000, call));
      fake.calls.clear();
      client.getCheckout("x", with -> with.timeout(Duration.ofSeconds(100)));
      assertNear(100_000, fake.calls.get(0));
    }
  }

  private static void assertNear(long millis, Fake.Arrived call) {
    assertTrue(
        call.millisLeft() <= millis && call.millisLeft() > millis - 9_000,
        () -> call.method() + " has " + call.millisLeft() + " ms left");
  }

  @Test
  void readsAreRepeatedTwice() throws IOException {
    assertAskedThreeTimes(CheckoutsvcClient::listCheckouts);
    assertAskedThreeTimes(client -> client.getCheckout("x"));
    assertAskedThreeTimes(client -> client.getClientCheckout("s"));
  }

  private static void assertAskedThreeTimes(Consumer<CheckoutsvcClient> read) throws IOException {
    try (var fake = Fake.answering(unavailable());
        var client = CheckoutsvcClient.connect(fake.address())) {
      var error = assertThrows(CheckoutsvcError.class, () -> read.accept(client));
      assertSame(CheckoutsvcError.class, error.getClass());
      assertTrue(error.isRetrySafe());
      assertEquals(3, fake.calls.size(), error.getMethod());
    }
  }

  @Test
  void aWriteWithoutAnAnswerHasAnUnknownOutcome() throws IOException {
    try (var fake = Fake.answering(unavailable());
        var client = CheckoutsvcClient.connect(fake.address())) {
      assertUnknown(true, () -> client.createCheckout(CheckoutCreate.getDefaultInstance()));
      assertUnknown(true, () -> client.updateCheckout("x", CheckoutUpdate.getDefaultInstance()));
      assertUnknown(
          true, () -> client.updateClientCheckout("s", CheckoutUpdatePublic.getDefaultInstance()));
      assertUnknown(
          false,
          () -> client.confirmClientCheckout("s", CheckoutConfirmStripe.getDefaultInstance()));
      assertEquals(4, fake.calls.size());
    }
  }

  private static void assertUnknown(boolean retrySafe, Executable write) {
    var error = assertThrows(OutcomeUnknown.class, write);
    assertEquals(retrySafe, error.isRetrySafe(), error.getMethod());
    assertEquals(error.getMethod(), error.getOperation());
  }

  @Test
  void aDeadlineLeavesAConfirmUnknownButNoRead() throws IOException {
    try (var fake = Fake.answering(Fake.SILENCE);
        var client = CheckoutsvcClient.connect(fake.address())) {
      // The connection stands before the times that are measured.
      assertThrows(
          CheckoutsvcError.class,
          () -> client.getCheckout("x", with -> with.timeout(Duration.ofSeconds(2))));

      assertUnknown(
          false,
          () ->
              client.confirmClientCheckout(
                  "s",
                  CheckoutConfirmStripe.getDefaultInstance(),
                  with -> with.timeout(Duration.ofMillis(300))));
      var read =
          assertThrows(
              CheckoutsvcError.class,
              () -> client.getCheckout("x", with -> with.timeout(Duration.ofMillis(300))));
      assertSame(CheckoutsvcError.class, read.getClass());
      assertEquals(Status.Code.DEADLINE_EXCEEDED, read.getCode());
      assertTrue(read.getMessage().contains("ConnectOptions.timeout"), read.getMessage());
    }
  }

  @Test
  void anInterruptLeavesAConfirmUnknownAndTheThreadInterrupted() throws Exception {
    var arrived = new CountDownLatch(1);
    try (var fake =
            Fake.answering(
                request -> {
                  arrived.countDown();
                  return null;
                });
        var client = CheckoutsvcClient.connect(fake.address())) {
      var failed = new AtomicReference<Exception>();
      var interrupted = new AtomicBoolean();
      var caller =
          new Thread(
              () -> {
                try {
                  client.confirmClientCheckout("s", CheckoutConfirmStripe.getDefaultInstance());
                } catch (CheckoutsvcError e) {
                  failed.set(e);
                }
                interrupted.set(Thread.currentThread().isInterrupted());
              });
      caller.start();
      arrived.await();
      caller.interrupt();
      caller.join();
      assertSame(OutcomeUnknown.class, failed.get().getClass());
      assertTrue(interrupted.get());
    }
  }

  @Test
  void nothingThatWasNotSentHasAnUnknownOutcome() {
    try (var client = CheckoutsvcClient.connect("127.0.0.1:1")) {
      var error =
          assertThrows(
              CheckoutsvcError.class,
              () -> client.confirmClientCheckout("s", CheckoutConfirmStripe.getDefaultInstance()));
      assertSame(CheckoutsvcError.class, error.getClass());
      assertEquals(Status.Code.UNAVAILABLE, error.getCode());
      assertTrue(error.isRetrySafe());
      assertTrue(error.getMessage().contains("is this the service's address"), error.getMessage());
    }
  }

  @Test
  void callsCarryTheTokenOfTheMomentAndTheOrganization() throws IOException {
    var tokens = new ArrayDeque<>(List.of("first", "second"));
    try (var fake = Fake.answering(CallsTest::empty);
        var client =
            CheckoutsvcClient.connect(
                fake.address(), with -> with.token(tokens::poll).organization("acme"))) {
      client.getCheckout("x");
      client.getCheckout("x", with -> with.organization("other"));

      assertEquals("Bearer first", fake.calls.get(0).headers().get(AUTHORIZATION));
      assertEquals("acme", fake.calls.get(0).headers().get(ORGANIZATION));
      assertEquals("Bearer second", fake.calls.get(1).headers().get(AUTHORIZATION));
      assertEquals("other", fake.calls.get(1).headers().get(ORGANIZATION));

      var error =
          assertThrows(
              CheckoutsvcError.class,
              () -> client.createCheckout(CheckoutCreate.getDefaultInstance()));
      assertEquals(Status.Code.UNAUTHENTICATED, error.getCode());
      assertEquals(2, fake.calls.size(), "a call without its token is not sent");
    }
  }

  @Test
  void withoutATokenNoneIsSent() throws IOException {
    try (var fake = Fake.answering(CallsTest::empty);
        var client = CheckoutsvcClient.connect(fake.address())) {
      client.getCheckout("x");
      assertNull(fake.calls.get(0).headers().get(AUTHORIZATION));
      assertNull(fake.calls.get(0).headers().get(ORGANIZATION));
    }
  }

  @Test
  void anAnswerMayBeLargerThanGrpcsOwnLimit() throws IOException {
    var large = Checkout.newBuilder().setId("x".repeat(5 << 20)).build();
    try (var fake = Fake.answering(request -> large);
        var client = CheckoutsvcClient.connect(fake.address())) {
      assertEquals(5 << 20, client.getCheckout("x").getId().length());
    }
  }

  @Test
  void optionsReachTheRequest() throws IOException {
    try (var fake = Fake.answering(CallsTest::empty);
        var client = CheckoutsvcClient.connect(fake.address())) {
      client.createCheckout(
          CheckoutCreate.getDefaultInstance(), with -> with.requestId("order-7").noRetries());
      client.getCheckout(
          "x", with -> with.retries(BackoffStrategy.newBuilder().setInitialInterval(5).build()));
      client.getCheckout("x");
      client.confirmClientCheckout(
          "s", CheckoutConfirmStripe.getDefaultInstance(), with -> with.acceptSecondChargeRisk());

      var create = (CreateCheckoutRequest) fake.calls.get(0).request();
      assertEquals("order-7", create.getRequestId());
      assertEquals(RetryStrategy.RETRY_STRATEGY_NONE, create.getRetries().getStrategy());
      var get = (GetCheckoutRequest) fake.calls.get(1).request();
      assertEquals(RetryStrategy.RETRY_STRATEGY_BACKOFF, get.getRetries().getStrategy());
      assertEquals(5, get.getRetries().getBackoff().getInitialInterval());
      assertFalse(((GetCheckoutRequest) fake.calls.get(2).request()).hasRetries());
      assertTrue(
          ((ConfirmClientCheckoutRequest) fake.calls.get(3).request()).getAcceptSecondChargeRisk());
    }
  }

  @Test
  void clearingListsWhatIsSetAndWhatIsCleared() throws IOException {
    try (var fake = Fake.answering(CallsTest::empty);
        var client = CheckoutsvcClient.connect(fake.address())) {
      var fields =
          CheckoutUpdate.newBuilder().setCustomerName("Ada").putUnmodelledJson("new", "1").build();
      client.updateCheckout("x", fields);
      client.updateCheckout(
          "x",
          fields,
          with -> with.clear(CheckoutUpdate.DISCOUNT_ID_FIELD_NUMBER).clear("metadata"));
      client.updateClientCheckout(
          "s", CheckoutUpdatePublic.getDefaultInstance(), with -> with.clear("discount_code"));

      assertFalse(((UpdateCheckoutRequest) fake.calls.get(0).request()).hasUpdateMask());
      var both = (UpdateCheckoutRequest) fake.calls.get(1).request();
      assertEquals(
          List.of("discount_id", "metadata", "customer_name"), both.getUpdateMask().getPathsList());
      var byBuyer = (UpdateClientCheckoutRequest) fake.calls.get(2).request();
      assertEquals(List.of("discount_code"), byBuyer.getUpdateMask().getPathsList());
      assertThrows(
          IllegalArgumentException.class,
          () -> client.updateCheckout("x", fields, with -> with.clear(999)));
    }
  }
}
