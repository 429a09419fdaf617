package com.checkoutsvc.client.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * The seven operations on checkout sessions. The first four are the merchant's and need an organization's token (the
 * service's own, or the caller's where the service is run so). The Client ones are the buyer's and need no token but
 * the client secret.
 * Besides the errors named at each method, every method can fail with RateLimited, SDKError (anything unforeseen),
 * and with a token with TokenError; the merchant's methods with Unauthorized. A method that writes fails with
 * OutcomeUnknown when it was sent and not answered.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class CheckoutServiceGrpc {

  private CheckoutServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "polar.checkouts.v1.CheckoutService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.ListCheckoutsRequest,
      com.checkoutsvc.client.v1.ListCheckoutsResponse> getListCheckoutsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListCheckouts",
      requestType = com.checkoutsvc.client.v1.ListCheckoutsRequest.class,
      responseType = com.checkoutsvc.client.v1.ListCheckoutsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.ListCheckoutsRequest,
      com.checkoutsvc.client.v1.ListCheckoutsResponse> getListCheckoutsMethod() {
    io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.ListCheckoutsRequest, com.checkoutsvc.client.v1.ListCheckoutsResponse> getListCheckoutsMethod;
    if ((getListCheckoutsMethod = CheckoutServiceGrpc.getListCheckoutsMethod) == null) {
      synchronized (CheckoutServiceGrpc.class) {
        if ((getListCheckoutsMethod = CheckoutServiceGrpc.getListCheckoutsMethod) == null) {
          CheckoutServiceGrpc.getListCheckoutsMethod = getListCheckoutsMethod =
              io.grpc.MethodDescriptor.<com.checkoutsvc.client.v1.ListCheckoutsRequest, com.checkoutsvc.client.v1.ListCheckoutsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListCheckouts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.ListCheckoutsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.ListCheckoutsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CheckoutServiceMethodDescriptorSupplier("ListCheckouts"))
              .build();
        }
      }
    }
    return getListCheckoutsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.CreateCheckoutRequest,
      com.checkoutsvc.client.v1.Checkout> getCreateCheckoutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateCheckout",
      requestType = com.checkoutsvc.client.v1.CreateCheckoutRequest.class,
      responseType = com.checkoutsvc.client.v1.Checkout.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.CreateCheckoutRequest,
      com.checkoutsvc.client.v1.Checkout> getCreateCheckoutMethod() {
    io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.CreateCheckoutRequest, com.checkoutsvc.client.v1.Checkout> getCreateCheckoutMethod;
    if ((getCreateCheckoutMethod = CheckoutServiceGrpc.getCreateCheckoutMethod) == null) {
      synchronized (CheckoutServiceGrpc.class) {
        if ((getCreateCheckoutMethod = CheckoutServiceGrpc.getCreateCheckoutMethod) == null) {
          CheckoutServiceGrpc.getCreateCheckoutMethod = getCreateCheckoutMethod =
              io.grpc.MethodDescriptor.<com.checkoutsvc.client.v1.CreateCheckoutRequest, com.checkoutsvc.client.v1.Checkout>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateCheckout"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.CreateCheckoutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.Checkout.getDefaultInstance()))
              .setSchemaDescriptor(new CheckoutServiceMethodDescriptorSupplier("CreateCheckout"))
              .build();
        }
      }
    }
    return getCreateCheckoutMethod;
  }

  private static volatile io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.GetCheckoutRequest,
      com.checkoutsvc.client.v1.Checkout> getGetCheckoutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCheckout",
      requestType = com.checkoutsvc.client.v1.GetCheckoutRequest.class,
      responseType = com.checkoutsvc.client.v1.Checkout.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.GetCheckoutRequest,
      com.checkoutsvc.client.v1.Checkout> getGetCheckoutMethod() {
    io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.GetCheckoutRequest, com.checkoutsvc.client.v1.Checkout> getGetCheckoutMethod;
    if ((getGetCheckoutMethod = CheckoutServiceGrpc.getGetCheckoutMethod) == null) {
      synchronized (CheckoutServiceGrpc.class) {
        if ((getGetCheckoutMethod = CheckoutServiceGrpc.getGetCheckoutMethod) == null) {
          CheckoutServiceGrpc.getGetCheckoutMethod = getGetCheckoutMethod =
              io.grpc.MethodDescriptor.<com.checkoutsvc.client.v1.GetCheckoutRequest, com.checkoutsvc.client.v1.Checkout>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCheckout"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.GetCheckoutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.Checkout.getDefaultInstance()))
              .setSchemaDescriptor(new CheckoutServiceMethodDescriptorSupplier("GetCheckout"))
              .build();
        }
      }
    }
    return getGetCheckoutMethod;
  }

  private static volatile io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.UpdateCheckoutRequest,
      com.checkoutsvc.client.v1.Checkout> getUpdateCheckoutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateCheckout",
      requestType = com.checkoutsvc.client.v1.UpdateCheckoutRequest.class,
      responseType = com.checkoutsvc.client.v1.Checkout.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.UpdateCheckoutRequest,
      com.checkoutsvc.client.v1.Checkout> getUpdateCheckoutMethod() {
    io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.UpdateCheckoutRequest, com.checkoutsvc.client.v1.Checkout> getUpdateCheckoutMethod;
    if ((getUpdateCheckoutMethod = CheckoutServiceGrpc.getUpdateCheckoutMethod) == null) {
      synchronized (CheckoutServiceGrpc.class) {
        if ((getUpdateCheckoutMethod = CheckoutServiceGrpc.getUpdateCheckoutMethod) == null) {
          CheckoutServiceGrpc.getUpdateCheckoutMethod = getUpdateCheckoutMethod =
              io.grpc.MethodDescriptor.<com.checkoutsvc.client.v1.UpdateCheckoutRequest, com.checkoutsvc.client.v1.Checkout>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateCheckout"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.UpdateCheckoutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.Checkout.getDefaultInstance()))
              .setSchemaDescriptor(new CheckoutServiceMethodDescriptorSupplier("UpdateCheckout"))
              .build();
        }
      }
    }
    return getUpdateCheckoutMethod;
  }

  private static volatile io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.GetClientCheckoutRequest,
      com.checkoutsvc.client.v1.CheckoutPublic> getGetClientCheckoutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetClientCheckout",
      requestType = com.checkoutsvc.client.v1.GetClientCheckoutRequest.class,
      responseType = com.checkoutsvc.client.v1.CheckoutPublic.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.GetClientCheckoutRequest,
      com.checkoutsvc.client.v1.CheckoutPublic> getGetClientCheckoutMethod() {
    io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.GetClientCheckoutRequest, com.checkoutsvc.client.v1.CheckoutPublic> getGetClientCheckoutMethod;
    if ((getGetClientCheckoutMethod = CheckoutServiceGrpc.getGetClientCheckoutMethod) == null) {
      synchronized (CheckoutServiceGrpc.class) {
        if ((getGetClientCheckoutMethod = CheckoutServiceGrpc.getGetClientCheckoutMethod) == null) {
          CheckoutServiceGrpc.getGetClientCheckoutMethod = getGetClientCheckoutMethod =
              io.grpc.MethodDescriptor.<com.checkoutsvc.client.v1.GetClientCheckoutRequest, com.checkoutsvc.client.v1.CheckoutPublic>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetClientCheckout"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.GetClientCheckoutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.CheckoutPublic.getDefaultInstance()))
              .setSchemaDescriptor(new CheckoutServiceMethodDescriptorSupplier("GetClientCheckout"))
              .build();
        }
      }
    }
    return getGetClientCheckoutMethod;
  }

  private static volatile io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.UpdateClientCheckoutRequest,
      com.checkoutsvc.client.v1.CheckoutPublic> getUpdateClientCheckoutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateClientCheckout",
      requestType = com.checkoutsvc.client.v1.UpdateClientCheckoutRequest.class,
      responseType = com.checkoutsvc.client.v1.CheckoutPublic.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.UpdateClientCheckoutRequest,
      com.checkoutsvc.client.v1.CheckoutPublic> getUpdateClientCheckoutMethod() {
    io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.UpdateClientCheckoutRequest, com.checkoutsvc.client.v1.CheckoutPublic> getUpdateClientCheckoutMethod;
    if ((getUpdateClientCheckoutMethod = CheckoutServiceGrpc.getUpdateClientCheckoutMethod) == null) {
      synchronized (CheckoutServiceGrpc.class) {
        if ((getUpdateClientCheckoutMethod = CheckoutServiceGrpc.getUpdateClientCheckoutMethod) == null) {
          CheckoutServiceGrpc.getUpdateClientCheckoutMethod = getUpdateClientCheckoutMethod =
              io.grpc.MethodDescriptor.<com.checkoutsvc.client.v1.UpdateClientCheckoutRequest, com.checkoutsvc.client.v1.CheckoutPublic>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateClientCheckout"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.UpdateClientCheckoutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.CheckoutPublic.getDefaultInstance()))
              .setSchemaDescriptor(new CheckoutServiceMethodDescriptorSupplier("UpdateClientCheckout"))
              .build();
        }
      }
    }
    return getUpdateClientCheckoutMethod;
  }

  private static volatile io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest,
      com.checkoutsvc.client.v1.CheckoutPublicConfirmed> getConfirmClientCheckoutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ConfirmClientCheckout",
      requestType = com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest.class,
      responseType = com.checkoutsvc.client.v1.CheckoutPublicConfirmed.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest,
      com.checkoutsvc.client.v1.CheckoutPublicConfirmed> getConfirmClientCheckoutMethod() {
    io.grpc.MethodDescriptor<com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest, com.checkoutsvc.client.v1.CheckoutPublicConfirmed> getConfirmClientCheckoutMethod;
    if ((getConfirmClientCheckoutMethod = CheckoutServiceGrpc.getConfirmClientCheckoutMethod) == null) {
      synchronized (CheckoutServiceGrpc.class) {
        if ((getConfirmClientCheckoutMethod = CheckoutServiceGrpc.getConfirmClientCheckoutMethod) == null) {
          CheckoutServiceGrpc.getConfirmClientCheckoutMethod = getConfirmClientCheckoutMethod =
              io.grpc.MethodDescriptor.<com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest, com.checkoutsvc.client.v1.CheckoutPublicConfirmed>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ConfirmClientCheckout"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.checkoutsvc.client.v1.CheckoutPublicConfirmed.getDefaultInstance()))
              .setSchemaDescriptor(new CheckoutServiceMethodDescriptorSupplier("ConfirmClientCheckout"))
              .build();
        }
      }
    }
    return getConfirmClientCheckoutMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static CheckoutServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CheckoutServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CheckoutServiceStub>() {
        @java.lang.Override
        public CheckoutServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CheckoutServiceStub(channel, callOptions);
        }
      };
    return CheckoutServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static CheckoutServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CheckoutServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CheckoutServiceBlockingV2Stub>() {
        @java.lang.Override
        public CheckoutServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CheckoutServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return CheckoutServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static CheckoutServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CheckoutServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CheckoutServiceBlockingStub>() {
        @java.lang.Override
        public CheckoutServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CheckoutServiceBlockingStub(channel, callOptions);
        }
      };
    return CheckoutServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static CheckoutServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CheckoutServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CheckoutServiceFutureStub>() {
        @java.lang.Override
        public CheckoutServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CheckoutServiceFutureStub(channel, callOptions);
        }
      };
    return CheckoutServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * The seven operations on checkout sessions. The first four are the merchant's and need an organization's token (the
   * service's own, or the caller's where the service is run so). The Client ones are the buyer's and need no token but
   * the client secret.
   * Besides the errors named at each method, every method can fail with RateLimited, SDKError (anything unforeseen),
   * and with a token with TokenError; the merchant's methods with Unauthorized. A method that writes fails with
   * OutcomeUnknown when it was sent and not answered.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Lists the checkouts that the token can see, newest first unless sorted otherwise. A checkout that was just made
     * may be missing for a moment.
     * Errors: HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    default void listCheckouts(com.checkoutsvc.client.v1.ListCheckoutsRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.ListCheckoutsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListCheckoutsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Creates a checkout, open for 24 hours. Send the buyer to its `url`, or build a form of your own with its
     * `client_secret`.
     * Errors: HTTPValidationError, NotPermitted, InvalidQuantityError, TaxCalculationTechnicalError, and with a
     * request_id RequestIdReused and RequestInProgress. Repeating it after OutcomeUnknown leaves at worst one open
     * checkout too many, which expires unused.
     * </pre>
     */
    default void createCheckout(com.checkoutsvc.client.v1.CreateCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.Checkout> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateCheckoutMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads one checkout, whatever its status.
     * Errors: ResourceNotFound, NotPermitted, HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    default void getCheckout(com.checkoutsvc.client.v1.GetCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.Checkout> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCheckoutMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes an open checkout; amounts and tax are computed anew.
     * Errors: ResourceNotFound, NotOpenCheckout, AlreadyActiveSubscriptionError, CheckoutLocked, NotPermitted,
     * HTTPValidationError, InvalidQuantityError, TaxCalculationTechnicalError, NoPricesForCurrencies. Repeating it is
     * safe unless others change the checkout too.
     * </pre>
     */
    default void updateCheckout(com.checkoutsvc.client.v1.UpdateCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.Checkout> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateCheckoutMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads one checkout as its buyer.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotPermitted, HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    default void getClientCheckout(com.checkoutsvc.client.v1.GetClientCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.CheckoutPublic> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetClientCheckoutMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes an open checkout as its buyer; amounts and tax are computed anew.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotOpenCheckout, AlreadyActiveSubscriptionError, CheckoutLocked,
     * DiscountRedemptionLimitReached, NotPermitted, HTTPValidationError, InvalidQuantityError,
     * TaxCalculationTechnicalError, NoPricesForCurrencies. Repeating it is safe unless others change the checkout too.
     * </pre>
     */
    default void updateClientCheckout(com.checkoutsvc.client.v1.UpdateClientCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.CheckoutPublic> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateClientCheckoutMethod(), responseObserver);
    }

    /**
     * <pre>
     * Confirms an open checkout: charges the buyer, or finishes it where nothing is due. The answer says that the
     * payment has begun. Read the checkout until it is SUCCEEDED, or OPEN again because the payment failed.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotOpenCheckout, PaymentError, PaymentNotReady,
     * AlreadyActiveSubscriptionError, TrialAlreadyRedeemed, DiscountRedemptionLimitReached, CheckoutLocked,
     * CheckoutCustomerDeleted, CheckoutCustomerExternalIdMismatch, NotPermitted, HTTPValidationError,
     * InvalidQuantityError, TaxCalculationTechnicalError, NoPricesForCurrencies, ConfirmOutcomeUnknown. Never repeat it
     * blindly: after OutcomeUnknown read the checkout, because the buyer may have been charged.
     * </pre>
     */
    default void confirmClientCheckout(com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.CheckoutPublicConfirmed> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getConfirmClientCheckoutMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service CheckoutService.
   * <pre>
   * The seven operations on checkout sessions. The first four are the merchant's and need an organization's token (the
   * service's own, or the caller's where the service is run so). The Client ones are the buyer's and need no token but
   * the client secret.
   * Besides the errors named at each method, every method can fail with RateLimited, SDKError (anything unforeseen),
   * and with a token with TokenError; the merchant's methods with Unauthorized. A method that writes fails with
   * OutcomeUnknown when it was sent and not answered.
   * </pre>
   */
  public static abstract class CheckoutServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return CheckoutServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service CheckoutService.
   * <pre>
   * The seven operations on checkout sessions. The first four are the merchant's and need an organization's token (the
   * service's own, or the caller's where the service is run so). The Client ones are the buyer's and need no token but
   * the client secret.
   * Besides the errors named at each method, every method can fail with RateLimited, SDKError (anything unforeseen),
   * and with a token with TokenError; the merchant's methods with Unauthorized. A method that writes fails with
   * OutcomeUnknown when it was sent and not answered.
   * </pre>
   */
  public static final class CheckoutServiceStub
      extends io.grpc.stub.AbstractAsyncStub<CheckoutServiceStub> {
    private CheckoutServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CheckoutServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CheckoutServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the checkouts that the token can see, newest first unless sorted otherwise. A checkout that was just made
     * may be missing for a moment.
     * Errors: HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public void listCheckouts(com.checkoutsvc.client.v1.ListCheckoutsRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.ListCheckoutsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListCheckoutsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Creates a checkout, open for 24 hours. Send the buyer to its `url`, or build a form of your own with its
     * `client_secret`.
     * Errors: HTTPValidationError, NotPermitted, InvalidQuantityError, TaxCalculationTechnicalError, and with a
     * request_id RequestIdReused and RequestInProgress. Repeating it after OutcomeUnknown leaves at worst one open
     * checkout too many, which expires unused.
     * </pre>
     */
    public void createCheckout(com.checkoutsvc.client.v1.CreateCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.Checkout> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateCheckoutMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads one checkout, whatever its status.
     * Errors: ResourceNotFound, NotPermitted, HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public void getCheckout(com.checkoutsvc.client.v1.GetCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.Checkout> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCheckoutMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes an open checkout; amounts and tax are computed anew.
     * Errors: ResourceNotFound, NotOpenCheckout, AlreadyActiveSubscriptionError, CheckoutLocked, NotPermitted,
     * HTTPValidationError, InvalidQuantityError, TaxCalculationTechnicalError, NoPricesForCurrencies. Repeating it is
     * safe unless others change the checkout too.
     * </pre>
     */
    public void updateCheckout(com.checkoutsvc.client.v1.UpdateCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.Checkout> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateCheckoutMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads one checkout as its buyer.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotPermitted, HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public void getClientCheckout(com.checkoutsvc.client.v1.GetClientCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.CheckoutPublic> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetClientCheckoutMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes an open checkout as its buyer; amounts and tax are computed anew.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotOpenCheckout, AlreadyActiveSubscriptionError, CheckoutLocked,
     * DiscountRedemptionLimitReached, NotPermitted, HTTPValidationError, InvalidQuantityError,
     * TaxCalculationTechnicalError, NoPricesForCurrencies. Repeating it is safe unless others change the checkout too.
     * </pre>
     */
    public void updateClientCheckout(com.checkoutsvc.client.v1.UpdateClientCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.CheckoutPublic> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateClientCheckoutMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Confirms an open checkout: charges the buyer, or finishes it where nothing is due. The answer says that the
     * payment has begun. Read the checkout until it is SUCCEEDED, or OPEN again because the payment failed.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotOpenCheckout, PaymentError, PaymentNotReady,
     * AlreadyActiveSubscriptionError, TrialAlreadyRedeemed, DiscountRedemptionLimitReached, CheckoutLocked,
     * CheckoutCustomerDeleted, CheckoutCustomerExternalIdMismatch, NotPermitted, HTTPValidationError,
     * InvalidQuantityError, TaxCalculationTechnicalError, NoPricesForCurrencies, ConfirmOutcomeUnknown. Never repeat it
     * blindly: after OutcomeUnknown read the checkout, because the buyer may have been charged.
     * </pre>
     */
    public void confirmClientCheckout(com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest request,
        io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.CheckoutPublicConfirmed> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getConfirmClientCheckoutMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service CheckoutService.
   * <pre>
   * The seven operations on checkout sessions. The first four are the merchant's and need an organization's token (the
   * service's own, or the caller's where the service is run so). The Client ones are the buyer's and need no token but
   * the client secret.
   * Besides the errors named at each method, every method can fail with RateLimited, SDKError (anything unforeseen),
   * and with a token with TokenError; the merchant's methods with Unauthorized. A method that writes fails with
   * OutcomeUnknown when it was sent and not answered.
   * </pre>
   */
  public static final class CheckoutServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<CheckoutServiceBlockingV2Stub> {
    private CheckoutServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CheckoutServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CheckoutServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the checkouts that the token can see, newest first unless sorted otherwise. A checkout that was just made
     * may be missing for a moment.
     * Errors: HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public com.checkoutsvc.client.v1.ListCheckoutsResponse listCheckouts(com.checkoutsvc.client.v1.ListCheckoutsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListCheckoutsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates a checkout, open for 24 hours. Send the buyer to its `url`, or build a form of your own with its
     * `client_secret`.
     * Errors: HTTPValidationError, NotPermitted, InvalidQuantityError, TaxCalculationTechnicalError, and with a
     * request_id RequestIdReused and RequestInProgress. Repeating it after OutcomeUnknown leaves at worst one open
     * checkout too many, which expires unused.
     * </pre>
     */
    public com.checkoutsvc.client.v1.Checkout createCheckout(com.checkoutsvc.client.v1.CreateCheckoutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateCheckoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads one checkout, whatever its status.
     * Errors: ResourceNotFound, NotPermitted, HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public com.checkoutsvc.client.v1.Checkout getCheckout(com.checkoutsvc.client.v1.GetCheckoutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCheckoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes an open checkout; amounts and tax are computed anew.
     * Errors: ResourceNotFound, NotOpenCheckout, AlreadyActiveSubscriptionError, CheckoutLocked, NotPermitted,
     * HTTPValidationError, InvalidQuantityError, TaxCalculationTechnicalError, NoPricesForCurrencies. Repeating it is
     * safe unless others change the checkout too.
     * </pre>
     */
    public com.checkoutsvc.client.v1.Checkout updateCheckout(com.checkoutsvc.client.v1.UpdateCheckoutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateCheckoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads one checkout as its buyer.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotPermitted, HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public com.checkoutsvc.client.v1.CheckoutPublic getClientCheckout(com.checkoutsvc.client.v1.GetClientCheckoutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetClientCheckoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes an open checkout as its buyer; amounts and tax are computed anew.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotOpenCheckout, AlreadyActiveSubscriptionError, CheckoutLocked,
     * DiscountRedemptionLimitReached, NotPermitted, HTTPValidationError, InvalidQuantityError,
     * TaxCalculationTechnicalError, NoPricesForCurrencies. Repeating it is safe unless others change the checkout too.
     * </pre>
     */
    public com.checkoutsvc.client.v1.CheckoutPublic updateClientCheckout(com.checkoutsvc.client.v1.UpdateClientCheckoutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateClientCheckoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Confirms an open checkout: charges the buyer, or finishes it where nothing is due. The answer says that the
     * payment has begun. Read the checkout until it is SUCCEEDED, or OPEN again because the payment failed.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotOpenCheckout, PaymentError, PaymentNotReady,
     * AlreadyActiveSubscriptionError, TrialAlreadyRedeemed, DiscountRedemptionLimitReached, CheckoutLocked,
     * CheckoutCustomerDeleted, CheckoutCustomerExternalIdMismatch, NotPermitted, HTTPValidationError,
     * InvalidQuantityError, TaxCalculationTechnicalError, NoPricesForCurrencies, ConfirmOutcomeUnknown. Never repeat it
     * blindly: after OutcomeUnknown read the checkout, because the buyer may have been charged.
     * </pre>
     */
    public com.checkoutsvc.client.v1.CheckoutPublicConfirmed confirmClientCheckout(com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getConfirmClientCheckoutMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service CheckoutService.
   * <pre>
   * The seven operations on checkout sessions. The first four are the merchant's and need an organization's token (the
   * service's own, or the caller's where the service is run so). The Client ones are the buyer's and need no token but
   * the client secret.
   * Besides the errors named at each method, every method can fail with RateLimited, SDKError (anything unforeseen),
   * and with a token with TokenError; the merchant's methods with Unauthorized. A method that writes fails with
   * OutcomeUnknown when it was sent and not answered.
   * </pre>
   */
  public static final class CheckoutServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<CheckoutServiceBlockingStub> {
    private CheckoutServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CheckoutServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CheckoutServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the checkouts that the token can see, newest first unless sorted otherwise. A checkout that was just made
     * may be missing for a moment.
     * Errors: HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public com.checkoutsvc.client.v1.ListCheckoutsResponse listCheckouts(com.checkoutsvc.client.v1.ListCheckoutsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListCheckoutsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates a checkout, open for 24 hours. Send the buyer to its `url`, or build a form of your own with its
     * `client_secret`.
     * Errors: HTTPValidationError, NotPermitted, InvalidQuantityError, TaxCalculationTechnicalError, and with a
     * request_id RequestIdReused and RequestInProgress. Repeating it after OutcomeUnknown leaves at worst one open
     * checkout too many, which expires unused.
     * </pre>
     */
    public com.checkoutsvc.client.v1.Checkout createCheckout(com.checkoutsvc.client.v1.CreateCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateCheckoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads one checkout, whatever its status.
     * Errors: ResourceNotFound, NotPermitted, HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public com.checkoutsvc.client.v1.Checkout getCheckout(com.checkoutsvc.client.v1.GetCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCheckoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes an open checkout; amounts and tax are computed anew.
     * Errors: ResourceNotFound, NotOpenCheckout, AlreadyActiveSubscriptionError, CheckoutLocked, NotPermitted,
     * HTTPValidationError, InvalidQuantityError, TaxCalculationTechnicalError, NoPricesForCurrencies. Repeating it is
     * safe unless others change the checkout too.
     * </pre>
     */
    public com.checkoutsvc.client.v1.Checkout updateCheckout(com.checkoutsvc.client.v1.UpdateCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateCheckoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads one checkout as its buyer.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotPermitted, HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public com.checkoutsvc.client.v1.CheckoutPublic getClientCheckout(com.checkoutsvc.client.v1.GetClientCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetClientCheckoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes an open checkout as its buyer; amounts and tax are computed anew.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotOpenCheckout, AlreadyActiveSubscriptionError, CheckoutLocked,
     * DiscountRedemptionLimitReached, NotPermitted, HTTPValidationError, InvalidQuantityError,
     * TaxCalculationTechnicalError, NoPricesForCurrencies. Repeating it is safe unless others change the checkout too.
     * </pre>
     */
    public com.checkoutsvc.client.v1.CheckoutPublic updateClientCheckout(com.checkoutsvc.client.v1.UpdateClientCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateClientCheckoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Confirms an open checkout: charges the buyer, or finishes it where nothing is due. The answer says that the
     * payment has begun. Read the checkout until it is SUCCEEDED, or OPEN again because the payment failed.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotOpenCheckout, PaymentError, PaymentNotReady,
     * AlreadyActiveSubscriptionError, TrialAlreadyRedeemed, DiscountRedemptionLimitReached, CheckoutLocked,
     * CheckoutCustomerDeleted, CheckoutCustomerExternalIdMismatch, NotPermitted, HTTPValidationError,
     * InvalidQuantityError, TaxCalculationTechnicalError, NoPricesForCurrencies, ConfirmOutcomeUnknown. Never repeat it
     * blindly: after OutcomeUnknown read the checkout, because the buyer may have been charged.
     * </pre>
     */
    public com.checkoutsvc.client.v1.CheckoutPublicConfirmed confirmClientCheckout(com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getConfirmClientCheckoutMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service CheckoutService.
   * <pre>
   * The seven operations on checkout sessions. The first four are the merchant's and need an organization's token (the
   * service's own, or the caller's where the service is run so). The Client ones are the buyer's and need no token but
   * the client secret.
   * Besides the errors named at each method, every method can fail with RateLimited, SDKError (anything unforeseen),
   * and with a token with TokenError; the merchant's methods with Unauthorized. A method that writes fails with
   * OutcomeUnknown when it was sent and not answered.
   * </pre>
   */
  public static final class CheckoutServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<CheckoutServiceFutureStub> {
    private CheckoutServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CheckoutServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CheckoutServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the checkouts that the token can see, newest first unless sorted otherwise. A checkout that was just made
     * may be missing for a moment.
     * Errors: HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.checkoutsvc.client.v1.ListCheckoutsResponse> listCheckouts(
        com.checkoutsvc.client.v1.ListCheckoutsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListCheckoutsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Creates a checkout, open for 24 hours. Send the buyer to its `url`, or build a form of your own with its
     * `client_secret`.
     * Errors: HTTPValidationError, NotPermitted, InvalidQuantityError, TaxCalculationTechnicalError, and with a
     * request_id RequestIdReused and RequestInProgress. Repeating it after OutcomeUnknown leaves at worst one open
     * checkout too many, which expires unused.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.checkoutsvc.client.v1.Checkout> createCheckout(
        com.checkoutsvc.client.v1.CreateCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateCheckoutMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads one checkout, whatever its status.
     * Errors: ResourceNotFound, NotPermitted, HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.checkoutsvc.client.v1.Checkout> getCheckout(
        com.checkoutsvc.client.v1.GetCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCheckoutMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes an open checkout; amounts and tax are computed anew.
     * Errors: ResourceNotFound, NotOpenCheckout, AlreadyActiveSubscriptionError, CheckoutLocked, NotPermitted,
     * HTTPValidationError, InvalidQuantityError, TaxCalculationTechnicalError, NoPricesForCurrencies. Repeating it is
     * safe unless others change the checkout too.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.checkoutsvc.client.v1.Checkout> updateCheckout(
        com.checkoutsvc.client.v1.UpdateCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateCheckoutMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads one checkout as its buyer.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotPermitted, HTTPValidationError. Repeating it is safe.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.checkoutsvc.client.v1.CheckoutPublic> getClientCheckout(
        com.checkoutsvc.client.v1.GetClientCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetClientCheckoutMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes an open checkout as its buyer; amounts and tax are computed anew.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotOpenCheckout, AlreadyActiveSubscriptionError, CheckoutLocked,
     * DiscountRedemptionLimitReached, NotPermitted, HTTPValidationError, InvalidQuantityError,
     * TaxCalculationTechnicalError, NoPricesForCurrencies. Repeating it is safe unless others change the checkout too.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.checkoutsvc.client.v1.CheckoutPublic> updateClientCheckout(
        com.checkoutsvc.client.v1.UpdateClientCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateClientCheckoutMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Confirms an open checkout: charges the buyer, or finishes it where nothing is due. The answer says that the
     * payment has begun. Read the checkout until it is SUCCEEDED, or OPEN again because the payment failed.
     * Errors: ResourceNotFound, ExpiredCheckoutError, NotOpenCheckout, PaymentError, PaymentNotReady,
     * AlreadyActiveSubscriptionError, TrialAlreadyRedeemed, DiscountRedemptionLimitReached, CheckoutLocked,
     * CheckoutCustomerDeleted, CheckoutCustomerExternalIdMismatch, NotPermitted, HTTPValidationError,
     * InvalidQuantityError, TaxCalculationTechnicalError, NoPricesForCurrencies, ConfirmOutcomeUnknown. Never repeat it
     * blindly: after OutcomeUnknown read the checkout, because the buyer may have been charged.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.checkoutsvc.client.v1.CheckoutPublicConfirmed> confirmClientCheckout(
        com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getConfirmClientCheckoutMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_CHECKOUTS = 0;
  private static final int METHODID_CREATE_CHECKOUT = 1;
  private static final int METHODID_GET_CHECKOUT = 2;
  private static final int METHODID_UPDATE_CHECKOUT = 3;
  private static final int METHODID_GET_CLIENT_CHECKOUT = 4;
  private static final int METHODID_UPDATE_CLIENT_CHECKOUT = 5;
  private static final int METHODID_CONFIRM_CLIENT_CHECKOUT = 6;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_LIST_CHECKOUTS:
          serviceImpl.listCheckouts((com.checkoutsvc.client.v1.ListCheckoutsRequest) request,
              (io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.ListCheckoutsResponse>) responseObserver);
          break;
        case METHODID_CREATE_CHECKOUT:
          serviceImpl.createCheckout((com.checkoutsvc.client.v1.CreateCheckoutRequest) request,
              (io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.Checkout>) responseObserver);
          break;
        case METHODID_GET_CHECKOUT:
          serviceImpl.getCheckout((com.checkoutsvc.client.v1.GetCheckoutRequest) request,
              (io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.Checkout>) responseObserver);
          break;
        case METHODID_UPDATE_CHECKOUT:
          serviceImpl.updateCheckout((com.checkoutsvc.client.v1.UpdateCheckoutRequest) request,
              (io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.Checkout>) responseObserver);
          break;
        case METHODID_GET_CLIENT_CHECKOUT:
          serviceImpl.getClientCheckout((com.checkoutsvc.client.v1.GetClientCheckoutRequest) request,
              (io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.CheckoutPublic>) responseObserver);
          break;
        case METHODID_UPDATE_CLIENT_CHECKOUT:
          serviceImpl.updateClientCheckout((com.checkoutsvc.client.v1.UpdateClientCheckoutRequest) request,
              (io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.CheckoutPublic>) responseObserver);
          break;
        case METHODID_CONFIRM_CLIENT_CHECKOUT:
          serviceImpl.confirmClientCheckout((com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest) request,
              (io.grpc.stub.StreamObserver<com.checkoutsvc.client.v1.CheckoutPublicConfirmed>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getListCheckoutsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              com.checkoutsvc.client.v1.ListCheckoutsRequest,
              com.checkoutsvc.client.v1.ListCheckoutsResponse>(
                service, METHODID_LIST_CHECKOUTS)))
        .addMethod(
          getCreateCheckoutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              com.checkoutsvc.client.v1.CreateCheckoutRequest,
              com.checkoutsvc.client.v1.Checkout>(
                service, METHODID_CREATE_CHECKOUT)))
        .addMethod(
          getGetCheckoutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              com.checkoutsvc.client.v1.GetCheckoutRequest,
              com.checkoutsvc.client.v1.Checkout>(
                service, METHODID_GET_CHECKOUT)))
        .addMethod(
          getUpdateCheckoutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              com.checkoutsvc.client.v1.UpdateCheckoutRequest,
              com.checkoutsvc.client.v1.Checkout>(
                service, METHODID_UPDATE_CHECKOUT)))
        .addMethod(
          getGetClientCheckoutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              com.checkoutsvc.client.v1.GetClientCheckoutRequest,
              com.checkoutsvc.client.v1.CheckoutPublic>(
                service, METHODID_GET_CLIENT_CHECKOUT)))
        .addMethod(
          getUpdateClientCheckoutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              com.checkoutsvc.client.v1.UpdateClientCheckoutRequest,
              com.checkoutsvc.client.v1.CheckoutPublic>(
                service, METHODID_UPDATE_CLIENT_CHECKOUT)))
        .addMethod(
          getConfirmClientCheckoutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              com.checkoutsvc.client.v1.ConfirmClientCheckoutRequest,
              com.checkoutsvc.client.v1.CheckoutPublicConfirmed>(
                service, METHODID_CONFIRM_CLIENT_CHECKOUT)))
        .build();
  }

  private static abstract class CheckoutServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    CheckoutServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return com.checkoutsvc.client.v1.CheckoutServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("CheckoutService");
    }
  }

  private static final class CheckoutServiceFileDescriptorSupplier
      extends CheckoutServiceBaseDescriptorSupplier {
    CheckoutServiceFileDescriptorSupplier() {}
  }

  private static final class CheckoutServiceMethodDescriptorSupplier
      extends CheckoutServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    CheckoutServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (CheckoutServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new CheckoutServiceFileDescriptorSupplier())
              .addMethod(getListCheckoutsMethod())
              .addMethod(getCreateCheckoutMethod())
              .addMethod(getGetCheckoutMethod())
              .addMethod(getUpdateCheckoutMethod())
              .addMethod(getGetClientCheckoutMethod())
              .addMethod(getUpdateClientCheckoutMethod())
              .addMethod(getConfirmClientCheckoutMethod())
              .build();
        }
      }
    }
    return result;
  }
}
