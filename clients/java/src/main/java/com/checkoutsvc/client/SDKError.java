package com.checkoutsvc.client;

import java.util.Map;

/**
 * An answer of Polar's that stands for none of the other errors, or something that is no answer of
 * Polar's. The status code tells what to do; the rest is for those who look into it.
 */
public final class SDKError extends CheckoutsvcError {

  private final PolarAnswer answer;

  SDKError(Failure failure, PolarAnswer answer) {
    super(failure, "");
    this.answer = answer;
  }

  /** Gives the HTTP status. */
  public int getStatusCode() {
    return answer.statusCode();
  }

  /**
   * Gives the body, cut off if {@link #isBodyTruncated()}. It may hold anything: don't show it to
   * buyers.
   */
  public String getBody() {
    return answer.body();
  }

  /** Tells whether the body is cut off. */
  public boolean isBodyTruncated() {
    return answer.bodyTruncated();
  }

  /** Gives some headers of the answer, by name in lower case. */
  public Map<String, String> getHeaders() {
    return answer.headers();
  }
}
