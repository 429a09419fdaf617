package com.checkoutsvc.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A failed call. Where Polar or the service names the error, it is the subclass with that name:
 *
 * <pre>{@code
 * try {
 *   client.confirmClientCheckout(secret, fields);
 * } catch (PaymentError e) {
 *   show(e.getDetail());
 * } catch (CheckoutsvcError e) {
 *   log(e.getCode(), e.getReason(), e.getMessage());
 * }
 * }</pre>
 *
 * <p>An error that only a newer service knows is of this class itself, with code, reason and
 * message.
 */
public class CheckoutsvcError extends RuntimeException {

  private final Failure failure;
  private final String detail;

  CheckoutsvcError(Failure failure, String detail) {
    super(failure.text(), failure.cause());
    this.failure = failure;
    this.detail = detail;
  }

  /** Gives the RPC that failed, such as {@code ConfirmClientCheckout}. */
  public String getMethod() {
    return failure.method();
  }

  /** Gives the status code, which tells what to do where nothing more is known. */
  public Status.Code getCode() {
    return failure.code();
  }

  /** Gives the service's own text, for logs; {@link #getMessage()} has it too. */
  public String getDescription() {
    return failure.description();
  }

  /**
   * Gives Polar's words, or the service's, about a named error: show or log them, don't build on
   * them. Else empty.
   */
  public String getDetail() {
    return detail;
  }

  /**
   * Gives where the error arose: {@code polar.sh}, or {@code checkoutsvc} for the service itself.
   * Empty if the service did not answer: then the connection, the deadline or something between
   * made the error.
   */
  public String getDomain() {
    return failure.domain();
  }

  /**
   * Gives the error's name within the domain, such as {@code NOT_OPEN_CHECKOUT}. Empty without a
   * domain.
   */
  public String getReason() {
    return failure.reason();
  }

  /** Gives the HTTP status that Polar answered; 0 if it did not. */
  public int getHttpStatus() {
    return failure.httpStatus();
  }

  /**
   * Gives how long to wait before the call is worth repeating; zero if the service names no time.
   */
  public Duration getRetryDelay() {
    return failure.retryDelay();
  }

  /** Gives the fields that were refused, by Polar or by the service. */
  public List<FieldViolation> getViolations() {
    return failure.violations();
  }

  /** Gives what else the service tells, by name. */
  public Map<String, String> getMetadata() {
    return failure.metadata();
  }

  /**
   * Gives Polar's answer as it came, where the service found no other name for it or made this
   * error of it.
   */
  public Optional<PolarAnswer> getPolarAnswer() {
    return failure.answer();
  }

  /**
   * Tells whether sending the very same call again does no harm. It says nothing about whether that
   * helps: a refusal is repeated without harm and mostly without use. It is false for a confirm
   * that may have been carried out, or that was held back because an earlier one may have been:
   * read the checkout first.
   */
  public boolean isRetrySafe() {
    // The service failed at a confirm in a way that this version has no name for.
    boolean unclear =
        getClass() == CheckoutsvcError.class
            && failure.method().equals(Failures.CONFIRM)
            && !failure.domain().isEmpty()
            && (failure.code() == Status.Code.INTERNAL || failure.code() == Status.Code.UNKNOWN);
    return !unclear;
  }

  /** Gives the status as it came, with all its details in the trailers. */
  @Override
  public synchronized StatusRuntimeException getCause() {
    return (StatusRuntimeException) super.getCause();
  }
}
