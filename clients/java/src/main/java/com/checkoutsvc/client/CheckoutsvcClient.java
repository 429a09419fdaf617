package com.checkoutsvc.client;

import com.checkoutsvc.client.v1.Checkout;
import com.checkoutsvc.client.v1.CheckoutConfirmStripe;
import com.checkoutsvc.client.v1.CheckoutCreate;
import com.checkoutsvc.client.v1.CheckoutPublic;
import com.checkoutsvc.client.v1.CheckoutPublicConfirmed;
import com.checkoutsvc.client.v1.CheckoutServiceGrpc;
import com.checkoutsvc.client.v1.CheckoutUpdate;
import com.checkoutsvc.client.v1.CheckoutUpdatePublic;
import com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest;
import com.checkoutsvc.client.v1.CreateCheckoutRequest;
import com.checkoutsvc.client.v1.GetCheckoutRequest;
import com.checkoutsvc.client.v1.GetClientCheckoutRequest;
import com.checkoutsvc.client.v1.ListCheckoutsRequest;
import com.checkoutsvc.client.v1.ListCheckoutsResponse;
import com.checkoutsvc.client.v1.UpdateCheckoutRequest;
import com.checkoutsvc.client.v1.UpdateClientCheckoutRequest;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A client of one checkoutsvc. Its methods wait for the answer and can be called from any number of
 * threads at once. A failed call throws a {@link CheckoutsvcError}, where Polar or the service says
 * more one of its subclasses.
 *
 * <pre>{@code
 * try (var client = CheckoutsvcClient.connect("127.0.0.1:9090")) {
 *   var checkout = client.createCheckout(
 *       CheckoutCreate.newBuilder().addProducts(productId).build(),
 *       with -> with.requestId("order-7"));
 *   System.out.println(checkout.getUrl());
 * }
 * }</pre>
 *
 * <p>What concerns a single call rather than the checkout is said in the last parameter, which may
 * be left out: its deadline, how it may be repeated, what else the method knows.
 */
public final class CheckoutsvcClient implements AutoCloseable {

  private static final long CLOSING_SECONDS = 5;

  private final Calls calls;
  private final Runnable onClose;

  private CheckoutsvcClient(Calls calls, Runnable onClose) {
    this.calls = calls;
    this.onClose = onClose;
  }

  /**
   * Makes a client with the defaults of {@link ConnectOptions}. It does not connect yet: the first
   * call does.
   *
   * @param address host:port, or a target in gRPC's syntax such as {@code
   *     dns:///checkouts.internal:443}
   * @throws IllegalArgumentException if that is no address
   */
  public static CheckoutsvcClient connect(String address) {
    return connect(address, with -> {});
  }

  /**
   * Makes a client. It does not connect yet: the first call does.
   *
   * <pre>{@code
   * CheckoutsvcClient.connect("checkouts.internal:443", with -> with.token(token).trust(Path.of("ca.pem")));
   * }</pre>
   *
   * @param address host:port, or a target in gRPC's syntax such as {@code
   *     dns:///checkouts.internal:443}
   * @param options says what differs from the defaults
   * @throws IllegalArgumentException if that is no address, or if a token would go to another
   *     machine in plain text
   * @throws java.io.UncheckedIOException if a file with certificates cannot be read
   */
  public static CheckoutsvcClient connect(String address, Consumer<ConnectOptions> options) {
    var chosen = new ConnectOptions();
    options.accept(chosen);
    ManagedChannel channel = Connection.open(address, chosen);
    return new CheckoutsvcClient(new Calls(channel, chosen), () -> close(channel));
  }

  /**
   * Makes a client on a channel of one's own, such as one to a fake in the same process. The
   * channel stays the caller's to close, and has none of the defaults of {@link #connect(String)}
   * but the deadlines.
   */
  public static CheckoutsvcClient on(Channel channel) {
    return new CheckoutsvcClient(new Calls(channel, new ConnectOptions()), () -> {});
  }

  /** Lists the newest ten checkouts. */
  public ListCheckoutsResponse listCheckouts() {
    return listCheckouts(ListCheckoutsRequest.getDefaultInstance());
  }

  /** Lists one page of the checkouts that pass the filters of the request. */
  public ListCheckoutsResponse listCheckouts(ListCheckoutsRequest request) {
    return listCheckouts(request, with -> {});
  }

  /** Lists one page of the checkouts that pass the filters of the request. */
  public ListCheckoutsResponse listCheckouts(
      ListCheckoutsRequest request, Consumer<ReadOptions> options) {
    var chosen = new ReadOptions();
    options.accept(chosen);
    var complete = request.toBuilder();
    chosen.ifRetries(complete::setRetries);
    return calls.make(CheckoutServiceGrpc.getListCheckoutsMethod(), complete.build(), chosen);
  }

  /** Gives all checkouts, page after page as they are asked for. */
  public CheckoutPages listAll() {
    return listAll(ListCheckoutsRequest.getDefaultInstance());
  }

  /**
   * Gives all checkouts that pass the filters of the request, page after page as they are asked
   * for.
   */
  public CheckoutPages listAll(ListCheckoutsRequest request) {
    return listAll(request, with -> {});
  }

  /**
   * Gives all checkouts that pass the filters of the request, page after page as they are asked
   * for. The options hold for the call for each page.
   */
  public CheckoutPages listAll(ListCheckoutsRequest request, Consumer<ReadOptions> options) {
    return new CheckoutPages(request, page -> listCheckouts(page, options));
  }

