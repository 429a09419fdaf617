package com.checkoutsvc.client;

import java.time.Instant;

/**
 * Says that a confirm was held back: an earlier one of the same checkout, with another confirmation
 * token, was sent and its outcome is not known, so that this one could charge the buyer twice. Read
 * the checkout; if it is still open at {@link #getLiftsAt()}, confirm again.
 */
public final class ConfirmOutcomeUnknown extends CheckoutsvcError {

  private final Instant liftsAt;

  ConfirmOutcomeUnknown(Failure failure, com.checkoutsvc.client.v1.ConfirmOutcomeUnknown said) {
    super(failure, said.getDetail());
    liftsAt = Instant.ofEpochSecond(said.getLiftsAt().getSeconds(), said.getLiftsAt().getNanos());
  }

  /** Gives when a confirm is let through again. */
  public Instant getLiftsAt() {
    return liftsAt;
  }

  /** Is false: only {@link #getLiftsAt()} makes another confirm safe. */
  @Override
  public boolean isRetrySafe() {
    return false;
  }
}
