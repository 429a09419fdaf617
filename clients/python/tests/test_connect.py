"""Addresses, TLS, tokens, deadlines and what is sent again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import grpc
import pytest
import trustme
from fake import Connector, FakeService, serve

from checkoutsvc import AsyncClient, CheckoutsvcError, Client, OutcomeUnknown, connect, connect_async
from checkoutsvc._channel import is_local
from checkoutsvc.v1 import Checkout, CheckoutPublicConfirmed, ListCheckoutsResponse

READS = ("list_checkouts", "get_checkout", "get_client_checkout")
SECRET = "very-secret-token"


@pytest.mark.parametrize(
    ("target", "local"),
    [
        ("127.0.0.1:9090", True),
        ("localhost:9090", True),
        ("LOCALHOST:9090", True),
        ("127.8.9.1", True),
        ("[::1]:9090", True),
        ("::1", True),
        ("dns:localhost:9090", True),
        ("dns:///127.0.0.1:9090", True),
        ("ipv4:127.0.0.1:9090,127.0.0.2:9090", True),
        ("ipv6:[::1]:9090", True),
        ("unix:/run/checkoutsvc.sock", True),
        ("unix-abstract:checkoutsvc", True),
        ("checkouts.internal:443", False),
        ("localhost.example.com:443", False),
        ("10.0.0.1:9090", False),
        ("[2001:db8::1]:9090", False),
        ("dns://127.0.0.1/checkouts.internal", False),
        ("dns://resolver.internal/localhost:9090", False),
        ("dns:///checkouts.internal:443", False),
        ("ipv4:127.0.0.1:9090,10.0.0.1:9090", False),
        ("xds:///localhost", False),
    ],
)
def test_what_is_on_this_machine(target: str, local: bool) -> None:
    assert is_local(target) is local


def test_a_token_is_sent_with_every_call_and_shown_nowhere(connector: Connector, service: FakeService) -> None:
    client = connector(service.address, token=SECRET + "\n", organization="0a")
    service.fails(grpc.StatusCode.UNAUTHENTICATED, message="no such caller", reason="UNAUTHENTICATED")
    with pytest.raises(CheckoutsvcError, match=r"connect\(token=\.\.\.\)") as raised:
        client.list_checkouts()
    assert service.last.metadata["authorization"] == f"Bearer {SECRET}"
    assert service.last.metadata["polar-organization"] == "0a"
    assert SECRET not in f"{raised.value!r} {raised.value} {raised.value.__dict__} {client!r}"
    assert raised.value.__suppress_context__


def test_a_token_can_change(connector: Connector, service: FakeService) -> None:
    tokens = iter(["one", "two"])
    client = connector(service.address, token=lambda: next(tokens))
    for wanted in ("Bearer one", "Bearer two"):
        client.list_checkouts()
        assert service.last.metadata["authorization"] == wanted


def test_a_token_can_come_from_a_coroutine(service: FakeService) -> None:
    async def fetch() -> str:
        await asyncio.sleep(0)
        return "fetched"

    async def main() -> None:
        async with connect_async(service.address, token=fetch) as client:
            await client.list_checkouts()

    asyncio.run(main())
    assert service.last.metadata["authorization"] == "Bearer fetched"


@pytest.mark.parametrize("token", [f"{SECRET}\nx: y", f"{SECRET}\x00", f"{SECRET}é"])
def test_a_token_that_cannot_be_sent_is_not_shown(connector: Connector, service: FakeService, token: str) -> None:
    client = connector(service.address, token=token)
    with pytest.raises(ValueError, match="the token holds characters that cannot be sent") as raised:
        client.list_checkouts()
    assert SECRET not in str(raised.value)
    assert not service.calls


@pytest.mark.parametrize("token", [None, "", " "])
def test_without_a_token_none_is_sent(connector: Connector, service: FakeService, token: str | None) -> None:
    connector(service.address, token=token).list_checkouts()
    assert not {"authorization", "polar-organization"} & set(service.last.metadata)


def test_calls_have_deadlines(connector: Connector, service: FakeService) -> None:
    def left(client: Any, method: str, **options: Any) -> float:
        arguments = () if method.startswith(("create", "list")) else ("x",)
        getattr(client, method)(*arguments, **options)
        return service.last.seconds_left

    client = connector(service.address)
    for method in (*READS, "update_checkout", "update_client_checkout"):
        assert 25 < left(client, method) <= 30.5
    for method in ("create_checkout", "confirm_client_checkout"):
        assert 60 < left(client, method) <= 65.5
    assert 5 < left(client, "create_checkout", timeout=10) <= 10.5
    hasty = connector(service.address, timeout=20)
    assert 15 < left(hasty, "create_checkout") <= 20.5
    assert 35 < left(hasty, "get_checkout", timeout=40) <= 40.5


def test_the_service_is_told_who_calls(client: Any, service: FakeService) -> None:
    client.list_checkouts()
    agent = service.last.metadata["user-agent"]
    assert str(agent).startswith(f"checkoutsvc-python/{version('checkoutsvc')} grpc-python")


@pytest.mark.parametrize("method", READS)
def test_reads_are_sent_again_when_unavailable(client: Any, service: FakeService, method: str) -> None:
    service.fails(grpc.StatusCode.UNAVAILABLE)
    with pytest.raises(CheckoutsvcError):
        getattr(client, method)(*(() if method == "list_checkouts" else ("x",)))
    assert len(service.calls) == 3


@pytest.mark.parametrize(
    "method", ["create_checkout", "update_checkout", "update_client_checkout", "confirm_client_checkout"]
)
def test_writes_are_sent_once(client: Any, service: FakeService, method: str) -> None:
    service.fails(grpc.StatusCode.UNAVAILABLE)
    with pytest.raises(OutcomeUnknown):
        getattr(client, method)(*(() if method == "create_checkout" else ("x",)))
    assert len(service.calls) == 1


def test_large_answers_arrive(client: Any, service: FakeService) -> None:
    service.answer = lambda _, __: ListCheckoutsResponse(items=[Checkout(url="x" * 6_000_000)])
    assert len(client.list_checkouts().items[0].url) == 6_000_000


def test_a_closed_client_is_a_mistake_of_the_program(connector: Connector, service: FakeService) -> None:
    client = connector(service.address)
    client.close()
    with pytest.raises((ValueError, grpc.aio.UsageError), match="closed"):
        client.list_checkouts()


def test_clients_take_channels_of_ones_own(service: FakeService) -> None:
    with grpc.insecure_channel(service.address) as channel:
        Client(channel, timeout=5).get_checkout("x")
    assert service.last.seconds_left <= 5.5

    async def main() -> None:
        async with grpc.aio.insecure_channel(service.address) as channel:
            await AsyncClient(channel, token="mine").get_checkout("y")

    asyncio.run(main())
    assert service.last.metadata["authorization"] == "Bearer mine"


def test_a_cancelled_task_is_cancelled(service: FakeService) -> None:
    release = threading.Event()

    def answer(_: object, __: grpc.ServicerContext) -> CheckoutPublicConfirmed:
        release.wait(10)
        return CheckoutPublicConfirmed()

    async def main() -> None:
        async with connect_async(service.address) as client:
            task = asyncio.create_task(client.confirm_client_checkout("x"))
            while not service.calls:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    service.answer = answer
    asyncio.run(main())
    release.set()


class Secured:
    """A service with TLS and who trusts whom."""

    def __init__(self, folder: Path, mutual: bool) -> None:
        authority = trustme.CA()
        server, caller = authority.issue_cert("localhost", "127.0.0.1"), authority.issue_cert("caller")
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca))
        self.certificate = caller.cert_chain_pems[0].bytes()
        self.key = caller.private_key_pem.bytes()
        pairs = [(server.private_key_pem.bytes(), server.cert_chain_pems[0].bytes())]
        trusted = self.ca.read_bytes() if mutual else None
        self.fake = FakeService()
        self.server = serve(self.fake, grpc.ssl_server_credentials(pairs, trusted, mutual))


@pytest.fixture(params=[False, True], ids=["tls", "mutual"])
def secured(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Secured]:
    made = Secured(tmp_path, request.param)
    yield made
    made.server.stop(None).wait()


def test_tls_with_an_authority_and_a_certificate_of_ones_own(connector: Connector, secured: Secured) -> None:
    client = connector(
        secured.fake.address, ca=secured.ca, certificate=secured.certificate, key=secured.key, token=SECRET
    )
    client.get_checkout("x")
    assert secured.fake.last.metadata["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("options", [{}, {"tls": True}], ids=["plain", "unknown authority"])
def test_a_service_that_does_not_fit_says_so(connector: Connector, secured: Secured, options: dict[str, Any]) -> None:
    client = connector(secured.fake.address, **options)
    with pytest.raises(CheckoutsvcError, match="do both sides want TLS or both not") as raised:
        client.get_checkout("x", timeout=5)
    assert raised.value.code == grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("address", "tls", "wanted"),
    [
        ("checkouts.internal:443", None, "secure_channel"),
        ("checkouts.internal:443", False, "insecure_channel"),
        ("localhost:9090", None, "insecure_channel"),
        ("localhost:9090", True, "secure_channel"),
    ],
)
@pytest.mark.parametrize("module", [grpc, grpc.aio])
def test_another_machine_gets_tls_unless_plain_text_is_asked_for(
    module: ModuleType, address: str, tls: bool | None, wanted: str
) -> None:
    with mock.patch.object(module, "secure_channel"), mock.patch.object(module, "insecure_channel"):
        (connect if module is grpc else connect_async)(address, tls=tls)
        assert getattr(module, wanted).called
        assert module.secure_channel.called != module.insecure_channel.called


@pytest.mark.parametrize(
    ("address", "options", "text"),
    [
        ("", {}, "the address is empty"),
        ("checkouts.internal:80", {"tls": False, "token": SECRET}, "a token is not sent there in plain text"),
        ("localhost:1", {"tls": False, "ca": b"x"}, "tls=False, but there are certificates"),
        ("localhost:1", {"certificate": b"x"}, "certificate and key belong together"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    connector: Connector, address: str, options: dict[str, Any], text: str
) -> None:
    with pytest.raises(ValueError, match=text) as raised:
        connector(address, **options)
    assert SECRET not in str(raised.value)


def test_a_file_that_is_not_there_is_named(connector: Connector) -> None:
    with pytest.raises(FileNotFoundError, match=r"nosuch\.pem"):
        connector("localhost:1", ca="nosuch.pem")
