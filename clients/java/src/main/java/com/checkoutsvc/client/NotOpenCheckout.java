package com.checkoutsvc.client;

import com.checkoutsvc.client.v1.CheckoutStatus;

/**
 * Says that the checkout is not open, so it cannot be changed or confirmed. Act by its status: on
 * CONFIRMED wait for the payment and read it again, on SUCCEEDED treat it as paid, on the others
 * create a new one.
 */
public final class NotOpenCheckout extends CheckoutsvcError {

  private final CheckoutStatus status;

  NotOpenCheckout(Failure failure, com.checkoutsvc.client.v1.NotOpenCheckout said) {
    super(failure, said.getDetail());
    status = said.getStatus();
  }

  /** Gives where the checkout stands; UNSPECIFIED if Polar's words name no status that is known. */
  public CheckoutStatus getStatus() {
    return status;
  }
}
