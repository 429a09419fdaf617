package com.checkoutsvc.client.consumer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The variables of a case. */
final class Variables {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(\\w+)}");

  private final Map<String, String> values = new HashMap<>();

  Variables(String run, JsonObject constants) {
    values.put("run", run);
    constants
        .entrySet()
        .forEach(constant -> values.put(constant.getKey(), constant.getValue().getAsString()));
  }

  /** Keeps members of an answer for later steps. */
  void save(JsonObject step, JsonElement answer) {
    if (!step.has("save")) {
      return;
    }
    for (var wanted : step.getAsJsonObject("save").entrySet()) {
      var value = answer.getAsJsonObject().get(wanted.getValue().getAsString());
      if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
        throw new AssertionError("the answer has no text " + wanted.getValue());
      }
      values.put(wanted.getKey(), value.getAsString());
    }
  }

  /** Puts the values into all texts. */
  JsonElement expand(JsonElement element) {
    if (element.isJsonObject()) {
      var object = new JsonObject();
      element
          .getAsJsonObject()
          .entrySet()
          .forEach(e -> object.add(expand(e.getKey()), expand(e.getValue())));
      return object;
    }
    if (element.isJsonArray()) {
      var array = new JsonArray();
      element.getAsJsonArray().forEach(e -> array.add(expand(e)));
      return array;
    }
    boolean isText = element.isJsonPrimitive() && element.getAsJsonPrimitive().isString();
    return isText ? new JsonPrimitive(expand(element.getAsString())) : element;
  }

  private String expand(String text) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            reference -> {
              String value = values.get(reference.group(1));
              if (value == null) {
                throw new AssertionError("no such variable: " + reference.group());
              }
              return Matcher.quoteReplacement(value);
            });
  }
}
