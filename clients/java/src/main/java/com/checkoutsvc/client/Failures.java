package com.checkoutsvc.client;

import static java.util.Map.entry;

import com.checkoutsvc.client.v1.CheckoutServiceGrpc;
import com.checkoutsvc.client.v1.ErrorsProto;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Makes an error of this package of the status of a failed call. */
final class Failures {

  /** The method that charges a buyer. */
  static final String CONFIRM =
      CheckoutServiceGrpc.getConfirmClientCheckoutMethod().getBareMethodName();

  /** The methods that change something, and whether sending them again does no harm (B 8). */
  private static final Map<String, Boolean> WRITES =
      Map.of(
          "CreateCheckout",
          true,
          "UpdateCheckout",
          true,
          "UpdateClientCheckout",
          true,
          CONFIRM,
          false);

  private static final String PACKAGE = ErrorsProto.getDescriptor().getPackage() + ".";

  /** The errors that say nothing but a detail, by name. */
  private static final Map<String, BiFunction<Failure, String, CheckoutsvcError>> WITH_DETAIL =
      Map.ofEntries(
          entry("ResourceNotFound", ResourceNotFound::new),
          entry("ExpiredCheckoutError", ExpiredCheckoutError::new),
          entry("AlreadyActiveSubscriptionError", AlreadyActiveSubscriptionError::new),
          entry("PaymentNotReady", PaymentNotReady::new),
          entry("PaymentError", PaymentError::new),
          entry("TrialAlreadyRedeemed", TrialAlreadyRedeemed::new),
          entry("DiscountRedemptionLimitReached", DiscountRedemptionLimitReached::new),
          entry("CheckoutLocked", CheckoutLocked::new),
          entry("CheckoutCustomerDeleted", CheckoutCustomerDeleted::new),
          entry("CheckoutCustomerExternalIdMismatch", CheckoutCustomerExternalIdMismatch::new),
          entry("InvalidQuantityError", InvalidQuantityError::new),
          entry("NotPermitted", NotPermitted::new),
          entry("Unauthorized", Unauthorized::new),
          entry("TaxCalculationTechnicalError", TaxCalculationTechnicalError::new),
          entry("NoPricesForCurrencies", NoPricesForCurrencies::new),
          entry("RequestIdReused", RequestIdReused::new),
          entry("RequestInProgress", RequestInProgress::new));

  private Failures() {}

  /**
   * Makes the error of a failed call.
   *
   * @param sent whether the call may have left this machine
   */
  static CheckoutsvcError of(String method, StatusRuntimeException e, boolean sent) {
    var details = new Details();
    details(e).forEach(details::take);
    Failure failure = details.failure(method, e);
    if (details.named != null) {
      return details.named.of(failure);
    }
    if (failure.answer().isPresent()) {
      return new SDKError(failure, failure.answer().get());
    }
    if (sent
        && failure.domain().isEmpty()
        && WRITES.containsKey(method)
        && mayBeDone(failure.code())) {
      return unanswered(failure);
    }
    return new CheckoutsvcError(failure, "");
  }

  /** Gives the details of a status; none if they cannot be read. */
  private static List<Any> details(StatusRuntimeException e) {
    try {
      com.google.rpc.Status status = StatusProto.fromThrowable(e);
      return status == null ? List.of() : status.getDetailsList();
    } catch (IllegalArgumentException unreadable) {
      return List.of();
    }
  }

