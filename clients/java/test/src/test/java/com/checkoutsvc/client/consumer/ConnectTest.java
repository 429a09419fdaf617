package com.checkoutsvc.client.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.checkoutsvc.client.CheckoutsvcClient;
import com.checkoutsvc.client.CheckoutsvcError;
import com.checkoutsvc.client.v1.Checkout;
import com.checkoutsvc.client.v1.CheckoutServiceGrpc;
import com.checkoutsvc.client.v1.GetCheckoutRequest;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectTest {

  @TempDir Path folder;

  /** A certificate that is its own authority, and its key. */
  private record Identity(Path certificate, Path key) {}

  private Identity identity(String name)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path store = folder.resolve(name + ".p12");
    var keytool =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-keystore",
            store.toString(),
            "-storepass",
            "secret",
            "-alias",
            name,
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-ext",
            "san=ip:127.0.0.1",
            "-ext",
            "bc:c");
    assertEquals(0, keytool.redirectErrorStream(true).start().waitFor());
    var keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
    return new Identity(
        pem(name, "CERTIFICATE", keys.getCertificate(name).getEncoded()),
        pem(name, "PRIVATE KEY", keys.getKey(name, "secret".toCharArray()).getEncoded()));
  }

  private Path pem(String name, String kind, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        folder.resolve(name + "." + kind.replace(' ', '-')),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  @Test
  void ownAuthorityAndClientCertificate() throws Exception {
    var service = identity("service");
    var caller = identity("caller");
    var credentials =
        TlsServerCredentials.newBuilder()
            .keyManager(service.certificate().toFile(), service.key().toFile())
            .trustManager(caller.certificate().toFile())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    try (var fake = Fake.over(credentials, request -> Checkout.newBuilder().setId("x").build());
        var known =
            CheckoutsvcClient.connect(
                fake.address(),
                with ->
                    with.trust(service.certificate())
                        .clientCertificate(caller.certificate(), caller.key())
                        .token("t"));
        var stranger =
            CheckoutsvcClient.connect(fake.address(), with -> with.trust(service.certificate()));
        var trustful = CheckoutsvcClient.connect(fake.address(), with -> with.tls());
        var plain = CheckoutsvcClient.connect(fake.address())) {
      assertEquals("x", known.getCheckout("x").getId());
      assertUnavailable(stranger);
      assertUnavailable(trustful);
      assertUnavailable(plain);
      assertEquals(1, fake.calls.size());
    }
  }

  private static void assertUnavailable(CheckoutsvcClient client) {
    var error = assertThrows(CheckoutsvcError.class, () -> client.getCheckout("x"));
    assertEquals(Status.Code.UNAVAILABLE, error.getCode());
  }

  @Test
  void whereNobodyListensTheErrorSaysWhy() {
    try (var nobody = CheckoutsvcClient.connect("127.0.0.1:1")) {
      var error = assertThrows(CheckoutsvcError.class, () -> nobody.getCheckout("x"));
      assertEquals(Status.Code.UNAVAILABLE, error.getCode());
      assertTrue(error.getMessage().contains("refused"), error.getMessage());
    }
  }

  @Test
  void aMissingCertificateIsSaidAtOnce() {
    assertThrows(
        UncheckedIOException.class,
        () ->
            CheckoutsvcClient.connect(
                "localhost:1", with -> with.trust(folder.resolve("none.pem"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "dns:///", "host:port:port", "nosuch://x:1"})
  void noAddress(String address) {
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> CheckoutsvcClient.connect(address).close());
    assertEquals(
        "\"" + address + "\" is no address; it is host:port, or one of gRPC's schemes",
        error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:9090",
        "localhost:9090",
        "[::1]:9090",
        "dns:///localhost:9090",
        "127.9.9.9:1"
      })
  void plainTextStaysHereWithAToken(String address) {
    CheckoutsvcClient.connect(address, with -> with.plainText().token("t")).close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "checkouts.internal:9090",
        "10.0.0.1:9090",
        "dns:///checkouts.internal:9090",
        "localhost.example.com:1",
        "127.0.0.1.example.com:1",
        "dns://10.0.0.1/localhost:9090"
      })
  void aTokenIsNotSentInPlainTextToAnotherMachine(String address) {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> CheckoutsvcClient.connect(address, with -> with.plainText().token("tok_secret")));
    assertFalse(error.toString().contains("tok_secret"));
    CheckoutsvcClient.connect(address, with -> with.token("tok_secret")).close(); // over TLS
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tok_secret\n", "tok secret", "tok\u00e9"})
  void aTokenThatNoHeaderCanCarryIsRefusedWithoutBeingShown(String token) {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> CheckoutsvcClient.connect("localhost:1", with -> with.token(token)));
    assertFalse(error.toString().contains("secret"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"org\n", "o\rrg", "\u0000", "\u007f", "org\u00e9"})
  void anOrganizationThatNoHeaderCanCarryIsRefused(String id) {
    assertThrows(
        IllegalArgumentException.class,
        () -> CheckoutsvcClient.connect("localhost:1", with -> with.organization(id)));
    try (var client = CheckoutsvcClient.connect("localhost:1")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> client.getCheckout("x", with -> with.organization(id)));
    }
  }

  @Test
  void aChannelOfOnesOwn() throws IOException {
    var server =
        InProcessServerBuilder.forName("own")
            .addService(
                new CheckoutServiceGrpc.CheckoutServiceImplBase() {
                  @Override
                  public void getCheckout(
                      GetCheckoutRequest request, StreamObserver<Checkout> answer) {
                    answer.onNext(Checkout.newBuilder().setId(request.getId()).build());
                    answer.onCompleted();
                  }
                })
            .build()
            .start();
    var channel = InProcessChannelBuilder.forName("own").build();
    try (var client = CheckoutsvcClient.on(channel)) {
      assertEquals("x", client.getCheckout("x").getId());
    }
    assertFalse(channel.isShutdown());
    channel.shutdownNow();
    server.shutdownNow();
  }
}
