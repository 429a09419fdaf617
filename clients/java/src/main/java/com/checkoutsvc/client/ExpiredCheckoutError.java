package com.checkoutsvc.client;

/** Says that the checkout expired. Create a new one; this one cannot be revived. */
public final class ExpiredCheckoutError extends CheckoutsvcError {

  ExpiredCheckoutError(Failure failure, String detail) {
    super(failure, detail);
  }
}
