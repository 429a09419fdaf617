package com.checkoutsvc.client;

/**
 * Says that another call is working on the checkout. An update can be repeated after a moment;
 * before a confirm is repeated, read the checkout: the other call may have confirmed it.
 */
public final class CheckoutLocked extends CheckoutsvcError {

  CheckoutLocked(Failure failure, String detail) {
    super(failure, detail);
  }
}
