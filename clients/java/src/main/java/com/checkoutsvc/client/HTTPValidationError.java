package com.checkoutsvc.client;

import com.checkoutsvc.client.v1.ValidationError;
import java.util.List;

/**
 * Says that Polar refused the values of the request. Correct the fields and send it again. {@link
 * #getViolations()} has the same fields and texts, and those of the service's own refusals too.
 */
public final class HTTPValidationError extends CheckoutsvcError {

  private final List<ValidationError> items;
  private final int omittedItems;

  HTTPValidationError(Failure failure, com.checkoutsvc.client.v1.HTTPValidationError said) {
    super(failure, "");
    items = said.getDetailList();
    omittedItems = said.getOmittedItems();
  }

  /** Gives what was wrong, in Polar's order. The items may hold personal data. */
  public List<ValidationError> getItems() {
    return items;
  }

  /** Gives the number of items that were left out because the answer would have been too large. */
  public int getOmittedItems() {
    return omittedItems;
  }
}
