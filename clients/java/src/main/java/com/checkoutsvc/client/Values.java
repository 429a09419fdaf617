package com.checkoutsvc.client;

import com.checkoutsvc.client.v1.CustomFieldInputValue;
import com.checkoutsvc.client.v1.CustomFieldValue;
import com.checkoutsvc.client.v1.MetadataInputValue;
import com.checkoutsvc.client.v1.MetadataValue;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Values of metadata and custom fields as Java's own: String, Boolean, Long and Double. The kind of
 * a number is kept: 1 and 1.0 are different values.
 *
 * <pre>{@code
 * CheckoutCreate.newBuilder().putMetadata("campaign", Values.metadata("spring")).putMetadata("visits", Values.metadata(3));
 * CheckoutCreate.newBuilder().putAllMetadata(Values.metadata(Map.of("campaign", "spring", "visits", 3)));
 * Object visits = Values.ofMetadata(checkout.getMetadataMap()).get("visits"); // 3L
 * }</pre>
 */
public final class Values {

  private Values() {}

  /** Makes a text for {@code metadata} or {@code customer_metadata}. */
  public static MetadataInputValue metadata(String value) {
    return MetadataInputValue.newBuilder().setStringValue(value).build();
  }

  /** Makes a whole number for {@code metadata} or {@code customer_metadata}. */
  public static MetadataInputValue metadata(long value) {
    return MetadataInputValue.newBuilder().setIntegerValue(value).build();
  }

  /**
   * Makes a number with a fraction for {@code metadata}; Polar stores none in {@code
   * customer_metadata}.
   */
  public static MetadataInputValue metadata(double value) {
    return MetadataInputValue.newBuilder().setDoubleValue(value).build();
  }

  /** Makes a yes or no for {@code metadata} or {@code customer_metadata}. */
  public static MetadataInputValue metadata(boolean value) {
    return MetadataInputValue.newBuilder().setBoolValue(value).build();
  }

  /**
   * Makes a whole map for {@code metadata} or {@code customer_metadata} of texts, numbers and
   * booleans.
   *
   * @throws IllegalArgumentException if a value is of another type
   */
  public static Map<String, MetadataInputValue> metadata(Map<String, ?> values) {
    return mapped(
        values,
        value ->
            input(value, Values::metadata, Values::metadata, Values::metadata, Values::metadata));
  }

  /** Makes a text, the value of an option, or a date in ISO 8601 for {@code custom_field_data}. */
  public static CustomFieldInputValue customField(String value) {
    return CustomFieldInputValue.newBuilder().setStringValue(value).build();
  }

  /** Makes a whole number for {@code custom_field_data}. */
  public static CustomFieldInputValue customField(long value) {
    return CustomFieldInputValue.newBuilder().setIntegerValue(value).build();
  }

  /** Makes a number with a fraction for {@code custom_field_data}. */
  public static CustomFieldInputValue customField(double value) {
    return CustomFieldInputValue.newBuilder().setDoubleValue(value).build();
  }

  /** Makes the state of a checkbox for {@code custom_field_data}. */
  public static CustomFieldInputValue customField(boolean value) {
    return CustomFieldInputValue.newBuilder().setBoolValue(value).build();
  }

  /**
   * Makes a whole map for {@code custom_field_data} of texts, numbers and booleans; null empties a
   * field.
   *
   * @throws IllegalArgumentException if a value is of another type
   */
  public static Map<String, CustomFieldInputValue> customFields(Map<String, ?> values) {
    return mapped(
        values,
        value ->
            value == null
                ? CustomFieldInputValue.getDefaultInstance()
                : input(
                    value,
                    Values::customField,
                    Values::customField,
                    Values::customField,
                    Values::customField));
  }

  /**
   * Gives a value of {@code metadata} or {@code customer_metadata} as String, Boolean, Long or
   * Double, or as Gson's JsonElement where none of these holds it exactly.
   */
  public static Object of(MetadataValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INTEGER_VALUE -> value.getIntegerValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case BOOL_VALUE -> value.getBoolValue();
      case UNMODELLED_JSON -> JsonParser.parseString(value.getUnmodelledJson());
      case VALUE_NOT_SET -> null;
    };
  }

  /**
   * Gives a value of {@code custom_field_data} as String, Boolean, Long or Double, or as Gson's
   * JsonElement where none of these holds it exactly. Null is a field that the buyer left empty.
   */
  public static Object of(CustomFieldValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INTEGER_VALUE -> value.getIntegerValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case BOOL_VALUE -> value.getBoolValue();
      case UNMODELLED_JSON -> JsonParser.parseString(value.getUnmodelledJson());
      case VALUE_NOT_SET -> null;
    };
  }

  /**
   * Gives all of {@code metadata} or {@code customer_metadata}, each value as {@link
   * #of(MetadataValue)}.
   */
  public static Map<String, Object> ofMetadata(Map<String, MetadataValue> values) {
    return mapped(values, Values::of);
  }

  /** Gives all of {@code custom_field_data}, each value as {@link #of(CustomFieldValue)}. */
  public static Map<String, Object> ofCustomFields(Map<String, CustomFieldValue> values) {
    return mapped(values, Values::of);
  }

  private static <A, B> Map<String, B> mapped(
      Map<String, ? extends A> values, Function<A, B> each) {
    var all = new LinkedHashMap<String, B>();
    values.forEach((name, value) -> all.put(name, each.apply(value)));
    return all;
  }

  private static <V> V input(
      Object value,
      Function<String, V> text,
      LongFunction<V> whole,
      DoubleFunction<V> fraction,
      YesOrNo<V> yesOrNo) {
    if (value instanceof String s) {
      return text.apply(s);
    }
    if (value instanceof Boolean b) {
      return yesOrNo.apply(b);
    }
    if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      return whole.apply(((Number) value).longValue());
    }
    if (value instanceof Double || value instanceof Float) {
      return fraction.apply(((Number) value).doubleValue());
    }
    String type = value == null ? "null" : value.getClass().getName();
    throw new IllegalArgumentException(
        "a value must be a text, a number or a boolean, not " + type);
  }

  private interface YesOrNo<V> {
    V apply(boolean value);
  }
}
