package com.checkoutsvc.client;

/**
 * Says that a customer with this external ID exists under another e-mail address. Use that address,
 * or another external ID in a new checkout.
 */
public final class CheckoutCustomerExternalIdMismatch extends CheckoutsvcError {

  CheckoutCustomerExternalIdMismatch(Failure failure, String detail) {
    super(failure, detail);
  }
}
