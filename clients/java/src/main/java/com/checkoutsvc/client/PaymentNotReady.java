package com.checkoutsvc.client;

/**
 * Says that the organization may not take payments yet. The merchant must finish its set-up with
 * Polar.
 */
public final class PaymentNotReady extends CheckoutsvcError {

  PaymentNotReady(Failure failure, String detail) {
    super(failure, detail);
  }
}
