package com.checkoutsvc.client;

import com.checkoutsvc.client.v1.CheckoutServiceGrpc;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Opens channels with the defaults that suit the service. */
final class Connection {

  /**
   * What the service takes from Polar; gRPC's own 4 MiB would refuse a full page with many
   * products.
   */
  private static final int MAX_RECEIVE = 64 << 20;

  private static final Pattern LOOPBACK =
      Pattern.compile(
          "(localhost|127(\\.\\d{1,3}){3}|::1|\\[(::1|(0+:){7}0*1)\\])(:\\d+)?",
          Pattern.CASE_INSENSITIVE);

  private Connection() {}

  static ManagedChannel open(String address, ConnectOptions options) {
    if (address.isBlank() || address.endsWith("/")) {
      throw noAddress(address, null);
    }
    ChannelCredentials credentials = credentials(address, options);
    try {
      return Grpc.newChannelBuilder(address, credentials)
          .disableServiceConfigLookUp() // a TXT record could have writes repeated
          .defaultServiceConfig(serviceConfig())
          .maxInboundMessageSize(MAX_RECEIVE)
          // Idle connections stay open through firewalls; a dead peer is noticed within 40 seconds.
          .keepAliveTime(30, TimeUnit.SECONDS)
          .keepAliveTimeout(10, TimeUnit.SECONDS)
          .keepAliveWithoutCalls(true)
          .userAgent(userAgent())
          .build();
    } catch (IllegalArgumentException e) {
      throw noAddress(address, e);
    }
  }

  private static IllegalArgumentException noAddress(String address, Throwable cause) {
    return new IllegalArgumentException(
        "\"" + address + "\" is no address; it is host:port, or one of gRPC's schemes", cause);
  }

  private static ChannelCredentials credentials(String address, ConnectOptions options) {
    boolean local = staysHere(address);
    boolean plain =
        switch (options.security()) {
          case BY_ADDRESS -> local;
          case PLAIN_TEXT -> true;
          case TLS -> false;
        };
    if (!plain) {
      return tls(options);
    }
    if (options.token() != null && !local) {
      throw new IllegalArgumentException(
          "a token is not sent in plain text to another machine: " + address);
    }
    return InsecureChannelCredentials.create();
  }

  private static ChannelCredentials tls(ConnectOptions options) {
    var tls = TlsChannelCredentials.newBuilder();
    try {
      if (options.trusted() != null) {
        tls.trustManager(options.trusted().toFile());
      }
      if (options.certificate() != null) {
        tls.keyManager(options.certificate().toFile(), options.key().toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tls.build();
  }

  /** Tells whether calls to a target stay on this machine, as far as the target itself says so. */
  static boolean staysHere(String target) {
    if (target.startsWith("unix:")) {
      return true;
    }
    String endpoint = target.startsWith("dns:///") ? target.substring("dns:///".length()) : target;
    return LOOPBACK.matcher(endpoint).matches();
  }

  private static String userAgent() {
    String version = Connection.class.getPackage().getImplementationVersion();
    return version == null ? "checkoutsvc-java" : "checkoutsvc-java/" + version;
  }

  /**
   * Spreads calls over all addresses of the target and repeats the three reads, and only them,
   * where the service could not be reached or could not reach Polar. Writes are repeated by nobody
   * but the service (B 8.3).
   */
  private static Map<String, ?> serviceConfig() {
    var reads =
        Stream.of("ListCheckouts", "GetCheckout", "GetClientCheckout")
            .map(method -> Map.of("service", CheckoutServiceGrpc.SERVICE_NAME, "method", method))
            .toList();
    var again =
        Map.of(
            "maxAttempts",
            3.0,
            "initialBackoff",
            "0.1s",
            "maxBackoff",
            "1s",
            "backoffMultiplier",
            3.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));
    return Map.of(
        "loadBalancingConfig", List.of(Map.of("round_robin", Map.of())),
        "methodConfig", List.of(Map.of("name", reads, "retryPolicy", again)),
        "retryThrottling", Map.of("maxTokens", 10.0, "tokenRatio", 0.1));
  }
}
