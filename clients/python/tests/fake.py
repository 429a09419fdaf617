"""A service in this process that answers as a test wants, and both clients behind one face."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from checkoutsvc import AsyncClient, Client, connect, connect_async, v1

METHODS = {
    method.name: (getattr(v1, method.input_type.name), getattr(v1, method.output_type.name))
    for method in v1.checkout_service_pb2.DESCRIPTOR.services_by_name["CheckoutService"].methods
}

Answer = Callable[[Any, grpc.ServicerContext], Message]


@dataclass
class Call:
    """One call that arrived."""

    method: str
    request: Any
    metadata: dict[str, str | bytes]
    seconds_left: float


@dataclass
class FakeService(grpc.GenericRpcHandler):
    """Answers every call with `answer`, and with an empty message while there is none."""

    address: str = ""
    answer: Answer | None = None
    calls: list[Call] = field(default_factory=list)

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any]:
        name = details.method.rpartition("/")[2]
        request, response = METHODS[name]

        def behave(arrived: Message, context: grpc.ServicerContext) -> Message:
            metadata = dict(details.invocation_metadata)
            self.calls.append(Call(name, arrived, metadata, context.time_remaining()))
            return self.answer(arrived, context) if self.answer else response()

        return grpc.unary_unary_rpc_method_handler(behave, request.FromString, response.SerializeToString)

    def fails(self, code: grpc.StatusCode, *details: Message, message: str = "it failed", reason: str = "") -> None:
        """Has calls fail with these details, and with an ErrorInfo if there is a reason."""
        info = (ErrorInfo(domain="polar.sh", reason=reason, metadata={"http_status": "403"}),) if reason else ()
        status = Status(code=code.value[0], message=message)
        for detail in (*info, *details):
            packed = Packed()
            packed.Pack(detail)
            status.details.append(packed)
        self.fails_with(code, message, status.SerializeToString() if status.details else None)

    def fails_with(self, code: grpc.StatusCode, message: str, status: bytes | None) -> None:
        """Has calls fail with a status in these bytes."""

        def answer(_: object, context: grpc.ServicerContext) -> Message:
            if status is not None:
                context.set_trailing_metadata((("grpc-status-details-bin", status),))
            context.abort(code, message)
            raise AssertionError

        self.answer = answer

    @property
    def last(self) -> Call:
        return self.calls[-1]


def serve(handler: FakeService, credentials: grpc.ServerCredentials | None = None) -> grpc.Server:
    """Starts a server with the handler; who calls stops it."""
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((handler,))
    where = "127.0.0.1:0"
    port = server.add_secure_port(where, credentials) if credentials else server.add_insecure_port(where)
    handler.address = f"127.0.0.1:{port}"
    server.start()
    return server


class Driven:
    """An AsyncClient with the face of a Client: each call runs its loop until it is answered."""

    def __init__(self, loop: asyncio.AbstractEventLoop, client: AsyncClient) -> None:
        self.loop, self.client = loop, client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)
        if name == "list_all":
            return lambda *args, **fields: self._iterate(method(*args, **fields))
        return lambda *args, **fields: self.loop.run_until_complete(method(*args, **fields))

    def _iterate(self, pages: Any) -> Iterator[Any]:
        while True:
            try:
                yield self.loop.run_until_complete(anext(pages))
            except StopAsyncIteration:
                return


class Connector:
    """Makes clients of one kind and closes them in the end."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.loop = asyncio.new_event_loop()
        self.clients: list[Any] = []

    def __call__(self, address: str, **options: Any) -> Any:
        client = self._sync(address, **options) if self.kind == "sync" else self._async(address, **options)
        self.clients.append(client)
        return client

    def _sync(self, address: str, **options: Any) -> Client:
        return connect(address, **options)

    def _async(self, address: str, **options: Any) -> Driven:
        async def make() -> AsyncClient:
            return connect_async(address, **options)

        return Driven(self.loop, self.loop.run_until_complete(make()))

    def close(self) -> None:
        for client in self.clients:
            client.close()
        self.loop.close()
