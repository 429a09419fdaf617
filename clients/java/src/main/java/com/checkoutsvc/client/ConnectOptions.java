package com.checkoutsvc.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * How a client connects. Without any of them: TLS with the system's certificates, but plain text to
 * an address on this machine; no token; 30 seconds for reads and updates, 65 for creates and
 * confirms.
 */
public final class ConnectOptions {

  /** What the connection is protected with. */
  enum Security {
    BY_ADDRESS,
    TLS,
    PLAIN_TEXT
  }

  private Security security = Security.BY_ADDRESS;
  private Path trusted;
  private Path certificate;
  private Path key;
  private Supplier<String> token;
  private String organization;
  private Duration timeout;

  ConnectOptions() {}

  /** Uses TLS on this machine too. */
  public ConnectOptions tls() {
    security = Security.TLS;
    return this;
  }

  /**
   * Uses plain text to another machine too, in a network that is trusted. A token cannot be sent
   * there.
   */
  public ConnectOptions plainText() {
    security = Security.PLAIN_TEXT;
    return this;
  }

  /** Uses TLS and trusts these authorities instead of the system's: a PEM file. */
  public ConnectOptions trust(Path certificates) {
    trusted = certificates;
    return tls();
  }

  /** Uses TLS and shows the service this certificate: PEM files, the key not encrypted. */
  public ConnectOptions clientCertificate(Path certificateChain, Path privateKey) {
    certificate = certificateChain;
    key = privateKey;
    return tls();
  }

  /**
   * Has every call carry a bearer token that the service knows the caller by. It is in no message
   * of an error.
   */
  public ConnectOptions token(String bearer) {
    Calls.checkToken(bearer);
    return token(() -> bearer);
  }

  /**
   * As {@link #token(String)}, for tokens that change: the source is asked at every call, by many
   * threads at once, and should remember what it fetched. If it throws, the call fails with {@code
   * UNAUTHENTICATED} and is not sent.
   */
  public ConnectOptions token(Supplier<String> source) {
    token = source;
    return this;
  }

  /**
   * Has every call say which of the service's organizations it is for. A service that has only one
   * needs none.
   */
  public ConnectOptions organization(String id) {
    Calls.checkOrganization(id);
    organization = id;
    return this;
  }

  /** Bounds every call that gives no time of its own. */
  public ConnectOptions timeout(Duration time) {
    timeout = time;
    return this;
  }

  Security security() {
    return security;
  }

  Path trusted() {
    return trusted;
  }

  Path certificate() {
    return certificate;
  }

  Path key() {
    return key;
  }

  Supplier<String> token() {
    return token;
  }

  String organization() {
    return organization;
  }

  Duration timeout() {
    return timeout;
  }
}
