package com.checkoutsvc.client.consumer;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;

/** Compares JSON by the scenario's rules. */
final class Match {

  private static final String ANY = "<any>";

  private Match() {}

  /** Fails unless what is there fits what is wanted. Nothing wanted: anything fits. */
  static void check(String path, JsonElement wanted, JsonElement there) {
    if (wanted == null || (isNothing(wanted) && (there == null || isNothing(there)))) {
      return;
    }
    if (there == null) {
      throw mismatch(path, wanted, null);
    }
    if (wanted.isJsonObject() && there.isJsonObject()) {
      for (var member : wanted.getAsJsonObject().entrySet()) {
        check(
            path + "." + member.getKey(),
            member.getValue(),
            there.getAsJsonObject().get(member.getKey()));
      }
    } else if (wanted.isJsonArray() && there.isJsonArray()) {
      if (wanted.getAsJsonArray().size() != there.getAsJsonArray().size()) {
        throw mismatch(path, wanted, there);
      }
      for (int i = 0; i < wanted.getAsJsonArray().size(); i++) {
        check(path + "[" + i + "]", wanted.getAsJsonArray().get(i), there.getAsJsonArray().get(i));
      }
    } else if (!fits(wanted, there)) {
      throw mismatch(path, wanted, there);
    }
  }

  private static boolean fits(JsonElement wanted, JsonElement there) {
    if (wanted.isJsonArray()) {
      return wanted.getAsJsonArray().contains(there);
    }
    if (!wanted.isJsonPrimitive()) {
      return wanted.equals(there);
    }
    JsonPrimitive value = wanted.getAsJsonPrimitive();
    if (value.isNumber()) {
      return isNumber(there, value.getAsBigDecimal());
    }
    if (value.isString() && value.getAsString().equals(ANY)) {
      return !isNothing(there);
    }
    if (value.isString() && value.getAsString().startsWith("~ ")) {
      return there.isJsonPrimitive()
          && there.getAsString().contains(value.getAsString().substring(2));
    }
    return wanted.equals(there);
  }

  private static boolean isNumber(JsonElement there, BigDecimal wanted) {
    try {
      return there.isJsonPrimitive() && there.getAsBigDecimal().compareTo(wanted) == 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Tells whether protobuf's JSON may leave a value out. */
  private static boolean isNothing(JsonElement value) {
    if (value.isJsonNull()) {
      return true;
    }
    if (value.isJsonObject()) {
      return value.getAsJsonObject().isEmpty();
    }
    if (value.isJsonArray()) {
      return value.getAsJsonArray().isEmpty();
    }
    JsonPrimitive primitive = value.getAsJsonPrimitive();
    if (primitive.isBoolean()) {
      return !primitive.getAsBoolean();
    }
    return primitive.getAsString().isEmpty() || isNumber(primitive, BigDecimal.ZERO);
  }

  private static AssertionError mismatch(String path, JsonElement wanted, JsonElement there) {
    return new AssertionError(path + ": wanted " + wanted + ", is " + there);
  }
}
