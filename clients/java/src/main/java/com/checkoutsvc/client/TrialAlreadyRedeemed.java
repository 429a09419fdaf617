package com.checkoutsvc.client;

/**
 * Says that the buyer had a trial of this product before. Set allow_trial to false and confirm
 * again.
 */
public final class TrialAlreadyRedeemed extends CheckoutsvcError {

  TrialAlreadyRedeemed(Failure failure, String detail) {
    super(failure, detail);
  }
}