  private static boolean mayBeDone(Status.Code code) {
    return switch (code) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, UNKNOWN -> true;
      default -> false;
    };
  }

  /** Is the error of a write that was sent to the service and got no answer of its. */
  private static OutcomeUnknown unanswered(Failure failure) {
    return new OutcomeUnknown(
        failure,
        com.checkoutsvc.client.v1.OutcomeUnknown.newBuilder()
            .setOperation(failure.method())
            .setRetrySafe(WRITES.get(failure.method()))
            .setDetail("sent to the service, which did not answer (" + failure.code() + ")")
            .build());
  }

  /** An error by Polar's name, which only lacks what all errors have. */
  private interface Named {
    CheckoutsvcError of(Failure failure);
  }

  /**
   * Collects what the details of a status say. One that this version does not know stays in the
   * status only.
   */
  private static final class Details {

    private ErrorInfo info = ErrorInfo.getDefaultInstance();
    private Duration retryDelay = Duration.ZERO;
    private List<FieldViolation> violations = List.of();
    private PolarAnswer answer;
    private Named named;

    void take(Any detail) {
      try {
        if (detail.is(ErrorInfo.class)) {
          info = detail.unpack(ErrorInfo.class);
        } else if (detail.is(RetryInfo.class)) {
          var delay = detail.unpack(RetryInfo.class).getRetryDelay();
          retryDelay = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
        } else if (detail.is(BadRequest.class)) {
          violations =
              detail.unpack(BadRequest.class).getFieldViolationsList().stream()
                  .map(
                      violation ->
                          new FieldViolation(violation.getField(), violation.getDescription()))
                  .toList();
        } else {
          takeNamed(detail);
        }
      } catch (InvalidProtocolBufferException unreadable) {
        // It is as if it were not known.
      }
    }

    private void takeNamed(Any detail) throws InvalidProtocolBufferException {
      String type = detail.getTypeUrl().substring(detail.getTypeUrl().lastIndexOf('/') + 1);
      if (!type.startsWith(PACKAGE)) {
        return;
      }
      String name = type.substring(PACKAGE.length());
      if (name.equals("SDKError")) {
        var said = detail.unpack(com.checkoutsvc.client.v1.SDKError.class);
        answer =
            new PolarAnswer(
                said.getStatusCode(),
                said.getBody(),
                said.getBodyTruncated(),
                said.getHeadersMap());
        return;
      }
      Named known =
          WITH_DETAIL.containsKey(name) ? withDetail(name, detail) : withMore(name, detail);
      named = known == null ? named : known;
    }

    private static Named withDetail(String name, Any detail) throws InvalidProtocolBufferException {
      Descriptor type = ErrorsProto.getDescriptor().findMessageTypeByName(name);
      var message = DynamicMessage.parseFrom(type, detail.getValue());
      String text = (String) message.getField(type.findFieldByName("detail"));
      return failure -> WITH_DETAIL.get(name).apply(failure, text);
    }

    /** Reads an error that has fields of its own. Null if it is none that this version knows. */
    private static Named withMore(String name, Any detail) throws InvalidProtocolBufferException {
      switch (name) {
        case "NotOpenCheckout":
          {
            var said = detail.unpack(com.checkoutsvc.client.v1.NotOpenCheckout.class);
            return failure -> new NotOpenCheckout(failure, said);
          }
        case "TokenError":
          {
            var said = detail.unpack(com.checkoutsvc.client.v1.TokenError.class);
            return failure -> new TokenError(failure, said);
          }
        case "HTTPValidationError":
          {
            var said = detail.unpack(com.checkoutsvc.client.v1.HTTPValidationError.class);
            return failure -> new HTTPValidationError(failure, said);
          }
        case "RateLimited":
          {
            var said = detail.unpack(com.checkoutsvc.client.v1.RateLimited.class);
            return failure -> new RateLimited(failure, said);
          }
        case "OutcomeUnknown":
          {
            var said = detail.unpack(com.checkoutsvc.client.v1.OutcomeUnknown.class);
            return failure -> new OutcomeUnknown(failure, said);
          }
        case "ConfirmOutcomeUnknown":
          {
            var said = detail.unpack(com.checkoutsvc.client.v1.ConfirmOutcomeUnknown.class);
            return failure -> new ConfirmOutcomeUnknown(failure, said);
          }
        default:
          return null;
      }
    }

    Failure failure(String method, StatusRuntimeException e) {
      Status status = e.getStatus();
      return new Failure(
          method,
          status.getCode(),
          description(status),
          info.getDomain(),
          info.getReason(),
          number(info.getMetadataMap().get("http_status")),
          retryDelay,
          violations,
          info.getMetadataMap(),
          Optional.ofNullable(answer),
          e);
    }

    /** The status' words, and where no service has spoken, what the connection broke of. */
    private static String description(Status status) {
      String words = status.getDescription() == null ? "" : status.getDescription();
      Throwable cause = status.getCause();
      while (cause != null && cause.getCause() != null) {
        cause = cause.getCause();
      }
      return cause == null || cause.getMessage() == null
          ? words
          : words + ": " + cause.getMessage();
    }

    /** Reads Polar's HTTP status; without one Polar did not answer. */
    private static int number(String text) {
      try {
        return text == null ? 0 : Integer.parseInt(text);
      } catch (NumberFormatException e) {
        return 0;
      }
    }
  }
}
