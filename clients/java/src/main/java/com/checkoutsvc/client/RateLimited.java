package com.checkoutsvc.client;

import java.time.Duration;

/** Says that there were too many calls, for Polar or for the service. Nothing was done. */
public final class RateLimited extends CheckoutsvcError {

  private final Duration retryAfter;

  RateLimited(Failure failure, com.checkoutsvc.client.v1.RateLimited said) {
    super(failure, "");
    retryAfter = Duration.ofSeconds(said.getRetryAfter());
  }

  /** Gives how long to wait before the next call; zero if that is not known. */
  public Duration getRetryAfter() {
    return retryAfter;
  }
}
