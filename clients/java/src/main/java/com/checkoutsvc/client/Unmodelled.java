package com.checkoutsvc.client;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.MessageOrBuilder;
import java.util.List;
import java.util.Optional;

/**
 * Reads members of Polar's answer that a message has no place for, such as one that Polar added
 * lately. They are in the message's {@code unmodelled_json}, name to JSON text.
 */
public final class Unmodelled {

  private static final Gson GSON = new Gson();

  private Unmodelled() {}

  /**
   * Gives a member as parsed JSON, or nothing if the message has no such member.
   *
   * @throws IllegalArgumentException if messages of this type have no unmodelled members
   * @throws com.google.gson.JsonParseException if it is no JSON
   */
  public static Optional<JsonElement> get(MessageOrBuilder message, String name) {
    return get(message, name, JsonElement.class);
  }

  /**
   * Gives a member as Gson reads it into a type.
   *
   * <pre>{@code
   * record Loyalty(int points) {}
   * Unmodelled.get(checkout, "loyalty", Loyalty.class).ifPresent(loyalty -> ...);
   * }</pre>
   *
   * @throws IllegalArgumentException if messages of this type have no unmodelled members
   * @throws com.google.gson.JsonParseException if the member does not fit the type
   */
  public static <T> Optional<T> get(MessageOrBuilder message, String name, Class<T> type) {
    return text(message, name).map(text -> GSON.fromJson(text, type));
  }

  private static Optional<String> text(MessageOrBuilder message, String name) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName("unmodelled_json");
    if (field == null || !field.isMapField()) {
      throw new IllegalArgumentException(
          message.getDescriptorForType().getName() + " has no unmodelled members");
    }
    for (Object entry : (List<?>) message.getField(field)) {
      if (entry instanceof MapEntry<?, ?> member && member.getKey().equals(name)) {
        return Optional.of((String) member.getValue());
      }
    }
    return Optional.empty();
  }
}
