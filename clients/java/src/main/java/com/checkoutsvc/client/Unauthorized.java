package com.checkoutsvc.client;

/**
 * Says that Polar got no credential it can use. With the code UNAUTHENTICATED the caller must bring
 * another token; with INTERNAL it was the service's own, and its operator must act.
 */
public final class Unauthorized extends CheckoutsvcError {

  Unauthorized(Failure failure, String detail) {
    super(failure, detail);
  }
}
