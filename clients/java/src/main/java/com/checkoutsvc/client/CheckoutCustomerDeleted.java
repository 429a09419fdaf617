package com.checkoutsvc.client;

/** Says that the customer of the checkout was deleted. Create a new checkout. */
public final class CheckoutCustomerDeleted extends CheckoutsvcError {

  CheckoutCustomerDeleted(Failure failure, String detail) {
    super(failure, detail);
  }
}
