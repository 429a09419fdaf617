"""A Python gRPC client with nothing set but the address, on stubs generated from proto/ for this run."""

import importlib
import json
import os
import pathlib
import sys
import types
import urllib.request

import grpc
import grpc_tools
import pytest
from grpc_tools import protoc

ROOT = pathlib.Path(__file__).parents[3]

# The emulator's demo catalogue.
HANDBOOK = "0b000000-0000-4000-8000-000000000001"  # $10.00 once
ADDRESS = {"country": "GB", "line1": "12 St James's Square", "city": "London", "postal_code": "SW1Y 4JH"}


@pytest.fixture(scope="session")
def stubs(tmp_path_factory):
    """The modules checkout_service_pb2_grpc and all messages."""
    out = tmp_path_factory.mktemp("stubs")
    files = [str(p.relative_to(ROOT / "proto")) for p in (ROOT / "proto").rglob("*.proto")]
    site = pathlib.Path(grpc_tools.__file__).parents[1]  # holds google/api and google/rpc
    arguments = [f"-I{ROOT / 'proto'}", f"-I{site}", f"-I{site / 'grpc_tools' / '_proto'}", f"--python_out={out}", f"--grpc_python_out={out}"]
    assert protoc.main(["protoc", *arguments, *files]) == 0
    sys.path.insert(0, str(out))
    from polar.checkouts.v1 import checkout_service_pb2_grpc

    return checkout_service_pb2_grpc


@pytest.fixture(scope="session")
def pb(stubs):
    """All messages by name."""
    messages = types.SimpleNamespace()
    for file in (ROOT / "proto" / "polar" / "checkouts" / "v1").glob("*.proto"):
        vars(messages).update(vars(importlib.import_module(f"polar.checkouts.v1.{file.stem}_pb2")))
    return messages


@pytest.fixture(scope="session")
def service(stubs):
    """The service, through a channel with default settings."""
    with grpc.insecure_channel(os.environ["GRPC_ADDR"]) as channel:
        yield stubs.CheckoutServiceStub(channel)


@pytest.fixture(autouse=True)
def control():
    """Makes control calls to the emulator, which is as at its start."""

    def call(method: str, path: str, body: dict):
        url = f"{os.environ['EMULATOR_URL']}/_emulator/{path}"
        request = urllib.request.Request(url, method=method, data=json.dumps(body).encode())
        urllib.request.urlopen(request, timeout=10).close()

    call("POST", "reset", {})
    return call
