package com.checkoutsvc.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What all errors have, read from a status and its details. */
record Failure(
    String method,
    Status.Code code,
    String description,
    String domain,
    String reason,
    int httpStatus,
    Duration retryDelay,
    List<FieldViolation> violations,
    Map<String, String> metadata,
    Optional<PolarAnswer> answer,
    StatusRuntimeException cause) {

  private static final String POLAR = "polar.sh";

  /** Says which call failed, how, in the service's words why, and what may help. */
  String text() {
    return method + ": " + code + ": " + description + advice();
  }

  /**
   * Helps with what is wrong between this program and the service, and that no service can explain.
   */
  private String advice() {
    if (domain.equals(POLAR)) {
      return "";
    }
    if (code == Status.Code.UNAUTHENTICATED) {
      return " (does the service know the token? see ConnectOptions.token)";
    }
    if (!domain.isEmpty()) {
      return "";
    }
    return switch (code) {
      case UNAVAILABLE ->
          " (is this the service's address, is it running, and do both sides speak TLS, or"
              + " neither?)";
      case DEADLINE_EXCEEDED -> " (the time is that of the call, or of ConnectOptions.timeout)";
      case INTERNAL -> " (is this the service's address for gRPC, and not the one for REST?)";
      case UNIMPLEMENTED -> " (is it checkoutsvc that listens there?)";
      default -> "";
    };
  }
}
