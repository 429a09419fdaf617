package com.checkoutsvc.client.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.checkoutsvc.client.CheckoutsvcClient;
import com.checkoutsvc.client.CheckoutsvcError;
import com.checkoutsvc.client.OutcomeUnknown;
import com.checkoutsvc.client.PaymentError;
import com.checkoutsvc.client.SDKError;
import com.checkoutsvc.client.v1.CheckoutConfirmStripe;
import com.checkoutsvc.client.v1.ErrorsProto;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ErrorsTest {

  private static final ErrorInfo INFO =
      ErrorInfo.newBuilder()
          .setDomain("polar.sh")
          .setReason("SOMETHING_NEW")
          .putMetadata("http_status", "418")
          .build();

  @TestFactory
  Stream<DynamicTest> everyErrorOfTheProtosHasAClassOfItsName() {
    return ErrorsProto.getDescriptor().getMessageTypes().stream()
        .filter(type -> !type.getName().equals("ValidationError")) // is an item of one
        .map(
            type ->
                DynamicTest.dynamicTest(
                    type.getName(),
                    () -> {
                      var error =
                          confirmFailingWith(
                              Code.INTERNAL, DynamicMessage.getDefaultInstance(type));
                      assertEquals(type.getName(), error.getClass().getSimpleName());
                    }));
  }

  @Test
  void anErrorOfANewerServiceIsTheBaseWithAllThatIsKnown() throws IOException {
    var unknown =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/polar.checkouts.v1.Brandnew")
            .setValue(bytes("?"))
            .build();
    var error = confirmFailingWith(Code.FAILED_PRECONDITION, INFO, unknown);

    assertSame(CheckoutsvcError.class, error.getClass());
    assertEquals("ConfirmClientCheckout", error.getMethod());
    assertEquals(Code.FAILED_PRECONDITION, error.getCode());
    assertEquals("SOMETHING_NEW", error.getReason());
    assertEquals("polar.sh", error.getDomain());
    assertEquals(418, error.getHttpStatus());
    assertEquals("what it says", error.getDescription());
    assertEquals("ConfirmClientCheckout: FAILED_PRECONDITION: what it says", error.getMessage());
    assertTrue(error.isRetrySafe());
  }

  @Test
  void anUnclearFailureOfAConfirmIsNotRetrySafe() throws IOException {
    assertFalse(confirmFailingWith(Code.INTERNAL, INFO).isRetrySafe());
    assertFalse(confirmFailingWith(Code.UNKNOWN, INFO).isRetrySafe());
    assertTrue(confirmFailingWith(Code.UNAVAILABLE, INFO).isRetrySafe());
  }

  @Test
  void polarsAnswerStandsBehindTheErrorThatItLedTo() throws IOException {
    var answer =
        com.checkoutsvc.client.v1.SDKError.newBuilder()
            .setStatusCode(502)
            .setBody("bad gateway")
            .build();
    var unknown =
        com.checkoutsvc.client.v1.OutcomeUnknown.newBuilder()
            .setOperation("ConfirmClientCheckout")
            .build();
    for (var details : List.of(List.of(answer, unknown), List.of(unknown, answer))) {
      var error = confirmFailingWith(Code.UNKNOWN, details.toArray(Message[]::new));
      assertSame(OutcomeUnknown.class, error.getClass());
      assertEquals(502, error.getPolarAnswer().orElseThrow().statusCode());
      assertFalse(error.isRetrySafe());
    }
    var alone = (SDKError) confirmFailingWith(Code.INTERNAL, answer);
    assertEquals("bad gateway", alone.getBody());
    assertFalse(alone.toString().contains("bad gateway"), "a body may hold anything");
  }

  @Test
  void aDetailThatCannotBeReadHidesNoOther() throws IOException {
    var broken =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/polar.checkouts.v1.PaymentError")
            .setValue(bytes("\n"))
            .build();
    var error = confirmFailingWith(Code.FAILED_PRECONDITION, broken, INFO);
    assertSame(CheckoutsvcError.class, error.getClass());
    assertEquals("SOMETHING_NEW", error.getReason());
    var payment =
        com.checkoutsvc.client.v1.PaymentError.newBuilder().setDetail("Declined.").build();
    assertEquals(
        "Declined.",
        assertInstance(confirmFailingWith(Code.FAILED_PRECONDITION, broken, payment)).getDetail());
  }

  @Test
  void detailsThatAreNoneLeaveTheCode() throws IOException {
    var trailers = new Metadata();
    trailers.put(
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER),
        new byte[] {1, 2, 3});
    try (var fake =
            Fake.answering(
                request -> {
                  throw io.grpc.Status.NOT_FOUND.asRuntimeException(trailers);
                });
        var client = CheckoutsvcClient.connect(fake.address())) {
      var error = assertThrows(CheckoutsvcError.class, () -> client.getCheckout("x"));
      assertEquals(Code.NOT_FOUND, error.getCode());
      assertEquals("", error.getReason());
      assertEquals(Code.NOT_FOUND, error.getCause().getStatus().getCode());
    }
  }

  @Test
  void anotherServiceAtTheAddressIsNamedAsThePossibleCause() throws IOException {
    var error = confirmFailingWith(Code.UNIMPLEMENTED);
    assertTrue(
        error.getMessage().contains("is it checkoutsvc that listens there?"), error.getMessage());
  }

  private static PaymentError assertInstance(CheckoutsvcError error) {
    assertSame(PaymentError.class, error.getClass());
    return (PaymentError) error;
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static CheckoutsvcError confirmFailingWith(Code code, Message... details)
      throws IOException {
    var status = Status.newBuilder().setCode(code.value()).setMessage("what it says");
    for (Message detail : details) {
      status.addDetails(detail instanceof Any any ? any : Any.pack(detail));
    }
    try (var fake = Fake.failing(status.build());
        var client = CheckoutsvcClient.connect(fake.address())) {
      return assertThrows(
          CheckoutsvcError.class,
          () -> client.confirmClientCheckout("secret", CheckoutConfirmStripe.getDefaultInstance()));
    }
  }
}
