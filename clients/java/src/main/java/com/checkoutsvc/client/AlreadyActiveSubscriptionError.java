package com.checkoutsvc.client;

/**
 * Says that the buyer has an active subscription and the organization allows only one. Lead the
 * buyer to the customer portal.
 */
public final class AlreadyActiveSubscriptionError extends CheckoutsvcError {

  AlreadyActiveSubscriptionError(Failure failure, String detail) {
    super(failure, detail);
  }
}
