package com.checkoutsvc.client.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.checkoutsvc.client.Checkouts;
import com.checkoutsvc.client.Unmodelled;
import com.checkoutsvc.client.Values;
import com.checkoutsvc.client.v1.Checkout;
import com.checkoutsvc.client.v1.CheckoutStatus;
import com.checkoutsvc.client.v1.CustomFieldInputValue;
import com.checkoutsvc.client.v1.CustomFieldValue;
import com.checkoutsvc.client.v1.GetCheckoutRequest;
import com.checkoutsvc.client.v1.MetadataInputValue;
import com.checkoutsvc.client.v1.MetadataValue;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValuesTest {

  record Loyalty(int points) {}

  @Test
  void theKindOfANumberIsKept() {
    assertEquals(MetadataInputValue.ValueCase.INTEGER_VALUE, Values.metadata(1).getValueCase());
    assertEquals(MetadataInputValue.ValueCase.DOUBLE_VALUE, Values.metadata(1.0).getValueCase());
    assertEquals(
        CustomFieldInputValue.ValueCase.INTEGER_VALUE, Values.customField(1).getValueCase());
    assertEquals(
        CustomFieldInputValue.ValueCase.DOUBLE_VALUE, Values.customField(1.0).getValueCase());
    assertEquals(
        Map.of(
            "text", Values.metadata("1"),
            "int", Values.metadata(1),
            "long", Values.metadata(1L << 40),
            "float", Values.metadata(0.5),
            "no", Values.metadata(false)),
        Values.metadata(
            Map.of("text", "1", "int", 1, "long", 1L << 40, "float", 0.5f, "no", false)));
  }

  @Test
  void onlyACustomFieldCanBeNull() {
    var none = Collections.singletonMap("size", null);
    assertEquals(
        Map.of("size", CustomFieldInputValue.getDefaultInstance()), Values.customFields(none));
    assertThrows(IllegalArgumentException.class, () -> Values.metadata(none));
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> Values.metadata(Map.of("x", BigDecimal.ONE)));
    assertTrue(error.getMessage().contains("java.math.BigDecimal"), error.getMessage());
  }

  @Test
  void answersAreJavasOwnValues() {
    var metadata =
        Values.ofMetadata(
            Map.of(
                "text", MetadataValue.newBuilder().setStringValue("1").build(),
                "whole", MetadataValue.newBuilder().setIntegerValue(1).build(),
                "fraction", MetadataValue.newBuilder().setDoubleValue(1).build(),
                "no", MetadataValue.newBuilder().setBoolValue(false).build(),
                "huge",
                    MetadataValue.newBuilder().setUnmodelledJson("123456789012345678901").build()));
    var huge = JsonParser.parseString("123456789012345678901");
    assertEquals(
        Map.of("text", "1", "whole", 1L, "fraction", 1.0, "no", false, "huge", huge), metadata);
    var empty = Values.ofCustomFields(Map.of("size", CustomFieldValue.getDefaultInstance()));
    assertEquals(Collections.singletonMap("size", null), empty);
  }

  @Test
  void unmodelledMembers() {
    var checkout =
        Checkout.newBuilder()
            .putUnmodelledJson("loyalty", "{\"points\":3}")
            .putUnmodelledJson("bad", "{")
            .build();
    assertEquals(3, Unmodelled.get(checkout, "loyalty", Loyalty.class).orElseThrow().points());
    assertEquals("{\"points\":3}", Unmodelled.get(checkout, "loyalty").orElseThrow().toString());
    assertTrue(Unmodelled.get(checkout, "other").isEmpty());
    assertThrows(JsonParseException.class, () -> Unmodelled.get(checkout, "bad"));
    assertThrows(
        IllegalArgumentException.class,
        () -> Unmodelled.get(GetCheckoutRequest.getDefaultInstance(), "loyalty"));
  }

  @Test
  void aStatusOfTomorrowIsNeitherPaidNorFinal() {
    var checkout = Checkout.newBuilder().setStatusValue(99).build();
    assertEquals(CheckoutStatus.UNRECOGNIZED, checkout.getStatus());
    assertFalse(Checkouts.isPaid(checkout));
    assertFalse(Checkouts.isFinal(checkout));
  }
}
