package com.checkoutsvc.client;

/** What a confirm can be told. */
public final class ConfirmOptions extends RequestOptions<ConfirmOptions> {

  private boolean acceptsSecondChargeRisk;

  ConfirmOptions() {}

  @Override
  ConfirmOptions self() {
    return this;
  }

  /**
   * Confirms although an earlier confirm of this checkout with another confirmation token has an
   * unknown outcome, so that the buyer may be charged twice. Without it such a call is refused with
   * {@link ConfirmOutcomeUnknown}.
   */
  public ConfirmOptions acceptSecondChargeRisk() {
    acceptsSecondChargeRisk = true;
    return this;
  }

  boolean acceptsSecondChargeRisk() {
    return acceptsSecondChargeRisk;
  }
}
