package com.checkoutsvc.client;

/**
 * Says that the organization is blocked or deleted, or that the user may not do this. Only Polar or
 * the merchant can change that.
 */
public final class NotPermitted extends CheckoutsvcError {

  NotPermitted(Failure failure, String detail) {
    super(failure, detail);
  }
}
