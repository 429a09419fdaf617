package com.checkoutsvc.client;

import com.checkoutsvc.client.v1.CheckoutServiceGrpc;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/** Makes single calls: with a deadline and headers, and with errors of this package. */
final class Calls {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> ORGANIZATION =
      Metadata.Key.of("polar-organization", Metadata.ASCII_STRING_MARSHALLER);

  private static final Duration QUICK = Duration.ofSeconds(30);

  /** The service sees what it sent through for 60 seconds. */
  private static final Duration THOROUGH = Duration.ofSeconds(65);

  private static final Set<String> SEEN_THROUGH =
      Set.of(
          CheckoutServiceGrpc.getCreateCheckoutMethod().getFullMethodName(),
          CheckoutServiceGrpc.getConfirmClientCheckoutMethod().getFullMethodName());

  private final Channel channel;
  private final Supplier<String> token;
  private final String organization;
  private final Duration timeout;

  Calls(Channel channel, ConnectOptions options) {
    this.channel = channel;
    this.token = options.token();
    this.organization = options.organization();
    this.timeout = options.timeout();
  }

  <Q, A> A make(MethodDescriptor<Q, A> method, Q request, RequestOptions<?> options) {
    var sent = new Sent();
    try {
      var headers = MetadataUtils.newAttachHeadersInterceptor(headers(options));
      var callOptions =
          CallOptions.DEFAULT
              .withDeadlineAfter(timeout(method, options))
              .withStreamTracerFactory(sent);
      return ClientCalls.blockingUnaryCall(
          ClientInterceptors.intercept(channel, headers), method, callOptions, request);
    } catch (StatusRuntimeException e) {
      throw Failures.of(method.getBareMethodName(), e, sent.maybe);
    }
  }

  private Duration timeout(MethodDescriptor<?, ?> method, RequestOptions<?> options) {
    if (options.timeout() != null) {
      return options.timeout();
    }
    if (timeout != null) {
      return timeout;
    }
    return SEEN_THROUGH.contains(method.getFullMethodName()) ? THOROUGH : QUICK;
  }

  private Metadata headers(RequestOptions<?> options) {
    var headers = new Metadata();
    if (token != null) {
      headers.put(AUTHORIZATION, "Bearer " + currentToken());
    }
    String chosen = options.organization() != null ? options.organization() : organization;
    if (chosen != null) {
      headers.put(ORGANIZATION, chosen);
    }
    return headers;
  }

  private String currentToken() {
    try {
      String bearer = token.get();
      checkToken(bearer);
      return bearer;
    } catch (RuntimeException e) {
      throw Status.UNAUTHENTICATED
          .withDescription("the source of the token failed")
          .withCause(e)
          .asRuntimeException();
    }
  }

  /**
   * Refuses what no header can carry, such as the line end of a file that a token was read from.
   */
  static void checkToken(String bearer) {
    if (bearer == null || bearer.isEmpty() || !bearer.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "a token is a text of visible ASCII characters without blanks and line ends");
    }
  }

  /** Refuses what no header can carry: Netty would leave the header out and send the call. */
  static void checkOrganization(String id) {
    if (id != null && !id.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "an organization is a text of printable ASCII characters without line ends");
    }
  }

  /**
   * Notes whether a call may have left this machine: it has once it is given to a connection that
   * is ready.
   */
  private static final class Sent extends ClientStreamTracer.Factory {

    private volatile boolean maybe;

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void streamCreated(Attributes transport, Metadata sentHeaders) {
          maybe = true;
        }
      };
    }
  }
}
