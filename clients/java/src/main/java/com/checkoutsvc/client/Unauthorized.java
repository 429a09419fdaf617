package com.checkoutsvc.client;

/**
 * Says that the call brought no credential: none for the service, if {@link #getDomain()} is {@code
 * checkoutsvc} and the code UNAUTHENTICATED (see {@link ConnectOptions#token}), else none that
 * Polar can use. With UNAUTHENTICATED the caller must bring one; with INTERNAL it was the service's
 * own, and its operator must act.
 */
public final class Unauthorized extends CheckoutsvcError {

  Unauthorized(Failure failure, String detail) {
    super(failure, detail);
  }
}
