package com.checkoutsvc.client.consumer;

import com.checkoutsvc.client.v1.CheckoutServiceGrpc;
import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A service on a socket of its own that answers as a test wants it. */
final class Fake implements AutoCloseable {

  /** One call as it arrived. */
  record Arrived(String method, Message request, Metadata headers, long millisLeft) {}

  /** Never answers. */
  static final Function<Message, Message> SILENCE = request -> null;

  private static final Context.Key<Metadata> HEADERS = Context.key("headers");

  final List<Arrived> calls = new CopyOnWriteArrayList<>();
  private final Function<Message, Message> answer;
  private final Server server;

  private Fake(ServerCredentials credentials, Function<Message, Message> answer)
      throws IOException {
    this.answer = answer;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0), credentials)
            .addService(service())
            .intercept(new KeepHeaders())
            .build()
            .start();
  }

  /** Answers each request with a message of the method, or throws what is to be its error. */
  static Fake answering(Function<Message, Message> answer) throws IOException {
    return new Fake(InsecureServerCredentials.create(), answer);
  }

  static Fake over(ServerCredentials credentials, Function<Message, Message> answer)
      throws IOException {
    return new Fake(credentials, answer);
  }

  /** Fails each call with a status. */
  static Fake failing(com.google.rpc.Status status) throws IOException {
    return answering(
        request -> {
          throw StatusProto.toStatusRuntimeException(status);
        });
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  private BindableService service() {
    return () -> {
      var service = ServerServiceDefinition.builder(CheckoutServiceGrpc.getServiceDescriptor());
      for (MethodDescriptor<?, ?> method :
          CheckoutServiceGrpc.getServiceDescriptor().getMethods()) {
        add(service, method);
      }
      return service.build();
    };
  }

  @SuppressWarnings("unchecked")
  private void add(ServerServiceDefinition.Builder service, MethodDescriptor<?, ?> method) {
    service.addMethod(
        (MethodDescriptor<Message, Message>) method,
        ServerCalls.asyncUnaryCall(
            (request, observer) -> {
              var left = Context.current().getDeadline().timeRemaining(TimeUnit.MILLISECONDS);
              calls.add(new Arrived(method.getBareMethodName(), request, HEADERS.get(), left));
              try {
                Message message = answer.apply(request);
                if (message != null) {
                  observer.onNext(message);
                  observer.onCompleted();
                }
              } catch (RuntimeException e) {
                observer.onError(e);
              }
            }));
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static final class KeepHeaders implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return Contexts.interceptCall(
          Context.current().withValue(HEADERS, headers), call, headers, next);
    }
  }
}
