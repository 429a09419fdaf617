package com.checkoutsvc.client;

import com.checkoutsvc.client.v1.BackoffStrategy;
import com.checkoutsvc.client.v1.RetryConfig;
import com.checkoutsvc.client.v1.RetryStrategy;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What every single call can be told.
 *
 * @param <T> the options of the method
 */
public abstract class RequestOptions<T extends RequestOptions<T>> {

  private Duration timeout;
  private String organization;
  private RetryConfig retries;

  RequestOptions() {}

  abstract T self();

  /** Bounds this call, instead of {@link ConnectOptions#timeout} and its defaults. */
  public T timeout(Duration time) {
    timeout = time;
    return self();
  }

  /**
   * Says which of the service's organizations this call is for, instead of {@link
   * ConnectOptions#organization}.
   */
  public T organization(String id) {
    Calls.checkOrganization(id);
    organization = id;
    return self();
  }

  /**
   * Says how the service may repeat this call towards Polar. Without it the service's own rules
   * hold.
   */
  public T retries(RetryConfig config) {
    retries = config;
    return self();
  }

  /** Has the service repeat this call with pauses that grow, as far as that is safe. */
  public T retries(BackoffStrategy pauses) {
    return retries(
        RetryConfig.newBuilder()
            .setStrategy(RetryStrategy.RETRY_STRATEGY_BACKOFF)
            .setBackoff(pauses)
            .build());
  }

  /** Has the service send this call once. */
  public T noRetries() {
    return retries(RetryConfig.newBuilder().setStrategy(RetryStrategy.RETRY_STRATEGY_NONE).build());
  }

  Duration timeout() {
    return timeout;
  }

  String organization() {
    return organization;
  }

  void ifRetries(Consumer<RetryConfig> use) {
    if (retries != null) {
      use.accept(retries);
    }
  }
}
