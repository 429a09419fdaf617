package com.checkoutsvc.client;

/** Says that the price has no tier for this number of seats or units. Choose another number. */
public final class InvalidQuantityError extends CheckoutsvcError {

  InvalidQuantityError(Failure failure, String detail) {
    super(failure, detail);
  }
}
