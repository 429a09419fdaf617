package com.checkoutsvc.client;

/** Says that the buyer used this discount as often as it may be. Remove the discount and go on. */
public final class DiscountRedemptionLimitReached extends CheckoutsvcError {

  DiscountRedemptionLimitReached(Failure failure, String detail) {
    super(failure, detail);
  }
}
