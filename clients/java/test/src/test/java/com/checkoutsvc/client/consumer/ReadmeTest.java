package com.checkoutsvc.client.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.checkoutsvc.client.Checkouts;
import com.checkoutsvc.client.CheckoutsvcClient;
import com.checkoutsvc.client.NotOpenCheckout;
import com.checkoutsvc.client.OutcomeUnknown;
import com.checkoutsvc.client.PaymentError;
import com.checkoutsvc.client.Values;
import com.checkoutsvc.client.v1.AddressInput;
import com.checkoutsvc.client.v1.Checkout;
import com.checkoutsvc.client.v1.CheckoutConfirmStripe;
import com.checkoutsvc.client.v1.CheckoutCreate;
import com.checkoutsvc.client.v1.CheckoutStatus;
import com.checkoutsvc.client.v1.CheckoutUpdate;
import com.checkoutsvc.client.v1.ListCheckoutsRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Holds the README's code to what is tried here. */
class ReadmeTest {

  private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private final String address = System.getenv("CHECKOUTSVC_ADDRESS");

  @Test
  void everySnippetStandsInThisFile() throws IOException {
    String here =
        Files.readString(
            Path.of("src/test/java", ReadmeTest.class.getName().replace('.', '/') + ".java"));
    var snippets = CODE.matcher(Files.readString(Path.of("../README.md"))).results().toList();
    assertEquals(6, snippets.size());
    for (var snippet : snippets) {
      String code = snippet.group(1).replace("\"127.0.0.1:9090\"", "address");
      code = code.replace("\"secret\"", "token()").replace("\"order-7\"", "order");
      assertTrue(bare(here).contains(bare(code)), code);
    }
  }

  private static String bare(String code) {
    return code.replaceAll("//[^\n]*", "").replaceAll("\\s+", "");
  }

  private static String token() {
    String token = System.getenv("CHECKOUTSVC_TOKEN");
    return token == null || token.isEmpty() ? "none" : token;
  }

  @Test
  void firstCheckout() throws IOException {
    try (var fake = Fake.answering(request -> Checkout.newBuilder().setUrl("https://x").build())) {
      String address = fake.address();
      try (var client = CheckoutsvcClient.connect(address)) {
        var fields =
            CheckoutCreate.newBuilder().addProducts("0b000000-0000-4000-8000-000000000001");
        System.out.println(client.createCheckout(fields.build()).getUrl());
      }
      assertEquals("CreateCheckout", fake.calls.get(0).method());
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "CHECKOUTSVC_ADDRESS", matches = ".+")
  void snippets() {
    new Polar(System.getenv("CHECKOUTSVC_EMULATOR")).ask("POST /_emulator/reset", null);
    String order = "order-" + UUID.randomUUID(); // the service outlives a run, and remembers
    var client = CheckoutsvcClient.connect(address, with -> with.token(token()));
    var checkout =
        client.createCheckout(
            CheckoutCreate.newBuilder()
                .addProducts("0b000000-0000-4000-8000-000000000001")
                .setCustomerEmail("buyer@example.com")
                .putAllMetadata(
                    Values.metadata(Map.of("order", 7, "express", true, "note", "by the door")))
                .build(),
            with -> with.requestId(order)); // a second call for order 7 gives the same checkout
    System.out.println(
        checkout.getUrl() + " " + checkout.getTotalAmount() + " " + checkout.getCurrency());

    var open =
        ListCheckoutsRequest.newBuilder().addStatus(CheckoutStatus.CHECKOUT_STATUS_OPEN).build();
    for (var each : client.listAll(open)) {
      System.out.println(
          each.getId() + " " + Values.ofMetadata(each.getMetadataMap()).get("order"));
    }

    client.updateCheckout(
        checkout.getId(),
        CheckoutUpdate.newBuilder()
            .setCustomerName("Ada Lovelace")
            .build(), // what is not set stays
        with -> with.clear(CheckoutUpdate.DISCOUNT_ID_FIELD_NUMBER)); // or by name

    try {
      client.confirmClientCheckout(
          checkout.getClientSecret(),
          CheckoutConfirmStripe.newBuilder()
              .setConfirmationTokenId("ctoken_1")
              .setCustomerBillingAddress(AddressInput.newBuilder().setCountry("GB"))
              .build());
    } catch (PaymentError e) {
      System.out.println("another card, please: " + e.getDetail());
    } catch (NotOpenCheckout e) {
      System.out.println("too late, it is " + e.getStatus());
    } catch (OutcomeUnknown e) {
      System.out.println("perhaps charged: look before you confirm again");
    }
    var now = client.getCheckout(checkout.getId());
    System.out.println(Checkouts.isPaid(now) ? "deliver" : "wait"); // CONFIRMED is not paid yet

    assertEquals("Ada Lovelace", now.getCustomerName());
    assertEquals(CheckoutStatus.CHECKOUT_STATUS_CONFIRMED, now.getStatus());
    client.close();
  }
}
