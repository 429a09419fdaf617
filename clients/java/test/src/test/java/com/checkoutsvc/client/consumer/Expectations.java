package com.checkoutsvc.client.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.checkoutsvc.client.Checkouts;
import com.checkoutsvc.client.CheckoutsvcError;
import com.checkoutsvc.client.ConfirmOutcomeUnknown;
import com.checkoutsvc.client.HTTPValidationError;
import com.checkoutsvc.client.NotOpenCheckout;
import com.checkoutsvc.client.OutcomeUnknown;
import com.checkoutsvc.client.RateLimited;
import com.checkoutsvc.client.SDKError;
import com.checkoutsvc.client.TokenError;
import com.checkoutsvc.client.Unmodelled;
import com.checkoutsvc.client.Values;
import com.checkoutsvc.client.v1.Checkout;
import com.checkoutsvc.client.v1.CheckoutPublic;
import com.checkoutsvc.client.v1.CheckoutPublicConfirmed;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.Map;
import java.util.Set;

/** Compares answers and errors with what a step expects. */
final class Expectations {

  static final Set<String> WORDS =
      Set.of(
          "answer",
          "metadata",
          "custom_field_data",
          "unmodelled",
          "paid",
          "final",
          "count",
          "error");

  private static final Set<String> ERROR_WORDS =
      Set.of(
          "class",
          "method",
          "code",
          "domain",
          "reason",
          "message",
          "http_status",
          "violations",
          "metadata",
          "retry_delay_ms",
          "retry_safe",
          "fields");

  private static final Gson GSON = new Gson();

  private Expectations() {}

  /** Gives a message as the scenario speaks of it. */
  static JsonElement json(Message message) {
    try {
      return JsonParser.parseString(
          JsonFormat.printer().preservingProtoFieldNames().print(message));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static void answer(JsonObject expect, Message answer) {
    Match.check("answer", expect.get("answer"), json(answer));
    Match.check("metadata", expect.get("metadata"), tagged(metadata(answer)));
    Match.check("custom_field_data", expect.get("custom_field_data"), tagged(customFields(answer)));
    if (expect.has("unmodelled")) {
      for (var wanted : expect.getAsJsonObject("unmodelled").entrySet()) {
        assertEquals(
            wanted.getValue(),
            Unmodelled.get(answer, wanted.getKey()).orElse(null),
            wanted.getKey());
      }
    }
    if (expect.has("paid")) {
      assertEquals(expect.get("paid").getAsBoolean(), isPaid(answer), "paid");
    }
    if (expect.has("final")) {
      assertEquals(expect.get("final").getAsBoolean(), isFinal(answer), "final");
    }
  }

  private static boolean isPaid(Message answer) {
    if (answer instanceof Checkout checkout) {
      return Checkouts.isPaid(checkout);
    }
    return answer instanceof CheckoutPublic checkout
        ? Checkouts.isPaid(checkout)
        : Checkouts.isPaid((CheckoutPublicConfirmed) answer);
  }

  private static boolean isFinal(Message answer) {
    if (answer instanceof Checkout checkout) {
      return Checkouts.isFinal(checkout);
    }
    return answer instanceof CheckoutPublic checkout
        ? Checkouts.isFinal(checkout)
        : Checkouts.isFinal((CheckoutPublicConfirmed) answer);
  }

  private static Map<String, Object> metadata(Message answer) {
    return answer instanceof Checkout checkout
        ? Values.ofMetadata(checkout.getMetadataMap())
        : Map.of();
  }

  private static Map<String, Object> customFields(Message answer) {
    if (answer instanceof Checkout checkout) {
      return Values.ofCustomFields(checkout.getCustomFieldDataMap());
    }
    return answer instanceof CheckoutPublic checkout
        ? Values.ofCustomFields(checkout.getCustomFieldDataMap())
        : Map.of();
  }

  /** Names the Java type of each value by the kind that it stands for. */
  private static JsonObject tagged(Map<String, Object> values) {
    var all = new JsonObject();
    values.forEach(
        (name, value) -> {
          var one = new JsonObject();
          one.add(kind(value), GSON.toJsonTree(value));
          all.add(name, one);
        });
    return all;
  }

  private static String kind(Object value) {
    if (value instanceof String) {
      return "string_value";
    }
    if (value instanceof Long) {
      return "integer_value";
    }
    if (value instanceof Double) {
      return "double_value";
    }
    return value instanceof Boolean ? "bool_value" : "unmodelled";
  }

  static void error(JsonObject wanted, CheckoutsvcError error) {
    if (wanted == null) {
      if (error != null) {
        throw new AssertionError("failed: " + error.getMessage(), error);
      }
      return;
    }
    if (error == null) {
      throw new AssertionError("has not failed as it should: " + wanted);
    }
    Words.known("error", wanted, ERROR_WORDS);
    Match.check("error", wanted, described(error));
  }

  private static JsonObject described(CheckoutsvcError error) {
    var all = new JsonObject();
    all.addProperty("class", error.getClass().getSimpleName());
    all.addProperty("method", error.getMethod());
    all.addProperty("code", error.getCode().name());
    all.addProperty("domain", error.getDomain());
    all.addProperty("reason", error.getReason());
    all.addProperty("message", error.getDescription());
    all.addProperty("http_status", error.getHttpStatus());
    all.addProperty("retry_delay_ms", error.getRetryDelay().toMillis());
    all.addProperty("retry_safe", error.isRetrySafe());
    all.add("metadata", GSON.toJsonTree(error.getMetadata()));
    var violations = new JsonArray();
    for (var violation : error.getViolations()) {
      var one = new JsonObject();
      one.addProperty("field", violation.field());
      one.addProperty("description", violation.description());
      violations.add(one);
    }
    all.add("violations", violations);
    all.add("fields", fields(error));
    return all;
  }

  private static JsonObject fields(CheckoutsvcError error) {
    var all = new JsonObject();
    all.addProperty("detail", error.getDetail());
    if (error instanceof NotOpenCheckout notOpen) {
      all.addProperty("status", notOpen.getStatus().name());
    } else if (error instanceof TokenError refused) {
      all.addProperty("name", refused.getName());
      all.addProperty("description", refused.getDetail());
    } else if (error instanceof HTTPValidationError invalid) {
      var items = new JsonArray();
      invalid.getItems().forEach(item -> items.add(json(item)));
      all.add("items", items);
      all.addProperty("omitted_items", invalid.getOmittedItems());
    } else if (error instanceof RateLimited limited) {
      all.addProperty("retry_after", limited.getRetryAfter().toSeconds());
    } else if (error instanceof SDKError answer) {
      all.addProperty("status_code", answer.getStatusCode());
      all.addProperty("body", answer.getBody());
      all.addProperty("body_truncated", answer.isBodyTruncated());
      all.add("headers", GSON.toJsonTree(answer.getHeaders()));
    } else if (error instanceof OutcomeUnknown unknown) {
      all.addProperty("operation", unknown.getOperation());
      all.addProperty("retry_safe", unknown.isRetrySafe());
    } else if (error instanceof ConfirmOutcomeUnknown unknown) {
      all.addProperty("lifts_at", unknown.getLiftsAt().toString());
    }
    return all;
  }
}