  /** Creates a checkout, open for 24 hours. Send the buyer to its URL. */
  public Checkout createCheckout(CheckoutCreate fields) {
    return createCheckout(fields, with -> {});
  }

  /**
   * Creates a checkout, open for 24 hours. With a {@link CreateOptions#requestId} it can be
   * repeated at will.
   */
  public Checkout createCheckout(CheckoutCreate fields, Consumer<CreateOptions> options) {
    var chosen = new CreateOptions();
    options.accept(chosen);
    var request =
        CreateCheckoutRequest.newBuilder()
            .setCheckoutCreate(fields)
            .setRequestId(chosen.requestId());
    chosen.ifRetries(request::setRetries);
    return calls.make(CheckoutServiceGrpc.getCreateCheckoutMethod(), request.build(), chosen);
  }

  /** Reads one checkout, whatever its status. */
  public Checkout getCheckout(String id) {
    return getCheckout(id, with -> {});
  }

  /** Reads one checkout, whatever its status. */
  public Checkout getCheckout(String id, Consumer<ReadOptions> options) {
    var chosen = new ReadOptions();
    options.accept(chosen);
    var request = GetCheckoutRequest.newBuilder().setId(id);
    chosen.ifRetries(request::setRetries);
    return calls.make(CheckoutServiceGrpc.getGetCheckoutMethod(), request.build(), chosen);
  }

  /** Changes an open checkout. What is not set in the fields stays as it is. */
  public Checkout updateCheckout(String id, CheckoutUpdate fields) {
    return updateCheckout(id, fields, with -> {});
  }

  /** Changes an open checkout; {@link UpdateOptions#clear(int...)} empties fields. */
  public Checkout updateCheckout(
      String id, CheckoutUpdate fields, Consumer<UpdateOptions> options) {
    var chosen = new UpdateOptions();
    options.accept(chosen);
    var request = UpdateCheckoutRequest.newBuilder().setId(id).setCheckoutUpdate(fields);
    chosen.ifRetries(request::setRetries);
    chosen.mask(fields).ifPresent(request::setUpdateMask);
    return calls.make(CheckoutServiceGrpc.getUpdateCheckoutMethod(), request.build(), chosen);
  }

  /** Reads one checkout as its buyer. */
  public CheckoutPublic getClientCheckout(String clientSecret) {
    return getClientCheckout(clientSecret, with -> {});
  }

  /** Reads one checkout as its buyer. */
  public CheckoutPublic getClientCheckout(String clientSecret, Consumer<ReadOptions> options) {
    var chosen = new ReadOptions();
    options.accept(chosen);
    var request = GetClientCheckoutRequest.newBuilder().setClientSecret(clientSecret);
    chosen.ifRetries(request::setRetries);
    return calls.make(CheckoutServiceGrpc.getGetClientCheckoutMethod(), request.build(), chosen);
  }

  /** Changes an open checkout as its buyer. What is not set in the fields stays as it is. */
  public CheckoutPublic updateClientCheckout(String clientSecret, CheckoutUpdatePublic fields) {
    return updateClientCheckout(clientSecret, fields, with -> {});
  }

  /** Changes an open checkout as its buyer; {@link UpdateOptions#clear(int...)} empties fields. */
  public CheckoutPublic updateClientCheckout(
      String clientSecret, CheckoutUpdatePublic fields, Consumer<UpdateOptions> options) {
    var chosen = new UpdateOptions();
    options.accept(chosen);
    var request =
        UpdateClientCheckoutRequest.newBuilder()
            .setClientSecret(clientSecret)
            .setCheckoutUpdatePublic(fields);
    chosen.ifRetries(request::setRetries);
    chosen.mask(fields).ifPresent(request::setUpdateMask);
    return calls.make(CheckoutServiceGrpc.getUpdateClientCheckoutMethod(), request.build(), chosen);
  }

  /**
   * Confirms an open checkout: charges the buyer, or finishes it where nothing is due. The answer
   * is CONFIRMED, which is not paid yet: read the checkout until {@link Checkouts#isPaid}, or until
   * it is open again because the payment failed.
   *
   * @throws OutcomeUnknown if no answer came: read the checkout before anything else, the buyer may
   *     have been charged
   */
  public CheckoutPublicConfirmed confirmClientCheckout(
      String clientSecret, CheckoutConfirmStripe fields) {
    return confirmClientCheckout(clientSecret, fields, with -> {});
  }

  /**
   * Confirms an open checkout, as {@link #confirmClientCheckout(String, CheckoutConfirmStripe)}.
   *
   * @throws OutcomeUnknown if no answer came: read the checkout before anything else, the buyer may
   *     have been charged
   */
  public CheckoutPublicConfirmed confirmClientCheckout(
      String clientSecret, CheckoutConfirmStripe fields, Consumer<ConfirmOptions> options) {
    var chosen = new ConfirmOptions();
    options.accept(chosen);
    var request =
        ConfirmClientCheckoutRequest.newBuilder()
            .setClientSecret(clientSecret)
            .setCheckoutConfirmStripe(fields)
            .setAcceptSecondChargeRisk(chosen.acceptsSecondChargeRisk());
    chosen.ifRetries(request::setRetries);
    return calls.make(
        CheckoutServiceGrpc.getConfirmClientCheckoutMethod(), request.build(), chosen);
  }

  /** Ends the connections. Calls under way fail with {@code CANCELLED} or {@code UNAVAILABLE}. */
  @Override
  public void close() {
    onClose.run();
  }

  private static void close(ManagedChannel channel) {
    channel.shutdownNow();
    try {
      channel.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
