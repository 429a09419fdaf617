package com.checkoutsvc.client.consumer;

import com.checkoutsvc.client.CheckoutPages;
import com.checkoutsvc.client.CheckoutsvcClient;
import com.checkoutsvc.client.ConnectOptions;
import com.checkoutsvc.client.RequestOptions;
import com.checkoutsvc.client.Values;
import com.checkoutsvc.client.v1.CheckoutConfirmStripe;
import com.checkoutsvc.client.v1.CheckoutCreate;
import com.checkoutsvc.client.v1.CheckoutUpdate;
import com.checkoutsvc.client.v1.CheckoutUpdatePublic;
import com.checkoutsvc.client.v1.ListCheckoutsRequest;
import com.checkoutsvc.client.v1.RetryConfig;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Makes the calls of steps with the client. */
final class Caller {

  private final String address;
  private final String token;
  private final CheckoutsvcClient client;

  Caller(String address, String token) {
    this.address = address;
    this.token = token == null ? "" : token;
    this.client = CheckoutsvcClient.connect(address, withToken(this.token));
  }

  boolean hasToken() {
    return !token.isEmpty();
  }

  private static Consumer<ConnectOptions> withToken(String token) {
    return with -> {
      if (!token.isEmpty()) {
        with.token(token);
      }
    };
  }

  /** Makes one of the seven calls. */
  Message call(JsonObject step) {
    if (!step.has("client")) {
      return call(client, step);
    }
    try (var own = connect(step.getAsJsonObject("client"))) {
      return call(own, step);
    }
  }

  private CheckoutsvcClient connect(JsonObject own) {
    Words.known("client", own, Set.of("address", "token", "timeout_ms"));
    return CheckoutsvcClient.connect(
        text(own, "address", address),
        withToken(text(own, "token", token))
            .andThen(
                with -> {
                  if (own.has("timeout_ms")) {
                    with.timeout(Duration.ofMillis(own.get("timeout_ms").getAsLong()));
                  }
                }));
  }

  CheckoutPages listAll(JsonObject step) {
    return client.listAll(
        fields(step, ListCheckoutsRequest.newBuilder()).build(), with -> told(with, step));
  }

  private static Message call(CheckoutsvcClient client, JsonObject step) {
    String id = text(step, "id", "");
    String secret = text(step, "client_secret", "");
    return switch (step.get("call").getAsString()) {
      case "list_checkouts" ->
          client.listCheckouts(
              fields(step, ListCheckoutsRequest.newBuilder()).build(), with -> told(with, step));
      case "create_checkout" -> create(client, step);
      case "get_checkout" -> client.getCheckout(id, with -> told(with, step));
      case "update_checkout" ->
          client.updateCheckout(
              id,
              update(step),
              with -> told(with, step).clear(new Gson().fromJson(cleared(step), String[].class)));
      case "get_client_checkout" -> client.getClientCheckout(secret, with -> told(with, step));
      case "update_client_checkout" ->
          client.updateClientCheckout(
              secret,
              updatePublic(step),
              with -> told(with, step).clear(new Gson().fromJson(cleared(step), String[].class)));
      case "confirm_client_checkout" -> confirm(client, secret, step);
      default -> throw new AssertionError("no such call: " + step.get("call"));
    };
  }

  private static Message create(CheckoutsvcClient client, JsonObject step) {
    var fields = fields(step, CheckoutCreate.newBuilder());
    fields.putAllMetadata(Values.metadata(scalars(step, "metadata")));
    fields.putAllCustomerMetadata(Values.metadata(scalars(step, "customer_metadata")));
    fields.putAllCustomFieldData(Values.customFields(scalars(step, "custom_field_data")));
    return client.createCheckout(
        fields.build(),
        with -> {
          told(with, step);
          if (step.has("request_id")) {
            with.requestId(step.get("request_id").getAsString());
          }
        });
  }

  private static CheckoutUpdate update(JsonObject step) {
    return fields(step, CheckoutUpdate.newBuilder())
        .putAllMetadata(Values.metadata(scalars(step, "metadata")))
        .putAllCustomerMetadata(Values.metadata(scalars(step, "customer_metadata")))
        .putAllCustomFieldData(Values.customFields(scalars(step, "custom_field_data")))
        .build();
  }

  private static CheckoutUpdatePublic updatePublic(JsonObject step) {
    return fields(step, CheckoutUpdatePublic.newBuilder())
        .putAllCustomFieldData(Values.customFields(scalars(step, "custom_field_data")))
        .build();
  }

  private static Message confirm(CheckoutsvcClient client, String secret, JsonObject step) {
    var fields =
        fields(step, CheckoutConfirmStripe.newBuilder())
            .putAllCustomFieldData(Values.customFields(scalars(step, "custom_field_data")));
    return client.confirmClientCheckout(
        secret,
        fields.build(),
        with -> {
          told(with, step);
          if (step.has("accept_second_charge_risk")
              && step.get("accept_second_charge_risk").getAsBoolean()) {
            with.acceptSecondChargeRisk();
          }
        });
  }

  /** Sets what every call can be told. */
  private static <T extends RequestOptions<T>> T told(T with, JsonObject step) {
    if (step.has("timeout_ms")) {
      with.timeout(Duration.ofMillis(step.get("timeout_ms").getAsLong()));
    }
    if (step.has("retries")) {
      with.retries(merge(step.getAsJsonObject("retries"), RetryConfig.newBuilder()).build());
    }
    return with;
  }

  private static JsonElement cleared(JsonObject step) {
    return step.has("clear") ? step.get("clear") : new com.google.gson.JsonArray();
  }

  private static String text(JsonObject object, String name, String otherwise) {
    return object.has(name) ? object.get(name).getAsString() : otherwise;
  }

  /** Fills a message with the fields of a step, but for the values that Java has types for. */
  private static <B extends Message.Builder> B fields(JsonObject step, B builder) {
    var fields = new JsonObject();
    if (step.has("fields")) {
      fields = step.getAsJsonObject("fields").deepCopy();
      Set.of("metadata", "customer_metadata", "custom_field_data").forEach(fields::remove);
    }
    return merge(fields, builder);
  }

  private static <B extends Message.Builder> B merge(JsonObject fields, B builder) {
    try {
      JsonFormat.parser().merge(fields.toString(), builder);
      return builder;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Gives tagged values as Java's own. */
  private static Map<String, Object> scalars(JsonObject step, String name) {
    var values = new LinkedHashMap<String, Object>();
    if (step.has("fields") && step.getAsJsonObject("fields").has(name)) {
      step.getAsJsonObject("fields")
          .getAsJsonObject(name)
          .entrySet()
          .forEach(
              tagged -> values.put(tagged.getKey(), scalar(tagged.getValue().getAsJsonObject())));
    }
    return values;
  }

  private static Object scalar(JsonObject tagged) {
    var only = tagged.entrySet().iterator().next();
    return switch (only.getKey()) {
      case "string_value" -> only.getValue().getAsString();
      case "integer_value" -> only.getValue().getAsLong();
      case "double_value" -> only.getValue().getAsDouble();
      case "bool_value" -> only.getValue().getAsBoolean();
      default -> throw new AssertionError("unknown kind: " + only.getKey());
    };
  }
}
