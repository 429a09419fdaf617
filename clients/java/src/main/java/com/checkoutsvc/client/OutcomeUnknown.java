package com.checkoutsvc.client;

/**
 * Says that a write was sent and no answer came: it may have been carried out. It stands for an
 * answer that got lost between Polar and the service, and likewise for one that got lost between
 * the service and this program (a broken connection, a deadline, an interrupt).
 */
public final class OutcomeUnknown extends CheckoutsvcError {

  private final String operation;
  private final boolean retrySafe;

  OutcomeUnknown(Failure failure, com.checkoutsvc.client.v1.OutcomeUnknown said) {
    super(failure, said.getDetail());
    operation = said.getOperation();
    retrySafe = said.getRetrySafe();
  }

  /** Gives the name of the method, such as {@code ConfirmClientCheckout}. */
  public String getOperation() {
    return operation;
  }

  /**
   * Tells whether sending the same call again does no harm: true for an update, and for a create,
   * which leaves at worst an open checkout that expires unused. False for a confirm: read the
   * checkout first, and confirm again only if it is still open after a while.
   */
  @Override
  public boolean isRetrySafe() {
    return retrySafe;
  }
}
