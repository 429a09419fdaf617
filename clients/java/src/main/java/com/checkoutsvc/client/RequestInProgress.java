package com.checkoutsvc.client;

/**
 * Says that the same request_id is at work elsewhere and did not finish before the deadline. The
 * same call, after a pause, gives the same checkout.
 */
public final class RequestInProgress extends CheckoutsvcError {

  RequestInProgress(Failure failure, String detail) {
    super(failure, detail);
  }
}
