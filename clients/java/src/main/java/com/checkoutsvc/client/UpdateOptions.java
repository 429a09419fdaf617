package com.checkoutsvc.client;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What an update can be told. */
public final class UpdateOptions extends RequestOptions<UpdateOptions> {

  /** Gives a field's name, once the message is known that has the field. */
  private final List<Function<Descriptor, String>> cleared = new ArrayList<>();

  UpdateOptions() {}

  @Override
  UpdateOptions self() {
    return this;
  }

  /**
   * Empties fields, which leaving them unset does not. They are named by their constants:
   *
   * <pre>{@code
   * client.updateCheckout(id, CheckoutUpdate.newBuilder().setCustomerName("Ada Lovelace").build(),
   *     with -> with.clear(CheckoutUpdate.DISCOUNT_ID_FIELD_NUMBER, CheckoutUpdate.METADATA_FIELD_NUMBER));
   * }</pre>
   *
   * A field that is set too keeps its value. Fields that Polar cannot clear, such as {@code seats},
   * are refused by the service with {@code INVALID_ARGUMENT}.
   */
  public UpdateOptions clear(int... fieldNumbers) {
    for (int number : fieldNumbers) {
      cleared.add(fields -> nameOf(fields, number));
    }
    return this;
  }

  /**
   * Empties fields, as {@link #clear(int...)}, by their names in the proto files, such as {@code
   * discount_id}.
   */
  public UpdateOptions clear(String... names) {
    for (String name : names) {
      cleared.add(fields -> name);
    }
    return this;
  }

  /**
   * Lists what is cleared and what is set. Empty if nothing is cleared: then what is set is all
   * that is sent.
   */
  Optional<FieldMask> mask(Message fields) {
    if (cleared.isEmpty()) {
      return Optional.empty();
    }
    var paths = new LinkedHashSet<String>();
    cleared.forEach(name -> paths.add(name.apply(fields.getDescriptorForType())));
    for (FieldDescriptor set : fields.getAllFields().keySet()) {
      if (!set.getName().equals("unmodelled_json")) { // is sent in any case
        paths.add(set.getName());
      }
    }
    return Optional.of(FieldMask.newBuilder().addAllPaths(paths).build());
  }

  private static String nameOf(Descriptor fields, int number) {
    FieldDescriptor field = fields.findFieldByNumber(number);
    if (field == null) {
      throw new IllegalArgumentException(fields.getName() + " has no field with number " + number);
    }
    return field.getName();
  }
}
