package com.checkoutsvc.client;

import java.util.Map;

/**
 * An answer of Polar's as it came, for those who look into it.
 *
 * @param statusCode the HTTP status
 * @param body the body, cut off if {@code bodyTruncated}; it may hold anything, so don't show it to
 *     buyers
 * @param bodyTruncated whether the body is cut off
 * @param headers some headers, by name in lower case
 */
public record PolarAnswer(
    int statusCode, String body, boolean bodyTruncated, Map<String, String> headers) {

  /** Names the status only: the body may hold anything. */
  @Override
  public String toString() {
    return "unexpected answer with HTTP status " + statusCode;
  }
}
